import subprocess
import sys

import numba
import numpy as np
import pytest

from geodata.errors import InputError
from geodata.uncertainty import draws as kernel
from geodata.uncertainty.draw_model import travel_factors
from geodata.uncertainty.draws import simulate_ranks
from geodata.uncertainty.rank_lists import RankCounts, RankedLists, _bins, _middles
from tests.geodata.uncertainty.models import model, reordered
from tests.geodata.uncertainty.plain_draws import plain_ranks

FIELDS = ("rank_low", "rank_median", "rank_high", "p_top_share", "p_top_count", "p_gated", "list_length")


def assert_same(one, other, order=slice(None)):
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(one.tracts, name)[order], getattr(other.tracts, name), err_msg=name)
        if one.communities is not None:
            np.testing.assert_array_equal(getattr(one.communities, name), getattr(other.communities, name))
    np.testing.assert_array_equal(one.first_half[order], other.first_half)


CASES = {
    "plain": {},
    "geometric, nation": {
        "geometric": True,
        "reference": np.zeros(40, int),
        "scope": np.arange(40) // 20,
        "community": np.arange(40) // 5,
    },
    "no gate, fixed weights": {
        "gate_need": None,
        "definition_concentration": np.inf,
        "pillar_concentration": np.inf,
        "designated": np.zeros(40, bool),
    },
    "left out": {
        "reference": np.where(np.arange(40) % 7 == 0, -1, 0),
        "scope": np.where(np.arange(40) % 3 == 0, -1, np.where(np.arange(40) % 7 == 0, -1, 0)),
        "community": None,
        "community_weight": None,
    },
    "no measures": {
        "measures": np.empty((40, 0)),
        "measures_se": np.empty((40, 0)),
        "measures_range": np.empty((0, 2)),
        "definitions": np.random.default_rng(1).integers(0, 3, (40, 2)).astype(float),
        "definition_weights": [1.0, 0.0],
    },
    "all alike": {
        "definitions": np.ones((40, 2)),
        "measures": np.full((40, 3), 0.2),
        "measures_se": np.zeros((40, 3)),
        "training": np.ones((40, 3)),
        "opportunity": np.zeros((40, 3, 2)),
    },
}


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_the_model_written_out_plainly(name):
    given = model(**CASES[name])
    ranks, community_ranks, passed = plain_ranks(given, 25, 20)
    result = simulate_ranks(given, 25, 20)
    listed = given.scope >= 0
    length = np.array([np.sum(given.scope == scope) for scope in given.scope])
    tracts = result.tracts
    np.testing.assert_array_equal(np.isnan(tracts.rank_median), ~listed)
    for field, share in (("rank_low", 0.05), ("rank_median", 0.5), ("rank_high", 0.95)):
        expected = np.quantile(ranks[:, listed], share, axis=0, method="inverted_cdf")
        np.testing.assert_array_equal(getattr(tracts, field)[listed], expected, err_msg=field)
    top = np.ceil(0.1 * length - 1e-9)
    np.testing.assert_allclose(tracts.p_top_share[listed], (ranks <= top).mean(axis=0)[listed])
    np.testing.assert_allclose(result.first_half[listed], (ranks[:12] <= top).mean(axis=0)[listed])
    np.testing.assert_allclose(tracts.p_top_count[listed], (ranks <= 3).mean(axis=0)[listed])
    np.testing.assert_allclose(tracts.p_gated[listed], passed.mean(axis=0)[listed])
    if given.community is not None:
        expected = np.quantile(community_ranks, 0.5, axis=0, method="inverted_cdf")
        np.testing.assert_array_equal(result.communities.rank_median, expected)
        np.testing.assert_allclose(result.communities.p_top_count, (community_ranks <= 3).mean(axis=0))


def test_threads_change_nothing():
    given = model(300, 2)
    before = numba.get_num_threads()
    with_all = simulate_ranks(given, 100, 5)
    try:
        numba.set_num_threads(1)
        with_one = simulate_ranks(given, 100, 5)
    finally:
        numba.set_num_threads(before)
    assert_same(with_all, with_one)


def test_order_of_tracts_changes_nothing():
    given = model(200, 3)
    order = np.random.default_rng(1).permutation(200)
    assert_same(simulate_ranks(given, 60, 5), simulate_ranks(reordered(given, order), 60, 5), order)


def test_size_of_blocks_changes_nothing(monkeypatch):
    given = model(100, 4)
    whole = simulate_ranks(given, 50, 5)
    monkeypatch.setattr(kernel, "BLOCK", 7)
    assert_same(whole, simulate_ranks(given, 50, 5))


def test_another_state_beside_changes_nothing():
    given = model(80, 5, community=None, community_weight=None)
    alone = np.flatnonzero(given.reference == 1)
    both, one = simulate_ranks(given, 40, 5), simulate_ranks(reordered(given, alone), 40, 5)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(both.tracts, name)[alone], getattr(one.tracts, name), err_msg=name)


def test_more_seed_more_draws_other_results():
    given = model(100, 6)
    assert not np.array_equal(
        simulate_ranks(given, 50, 1).tracts.rank_median, simulate_ranks(given, 50, 2).tracts.rank_median
    )


