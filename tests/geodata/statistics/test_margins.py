from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.statistics.margins import (
    chance_errors,
    grouped_margin,
    product_margin,
    root_sum_of_squares,
    share_margin,
    standard_errors,
    sum_margin,
)


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


def test_a_standard_error_is_the_published_margin_over_its_factor() -> None:
    np.testing.assert_allclose(standard_errors([1.645, 0.0, np.nan]), [1.0, 0.0, np.nan])
    np.testing.assert_allclose(chance_errors(np.array([0.5, 0.0, 1.0]), 100), [0.05, 0.0, 0.0])


def test_sums_and_products_by_hand() -> None:
    three, four, unknown = np.array([3.0]), np.array([4.0]), np.array([np.nan])
    assert root_sum_of_squares(three, four).tolist() == [5.0]
    assert np.isnan(root_sum_of_squares(three, unknown)[0])
    # 100 ± 8 people, 50 % ± 3 %: √((100 · 0.03)² + (0.5 · 8)²).
    found = product_margin(np.array([100.0]), np.array([8.0]), np.array([0.5]), np.array([0.03]))
    assert found.tolist() == pytest.approx([5.0])


def test_a_group_with_an_unknown_margin_has_none() -> None:
    margins = pd.Series([3.0, 4.0, 6.0, None, 7.0])
    keys = pd.Series(["a", "a", "b", "b", None])
    found = grouped_margin(margins, keys)
    assert found["a"] == 5.0
    assert np.isnan(found["b"])
    by_two = grouped_margin(margins, [keys, pd.Series([1, 1, 1, 2, 1])])
    assert by_two[("b", 1)] == 6.0
    assert np.isnan(by_two[("b", 2)])


# Below 1e-100 squares would vanish; published margins are whole numbers.
MARGINS = st.just(0.0) | st.floats(1e-100, 1e5)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (5, 3), elements=st.floats(0, 1e6)), arrays(float, (5, 3), elements=MARGINS))
def test_a_sum_is_no_surer_than_its_largest_part(estimates: np.ndarray, margins: np.ndarray) -> None:
    found = sum_margin(estimates, margins)
    assert (found >= margins.max(axis=1) * (1 - 1e-12)).all()
    assert (found <= np.sqrt((margins**2).sum(axis=1)) * (1 + 1e-12)).all()
