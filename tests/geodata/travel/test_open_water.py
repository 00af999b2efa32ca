"""Lines over open water, on land drawn by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.geography.coordinates import Points
from geodata.travel.open_water import OpenWater

# A horseshoe around a bay: 0.1 degrees (11 km) of water between two arms that meet in the north.
HORSESHOE = pd.DataFrame(
    {"geometry": [shapely.box(0, 0, 0.1, 1), shapely.box(0.2, 0, 0.3, 1), shapely.box(0, 1, 0.3, 1.2)]}
)
WEST, EAST, NORTH = (0.05, 0.5), (0.25, 0.5), (0.15, 1.1)


def crossed(open_water: OpenWater | None, *lines: tuple[tuple[float, float], tuple[float, float]]) -> list[bool]:
    assert open_water is not None
    start, end = (np.array([line[at] for line in lines]) for at in (0, 1))
    return open_water.crossed(Points(start[:, 1], start[:, 0]), Points(end[:, 1], end[:, 0])).tolist()


def test_a_line_over_the_bay_is_told_and_one_on_land_is_not() -> None:
    bay = OpenWater.of(HORSESHOE, 1.5)
    assert crossed(bay, (WEST, EAST), (EAST, WEST), (WEST, (0.05, 0.9)), (NORTH, (0.25, 1.1))) == [
        True,
        True,
        False,
        False,
    ]
    # Over the corner of the bay, some three kilometers of water and more than that asked for.
    assert crossed(OpenWater.of(HORSESHOE, 20.0), (WEST, EAST)) == [False]


def test_borders_between_polygons_are_no_shore() -> None:
    assert crossed(OpenWater.of(HORSESHOE, 0.001), ((0.05, 0.9), (0.05, 1.15))) == [False]


def test_what_lies_beyond_all_known_land_is_not_called_water() -> None:
    # From the west arm to a place off the map; and a harbor a kilometer off a simplified shore.
    bay = OpenWater.of(HORSESHOE, 1.5)
    assert crossed(bay, (WEST, (-0.3, 0.5)), (WEST, (0.109, 0.5))) == [False, False]


def test_water_inside_the_land_counts_where_its_polygons_are_given() -> None:
    land = pd.DataFrame({"geometry": [shapely.box(0, 0, 1, 1)]})
    lakes = pd.DataFrame({"geometry": [shapely.box(0.4, 0.4, 0.6, 0.6), shapely.box(0.1, 0.1, 0.105, 0.105)]})
    over_both = ((0.3, 0.5), (0.7, 0.5)), ((0.05, 0.1025), (0.2, 0.1025))
    assert crossed(OpenWater.of(land, 1.5, lakes), *over_both) == [True, False]
    assert crossed(OpenWater.of(land, 1.5), *over_both) == [False, False]


def test_without_land_nothing_is_known() -> None:
    assert OpenWater.of(HORSESHOE.iloc[:0], 1.5) is None


def test_across_the_180th_meridian_the_short_way_is_taken() -> None:
    land = pd.DataFrame({"geometry": [shapely.box(179.0, 0, 180.0, 1), shapely.box(-180.0, 0, -179.0, 1)]})
    assert crossed(OpenWater.of(land, 1.5), ((179.9, 0.5), (-179.9, 0.5))) == [False]


@given(st.lists(st.tuples(st.floats(0, 0.3), st.floats(0, 1.2)), min_size=2, max_size=6))
def test_gaps_are_those_of_the_difference(places: list[tuple[float, float]]) -> None:
    """An independent way: what is left of the line without the land, its ends apart."""
    bay, land = OpenWater.of(HORSESHOE, 1.5), shapely.union_all(HORSESHOE["geometry"].to_numpy())
    for start, end in pairwise(places):
        line = shapely.LineString([start, end])
        # An end on the shore itself is on land for one way and at the end of a gap for the other.
        if shapely.distance(land.boundary, shapely.points([start, end])).min() < 1e-6:
            continue
        gaps = [
            part
            for part in shapely.get_parts(shapely.difference(line, land))
            if part.length > 0 and not {part.coords[0], part.coords[-1]} & {start, end}
        ]
        longest = max([0.0, *(part.length * 111.195 for part in gaps)])
        if abs(longest - 1.5) > 0.05:
            assert crossed(bay, (start, end)) == [longest > 1.5]
    assert pytest.approx(111.195, abs=0.01) == np.pi / 180 * 6371.0088
