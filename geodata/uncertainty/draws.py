"""The Monte Carlo of ranks: every draw redraws measures, weights, travel and job-years, and ranks again.

The model drawn from is described in `draw_model`. Draws run in parallel, a block at a time; the ranks of a block are
then counted tract by tract, so nothing grows with the number of draws and counts (integers) are the same for any
number of threads. Does not hold where the inputs come from or what is made of the result
(`geodata.uncertainty.certainty`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.statistics.random_numbers import dirichlet, normal_share, start, triangular, truncated_normals, uniform
from geodata.statistics.ranks import group_starts, midrank_percentiles, percentile_ranks, rounded
from geodata.statistics.threads import in_threads
from geodata.uncertainty.draw_model import DrawModel, SimulatedRanks
from geodata.uncertainty.rank_lists import RankCounts, RankedLists, sorted_list

FloatArray = NDArray[np.float64]
BLOCK = 32
# One purpose per kind of number, so that none is used twice; measures take FIRST_MEASURE, FIRST_MEASURE + 1, …
DEFINITIONS, PILLARS, TRAVEL, JOBS, FIRST_MEASURE = 1, 2, 3, 4, 100
_NOT_GATED = 1000.0


class _Measures(NamedTuple):
    """Survey measures by [measure, tract]: estimates, standard errors, ranges, truncation, starts of random numbers.

    `below` is the share of the untruncated normal below the range of the measure (`limits` float64[m, 2]), `within`
    the share within it.
    """

    mean: FloatArray
    se: FloatArray
    limits: FloatArray
    below: FloatArray
    within: FloatArray
    begins: NDArray[np.uint64]


class _Definitions(NamedTuple):
    """Percentiles of the fixed definitions [definition, tract]; weights of all, the composite of the measures last."""

    fixed: FloatArray
    weights: FloatArray
    concentration: float


class _Access(NamedTuple):
    """Access by travel node: training [node, tract], opportunity [node, component, tract], and what is drawn of it.

    `travel` float64[2, 3] are the triangles of detour and speed, `job_years` float64[components, 3].
    """

    training: FloatArray
    opportunity: FloatArray
    nodes: FloatArray
    travel: FloatArray
    job_years: FloatArray


class _Pillars(NamedTuple):
    """Weights of the pillars, how they are combined, and the gate."""

    weights: FloatArray
    concentration: float
    geometric: bool
    gate: float
    designated: NDArray[np.bool_]


class _Plan(NamedTuple):
    """What all draws share, with tracts in working order: by reference area (`areas`, where each begins), then key."""

    seed: np.uint64
    areas: NDArray[np.int64]
    measures: _Measures
    definitions: _Definitions
    access: _Access
    pillars: _Pillars


class _Members(NamedTuple):
    """The working rows of the tracts of each community, where each community begins, and the weight of every row."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    weight: FloatArray


class _Block(NamedTuple):
    """What a block of draws fills, a row a draw."""

    priority: FloatArray
    ranks: NDArray[np.int32]
    community_ranks: NDArray[np.int32]
    passed: NDArray[np.bool_]

    def first_rows(self, number: int) -> _Block:
        return _Block(self.priority[:number], self.ranks[:number], self.community_ranks[:number], self.passed[:number])


