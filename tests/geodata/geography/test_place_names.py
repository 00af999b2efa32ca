"""The county and the place that a tract's center lies in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.geography.place_names import place_key, short_name, spelled, tract_names
from tests.geodata.budget_areas import COUNTY, PLACE
from tests.geodata.lattice import geoid, scores, tracts


def test_a_center_in_two_places_takes_the_lower_number_and_one_in_none_has_no_name() -> None:
    table = scores(tracts(4, 1))
    table.loc[3, "county_geoid"] = "97999"
    table.loc[0, "latitude"] = np.nan
    named = tract_names(table, COUNTY, PLACE).set_index("geoid")
    # West Town covers the first two columns, Overlap (the lower number) what lies east of 1.4.
    assert named.loc[geoid(1, 0), "place_name"] == "Overlap"
    assert named["place_name"].isna().tolist() == [True, False, True, True]
    assert named["county_name"].tolist()[:3] == ["Grid County"] * 3
    assert pd.isna(named["county_name"].iloc[3])


def test_without_places_there_are_no_names_of_places() -> None:
    named = tract_names(scores(tracts(2, 1)), COUNTY, gpd.GeoDataFrame(PLACE.iloc[:0]))
    assert named["place_name"].isna().all()
    assert list(named.columns) == ["geoid", "county_name", "place_name", "town_name", "neighborhood"]


def test_a_center_off_the_shore_of_a_town_is_in_that_town() -> None:
    table = scores(tracts(3, 1))
    shape = tracts(1, 1).geometry.iloc[0]
    town = gpd.GeoDataFrame(
        {"area_id": ["towns:a"], "kind": ["town"], "name": ["Harbor"]}, geometry=[shape], crs="EPSG:4326"
    )
    named = tract_names(table, COUNTY, gpd.GeoDataFrame(PLACE.iloc[:0]), town)
    # Centers lie 0, 500 and 1,500 m from the town's edge; the layer's own shore may be a kilometer off.
    assert named["town_name"].fillna("").tolist() == ["Harbor", "Harbor", ""]
    assert named["neighborhood"].isna().all()


def test_names_are_spelled_as_the_publisher_with_mixed_case_writes_them() -> None:
    known = ["DeKalb", "Dekalb", "East Providence", "PROVIDENCE", "McIntosh"]
    written = ["Dekalb County", "EAST PROVIDENCE", "PROVIDENCE", "Mcintosh County", "De Kalb", "Lagrange", None]
    typed = pd.Series(written, dtype="str")
    found = [None if pd.isna(name) else name for name in spelled(typed, known)]
    assert found == ["DeKalb County", "East Providence", "Providence", "McIntosh County", "De Kalb", "Lagrange", None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Mary's", "SAINT MARYS"),
        ("Kent County", "kent"),
        ("Town of Fenwick", "Fenwick town"),
        ("Doña Ana", "Dona Ana County"),
        ("N. Harbor", "North Harbor"),
    ],
)
def test_spellings_of_one_place_have_one_key(one: str, other: str) -> None:
    assert place_key(one) == place_key(other) != place_key("Elsewhere")


@pytest.mark.parametrize(
    ("place", "county", "name"),
    [
        ("Macon-Bibb County", "Bibb County", "Macon"),
        ("Athens-Clarke County unified government (balance)", "Clarke County", "Athens"),
        ("Louisville/Jefferson County metro government (balance)", "Jefferson County", "Louisville"),
        ("Nashville-Davidson metropolitan government (balance)", "Davidson County", "Nashville"),
        ("Lexington-Fayette urban county", "Fayette County", "Lexington"),
        ("Indianapolis city (balance)", "Marion County", "Indianapolis"),
        ("Winston-Salem", "Forsyth County", "Winston-Salem"),
        ("McRae-Helena", "Telfair County", "McRae-Helena"),
        ("Macon-Bibb County", None, "Macon-Bibb County"),
    ],
)
def test_a_city_that_governs_its_county_is_called_as_people_call_it(place: str, county: str | None, name: str) -> None:
    assert short_name(place, [county, "Davie County"]) == name
