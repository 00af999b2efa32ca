from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, box

from geodata.geography.points_in_areas import check_states, place, states_of
from geodata.geography.sphere import METERS_PER_DEGREE

# Two states of two tracts each, side by side along the 42nd parallel; 0.1 degrees wide.
CODES = ["44001000100", "44001000200", "09001000100", "09001000200"]
SHAPES = [box(-71.0 - 0.1 * (i + 1), 41.9, -71.0 - 0.1 * i, 42.0) for i in range(4)]
TRACTS = gpd.GeoDataFrame({"geoid": CODES}, geometry=SHAPES, crs="EPSG:4326")
COUNTIES = gpd.GeoDataFrame(
    {"county_geoid": ["44001", "09001"], "state": ["RI", "CT"]},
    geometry=[SHAPES[0].union(SHAPES[1]), SHAPES[2].union(SHAPES[3])],
    crs="EPSG:4326",
)


def points(*spots: tuple[float, float], **columns: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame(list(spots), columns=["longitude", "latitude"])
    return frame.assign(**columns)


def test_inside_on_the_border_near_and_far() -> None:
    shore = 300 / METERS_PER_DEGREE
    spots = points((-71.05, 41.95), (-71.1, 41.95), (-71.05, 42.0 + shore), (-71.05, 42.1), (np.nan, 41.95))
    found = place(spots, TRACTS)
    assert found["tract_basis"].tolist() == ["inside", "inside", "nearest", "none", "none"]
    assert found["geoid"].fillna("").tolist() == [CODES[0], CODES[0], CODES[0], "", ""]
    assert found["distance_m"].tolist()[:3] == pytest.approx([0, 0, 300], abs=1)


def test_the_order_of_tracts_does_not_matter() -> None:
    spots = points((-71.1, 41.95), (-71.2, 41.95))
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        found = place(spots, TRACTS.iloc[order])
        assert found["geoid"].tolist() == [CODES[0], CODES[2]]


def test_the_tolerance_is_kept() -> None:
    spots = points((-71.05, 42.0 + 300 / METERS_PER_DEGREE))
    assert place(spots, TRACTS, tolerance_m=299)["tract_basis"].tolist() == ["none"]
    assert place(spots, TRACTS, tolerance_m=301)["tract_basis"].tolist() == ["nearest"]
    assert place(spots, TRACTS, tolerance_m=0)["tract_basis"].tolist() == ["none"]


@settings(max_examples=40, deadline=None)
@given(st.floats(20, 70), st.floats(0, 2 * np.pi), st.floats(1, 1500))
def test_distances_agree_with_the_geodesic(latitude: float, bearing: float, meters: float) -> None:
    tract = gpd.GeoDataFrame({"geoid": [CODES[0]]}, geometry=[Point(-100.0, latitude).buffer(1e-9)], crs="EPSG:4326")
    geod = Geod(ellps="sphere")
    longitude, lat, _ = geod.fwd(-100.0, latitude, np.degrees(bearing), meters)
    found = place(points((longitude, lat)), tract, tolerance_m=2000)
    assert found["distance_m"][0] == pytest.approx(meters, rel=2e-3, abs=0.01)


def test_coarse_places_get_no_tract() -> None:
    qualities = ["point", "street", "area", "unknown"]
    spots = points(*[(-71.05, 41.95)] * 4, location_quality=qualities)
    found = place(spots, TRACTS)
    assert found["tract_basis"].tolist() == ["inside", "inside", "coarse", "coarse"]
    assert found["geoid"].isna().tolist() == [False, False, True, True]


def test_indexes_are_kept_and_nothing_in_gives_nothing_out() -> None:
    spots = points((-71.05, 41.95), (-71.35, 41.95)).set_axis([7, 3])
    assert place(spots, TRACTS).index.tolist() == [7, 3]
    assert len(place(spots.iloc[:0], TRACTS)) == 0
    assert place(spots, TRACTS.iloc[:0])["tract_basis"].tolist() == ["none", "none"]


def sited(rows: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["site_id", "state", "longitude", "latitude"])
    return frame.assign(source="afdc")


def test_points_outside_the_state_they_state_are_refused_with_where_they_are() -> None:
    table = sited(
        [
            ("right", "RI", -71.05, 41.95),
            ("wrong", "RI", -71.35, 41.95),
            ("border", "RI", -71.2 - 1000 / METERS_PER_DEGREE, 41.95),
            ("pier", "RI", -71.05, 42.0 + 20_000 / METERS_PER_DEGREE),
            ("ocean", "RI", -71.05, 43.0),
            ("nowhere", "RI", np.nan, np.nan),
            ("same place", "RI", -71.05, 41.95),
        ]
    )
    found = check_states(table, COUNTIES, key="site_id")
    assert found.table["site_id"].tolist() == ["right", "border", "pier", "nowhere", "same place"]
    assert found.rejects[["key", "value", "reason"]].to_numpy().tolist() == [
        ["wrong", "RI", "wrong_state"],
        ["ocean", "RI", "in_no_state"],
    ]
    assert found.rejects["remedy"].tolist() == [
        "Its coordinates lie in CT: correct the one or the other.",
        "Its coordinates lie in no state: correct them.",
    ]
    assert len(found.table) + len(found.rejects) == len(table)


def test_states_without_an_outline_are_not_checked_and_that_is_said() -> None:
    found = check_states(sited([("a", "GA", -84.0, 33.0), ("b", "CT", -71.35, 41.95)]), COUNTIES, key="site_id")
    assert len(found.table) == 2
    assert found.notes == ["Points of states without an outline here, so that their state was not checked: 1."]


def test_the_state_of_a_point() -> None:
    spots = points((-71.05, 41.95), (-71.35, 41.95), (-71.05, 42.0 + 1000 / METERS_PER_DEGREE), (-80, 30), (np.nan, 1))
    assert states_of(spots, COUNTIES).fillna("").tolist() == ["RI", "CT", "RI", "", ""]
