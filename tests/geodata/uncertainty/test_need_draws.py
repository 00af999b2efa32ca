"""Ranks of a draw's measures and the index made of them; Need as a whole is held to the plain method elsewhere."""

import numpy as np
import pandas as pd

from geodata.statistics.random_numbers import start
from geodata.uncertainty.need_draws import FIRST_MEASURE, add_ranks, index_of_estimates, starts_of, truncation

ZERO = np.zeros(4, np.int32)


def test_a_tract_without_a_part_has_no_index_and_is_nobodys_rival() -> None:
    shares = np.array([[0.1, 0.2, 0.3, np.nan], [0.4, 0.1, 0.2, 0.9]])
    both = np.ones(2, dtype=bool)
    made = index_of_estimates(shares, ~both, both, ZERO)
    assert np.isnan(made[3])
    # Sums of (rank - 1) / (n - 1): 0 + 2/3, 1/2 + 0, 1 + 1/3; ranked among the three.
    expected = 100 * (pd.Series([2 / 3, 1 / 2, 4 / 3]).rank() - 0.5) / 3
    np.testing.assert_allclose(made[:3], expected)


def test_without_parts_the_composite_stands_in_and_areas_stay_apart() -> None:
    shares = np.array([[0.1, 0.2, 0.3, 0.4]])
    yes = np.ones(1, dtype=bool)
    np.testing.assert_allclose(index_of_estimates(shares, yes, ~yes, ZERO), [12.5, 37.5, 62.5, 87.5])
    apart = index_of_estimates(shares, yes, ~yes, np.array([0, 0, 1, 1], np.int32))
    np.testing.assert_allclose(apart, [25, 75, 25, 75])


def test_truncation_tells_what_lies_below_and_within_the_range() -> None:
    mean, se = np.array([[0.0, 0.5, np.nan, 0.3]]), np.array([[0.1, 0.1, 0.1, 0.0]])
    below, within = np.zeros((1, 4)), np.ones((1, 4))
    truncation(mean, se, np.array([[0.0, 1.0]]), below, within)
    np.testing.assert_allclose(below[0], [0.5, 0.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(within[0], [0.5, 1.0, 1.0, 1.0], atol=1e-6)


def test_of_two_equals_both_have_the_lowest_rank_of_the_index_and_the_mean_one_of_the_composite() -> None:
    values, both = np.array([3.0, 1.0, 1.0, np.nan]), (True, True)
    composite, counted, index = np.zeros(4), np.zeros(4), np.array([1.0, 0.0, 0.0, 0.0])
    add_ranks(
        values,
        *both,
        composite,
        counted,
        index,
        np.empty(4),
        np.empty(4, np.int32),
        np.empty(4, np.int32),
        np.empty(10, np.int32),
    )
    np.testing.assert_allclose(composite, [250 / 3, 100 / 3, 100 / 3, 0])
    np.testing.assert_allclose(counted, [1, 1, 1, 0])
    np.testing.assert_allclose(index, [101, 0, 0, np.nan])


def test_each_measure_and_tract_has_random_numbers_of_its_own() -> None:
    begins = np.zeros((2, 3), np.uint64)
    starts_of(np.uint64(5), np.array([4, 0]), np.array([7, 8, 9], np.uint64), begins)
    assert len(np.unique(begins)) == 6
    assert begins[0, 1] == start(np.uint64(5), FIRST_MEASURE + 4, np.uint64(8))


def test_a_range_cuts_off_what_lies_beyond_either_end() -> None:
    below, within = np.zeros((1, 2)), np.ones((1, 2))
    truncation(np.array([[0.9, 0.25]]), np.full((1, 2), 0.1), np.array([[0.2, 1.0]]), below, within)
    np.testing.assert_allclose(below[0], [0.0, 0.308538], atol=1e-6)
    np.testing.assert_allclose(within[0], [0.841345, 0.691462], atol=1e-6)
