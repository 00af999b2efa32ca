"""Percentile ranks and means over what is present, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.statistics.percentiles import percentile_rank, weighted_mean


def test_ranks_are_mid_ranks_within_each_group() -> None:
    values = pd.Series([1.0, 2.0, 2.0, np.nan, 7.0], index=list("abcde"))
    # Of four: (1 - ½)/4, the two 2s share rank 2½, (4 - ½)/4.
    np.testing.assert_allclose(percentile_rank(values), [12.5, 50.0, 50.0, np.nan, 87.5])
    groups = pd.Series(["x", "x", "y", "y", None], index=values.index)
    np.testing.assert_allclose(percentile_rank(values, groups), [25.0, 75.0, 50.0, np.nan, 50.0])


def test_the_last_digit_of_a_sum_separates_nothing() -> None:
    assert percentile_rank(pd.Series([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1])).tolist() == [50.0, 50.0]


def test_weights_are_shared_among_what_is_present() -> None:
    values = pd.DataFrame({"a": [10.0, np.nan, np.nan], "b": [40.0, 40.0, np.nan]})
    weights = pd.DataFrame({"a": [2.0], "b": [1.0]})
    np.testing.assert_allclose(weighted_mean(values, weights), [20.0, 40.0, np.nan])
