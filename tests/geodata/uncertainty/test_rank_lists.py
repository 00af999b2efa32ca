"""How often each place was taken, counted in bins."""

import numpy as np
import pytest

from geodata.uncertainty.rank_lists import RankCounts, RankedLists, Top, _bins, _middles, sorted_list


@pytest.mark.parametrize("size", [1, 255, 768, 769, 9000, 85_000])
def test_bins_hold_all_places_in_order_and_stay_narrow(size):
    bins = _bins(size)
    assert bins[0] == 0
    assert set(np.diff(bins)) <= {0, 1}
    assert bins[-1] < 768
    middle = _middles(bins)[bins]
    places = np.arange(1, size + 1)
    assert (np.abs(middle - places) <= (0 if size <= 768 else 0.006 * places + 0.5)).all()


def test_quantiles_of_long_lists_are_within_half_a_percent():
    n, draws = 3000, 200
    rng = np.random.default_rng(3)
    lists = RankedLists(np.zeros(n, np.int32), np.arange(n, dtype=np.int32))
    counts = RankCounts(lists, Top(0.1, 25), (0.05, 0.5, 0.95), draws)
    ranks = np.array([rng.permutation(n) + 1 for _ in range(draws)], dtype=np.int32)
    counts.add(ranks[:150])
    counts.add(ranks[150:])
    summary = counts.summary(n, np.arange(n))
    exact = np.quantile(ranks, 0.5, axis=0, method="inverted_cdf")
    np.testing.assert_allclose(summary.rank_median, exact, rtol=0.005)


def test_places_are_counted_by_hand_in_two_lists() -> None:
    """Units 2 and 3 are one list, 0 and 4 the other, unit 1 in none; four draws of two places each."""
    lists = RankedLists(np.array([1, -1, 0, 0, 1], np.int32), np.arange(5, dtype=np.int32))
    assert (lists.rows.tolist(), lists.starts.tolist(), lists.length, lists.units) == ([2, 3, 0, 4], [0, 2, 4], 4, 5)
    assert lists.listed.tolist() == [True, False, True, True, True]
    counts = RankCounts(lists, Top(0.5, 2), (0.25, 0.5, 1.0), 4)
    counts.add(np.array([[1, 2, 1, 2], [2, 1, 1, 2], [1, 2, 2, 1]], np.int32))
    counts.add(np.array([[1, 2, 1, 2]], np.int32))
    found = counts.summary(5, np.arange(5))
    nan = np.nan
    np.testing.assert_array_equal(found.rank_low, [1, nan, 1, 1, 1])
    np.testing.assert_array_equal(found.rank_median, [1, nan, 1, 2, 2])
    np.testing.assert_array_equal(found.rank_high, [2, nan, 2, 2, 2])
    # Half of two units is one place; both places are among the first two.
    np.testing.assert_array_equal(found.p_top_share, [0.75, nan, 0.75, 0.25, 0.25])
    np.testing.assert_array_equal(found.p_top_count, [1, nan, 1, 1, 1])
    np.testing.assert_array_equal(found.list_length, [2, nan, 2, 2, 2])


def test_as_many_draws_are_counted_as_there_are() -> None:
    lists = RankedLists(np.zeros(1, np.int32), np.zeros(1, np.int32))
    for draws, kind in ((65_535, np.uint16), (65_536, np.uint32)):
        counts = RankCounts(lists, Top(1.0, 1), (0.05, 0.5, 0.95), draws)
        assert counts.histogram.dtype == kind and counts.bins == 1
    empty = RankCounts(RankedLists(np.full(2, -1, np.int32), np.zeros(2, np.int32)), Top(0.1, 1), (0.1, 0.5, 0.9), 1)
    assert np.isnan(empty.summary(2, np.arange(2)).rank_median).all()


def test_equals_stand_in_their_own_order() -> None:
    scope = np.array([0, 1, 0, 0, 1, 0, -1], np.int32)
    lists = RankedLists(scope, np.array([3, 1, 2, 0, 0, 1, 9], np.int32))
    values = np.array([5.0, 2.0, 5.0, 5.0, 2.0, 1.0, 0.0])
    ranks, work, keys = np.zeros(6, np.int32), np.empty(4), np.empty(4)
    places, bucket, count = np.empty(4, np.int32), np.empty(4, np.int32), np.empty(10, np.int32)
    sorted_list(values, lists.arrays, ranks, work, keys, places, bucket, count)
    assert dict(zip(lists.rows.tolist(), ranks.tolist(), strict=True)) == {0: 4, 2: 3, 3: 2, 5: 1, 1: 2, 4: 1}
