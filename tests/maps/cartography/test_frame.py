"""Frames of still maps: bounds held, shapes kept, every ring written."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from maps.cartography.frame import Frame, Levels

SHEET = (10.0, 20.0, 400.0, 200.0)  # left, top, width, height


def test_a_frame_holds_its_bounds_and_keeps_their_shape():
    frame = Frame.around((-72.0, 41.0, -71.0, 41.5), SHEET)
    corners = frame.to_sheet(np.array([[-72.0, 41.0], [-71.0, 41.5]]))
    assert (corners >= np.array([10.0, 20.0]) - 1e-6).all()
    assert (corners <= np.array([410.0, 220.0]) + 1e-6).all()
    wide, high = abs(corners[1] - corners[0])
    assert wide / high == pytest.approx(2 * np.cos(np.radians(41.25)))
    assert frame.holds(np.array([[-72.0, 41.0], [-71.5, 45.0]])).tolist() == [True, False]


def test_distances_look_right_at_the_middle():
    frame = Frame.around((-72.0, 41.0, -71.0, 42.0), SHEET)
    east = np.diff(frame.to_sheet(np.array([[-71.5, 41.5], [-71.4, 41.5]])), axis=0)[0, 0]
    north = -np.diff(frame.to_sheet(np.array([[-71.5, 41.5], [-71.5, 41.6]])), axis=0)[0, 1]
    assert east / north == pytest.approx(np.cos(np.radians(41.5)))


def test_every_part_and_hole_of_an_area_is_drawn_and_only_areas_are_closed():
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    island = shapely.box(6, 0, 7, 1)
    frame = Frame.around((0.0, 0.0, 7.0, 4.0), SHEET)
    path = frame.path(np.array([shapely.MultiPolygon([ring, island])]))
    assert path.count("M") == path.count("z") == 3
    line = frame.path(np.array([shapely.LineString([(0, 0), (4, 0), (4, 4)])]), closed=False)
    assert line.count("M") == 1 and "z" not in line
    assert frame.path(np.zeros(0, dtype=object)) == frame.path(np.array([shapely.Polygon()])) == ""


def test_a_frame_within_another_is_marked_where_it_lies():
    frame = Frame((0.0, -1.0, 4.0, 1.0), 400.0, 200.0)
    left, top, wide, high = frame.box_of(Frame((1.0, -0.5, 2.0, 0.5), 10.0, 10.0))
    assert (left, top, wide, high) == pytest.approx((100, 50, 100, 100), abs=1)


def test_only_what_reaches_into_the_window_is_cut_out_of_it():
    levels = Levels(np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6), shapely.box(0.5, 0, 9, 1)]))
    frame = Frame((0.0, 0.0, 2.0, 2.0), 100.0, 100.0)
    assert frame.near(levels).tolist() == [0, 2]
    assert shapely.total_bounds(frame.cut(levels))[2] == pytest.approx(2.1)
    assert frame.near(Levels(np.zeros(0, dtype=object))).tolist() == []


def test_levels_are_made_once_and_never_coarser_than_asked_for():
    zigzag = shapely.LineString([(x / 1000, (x % 2) / 1000) for x in range(100)])
    levels = Levels(np.array([zigzag]), coverage=False)
    assert levels(0.0) is levels.shapes
    assert levels(0.003) is levels(0.004)
    assert shapely.get_num_coordinates(levels(0.003)[0]) < 100
    assert shapely.hausdorff_distance(levels(0.003)[0], zigzag) <= 0.003
