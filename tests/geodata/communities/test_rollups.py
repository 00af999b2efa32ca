from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from geodata.communities.rollups import rollups
from geodata.geography.areas import point_areas, tract_areas
from geodata.schemas.canonical import AREA_MEMBERS, COUNTIES, PLACES
from tests.geodata.lattice import KM, geoid, scores, tracts

COUNTY = COUNTIES.validate(
    gpd.GeoDataFrame(
        {"county_geoid": ["97001"], "state": ["XL"], "name": ["Grid County"]},
        geometry=[box(0, 0, 4 * KM, KM)],
        crs="EPSG:4326",
    )
)
PLACE = PLACES.validate(
    gpd.GeoDataFrame(
        {"place_geoid": ["9700100", "9700050"], "state": "XL", "name": ["West Town", "Overlap"]},
        geometry=[box(0, 0, 2 * KM, KM), box(1.4 * KM, 0, 2 * KM, KM)],
        crs="EPSG:4326",
    )
)


def members(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area_kind", "area_id", "unit_kind", "unit_geoid"])
    return AREA_MEMBERS.validate(frame.assign(area_name="Area " + frame["area_id"], state="XL"))


def test_a_tract_lies_in_its_county_its_place_and_the_areas_that_name_it():
    table = scores(tracts(4, 1))
    named = members(
        [
            ("workforce_area", "1", "county", "97001"),
            ("workforce_area", "1", "tract", geoid(0, 0)),
            ("legislative_district", "7", "tract", geoid(3, 0)),
        ]
    )
    areas = tract_areas(table, COUNTY, PLACE, named)
    by_kind = areas.groupby("area_kind")["geoid"].apply(list).to_dict()
    assert by_kind["county"] == by_kind["workforce_area"] == table["geoid"].tolist()
    assert by_kind["legislative_district"] == [geoid(3, 0)]
    places = areas[areas["area_kind"] == "place"].set_index("geoid")["area_name"].to_dict()
    # Two places hold the center of the second tract; the lower GEOID takes it.
    assert places == {geoid(0, 0): "West Town", geoid(1, 0): "Overlap"}


def test_a_point_lies_in_the_areas_of_its_tract_and_in_its_place():
    shapes = tracts(4, 1)
    areas = tract_areas(scores(shapes), COUNTY, PLACE, members([("workforce_area", "1", "county", "97001")]))
    points = pd.DataFrame({"latitude": [0.5 * KM, 0.5 * KM, 9.0], "longitude": [0.5 * KM, 3.5 * KM, 9.0]}).assign(
        state="XL"
    )
    found = point_areas(points, areas, shapes, COUNTY, PLACE)
    rows = {(int(r.row), r.area_kind, r.area_id) for r in found.itertuples()}
    assert rows == {
        (0, "county", "97001"),
        (0, "workforce_area", "1"),
        (0, "place", "9700100"),
        (1, "county", "97001"),
        (1, "workforce_area", "1"),
    }


def test_a_point_where_tracts_have_no_polygon_lies_in_its_county_and_the_areas_of_all_of_it():
    shapes = tracts(4, 1)
    named = [("workforce_area", "1", "county", "97001"), ("legislative_district", "7", "tract", geoid(3, 0))]
    areas = tract_areas(scores(shapes), COUNTY, PLACE, members(named))
    points = pd.DataFrame({"latitude": [0.5 * KM, 9.0], "longitude": [3.5 * KM, 9.0], "state": "XL"})
    found = point_areas(points, areas, shapes.iloc[:2], COUNTY, PLACE)
    assert found.to_numpy().tolist() == [[0, "XL", "county", "97001"], [0, "XL", "workforce_area", "1"]]


def test_sums_means_and_ranks():
    shapes = tracts(4, 1)
    table = scores(shapes, [1000.0, 3000.0, 2000.0, 0.0])
    table["gated"] = [True, True, False, False]
    table["tier"] = ["A", "B", "none", "none"]
    table["priority"] = [80.0, 60.0, 10.0, 5.0]
    table["community_id"] = ["c1", "c1", None, None]
    named = members([("district", "d1", "tract", geoid(2, 0)), ("district", "d2", "tract", geoid(0, 0))])
    areas = tract_areas(table, COUNTY, PLACE, named)
    sites = pd.DataFrame({"latitude": [0.5 * KM], "longitude": [0.5 * KM], "job_years_mid": [0.25], "state": ["XL"]})
    site_areas = point_areas(sites, areas, shapes, COUNTY, PLACE)
    nobody = site_areas.iloc[:0]
    made = rollups(table, areas, site_areas, nobody, sites).set_index(["area_kind", "area_id"])
    county = made.loc[("county", "97001")]
    assert (county["n_tracts"], county["n_gated"], county["n_tier_a"], county["n_tier_b"]) == (3, 2, 1, 1)
    assert county["population"] == 6000
    assert county["eligible_adults"] == pytest.approx(1200)
    assert county["eligible_adults_moe"] == pytest.approx(30 * 3**0.5)
    assert county["eligible_adults_gated"] == county["eligible_adults_top"] == pytest.approx(800)
    assert county["priority"] == pytest.approx((80 * 200 + 60 * 600) / 800)
    assert county["communities"] == "c1"
    assert (county["planned_sites"], county["job_years_mid"], county["providers"]) == (1, 0.25, 0)
    assert made.loc[("district", "d2"), "rank"] == 1
    assert made.loc[("district", "d1"), "rank"] == 2
    assert pd.isna(made.loc[("district", "d1"), "priority"])


def test_adults_nobody_asked_about_are_unknown_and_areas_are_ranked_by_their_tracts():
    shapes = tracts(4, 1)
    table = scores(shapes).assign(eligible_adults=float("nan"), gated=[False, True, True, False], community_id=None)
    table["tier"] = ["none", "none", "A", "none"]
    named = members([("district", f"d{place}", "tract", geoid(place, 0)) for place in range(4)])
    areas = tract_areas(table, COUNTY, PLACE, named)
    sites = pd.DataFrame({"latitude": [], "longitude": [], "state": [], "job_years_mid": []})
    none = point_areas(sites, areas, shapes, COUNTY, PLACE)
    made = rollups(table, areas, none, none, sites)
    adults = made.set_index("area_id")[["eligible_adults", "eligible_adults_gated", "eligible_adults_top"]]
    assert adults.loc["97001"].isna().all()
    assert adults.loc["d0"].isna().tolist() == [True, False, False] and adults.loc["d0"].iloc[1:].tolist() == [0, 0]
    assert adults.loc["d1"].isna().tolist() == [True, True, False]
    ranks = made[made["area_kind"] == "district"].set_index("area_id")["rank"].to_dict()
    assert ranks == {"d0": 3, "d1": 2, "d2": 1, "d3": 4}


def test_nothing_with_residents_is_an_empty_table():
    table = scores(tracts(2, 1), 0.0).assign(community_id=None)
    areas = tract_areas(table, COUNTY, PLACE, members([]))
    none = point_areas(pd.DataFrame({"latitude": [], "longitude": [], "state": []}), areas, tracts(2, 1), COUNTY, PLACE)
    assert len(rollups(table, areas, none, none, pd.DataFrame({"job_years_mid": []}))) == 0
