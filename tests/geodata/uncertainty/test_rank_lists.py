"""How often each place was taken, counted in bins."""

import numpy as np
import pytest

from geodata.uncertainty.rank_lists import RankCounts, RankedLists, Top, _bins, _middles


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
