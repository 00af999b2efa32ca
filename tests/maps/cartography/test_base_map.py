"""What the maps of a state share: longitudes in one piece, kinds of tracts, labels that part, land joined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.cartography.base_map import Antimeridian, Window, apart, ground_of, joined, tract_kinds


def test_a_state_across_the_antimeridian_stays_in_one_piece():
    shapes = np.array([shapely.box(178, 51, 179, 52), shapely.box(-179, 51, -178, 52)], dtype=object)
    line = Antimeridian.of(shapes)
    assert line.crossed and not Antimeridian.of(shapes[:1]).crossed
    assert line.points([179.0, -179.0], [60.0, 60.0]).tolist() == [[-181.0, 60.0], [-179.0, 60.0]]
    assert shapely.total_bounds(line.shapes(shapes)).tolist() == [-182.0, 51.0, -178.0, 52.0]
    assert Antimeridian.of(np.zeros(0, dtype=object)).shapes([]).size == 0


def test_a_tract_is_drawn_by_its_tier_else_by_what_is_known_of_it():
    rows = pd.DataFrame(
        {
            "need": [90.0, 80.0, 10.0, None, 95.0],
            "gated": [True, True, False, True, True],
            "population": [5, 5, 5, 5, 0],
            "tier": ["A", "none", "none", "none", "B"],
        }
    )
    assert tract_kinds(rows).tolist() == ["A", "listed", "unlisted", "unknown", "unknown"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_labels_part_until_they_can_be_read(points):
    out = apart(np.array(points), 0.05, rounds=400)
    for one in range(len(out)):
        for other in range(one):
            assert np.hypot(*(out[one] - out[other])) > 0.03


def test_labels_far_from_each_other_stay():
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert (apart(points, 0.1) == points).all()


def test_a_window_says_which_points_it_holds():
    window = Window("a", (0.0, 0.0, 1.0, 1.0))
    assert window.holds(np.array([[0.5, 0.5], [1.5, 0.5], [1.0, 1.0]])).tolist() == [True, False, True]


def test_tracts_that_overlap_are_drawn_as_one_area_all_the_same():
    left, right = shapely.box(0, 0, 2, 2), shapely.Polygon([(2, 0), (2, 2), (1, 1)])
    assert joined(np.array([left, right], dtype=object)).equals(left)
    assert joined(np.array([left, shapely.box(2, 0, 4, 2)], dtype=object)).equals(shapely.box(0, 0, 4, 2))


def test_the_ground_holds_every_tract_that_has_a_polygon(synthetic):
    ground = ground_of(synthetic)
    scores = synthetic.table("tract_scores")
    assert set(ground.position) == set(scores.loc[scores["has_polygon"].astype(bool), "geoid"])
    assert len(ground.kinds) == len(ground.tracts)
    for tier in "ABC":
        assert (ground.kinds == tier).sum() == (scores["has_polygon"].astype(bool) & (scores["tier"] == tier)).sum()
    assert ground.first["rank"].is_monotonic_increasing and len(ground.first) == len(ground.first_xy)
