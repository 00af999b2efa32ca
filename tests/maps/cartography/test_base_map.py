"""The plane of the maps: shapes that lie right, labels that part, and areas of several parts."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.cartography.base_map import Plane, Window, apart, ground_of, rings_of
from maps.figures.brief_maps import View, in_view, locator_svg
from maps.texts import load_texts


def test_a_state_across_the_antimeridian_stays_in_one_piece():
    plane = Plane(np.array([-179.5, 51.0, 179.5, 71.0]))
    xy = plane.xy([179.0, -179.0], [60.0, 60.0])
    assert abs(xy[0, 0] - xy[1, 0]) == pytest.approx(2.0 * plane.scale)


def test_distances_look_right_at_the_middle():
    plane = Plane(np.array([-72.0, 41.0, -71.0, 42.0]))
    east, north = (
        np.diff(plane.xy([-71.5, -71.4], [41.5, 41.5]), axis=0),
        np.diff(plane.xy([-71.5] * 2, [41.5, 41.6]), axis=0),
    )
    assert east[0, 0] / north[0, 1] == pytest.approx(np.cos(np.radians(41.5)))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_labels_part_until_they_can_be_read(points):
    out = apart(np.array(points), 0.05, rounds=400)
    for one in range(len(out)):
        for other in range(one):
            assert np.hypot(*(out[one] - out[other])) > 0.03


def test_labels_far_from_each_other_stay():
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert (apart(points, 0.1) == points).all()


def test_every_part_and_hole_of_an_area_is_drawn():
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    island = shapely.box(6, 0, 7, 1)
    assert len(rings_of(shapely.MultiPolygon([ring, island]))) == 3
    assert len(rings_of(np.array([ring, island]))) == 3
    view = View.around(np.array([0.0, 0.0, 7.0, 4.0]), 1.0)
    assert view.path(shapely.MultiPolygon([ring, island])).count("M") == 3


def test_a_view_holds_its_bounds_and_keeps_shape():
    view = View.around(np.array([10.0, 20.0, 11.0, 20.5]), 1.0)
    corners = view.xy(np.array([[10.0, 20.0], [11.0, 20.5]]))
    assert (corners >= -1e-6).all()
    assert corners[:, 0].max() <= view.width + 1e-6 and corners[:, 1].max() <= view.height + 1e-6
    width, height = abs(corners[1] - corners[0])
    assert width / height == pytest.approx(2.0)


def test_a_close_up_is_stretched_around_its_middle():
    wide = Window("a", (0.0, 0.0, 1.0, 1.0)).stretched(3.0)
    assert wide.bounds == pytest.approx((-1.0, 0.0, 2.0, 1.0))
    high = Window("a", (0.0, 0.0, 1.0, 1.0)).stretched(0.5)
    assert high.bounds == pytest.approx((0.0, -0.5, 1.0, 1.5))


def test_a_community_is_outlined_and_its_neighborhood_counted(hostile):
    ground, texts = ground_of(hostile), load_texts("en").about(hostile.settings.industry)
    ident = hostile.table("communities")["community_id"].iloc[0]
    svg = locator_svg(ground, ident, texts)
    assert 'stroke-width="2.6"' in svg
    assert svg == locator_svg(ground_of(hostile), ident, texts)
    assert "<script" not in svg and 'onerror="' not in svg
    counts = in_view(ground, ident)
    assert set(counts) == {"sites", "providers", "job_centers", "hubs"}
    assert all(count <= len(ground.points[name]) for name, count in counts.items())
