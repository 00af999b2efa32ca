from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.statistics.margins import share_margin, sum_margin


def test_the_handbooks_rule_for_sums_counts_zero_estimates_once() -> None:
    estimates = np.array([[10.0, 0.0, 0.0, 0.0], [10.0, 20.0, 5.0, 1.0]])
    margins = np.array([[6.0, 12.0, 14.0, 12.0], [1.0, 2.0, 2.0, 4.0]])
    assert sum_margin(estimates, margins).tolist() == pytest.approx([np.sqrt(36 + 196), 5.0])


def test_a_missing_margin_leaves_the_sum_without_one() -> None:
    assert np.isnan(sum_margin(np.array([[1.0, 2.0]]), np.array([[1.0, np.nan]])))[0]


def test_shares_by_hand() -> None:
    # 20 % of 1,000 ± 100: (1 / 1000) √(50² - 0.2² · 100²), and + where the part's margin is the smaller.
    found = share_margin(
        np.array([200.0, 200.0]), np.array([50.0, 10.0]), np.array([1000.0] * 2), np.array([100.0] * 2)
    )
    assert found.tolist() == pytest.approx([np.sqrt(2500 - 400) / 1000, np.sqrt(100 + 400) / 1000])
    assert np.isnan(share_margin(np.zeros(1), np.ones(1), np.zeros(1), np.ones(1)))[0]


# Below 1e-100 squares would vanish; published margins are whole numbers.
MARGINS = st.just(0.0) | st.floats(1e-100, 1e5)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (5, 3), elements=st.floats(0, 1e6)), arrays(float, (5, 3), elements=MARGINS))
def test_a_sum_is_no_surer_than_its_largest_part(estimates: np.ndarray, margins: np.ndarray) -> None:
    found = sum_margin(estimates, margins)
    assert (found >= margins.max(axis=1) * (1 - 1e-12)).all()
    assert (found <= np.sqrt((margins**2).sum(axis=1)) * (1 + 1e-12)).all()
