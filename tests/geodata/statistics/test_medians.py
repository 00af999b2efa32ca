"""Weighted medians against the plain definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.statistics.medians import weighted_medians


def test_half_of_the_weight_lies_at_or_below_it() -> None:
    group = np.array([1, 0, 1, 1, 0])
    found = weighted_medians(group, np.array([5.0, 9.0, 1.0, 3.0, 8.0]), np.array([2.0, 1.0, 1.0, 2.0, 1.0]))
    # 8 | 9: half at 8. 1, 3 3 | 5 5: two and a half of five lie at or below 3.
    assert [part.tolist() for part in found] == [[0, 1], [8.0, 3.0]]
    empty = weighted_medians(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    assert [len(part) for part in empty] == [0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 9)), min_size=1))
def test_it_is_the_middle_of_everyone_written_out(rows: list[tuple[int, int, int]]) -> None:
    group, values, weight = (np.array(part) for part in zip(*rows, strict=True))
    found = dict(zip(*weighted_medians(group, values.astype(float), weight.astype(float)), strict=True))
    for which in set(group.tolist()):
        everyone = sorted(v for g, v, w in rows if g == which for _ in range(w))
        assert found[which] == everyone[(len(everyone) - 1) // 2]
