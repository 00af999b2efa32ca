"""Few points that stand for many cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.geography.thinning import thinned


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(0.01, 1000)), min_size=1, max_size=40,
        unique_by=lambda cell: cell[:2],
    ),
    most=st.integers(1, 12),
)  # fmt: skip
def test_thinning_keeps_all_people_and_no_more_points_than_asked(
    cells: list[tuple[int, int, float]], most: int
) -> None:
    latitude, longitude, people = (np.array(part, float) for part in zip(*cells, strict=True))
    rows, weight = thinned(np.array([0, len(people)]), latitude / 100 + 40, longitude / 100 - 90, people, most)
    assert len(rows) == min(most, len(cells)) == len(set(rows.tolist()))
    assert weight.sum() == pytest.approx(1.0)
    assert (weight > 0).all()
    if most >= len(cells):
        np.testing.assert_allclose(np.sort(weight), np.sort(people / people.sum()))


def test_a_tract_across_the_180th_meridian_is_not_split_in_its_middle() -> None:
    longitude = np.array([179.95, -179.95, 179.9, -179.9])
    rows, weight = thinned(np.array([0, 4]), np.full(4, 52.0), longitude, np.ones(4), 2)
    assert {frozenset(rows.tolist())} <= {frozenset({a, b}) for a in (0, 2) for b in (1, 3)}
    np.testing.assert_allclose(weight, [0.5, 0.5])