def simulate_ranks(model: DrawModel, draws: int = 1000, seed: int = 20) -> SimulatedRanks:
    """Return how certain each tract's and community's place is over `draws` draws of the model."""
    if draws < 1:
        raise InputError("at least one draw is needed", field="draws")
    # In any order of the rows given, tracts are worked on in the order of their keys.
    order = np.lexsort((model.key, model.reference))
    order = order[model.reference[order] >= 0]
    plan = _plan(model, order, seed)
    tract_lists = RankedLists(model.scope[order], model.tie_order[order])
    counts = RankCounts(tract_lists, model, draws)
    community_lists, members = _communities(model, order)
    community_counts = RankCounts(community_lists, model, draws)
    gated = np.zeros(len(order), dtype=np.int64)
    half = draws // 2
    of_half = np.full(tract_lists.length, np.nan)
    most = min(BLOCK, draws)
    whole_block = _Block(
        priority=np.empty((most, len(order))),
        ranks=np.empty((most, tract_lists.length), dtype=np.int32),
        community_ranks=np.empty((most, community_lists.length), dtype=np.int32),
        passed=np.empty((most, len(order)), dtype=np.bool_),
    )
    lists = (tract_lists.arrays, community_lists.arrays, members)
    for first, number in _blocks(draws, half):
        block = whole_block.first_rows(number)

        def some(worker: int, workers: int, first: int = first, block: _Block = block) -> None:
            _draws_of_worker(worker, workers, first, plan, *lists, block)

        in_threads(some)
        counts.add(block.ranks)
        if first + number == half:
            of_half = counts.within_share / half
        community_counts.add(block.community_ranks)
        gated += block.passed.sum(axis=0)
    share = np.full(len(model), np.nan)
    share[order] = gated / draws
    share[model.scope < 0] = np.nan
    tracts = counts.summary(len(model), order, share)
    first_half = np.full(len(model), np.nan)
    first_half[order[tract_lists.rows]] = of_half
    communities = None
    if model.community is not None:
        n = community_lists.units
        communities = community_counts.summary(n, np.arange(n), np.where(community_lists.listed, 1.0, np.nan))
    return SimulatedRanks(tracts, communities, draws, seed, first_half)


def _blocks(draws: int, half: int) -> Iterator[tuple[int, int]]:
    """Yield (first draw, how many) of each block, one of them ending at the half."""
    for begin, end in ((0, half), (half, draws)):
        for first in range(begin, end, BLOCK):
            yield first, min(BLOCK, end - first)


def _plan(model: DrawModel, order: NDArray[np.int64], seed: int) -> _Plan:
    """Return the plan of a model whose rows are worked on in `order`."""
    seed_bits = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    reference = model.reference[order]
    mean = np.ascontiguousarray(model.measures[order].T)
    errors = np.ascontiguousarray(model.measures_se[order].T)
    below, within = np.zeros_like(mean), np.ones_like(mean)
    begins = np.zeros(mean.shape, dtype=np.uint64)
    _truncation(mean, errors, model.measures_range, below, within)
    _begins(seed_bits, model.key[order], begins)
    fixed = np.empty(model.definitions[order].T.shape)
    for d in range(len(fixed)):
        fixed[d] = percentile_ranks(model.definitions[order, d], reference)
    return _Plan(
        seed=seed_bits,
        areas=group_starts(reference),
        measures=_Measures(mean, errors, model.measures_range, below, within, begins),
        definitions=_Definitions(fixed, model.definition_weights, float(model.definition_concentration)),
        access=_Access(
            training=np.ascontiguousarray(model.training[order].T),
            opportunity=np.ascontiguousarray(model.opportunity[order].transpose(1, 2, 0)),
            nodes=model.travel_nodes,
            travel=np.array([model.travel_detour, model.travel_speed], dtype=np.float64),
            job_years=model.job_years,
        ),
        pillars=_Pillars(
            weights=np.array(model.pillar_weights, dtype=np.float64),
            concentration=float(model.pillar_concentration),
            geometric=bool(model.geometric),
            gate=-math.inf if model.gate_need is None else float(model.gate_need),
            designated=model.designated[order],
        ),
    )


