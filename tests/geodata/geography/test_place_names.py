"""The county and the place that a tract's center lies in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.geography.place_names import tract_names
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
    assert list(named.columns) == ["geoid", "county_name", "place_name"]
