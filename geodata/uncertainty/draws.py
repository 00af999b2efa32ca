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
from geodata.uncertainty.supply_draws import job_years_of_draws, seats_of_draws

FloatArray = NDArray[np.float64]
BLOCK = 64
_NOT_GATED = 1000.0
Part = TypeVar("Part")


class _Access(NamedTuple):
    """What access is drawn from, `below` of its people as in `Survey`, and `at` int64[tracts ranked], their rows."""

    model: AccessModel
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
    """What a block of draws fills, a row a draw: columns are tracts in working order, of `ranks` those listed."""

    priority: FloatArray
    ranks: NDArray[np.int32]
    passed: NDArray[np.bool_]

    @classmethod
    def of(cls, draws: int, tracts: int, listed: int) -> Block:
        """Return an empty block."""
        return cls(
            priority=np.empty((draws, tracts)),
            ranks=np.empty((draws, listed), dtype=np.int32),
            passed=np.empty((draws, tracts), dtype=np.bool_),
        )

    def rows(self, first: int, end: int) -> Block:
        """Return the draws from `first` to `end`, without copying."""
        return Block(self.priority[first:end], self.ranks[first:end], self.passed[first:end])


def simulate_ranks(model: DrawModel, draws: int = 1000, seed: int = 20) -> Drawn:
    """Return how certain each tract's place is over `draws` draws of the model."""
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
    whole = Block.of(most, len(order), lists.length)
    kept = np.empty((draws, len(order)), dtype=np.float32)
    for first, number in _blocks(draws, half):
        block = whole.rows(0, number)
        fill(block, first, plan)
        counts.add(block.ranks)
        if first + number == half:
            of_half = counts.within_share / half
        gated += block.passed.sum(axis=0)
        kept[first : first + number] = block.priority
    share = np.full(len(model), np.nan)
    share[order] = gated / draws
    share[model.scope < 0] = np.nan
    first_half = np.full(len(model), np.nan)
    first_half[order[lists.rows]] = of_half
    return Drawn(counts.summary(len(model), order), share, first_half, kept, order, draws, seed)


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
    return _Access(_as_compiled(access), below[0], at)


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
def drawn_access(seed, first, draws, access):  # type: ignore[no-untyped-def]
    """Return access to training and to work, float32[tracts, draws], of the draws from `first` on."""
    known = access.model
    tracts = known.people.size
    people, factor = np.empty((tracts, draws), np.float32), np.empty((tracts, draws), np.float32)
    people_of_draws(seed, first, access, people)
    factors_of_draws(seed, first, known.key, known.travel, factor)
    training, work = np.empty((tracts, draws), np.float32), np.empty((tracts, draws), np.float32)
    seats = np.empty((known.providers.seats.size, draws), np.float32)
    seats_of_draws(seed, first, known.providers, seats)
    access_of_draws(known.training, seats, people, factor, known.measure, training)
    jobs = np.empty((known.sites.built.size, draws), np.float32)
    job_years_of_draws(seed, first, known.sites, jobs)
    access_of_draws(known.work, jobs, people, factor, known.measure, work)
    return training, work


@numba.njit(cache=True, nogil=True)
def _draws(first, plan, block):  # type: ignore[no-untyped-def]
    """Fill the rows of `block` with draws `first`, `first` + 1, …; `plan`: `Plan`, `block`: `Block`."""
    areas, pillars, at = plan.areas, plan.pillars, plan.access.at
    priority, passed, draws = block.priority, block.passed, block.ranks.shape[0]
    n = at.size
    space = np.empty((7, n))
    rows, bucket, count = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(2 * n + 2, np.int32)
    work = Work(space[0], space[1], space[2], space[3], space[4], space[5], space[6], rows, bucket, count)
    values, percentile, served, need, keys = work.values, work.percentile, work.composite, work.need, work.keys
    training, jobs = drawn_access(plan.seed, first, draws, plan.access)
    p, q, r = pillars.weights[0], pillars.weights[1], pillars.weights[2]
    for b in range(draws):
        for area in range(areas.size - 1):
            a, z = areas[area], areas[area + 1]
            need_of_draw(first + b, a, z, plan.survey, plan.definitions, work)
            for i in range(a, z):
                values[i] = rounded(training[at[i], b]) if at[i] >= 0 else 0.0
            midrank_percentiles(values[a:z], percentile[a:z], keys, rows, bucket, count)
            for i in range(a, z):
                values[i] = rounded(jobs[at[i], b]) if at[i] >= 0 else 0.0
            midrank_percentiles(values[a:z], served[a:z], keys, rows, bucket, count)
            for i in range(a, z):
                gap = 100.0 - percentile[i]
                if pillars.geometric:
                    logs = p * math.log(need[i]) + q * math.log(gap) + r * math.log(served[i])
                    priority[b, i] = math.exp(logs)
                else:
                    priority[b, i] = p * need[i] + q * gap + r * served[i]
                passed[b, i] = pillars.designated[i] | (need[i] >= pillars.gate)
        for i in range(n):
            values[i] = rounded(-priority[b, i] if passed[b, i] else _NOT_GATED - priority[b, i])
        sorted_list(values, plan.lists, block.ranks[b], percentile, keys, rows, bucket, count)


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