def _communities(model: DrawModel, order: NDArray[np.int64]) -> tuple[RankedLists, _Members]:
    """Return the lists of communities and their members."""
    if model.community is None or model.community_weight is None:
        nothing = np.empty(0, dtype=np.int32)
        return RankedLists(nothing, nothing), _Members(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0))
    community = model.community[order]
    rows = np.argsort(community, kind="stable")
    rows = rows[community[rows] >= 0]
    n = int(model.community.max()) + 1
    member_starts = np.concatenate(([0], np.cumsum(np.bincount(community[rows], minlength=n)))).astype(np.int64)
    scope = np.full(n, -1, dtype=np.int32)
    scope[community[rows]] = model.scope[order][rows]
    if (scope[community[rows]] != model.scope[order][rows]).any():
        raise InputError("the tracts of a community are ranked in different lists", field="community")
    tie_order = np.full(n, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(tie_order, community[rows], model.tie_order[order][rows])
    weight = model.community_weight[order]
    total = np.bincount(community[rows], weights=weight[rows], minlength=n)
    if not (np.isfinite(weight[rows]) & (weight[rows] >= 0)).all() or (total[scope >= 0] <= 0).any():
        raise InputError("a community needs tracts with weights above 0", field="community_weight")
    return RankedLists(scope, tie_order), _Members(rows, member_starts, weight)


@numba.njit(cache=True, nogil=True)
def _truncation(mean, se, limits, shares, widths):  # type: ignore[no-untyped-def]
    for m in range(mean.shape[0]):
        low, high = limits[m, 0], limits[m, 1]
        for i in range(mean.shape[1]):
            if se[m, i] > 0.0 and not np.isnan(mean[m, i]):
                below = normal_share((low - mean[m, i]) / se[m, i])
                shares[m, i] = below
                widths[m, i] = normal_share((high - mean[m, i]) / se[m, i]) - below


@numba.njit(cache=True, nogil=True)
def _begins(seed, keys, begins):  # type: ignore[no-untyped-def]
    for m in range(begins.shape[0]):
        for i in range(begins.shape[1]):
            begins[m, i] = start(seed, FIRST_MEASURE + m, keys[i])


class _Work(NamedTuple):
    """Work space of one worker for n tracts: four values a tract, and what sorting takes (`sort_ascending`)."""

    values: FloatArray
    percentile: FloatArray
    composite: FloatArray
    need: FloatArray
    keys: FloatArray
    rows: NDArray[np.int32]
    bucket: NDArray[np.int32]
    counts: NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def _draws_of_worker(worker, workers, first, plan, tracts, communities, members, block):  # type: ignore[no-untyped-def]
    """Fill a row of `block` per draw; a worker takes every workers-th.

    Area by area, so that what is known of an area's tracts is read from near memory by all draws of the block.
    `plan`: `_Plan`; `tracts`, `communities`: `ListArrays`; `members`: `_Members`; `block`: `_Block`.
    """
    areas, access, pillars = plan.areas, plan.access, plan.pillars
    training, opportunity, job_years, travel = access.training, access.opportunity, access.job_years, access.travel
    priority, passed, draws = block.priority, block.passed, block.ranks.shape[0]
    definition_weights, designated, seed = plan.definitions.weights, pillars.designated, plan.seed
    n = designated.size
    values, percentile, composite, need = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    keys, rows = np.empty(n), np.empty(n, np.int32)
    bucket, count = np.empty(n, np.int32), np.empty(2 * n + 2, np.int32)
    work = _Work(values, percentile, composite, need, keys, rows, bucket, count)
    drawn, parts = np.empty((draws, definition_weights.size)), np.empty((draws, 3))
    jobs, factor = np.empty((draws, job_years.shape[0])), np.empty(draws)
    for b in range(worker, draws, workers):
        draw = first + b
        dirichlet(definition_weights, plan.definitions.concentration, start(seed, DEFINITIONS, draw), 0, drawn[b])
        dirichlet(pillars.weights, pillars.concentration, start(seed, PILLARS, draw), 0, parts[b])
        for c in range(job_years.shape[0]):
            u = uniform(start(seed, JOBS, draw), c)
            jobs[b, c] = triangular(u, job_years[c, 0], job_years[c, 1], job_years[c, 2])
        begin = start(seed, TRAVEL, draw)
        factor[b] = triangular(uniform(begin, 0), travel[0, 0], travel[0, 1], travel[0, 2])
        factor[b] /= triangular(uniform(begin, 1), travel[1, 0], travel[1, 1], travel[1, 2])
    for area in range(areas.size - 1):
        a, z = areas[area], areas[area + 1]
        for b in range(worker, draws, workers):
            _need_of_draw(first + b, a, z, plan.measures, plan.definitions.fixed, drawn[b], work)
            node, after, share = _between(access.nodes, factor[b])
            for i in range(a, z):
                values[i] = (1.0 - share) * training[node, i] + share * training[after, i]
            midrank_percentiles(values[a:z], percentile[a:z], keys, rows, bucket, count)
            for i in range(a, z):
                values[i] = 0.0
            for c in range(job_years.shape[0]):
                low, high = jobs[b, c] * (1.0 - share), jobs[b, c] * share
                for i in range(a, z):
                    values[i] += low * opportunity[node, c, i] + high * opportunity[after, c, i]
            midrank_percentiles(values[a:z], composite[a:z], keys, rows, bucket, count)
            p, q, r = parts[b, 0], parts[b, 1], parts[b, 2]
            if pillars.geometric:
                for i in range(a, z):
                    logs = p * math.log(need[i]) + q * math.log(100.0 - percentile[i]) + r * math.log(composite[i])
                    priority[b, i] = math.exp(logs)
            else:
                for i in range(a, z):
                    priority[b, i] = p * need[i] + q * (100.0 - percentile[i]) + r * composite[i]
            for i in range(a, z):
                passed[b, i] = designated[i] | (need[i] >= pillars.gate)
    means = np.empty(members.starts.size - 1)
    for b in range(worker, draws, workers):
        for i in range(n):
            values[i] = rounded(-priority[b, i] if passed[b, i] else _NOT_GATED - priority[b, i])
        sorted_list(values, tracts, block.ranks[b], percentile, keys, rows, bucket, count)
        for c in range(means.size):
            total, weight = 0.0, 0.0
            for k in range(members.starts[c], members.starts[c + 1]):
                i = members.rows[k]
                total += members.weight[i] * priority[b, i]
                weight += members.weight[i]
            means[c] = rounded(-total / weight) if weight > 0.0 else 0.0
        sorted_list(means, communities, block.community_ranks[b], percentile, keys, rows, bucket, count)


@numba.njit(cache=True, nogil=True)
def _need_of_draw(draw, a, z, measures, fixed, weights, work):  # type: ignore[no-untyped-def]
    """Fill `work.need` of rows a to z, one area: redrawn measures → composite → ensemble with the fixed definitions.

    `measures`: `_Measures`; `fixed` float64[definition, tract]; `weights` of this draw; `work`: `_Work`.
    """
    values, percentile = work.values[a:z], work.percentile[a:z]
    composite, need = work.composite[a:z], work.need[a:z]
    keys, rows, bucket, count = work.keys, work.rows, work.bucket, work.counts
    mean, se, limits = measures.mean, measures.se, measures.limits
    definitions, n = fixed.shape[0], values.size
    for i in range(n):
        composite[i] = 0.0
        need[i] = 0.0
    for m in range(mean.shape[0]):
        truncated_normals(
            measures.begins[m, a:z], draw, mean[m, a:z], se[m, a:z], limits[m, 0], limits[m, 1],
            measures.below[m, a:z], measures.within[m, a:z], percentile, values,
        )  # fmt: skip
        midrank_percentiles(values, percentile, keys, rows, bucket, count)
        for i in range(n):
            known = values[i] == values[i]
            composite[i] += percentile[i] if known else 0.0
            need[i] += 1.0 if known else 0.0
    for i in range(n):
        values[i] = rounded(composite[i] / need[i]) if need[i] > 0.0 else np.nan
    midrank_percentiles(values, composite, keys, rows, bucket, count)
    # Sums of weighted percentiles in `values`, of weights in `need`; the composite is the last definition.
    for i in range(n):
        known = mean.shape[0] > 0 and composite[i] == composite[i]
        values[i] = weights[weights.size - 1] * composite[i] if known else 0.0
        need[i] = weights[weights.size - 1] if known else 0.0
    for d in range(definitions):
        for i in range(n):
            known = fixed[d, a + i] == fixed[d, a + i]
            values[i] += weights[d] * fixed[d, a + i] if known else 0.0
            need[i] += weights[d] if known else 0.0
    for i in range(n):
        values[i] = rounded(values[i] / need[i]) if need[i] > 0.0 else np.nan
    midrank_percentiles(values, need, keys, rows, bucket, count)


@numba.njit(cache=True, nogil=True)
def _between(nodes, factor):  # type: ignore[no-untyped-def]
    """Return the nodes around `factor` and the share of the way from one to the other; held to the ends."""
    last = nodes.size - 1
    if factor <= nodes[0]:
        return 0, 0, 0.0
    if factor >= nodes[last]:
        return last, last, 0.0
    node = 0
    while nodes[node + 1] <= factor:
        node += 1
    return node, node + 1, (factor - nodes[node]) / (nodes[node + 1] - nodes[node])