def test_without_any_spread_every_draw_is_the_point_estimate():
    given = model(
        60, 7, measures_se=np.zeros((60, 3)), definition_concentration=np.inf, pillar_concentration=np.inf,
        travel_detour=(1, 1, 1), travel_speed=(1, 1, 1), job_years=[[1, 1, 1]] * 2,
    )  # fmt: skip
    result = simulate_ranks(given, 30).tracts
    np.testing.assert_array_equal(result.rank_low, result.rank_high)
    assert set(result.p_top_share) == {0.0, 1.0}
    for area in (0, 1):
        assert sorted(result.rank_median[given.scope == area]) == list(range(1, (given.scope == area).sum() + 1))


def test_wider_margins_widen_the_interval():
    # One measure alone decides; with ten times the error the places of the middling tracts spread further.
    alone = {
        "definitions": np.full((200, 1), np.nan), "definition_weights": [0.0, 1.0], "pillar_weights": (1.0, 0.0, 0.0),
        "measures": np.linspace(0.1, 0.5, 200)[:, None], "measures_range": [[0, 1]], "gate_need": None,
        "reference": np.zeros(200, int), "scope": np.zeros(200, int), "community": None, "community_weight": None,
    }  # fmt: skip
    narrow = simulate_ranks(model(200, 8, measures_se=np.full((200, 1), 0.005), **alone), 200).tracts
    wide = simulate_ranks(model(200, 8, measures_se=np.full((200, 1), 0.05), **alone), 200).tracts
    assert (wide.rank_high - wide.rank_low)[50:150].mean() > 4 * (narrow.rank_high - narrow.rank_low)[50:150].mean()
    assert np.abs(np.median(wide.rank_median[:100]) - 150) < 10  # the least needy half stays the lower half


def test_chances_of_the_top_sum_to_its_size():
    result = simulate_ranks(model(150, 9), 64).tracts
    for area in (0, 1):
        inside = (
            result.list_length == result.list_length[0] if area == 0 else result.list_length != result.list_length[0]
        )
        size = result.list_length[inside][0]
        np.testing.assert_allclose(result.p_top_share[inside].sum(), np.ceil(0.1 * size - 1e-9))
        np.testing.assert_allclose(result.p_top_count[inside].sum(), 3)


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
    counts = RankCounts(lists, model(), draws)
    ranks = np.array([rng.permutation(n) + 1 for _ in range(draws)], dtype=np.int32)
    counts.add(ranks[:150])
    counts.add(ranks[150:])
    summary = counts.summary(n, np.arange(n), np.ones(n))
    exact = np.quantile(ranks, 0.5, axis=0, method="inverted_cdf")
    np.testing.assert_allclose(summary.rank_median, exact, rtol=0.005)


def test_inputs_that_cannot_be_are_refused():
    for changes, message in (
        ({"measures_se": np.full((40, 3), np.nan)}, "standard error"),
        ({"measures": np.full((40, 3), 1.5)}, "outside the range"),
        ({"training": np.full((40, 3), np.nan)}, "training"),
        ({"definition_weights": [0.0, 0.0, 0.0]}, "above 0"),
        ({"travel_nodes": [1.0, 0.9, 1.1]}, "must rise"),
        ({"job_years": [[2, 1, 3], [1, 1, 1]]}, "must rise"),
        ({"tie_order": np.arange(3)}, "shape"),
        ({"quantiles": (0.5, 0.05, 0.95)}, "quantiles"),
        ({"community_weight": None}, "weight"),
        ({"key": np.ones(40, int)}, "one key"),
    ):
        with pytest.raises(InputError, match=message):
            model(**changes)
    with pytest.raises(InputError, match="no index"):
        model(measures=np.full((40, 3), np.nan), definitions=np.full((40, 2), np.nan))
    with pytest.raises(InputError, match="draw"):
        simulate_ranks(model(), 0)
    with pytest.raises(InputError, match="different lists"):
        simulate_ranks(model(community=np.zeros(40, int)), 2)


def test_communities_without_any_tract_have_no_place():
    none = simulate_ranks(model(community=np.full(40, -1)), 5).communities
    assert len(none.rank_median) == 0
    some = simulate_ranks(
        model(community=np.where(np.arange(40) < 5, 3, -1), reference=np.zeros(40, int), scope=np.zeros(40, int)), 5
    )
    np.testing.assert_array_equal(some.communities.rank_median, [np.nan, np.nan, np.nan, 1.0])


def test_travel_factors_hold_the_center_and_the_ends():
    nodes = travel_factors((0.9, 1.0, 1.1), (0.85, 1.0, 1.15))
    assert nodes[0] == pytest.approx(0.9 / 1.15)
    assert nodes[-1] == pytest.approx(1.1 / 0.85)
    assert 1.0 in nodes
    assert travel_factors((1, 1, 1), (1, 1, 1)).tolist() == [1.0]


GROWTH = """
import resource, sys
from tests.geodata.uncertainty.models import model
from geodata.uncertainty.draws import simulate_ranks
import numpy as np
given = model(4000, 1, community=None, community_weight=None)
simulate_ranks(given, 64)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
simulate_ranks(given, 1500)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_draws():
    # Keeping every rank would take 4000 × 1500 × 4 bytes = 24 MB more.
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 12_000  # kB
