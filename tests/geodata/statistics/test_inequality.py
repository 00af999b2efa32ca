"""Measures of inequality by hand, against PySAL, and by what must hold of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.statistics.inequality import concentration_index, erreygers_index, gini, lorenz_curve, palma, shortfall

held = arrays(float, st.integers(2, 30), elements=st.floats(0, 1e4, width=32))


def test_by_hand():
    # Two halves of the people hold a quarter and three quarters.
    assert gini([1, 3], [1, 1]) == pytest.approx(0.25)
    assert concentration_index([1, 3], [0, 1], [1, 1]) == pytest.approx(0.25)
    assert concentration_index([1, 3], [1, 0], [1, 1]) == pytest.approx(-0.25)
    # Bounded by 0 and 4: mean 2, so 4 · 2 · 0.25 / 4.
    assert erreygers_index([1, 3], [0, 1], [1, 1], 0, 4) == pytest.approx(0.5)
    # The best tenth holds 0.15, the worst four tenths 0.2.
    assert palma([1, 3], [1, 1]) == pytest.approx(0.75)
    assert [shortfall([1, 3], [1, 1], 2, power) for power in (0, 1, 2)] == pytest.approx([0.5, 0.25, 0.125])


def test_all_alike_is_equal_and_nothing_to_spread_is_undefined():
    assert gini([5, 5, 5], [1, 9, 2]) == pytest.approx(0)
    assert palma([5, 5, 5], [1, 9, 2]) == pytest.approx(0.25)
    assert np.isnan(gini([0, 0], [1, 1]))
    assert np.isnan(palma([0, 0, 0, 0, 1], [1] * 5))
    assert np.isnan(shortfall([1], [1], 0.0, 1))
    # A line says what evenness cannot: all are badly served.
    assert shortfall([5, 5, 5], [1, 9, 2], 10.0, 1) == pytest.approx(0.5)


@given(held)
def test_against_pysal_inequality(values):
    pysal = pytest.importorskip("inequality.gini")
    if values.sum() <= 0:
        return
    assert gini(values, np.ones(len(values))) == pytest.approx(pysal.Gini(values).g, abs=1e-6)


@given(held, st.integers(1, 5))
def test_people_counted_twice_are_people_of_twice_the_weight(values, copies):
    if values.sum() <= 0:
        return
    order = np.arange(len(values))[::-1] % 4
    weight = np.full(len(values), float(copies))
    repeated = [np.repeat(array, copies) for array in (values, order)]
    alone = np.ones(copies * len(values))
    assert gini(values, weight) == pytest.approx(gini(repeated[0], alone), abs=1e-9)
    one, many = concentration_index(values, order, weight), concentration_index(*repeated, alone)
    assert one == pytest.approx(many, abs=1e-9)


@given(held)
def test_the_index_is_the_covariance_with_the_mid_rank_and_lies_within_the_gini(values):
    if values.sum() <= 1e-6:
        return
    rng = np.random.default_rng(len(values))
    order, weight = rng.integers(0, 5, len(values)), rng.integers(1, 9, len(values)).astype(float)
    rank = np.array([(weight[order < o].sum() + weight[order == o].sum() / 2) / weight.sum() for o in order])
    mean = np.average(values, weights=weight)
    covariance = np.average((values - mean) * (rank - 0.5), weights=weight)
    index = concentration_index(values, order, weight)
    assert index == pytest.approx(2 * covariance / mean, abs=1e-9)
    assert abs(index) <= gini(values, weight) + 1e-9


@given(arrays(float, st.integers(2, 20), elements=st.floats(0, 1)))
def test_what_people_lack_mirrors_what_they_have(values):
    order, weight = np.arange(len(values)), np.ones(len(values))
    assert erreygers_index(values, order, weight) == pytest.approx(
        -erreygers_index(1 - values, order, weight), abs=1e-9
    )


def test_curves_start_at_nothing_end_at_all_and_never_fall():
    people, share = lorenz_curve([3, 1, 0, 4], [1, 2, 3, 4])
    assert (people[0], share[0], people[-1], share[-1]) == (0, 0, 1, 1)
    assert (np.diff(share) >= 0).all()
    assert (share <= people + 1e-12).all()
