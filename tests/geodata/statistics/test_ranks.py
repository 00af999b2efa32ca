import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.errors import InputError
from geodata.statistics.ranks import percentile_ranks, round_significant, rounded


def expected(values, group=None):
    series = pd.Series(values)
    grouped = series.groupby(np.zeros(len(values)) if group is None else group)
    return (100 * (grouped.rank() - 0.5) / grouped.transform("count")).to_numpy()


def test_mid_ranks_by_hand():
    # Of five: 1 is below none (0 + ½ of 1)/5; the two 2s share (1 + ½ of 2)/5; the 4 has (3 + ½)/5; the missing none.
    ranks = percentile_ranks([2.0, 1.0, np.nan, 2.0, 4.0, 9.0])
    np.testing.assert_allclose(ranks, [40, 10, np.nan, 40, 70, 90])


def test_groups_are_ranked_apart_and_negative_ones_left_out():
    ranks = percentile_ranks([5.0, 1.0, 7.0, 3.0, 9.0], [1, 0, 1, 0, -1])
    np.testing.assert_allclose(ranks, [25, 25, 75, 75, np.nan])


numbers = st.one_of(
    st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, 0.5, np.nan]), st.floats(0, 1e-300), st.floats(1e200, 1e300)
)


@given(hnp.arrays(float, st.integers(0, 60), elements=numbers), st.integers(1, 3))
def test_agrees_with_pandas(values, groups):
    group = np.arange(len(values)) % groups
    np.testing.assert_allclose(percentile_ranks(values, group), expected(values, group), rtol=1e-12)


@pytest.mark.parametrize(
    "values",
    {
        "even": lambda rng: rng.random(5000),
        "bell": lambda rng: rng.standard_normal(5000),
        "heavy tail": lambda rng: rng.lognormal(0, 5, 5000),
        "heavier": lambda rng: rng.pareto(0.05, 5000),
        "many zeros": lambda rng: rng.lognormal(0, 2, 5000) * (rng.random(5000) < 0.4),
        "two values": lambda rng: rng.integers(0, 2, 5000).astype(float),
        "one value": lambda rng: np.full(5000, 0.3),
        "an outlier": lambda rng: np.append(rng.random(4999), 1e12),
        "rising": lambda rng: np.arange(5000.0),
        "falling": lambda rng: np.arange(5000.0)[::-1],
    }.values(),
)
def test_any_distribution_is_ranked(values):
    drawn = values(np.random.default_rng(2))
    np.testing.assert_allclose(percentile_ranks(drawn), expected(drawn), rtol=1e-12)


@pytest.mark.parametrize("least", [-1.5e308, 0.0])
@pytest.mark.parametrize("step", [5e-324, 1e-310, 2.3e-308, 1e-291, 1e-280, 1e280, 1e291, 1e307, 1.6e308, np.inf])
def test_no_spread_is_too_narrow_or_too_wide(least, step):
    values = np.where(np.arange(70) % 3 == 0, least + step, least)
    values[5] = np.nan
    np.testing.assert_allclose(percentile_ranks(values), expected(values), rtol=1e-12)


@given(hnp.arrays(float, st.integers(1, 40), elements=st.floats(-50, 50)))
def test_the_mean_is_fifty_and_order_is_kept(values):
    ranks = percentile_ranks(values)
    assert np.mean(ranks) == pytest.approx(50)
    assert ((values[:, None] < values) == (ranks[:, None] < ranks)).all()


def test_sums_in_another_order_are_equal_once_rounded():
    one, other = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert one != other
    np.testing.assert_array_equal(round_significant([one, -one, 0.0]), round_significant([other, -other, 0.0]))
    assert rounded(one) == rounded(other)
    assert rounded(-one) == -rounded(one)
    assert rounded(one) == pytest.approx(one, rel=1e-12)
    assert rounded(1.0) != rounded(1.0 + 1e-11)
    np.testing.assert_array_equal(round_significant([np.nan, np.inf, 5e-324]), [np.nan, np.inf, 5e-324])


def test_groups_must_match():
    with pytest.raises(InputError, match="differ in number"):
        percentile_ranks([1.0, 2.0], [0])
