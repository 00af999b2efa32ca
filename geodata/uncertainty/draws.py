"""The Monte Carlo of ranks: every draw redraws the survey, the supply and travel, computes access, and ranks again.

The model drawn from is described in `draw_model`. Draws run in parallel, a block at a time; the ranks of a block are
then counted tract by tract, so that counts (integers) are the same for any number of threads; of the draws themselves
only Priority is kept, for the communities that are cut later. Does not hold where the inputs come from
(`geodata.uncertainty.draw_inputs`) or what is made of the result (`geodata.uncertainty.certainty`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.statistics.random_numbers import normals_of_unit, start
from geodata.statistics.ranks import group_starts, midrank_percentiles, percentile_ranks, rounded
from geodata.statistics.threads import in_threads
from geodata.uncertainty.access_draws import access_of_draws, factors_of_draws
from geodata.uncertainty.assumed_supply import with_expected_supply
from geodata.uncertainty.draw_model import AccessModel, DrawModel, Drawn, RankSummary
from geodata.uncertainty.need_draws import (
    FIRST_MEASURE,
    Definitions,
    Survey,
    Work,
    index_of_estimates,
    need_of_draw,
    starts_of,
    truncation,
)
from geodata.uncertainty.rank_lists import ListArrays, RankCounts, RankedLists, Top, sorted_list
from geodata.uncertainty.supply_draws import Providers, Sites, job_years_of_draws, seats_of_draws

FloatArray = NDArray[np.float64]
BLOCK = 64
# What stands behind the gate sorts behind all that passes, and not so far away that sorting by buckets loses sight.
_NOT_GATED = 128.0
Part = TypeVar("Part")


class _Access(NamedTuple):
    """What access is drawn from, `below` of its people as in `Survey`, and `at` int64[tracts ranked], their rows.

    `providers` and `sites` are those of the model with assumed supply at its expectation.
    """

    model: AccessModel
    providers: Providers
    sites: Sites
    below: FloatArray
    at: NDArray[np.int64]


class _Pillars(NamedTuple):
    """Weights of the pillars, how they are combined, and the gate."""

    weights: FloatArray
    geometric: bool
    gate: float
    designated: NDArray[np.bool_]


class Plan(NamedTuple):
    """What all draws share, with tracts in working order: by reference area (`areas`, where each begins), then key."""

    seed: np.uint64
    areas: NDArray[np.int64]
    survey: Survey
    definitions: Definitions
    access: _Access
    pillars: _Pillars
    lists: ListArrays


class Block(NamedTuple):
    """What a block of draws fills, a row a draw: columns are tracts in working order, of `ranks` those listed.

    `with_expected` is `priority` with assumed supply at its expectation; it has no rows where that is not asked for.
    """

    priority: FloatArray
    with_expected: FloatArray
    ranks: NDArray[np.int32]
    passed: NDArray[np.bool_]

    @classmethod
    def of(cls, draws: int, tracts: int, listed: int, expected: bool = False) -> Block:
        """Return an empty block."""
        return cls(
            priority=np.empty((draws, tracts)),
            with_expected=np.empty((draws if expected else 0, tracts)),
            ranks=np.empty((draws, listed), dtype=np.int32),
            passed=np.empty((draws, tracts), dtype=np.bool_),
        )

    def rows(self, first: int, end: int) -> Block:
        """Return the draws from `first` to `end`, without copying."""
        return Block(
            self.priority[first:end], self.with_expected[first:end], self.ranks[first:end], self.passed[first:end]
        )


def simulate_ranks(model: DrawModel, draws: int = 1000, seed: int = 20, expected: int = 0) -> Drawn:
    """Return how certain each tract's place is over `draws` draws of the model.

    In the first `expected` of them Priority is computed with assumed supply at its expectation as well.
    """
    if draws < 1:
        raise InputError("at least one draw is needed", field="draws")
    order = working_order(model)
    lists = RankedLists(model.scope[order], model.tie_order[order])
    plan = plan_of(model, order, lists, seed)
    counts = RankCounts(lists, Top(model.top_share, model.top_count), model.quantiles, draws)
    gated = np.zeros(len(order), dtype=np.int64)
    half = draws // 2
    of_half = np.full(lists.length, np.nan)
    most = min(BLOCK, draws)
    whole = Block.of(most, len(order), lists.length, expected > 0)
    kept = np.empty((draws, lists.length), dtype=np.float32)
    with_expected = np.empty((min(expected, draws), lists.length), dtype=np.float32)
    for first, number in _blocks(draws, half):
        block = whole.rows(0, number)
        if first >= expected:
            block = block._replace(with_expected=block.with_expected[:0])
        fill(block, first, plan)
        last = max(len(with_expected) - first, 0)
        with_expected[first : first + number] = block.with_expected[:last, lists.rows]
        counts.add(block.ranks)
        if first + number == half:
            of_half = counts.within_share / half
        gated += block.passed.sum(axis=0)
        kept[first : first + number] = block.priority[:, lists.rows]
    share = np.full(len(model), np.nan)
    share[order] = gated / draws
    share[model.scope < 0] = np.nan
    first_half = np.full(len(model), np.nan)
    first_half[order[lists.rows]] = of_half
    return Drawn(
        counts.summary(len(model), order), share, first_half, kept, with_expected, order[lists.rows], draws, seed
    )


def rank_groups(
    drawn: Drawn, group: NDArray[np.int32], weight: FloatArray, lists: RankedLists, top: Top, first_draw: int
) -> tuple[RankSummary, NDArray[np.int32]]:
    """Return how certain each group's place is by the weighted mean Priority of its tracts, and its rank in each draw.

    `group` int32[n] is the group of each tract of the model, −1 for none; `weight` float64[n] ≥ 0, above 0 in sum for
    every group; `lists` are of the groups. Draws before `first_draw` are left out: by them groups were cut. Ranks are
    int32[draws, groups listed], in the order of `lists.rows`.
    """
    of_column = group[drawn.listed]
    columns = np.flatnonzero(of_column >= 0)
    members = columns[np.argsort(of_column[columns], kind="stable")]
    total = np.bincount(group[group >= 0], weights=weight[group >= 0], minlength=lists.units)
    if not (np.isfinite(weight[group >= 0]) & (weight[group >= 0] >= 0)).all() or (total[lists.listed] <= 0).any():
        raise InputError("a group needs tracts with weights above 0", field="weight")
    share = weight[drawn.listed[members]] / total[of_column[members]]
    priority = drawn.priority[first_draw:]
    counts = RankCounts(lists, top, (0.05, 0.5, 0.95), len(priority))
    ranks = np.empty((len(priority), lists.length), dtype=np.int32)
    starts = np.concatenate(([0], np.cumsum(np.bincount(of_column[members], minlength=lists.units)))).astype(np.int64)

    def some(worker: int, workers: int) -> None:
        begin, end = (len(priority) * n // workers for n in (worker, worker + 1))
        _group_ranks(priority[begin:end], members, starts, share, lists.arrays, ranks[begin:end])

    in_threads(some)
    counts.add(ranks)
    return counts.summary(lists.units, np.arange(lists.units)), ranks


def _blocks(draws: int, half: int) -> Iterator[tuple[int, int]]:
    """Yield (first draw, how many) of each block, one of them ending at the half."""
    for begin, end in ((0, half), (half, draws)):
        for first in range(begin, end, BLOCK):
            yield first, min(BLOCK, end - first)


def working_order(model: DrawModel) -> NDArray[np.int64]:
    """Return the rows that take part, by area and key: in any order of the rows given they are worked on in this."""
    order = np.lexsort((model.key, model.reference))
    return np.asarray(order[model.reference[order] >= 0])


def fill(block: Block, first: int, plan: Plan) -> None:
    """Fill `block` with the draws from number `first` on, on several threads."""

    def some(worker: int, workers: int) -> None:
        begin, end = (len(block.ranks) * n // workers for n in (worker, worker + 1))
        if end > begin:
            _draws(first + begin, plan, block.rows(begin, end))

    in_threads(some)


def plan_of(model: DrawModel, order: NDArray[np.int64], lists: RankedLists, seed: int) -> Plan:
    """Return the plan of a model whose rows are worked on in `order`."""
    seed_bits = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    reference = model.reference[order]
    mean = np.ascontiguousarray(model.measures[order].T)
    errors = np.ascontiguousarray(model.measures_se[order].T)
    below, within = np.zeros_like(mean), np.ones_like(mean)
    begins = np.zeros(mean.shape, dtype=np.uint64)
    truncation(mean, errors, model.measures_range, below, within)
    starts_of(seed_bits, model.purposes, model.key[order], begins)
    fixed = np.empty(model.definitions[order].T.shape)
    for d in range(len(fixed)):
        fixed[d] = percentile_ranks(model.definitions[order, d], reference)
    return Plan(
        seed=seed_bits,
        areas=group_starts(reference),
        survey=Survey(
            mean,
            errors,
            model.measures_range,
            below,
            within,
            begins,
            model.in_composite,
            model.in_index,
            index_of_estimates(mean, model.in_composite, model.in_index, reference),
        ),
        definitions=Definitions(fixed, model.definition_weights, model.definition_error),
        access=_access(model.access, model.access_row[order]),
        pillars=_Pillars(
            weights=np.array(model.pillar_weights, dtype=np.float64) / sum(model.pillar_weights),
            geometric=bool(model.geometric),
            gate=-math.inf if model.gate_need is None else float(model.gate_need),
            designated=model.designated[order],
        ),
        lists=lists.arrays,
    )


def _access(access: AccessModel, at: NDArray[np.int64]) -> _Access:
    below, within = np.zeros((1, len(access.people))), np.ones((1, len(access.people)))
    limits = np.array([[0.0, np.inf]])
    truncation(access.people[None, :], access.people_se[None, :], limits, below, within)
    expected = with_expected_supply(access)
    return _as_compiled(_Access(access, expected.providers, expected.sites, below[0], at))


def _as_compiled(value: Part) -> Part:
    """Return a part of the model with its arrays by rows and writable; the draws are compiled again for other kinds.

    Compiling them takes ten times as long as the draws of a small state. Arrays that are so are not copied.
    """
    if isinstance(value, np.ndarray):
        return np.require(value, requirements=["C", "W"])  # type: ignore[return-value]
    return type(value)(*map(_as_compiled, value)) if isinstance(value, tuple) else value


@numba.njit(cache=True, nogil=True)
def people_of_draws(seed, first, access, out):  # type: ignore[no-untyped-def]
    """Fill `out` float32[tracts, draws] with the people of each tract, by the draw of the measure they rest on."""
    known = access.model
    share, quantile = np.empty(out.shape[1]), np.empty(out.shape[1])
    for i in range(out.shape[0]):
        if not known.people_se[i] > 0.0:
            out[i, :] = known.people[i]
            continue
        begin = start(seed, FIRST_MEASURE + known.survey_purpose, known.key[i])
        normals_of_unit(begin, first, access.below[i], 1.0 - access.below[i], share, quantile)
        for b in range(out.shape[1]):
            out[i, b] = max(known.people[i] + known.people_se[i] * quantile[b], 0.0)


@numba.njit(cache=True, nogil=True)
def drawn_access(seed, first, draws, access, supplies):  # type: ignore[no-untyped-def]
    """Return access to training and to work, float32[supplies, draws, tracts], of the draws from `first` on.

    Of one supply, as drawn, or of two, the second with what is assumed at its expectation.
    """
    known = access.model
    tracts = known.people.size
    people, factor = np.empty((tracts, draws), np.float32), np.empty((tracts, draws), np.float32)
    people_of_draws(seed, first, access, people)
    factors_of_draws(seed, first, known.key, known.travel, factor)
    out = np.empty((supplies, tracts, draws), np.float32)
    training, work = np.empty((supplies, draws, tracts), np.float32), np.empty((supplies, draws, tracts), np.float32)
    seats = np.empty((supplies, known.providers.seats.size, draws), np.float32)
    jobs = np.empty((supplies, known.sites.built.size, draws), np.float32)
    seats_of_draws(seed, first, known.providers, seats[0])
    job_years_of_draws(seed, first, known.sites, jobs[0])
    if supplies > 1:
        seats_of_draws(seed, first, access.providers, seats[1])
        job_years_of_draws(seed, first, access.sites, jobs[1])
    access_of_draws(known.training, seats, people, factor, known.measure, out)
    _by_draw(out, training)
    access_of_draws(known.work, jobs, people, factor, known.measure, out)
    _by_draw(out, work)
    return training, work


@numba.njit(cache=True, nogil=True)
def _by_draw(of_tracts, out):  # type: ignore[no-untyped-def]
    """Fill `out` [supplies, draws, tracts] with `of_tracts` [supplies, tracts, draws]: a draw lies in one piece."""
    for s in range(of_tracts.shape[0]):
        for i in range(of_tracts.shape[1]):
            for b in range(of_tracts.shape[2]):
                out[s, b, i] = of_tracts[s, i, b]


@numba.njit(cache=True, nogil=True)
def _draws(first, plan, block):  # type: ignore[no-untyped-def]
    """Fill the rows of `block` with draws `first`, `first` + 1, …; `plan`: `Plan`, `block`: `Block`."""
    areas, pillars, at = plan.areas, plan.pillars, plan.access.at
    priority, passed, draws = block.priority, block.passed, block.ranks.shape[0]
    twice = block.with_expected.shape[0] > 0
    n = at.size
    space = np.empty((7, n))
    rows, bucket, count = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(2 * n + 2, np.int32)
    work = Work(space[0], space[1], space[2], space[3], space[4], space[5], space[6], rows, bucket, count)
    training, jobs = drawn_access(plan.seed, first, draws, plan.access, 2 if twice else 1)
    for b in range(draws):
        for area in range(areas.size - 1):
            a, z = areas[area], areas[area + 1]
            need_of_draw(first + b, a, z, plan.survey, plan.definitions, work)
            _priority_of_draw(a, z, training[0, b], jobs[0, b], at, pillars, work, priority[b])
            if twice:
                _priority_of_draw(a, z, training[1, b], jobs[1, b], at, pillars, work, block.with_expected[b])
            for i in range(a, z):
                passed[b, i] = pillars.designated[i] | (work.need[i] >= pillars.gate)
        for i in range(n):
            work.values[i] = rounded(-priority[b, i] if passed[b, i] else _NOT_GATED - priority[b, i])
        sorted_list(work.values, plan.lists, block.ranks[b], work.percentile, work.keys, rows, bucket, count)


@numba.njit(cache=True, nogil=True)
def _priority_of_draw(a, z, training, jobs, at, pillars, work, out):  # type: ignore[no-untyped-def]
    """Fill rows a to z of `out`, one area, by Need in `work.need` and access to `training` and `jobs` float32[tracts].

    `at` are the rows of the tracts in those, −1 where nothing is reached; `pillars`: `_Pillars`; `work`: `Work`.
    """
    values, percentile, served, need = work.values[a:z], work.percentile[a:z], work.composite[a:z], work.need[a:z]
    for reached, ranked in ((training, percentile), (jobs, served)):
        for i in range(a, z):
            values[i - a] = rounded(reached[at[i]]) if at[i] >= 0 else 0.0
        midrank_percentiles(values, ranked, work.keys, work.rows, work.bucket, work.counts)
    p, q, r = pillars.weights[0], pillars.weights[1], pillars.weights[2]
    for k in range(z - a):
        gap = 100.0 - percentile[k]
        if pillars.geometric:
            out[a + k] = math.exp(p * math.log(need[k]) + q * math.log(gap) + r * math.log(served[k]))
        else:
            out[a + k] = p * need[k] + q * gap + r * served[k]


@numba.njit(cache=True, nogil=True)
def _group_ranks(priority, members, starts, share, lists, ranks):  # type: ignore[no-untyped-def]
    """Fill `ranks` [draws, groups listed] by mean `priority` [draws, tracts]; `share` of each of the `members`."""
    groups = starts.size - 1
    means, work, keys = np.empty(groups), np.empty(groups), np.empty(groups)
    places, bucket, count = np.empty(groups, np.int32), np.empty(groups, np.int32), np.empty(2 * groups + 2, np.int32)
    for b in range(priority.shape[0]):
        for g in range(groups):
            total = 0.0
            for k in range(starts[g], starts[g + 1]):
                total += share[k] * priority[b, members[k]]
            means[g] = rounded(-total)
        sorted_list(means, lists, ranks[b], work, keys, places, bucket, count)
