"""Permuted means of neighbors, where the chance is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.statistics.permutations import local_p_values

Z = np.array([0.0, 1.0, 2.0, 3.0])
KEYS = np.arange(4, dtype=np.uint64)


def test_a_neighbor_that_is_the_largest_of_three_others() -> None:
    """One of three equally likely values is as large, so the rarer tail holds a third, twice which is the p-value."""
    degree = np.array([1, 0, 0, 0])
    p_value = local_p_values(Z, np.array([3.0, 0, 0, 0]), degree, KEYS, 9999, 1)
    # Fifty draws of a tail of a third: an error of a seventh of it.
    assert p_value[0] == pytest.approx(2 / 3, rel=0.3)


def test_without_neighbors_or_with_everybody_there_is_nothing_to_permute() -> None:
    p_value = local_p_values(Z, np.zeros(4), np.array([0, 3, 0, 3]), KEYS, 99, 1)
    assert np.isnan(p_value).all()


def test_a_lag_nobody_else_could_have_is_as_rare_as_permutations_allow() -> None:
    p_value = local_p_values(Z, np.array([99.0, 0, 0, 0]), np.array([2, 0, 0, 0]), KEYS, 199, 1)
    assert p_value[0] == pytest.approx(2 / 200)


def test_the_unit_and_the_seed_decide_the_draws() -> None:
    z = np.random.default_rng(1).normal(size=30)
    degree, keys = np.full(30, 3), np.arange(30, dtype=np.uint64)
    once = local_p_values(z, z, degree, keys, 999, 5)
    order = np.random.default_rng(2).permutation(30)
    assert np.array_equal(once, local_p_values(z, z, degree, keys, 999, 5))
    assert not np.array_equal(once, local_p_values(z, z, degree, keys[order], 999, 5))
    assert not np.array_equal(once, local_p_values(z, z, degree, keys, 999, 6))
