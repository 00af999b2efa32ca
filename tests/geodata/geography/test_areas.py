"""Which areas that own budgets tracts and points lie in."""

from __future__ import annotations

import pandas as pd

from geodata.geography.areas import point_areas, tract_areas
from tests.geodata.budget_areas import COUNTY, PLACE, members
from tests.geodata.lattice import KM, geoid, scores, tracts


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
