"""The draws themselves, against the method written out plainly, and what must not change them."""

import dataclasses
import subprocess
import sys

import numba
import numpy as np
import pytest

from geodata.errors import InputError
from geodata.statistics.random_numbers import uniform
from geodata.uncertainty import draws as kernel
from geodata.uncertainty.access_draws import FLAT, STEP, Measure
from geodata.uncertainty.draws import rank_groups, simulate_ranks
from geodata.uncertainty.rank_lists import RankedLists, Top
from tests.geodata.uncertainty.models import access, certain, model, reordered
from tests.geodata.uncertainty.plain_draws import plain_ranks

FIELDS = ("rank_low", "rank_median", "rank_high", "p_top_share", "p_top_count", "list_length")


def assert_same(one, other, order=slice(None)):
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(one.tracts, name)[order], getattr(other.tracts, name), err_msg=name)
    np.testing.assert_array_equal(one.p_gated[order], other.p_gated)
    np.testing.assert_array_equal(one.first_half[order], other.first_half)


CASES = {
    "plain": {},
    "geometric, nation": {"geometric": True, "reference": np.zeros(40, int), "scope": np.arange(40) // 20},
    "no gate": {"gate_need": None, "designated": np.zeros(40, bool)},
    "left out": {
        "reference": np.where(np.arange(40) % 7 == 0, -1, 0),
        "scope": np.where(np.arange(40) % 3 == 0, -1, np.where(np.arange(40) % 7 == 0, -1, 0)),
    },
    "no index of its own": {"in_index": np.zeros(4, bool)},
    "no measures": {
        "measures": np.empty((40, 0)),
        "measures_se": np.empty((40, 0)),
        "measures_range": np.empty((0, 2)),
        "purposes": [],
        "in_composite": [],
        "in_index": [],
        "definitions": np.random.default_rng(1).integers(0, 3, (40, 2)).astype(float),
        "definition_weights": [1.0, 0.0],
    },
    "all alike": {
        "definitions": np.ones((40, 2)),
        "measures": np.full((40, 4), 0.2),
        "measures_se": np.zeros((40, 4)),
        "access_row": np.full(40, -1),
    },
    "steps, choosing among places": {"access": access(50, 0, measure=Measure(STEP, True, True))},
    "no competition": {"access": access(50, 0, measure=Measure(FLAT, False, False))},
    "no supply": {"access": access(50, 0, providers=0, sites=0)},
}


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_the_model_written_out_plainly(name):
    given = model(**CASES[name])
    ranks, priority, passed = plain_ranks(given, 25, 20)
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
    np.testing.assert_allclose(result.p_of_rest()[listed], (ranks[12:] <= top).mean(axis=0)[listed], atol=1e-12)
    np.testing.assert_allclose(tracts.p_top_count[listed], (ranks <= 3).mean(axis=0)[listed])
    np.testing.assert_allclose(result.p_gated[listed], passed.mean(axis=0)[listed])
    np.testing.assert_allclose(result.priority, priority[:, result.listed], rtol=1e-6)


def test_groups_are_ranked_by_the_draws_that_did_not_cut_them():
    given = model(60, 3, reference=np.zeros(60, int), scope=np.zeros(60, int))
    drawn = simulate_ranks(given, 40, 5)
    group = np.where(np.arange(60) % 2 == 0, np.arange(60) // 10, -1).astype(np.int32)
    weight = np.random.default_rng(2).uniform(1, 9, 60)
    lists = RankedLists(np.zeros(6, np.int32), np.arange(6, dtype=np.int32))
    summary, ranks = rank_groups(drawn, group, weight, lists, Top(0.1, 2), 20)
    priority = np.empty((40, 60))
    priority[:, drawn.listed] = drawn.priority
    means = np.column_stack(
        [np.average(priority[20:, group == g], axis=1, weights=weight[group == g]) for g in range(6)]
    )
    expected = (-means).argsort(axis=1).argsort(axis=1) + 1
    np.testing.assert_array_equal(ranks, expected)
    np.testing.assert_allclose(summary.p_top_count, (expected <= 2).mean(axis=0))
    with pytest.raises(InputError, match="weights above 0"):
        rank_groups(drawn, group, weight * 0, lists, Top(0.1, 2), 20)


def test_groups_of_equal_priority_keep_the_order_of_their_lists():
    given = certain(model(20, 1, reference=np.zeros(20, int), scope=np.zeros(20, int)))
    drawn = simulate_ranks(given, 4, 5)
    same = dataclasses.replace(drawn, priority=np.full_like(drawn.priority, 50.0))
    group = (np.arange(20) // 5).astype(np.int32)
    lists = RankedLists(np.zeros(4, np.int32), np.array([2, 0, 3, 1], dtype=np.int32))
    _, ranks = rank_groups(same, group, np.ones(20), lists, Top(0.5, 1), 0)
    np.testing.assert_array_equal(ranks, np.tile([3, 1, 4, 2], (4, 1)))


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
    given = model(80, 5)
    alone = np.flatnonzero(given.reference == 1)
    both, one = simulate_ranks(given, 40, 5), simulate_ranks(reordered(given, alone), 40, 5)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(both.tracts, name)[alone], getattr(one.tracts, name), err_msg=name)


def test_another_seed_gives_other_results():
    given = model(100, 6)
    one, other = (simulate_ranks(given, 50, seed).tracts.rank_median for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_without_any_spread_every_draw_is_the_point_estimate():
    result = simulate_ranks(certain(model(60, 7)), 30).tracts
    np.testing.assert_array_equal(result.rank_low, result.rank_high)
    assert set(result.p_top_share) == {0.0, 1.0}


@pytest.mark.parametrize("part", ["survey", "people", "providers", "sites", "travel"])
def test_each_part_that_is_unsure_moves_ranks_by_itself(part):
    given = model(60, 7)
    still, known = certain(given), given.access
    parts = {
        "survey": {"measures_se": given.measures_se},
        "people": {"access": still.access._replace(people_se=known.people_se)},
        "providers": {"access": still.access._replace(providers=known.providers)},
        "sites": {"access": still.access._replace(sites=known.sites)},
        "travel": {"access": still.access._replace(travel=known.travel)},
    }
    result = simulate_ranks(dataclasses.replace(still, **parts[part]), 60).tracts
    assert (result.rank_high > result.rank_low).any()


def test_one_draw_of_the_survey_serves_all_that_rests_on_it():
    # The people share the draw of the first measure: where one is high in a draw, so is the other.
    given = model(40, 2, access_row=np.arange(40), key=44_000_000_000 + np.arange(40, dtype=np.uint64))
    order = kernel.working_order(given)
    lists = RankedLists(given.scope[order], given.tie_order[order])
    plan = kernel.plan_of(given, order, lists, 20)
    people = np.empty((50, 400), np.float32)
    kernel.people_of_draws(plan.seed, 0, plan.access, people)
    tract = int(np.flatnonzero((given.access.people_se[:40] > 50) & (given.measures_se[:, 0] > 0.01))[0])
    row = int(np.flatnonzero(order == tract)[0])
    measure = np.array(
        [uniform(plan.survey.begins[0, row], draw) for draw in range(400)]
    )  # fmt: skip
    assert np.corrcoef(np.argsort(np.argsort(measure)), np.argsort(np.argsort(people[tract])))[0, 1] > 0.99


def test_wider_margins_widen_the_interval():
    # One measure alone decides; with ten times the error the places of the middling tracts spread further.
    alone = {
        "definitions": np.full((200, 1), np.nan), "definition_weights": [0.0, 1.0], "pillar_weights": (1.0, 0.0, 0.0),
        "measures": np.linspace(0.1, 0.5, 200)[:, None], "measures_range": [[0, 1]], "gate_need": None,
        "reference": np.zeros(200, int), "scope": np.zeros(200, int), "definition_error": [0.0],
        "purposes": [0], "in_composite": [True], "in_index": [False],
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


GROWTH = """
import resource, sys
from tests.geodata.uncertainty.models import model
from geodata.uncertainty.draws import simulate_ranks
given = model(4000, 1)
simulate_ranks(given, 64)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
simulate_ranks(given, 1500)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def otherwise_laid_out(value):
    """Return the same, its arrays by columns and not to be written to."""
    if isinstance(value, np.ndarray):
        value = np.array(value, order="F")
        value.setflags(write=False)
        return value
    return type(value)(*map(otherwise_laid_out, value)) if isinstance(value, tuple) else value


def test_how_arrays_are_laid_out_changes_nothing_and_compiles_nothing():
    given = model()
    one = simulate_ranks(given, 12, 20)
    compiled = len(kernel._draws.signatures)
    other = simulate_ranks(dataclasses.replace(given, access=otherwise_laid_out(given.access)), 12, 20)
    assert_same(one, other)
    np.testing.assert_array_equal(one.priority, other.priority)
    assert len(kernel._draws.signatures) == compiled


def test_of_the_draws_only_priority_is_kept():
    # Priority of every draw is 4000 × 1500 × 4 bytes = 24 MB; ranks, access and the rest would be as much again, each.
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 36_000  # kB
