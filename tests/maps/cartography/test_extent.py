"""Maps open on where people live; what lies far from anybody is beyond the edge."""

from __future__ import annotations

import numpy as np
import shapely

from maps.cartography.extent import inhabited_box, inhabited_part

ISLANDS = np.array([shapely.box(x, 0, x + 1, 1) for x in (0, 2, 4)], dtype=object)
REEF = shapely.box(40, 0, 41, 1)
WHOLE = shapely.union_all([*ISLANDS, REEF])
TOWNS = np.array([[0.5, 0.5], [2.5, 0.5], [40.5, 0.5], [np.nan, np.nan]])


def test_a_reef_where_nearly_nobody_lives_is_left_out_and_an_islet_near_by_is_not() -> None:
    shapes = np.array([WHOLE], dtype=object)
    # Three people of 9,003 are fewer than one in 2,000.
    found = inhabited_box(shapes, TOWNS, np.array([4000.0, 5000.0, 3.0, 7.0]))
    assert found.tolist() == [0, 0, 3, 1]
    islet = np.array([WHOLE, shapely.box(3.1, 0, 3.2, 1)], dtype=object)
    assert inhabited_box(islet, np.array([[0.5, 0.5], [2.9, 0.5]]), np.array([1.0, 1.0])).tolist() == [0, 0, 3.2, 1]
    assert inhabited_part(WHOLE, found).bounds == (0, 0, 3, 1)


def test_where_enough_people_live_nothing_is_left_out() -> None:
    assert inhabited_box(np.array([WHOLE], dtype=object), TOWNS[:3], np.array([4000.0, 5000.0, 30.0]))[2] == 41


def test_without_people_or_near_parts_it_is_all() -> None:
    shapes = np.array([*ISLANDS, None, shapely.MultiPolygon()], dtype=object)
    for people in (np.zeros(4), np.full(4, np.nan)):
        assert inhabited_box(shapes, TOWNS, people).tolist() == [0, 0, 5, 1]
    assert inhabited_box(shapes, np.array([[9.0, 9.0]]), np.array([1.0])).tolist() == [0, 0, 5, 1]
    assert inhabited_part(REEF, np.array([0, 0, 5, 1])) is REEF
