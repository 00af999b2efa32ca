"""The Monte Carlo of ranks: every draw redraws measures, weights, travel and job-years, and ranks anew.

The model drawn from is told in `draw_model`. Draws run in parallel, a block at a time; the ranks of a block are
then counted tract by tract, so nothing grows with the number of draws and counts (integers) are the same for any
number of threads. Does not hold where the inputs come from or what is made of the result
(`geodata.uncertainty.certainty`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

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


def simulate_ranks(model: DrawModel, draws: int = 1000, seed: int = 20) -> SimulatedRanks:
    """Return how certain each tract's and community's place is over `draws` draws of the model."""
    if draws < 1:
        raise InputError("at least one draw is needed", field="draws")
    # In any order of the rows given, tracts are worked on in the order of their keys.
    order = np.lexsort((model.key, model.reference))
    order = order[model.reference[order] >= 0]
    plan = _Plan(model, order, seed)
    tract_lists = RankedLists(model.scope[order], model.tie_order[order])
    counts = RankCounts(tract_lists, model, draws)
    community_lists, members, member_starts, weight = _communities(model, order)
    community_counts = RankCounts(community_lists, model, draws)
    gated = np.zeros(len(order), dtype=np.int64)
    half = draws // 2
    of_half = np.full(tract_lists.length, np.nan)
    most = min(BLOCK, draws)
    all_ranks = np.empty((most, tract_lists.length), dtype=np.int32)
    all_community_ranks = np.empty((most, community_lists.length), dtype=np.int32)
    all_passed = np.empty((most, len(order)), dtype=np.bool_)
    priority = np.empty((most, len(order)))
    for first, number in _blocks(draws, half):
        ranks, community_ranks, passed = all_ranks[:number], all_community_ranks[:number], all_passed[:number]
        places = (
            *(tract_lists.rows, tract_lists.starts, tract_lists.tie_order),
            *(members, member_starts, weight),
            *(community_lists.rows, community_lists.starts, community_lists.tie_order),
            *(priority, ranks, community_ranks, passed),
        )

        def some(worker: int, workers: int, first: int = first, places: tuple[Any, ...] = places) -> None:
            _draws_of_worker(worker, workers, first, *plan.arrays, *places)

        in_threads(some)
        counts.add(ranks)
        if first + number == half:
            of_half = counts.within_share / half
        community_counts.add(community_ranks)
        gated += passed.sum(axis=0)
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


class _Plan:
    """What all draws share, with rows in working order: fixed percentiles, truncation, starts of random numbers."""

    def __init__(self, model: DrawModel, order: NDArray[np.int64], seed: int) -> None:
        reference = model.reference[order]
        measures = np.ascontiguousarray(model.measures[order].T)
        errors = np.ascontiguousarray(model.measures_se[order].T)
        shares, widths = np.zeros_like(measures), np.ones_like(measures)
        begins = np.zeros(measures.shape, dtype=np.uint64)
        _truncation(measures, errors, model.measures_range, shares, widths)
        _begins(seed & 0xFFFFFFFFFFFFFFFF, model.key[order], begins)
        fixed = np.empty(model.definitions[order].T.shape)
        for d in range(len(fixed)):
            fixed[d] = percentile_ranks(model.definitions[order, d], reference)
        self.arrays = (
            np.uint64(seed & 0xFFFFFFFFFFFFFFFF),
            group_starts(reference),
            measures,
            errors,
            model.measures_range,
            shares,
            widths,
            begins,
            fixed,
            model.definition_weights,
            float(model.definition_concentration),
            np.ascontiguousarray(model.training[order].T),
            np.ascontiguousarray(model.opportunity[order].transpose(1, 2, 0)),
            model.travel_nodes,
            np.array([model.travel_detour, model.travel_speed], dtype=np.float64),
            model.job_years,
            np.array(model.pillar_weights, dtype=np.float64),
            float(model.pillar_concentration),
            -math.inf if model.gate_need is None else float(model.gate_need),
            model.designated[order],
            bool(model.geometric),
        )


def _communities(
    model: DrawModel, order: NDArray[np.int64]
) -> tuple[RankedLists, NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Return the communities' lists, the working rows of their tracts, where each begins, and the rows' weights."""
    if model.community is None or model.community_weight is None:
        nothing = np.empty(0, dtype=np.int32)
        return RankedLists(nothing, nothing), np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0)
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
    return RankedLists(scope, tie_order), rows, member_starts, weight


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


@numba.njit(cache=True, nogil=True)
def _draws_of_worker(  # type: ignore[no-untyped-def]
    worker, workers, first, seed, areas, mean, se, limits, shares, widths, begins, fixed, weights, concentration,
    training, opportunity, nodes, travel, job_years, pillars, pillar_concentration, gate, designated, geometric,
    list_rows, list_starts, list_ties, members, member_starts, member_weight,
    community_rows, community_starts, community_ties, priority, ranks, community_ranks, passed,
):  # fmt: skip
    """Fill a row of `priority`, `ranks`, `community_ranks` and `passed` per draw; a worker takes every workers-th.

    Area by area, so that what is known of an area's tracts is read from near memory by all draws of the block.
    """
    n = designated.size
    values, percentile, composite, need = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    keys, rows = np.empty(n), np.empty(n, np.int32)
    bucket, count = np.empty(n, np.int32), np.empty(2 * n + 2, np.int32)
    drawn, parts = np.empty((ranks.shape[0], weights.size)), np.empty((ranks.shape[0], 3))
    jobs, factor = np.empty((ranks.shape[0], job_years.shape[0])), np.empty(ranks.shape[0])
    for b in range(worker, ranks.shape[0], workers):
        draw = first + b
        dirichlet(weights, concentration, start(seed, DEFINITIONS, draw), 0, drawn[b])
        dirichlet(pillars, pillar_concentration, start(seed, PILLARS, draw), 0, parts[b])
        for c in range(job_years.shape[0]):
            u = uniform(start(seed, JOBS, draw), c)
            jobs[b, c] = triangular(u, job_years[c, 0], job_years[c, 1], job_years[c, 2])
        begin = start(seed, TRAVEL, draw)
        factor[b] = triangular(uniform(begin, 0), travel[0, 0], travel[0, 1], travel[0, 2])
        factor[b] /= triangular(uniform(begin, 1), travel[1, 0], travel[1, 1], travel[1, 2])
    for area in range(areas.size - 1):
        a, z = areas[area], areas[area + 1]
        for b in range(worker, ranks.shape[0], workers):
            _need_of_draw(
                first + b, a, z, mean, se, limits, shares, widths, begins, fixed, drawn[b],
                values[a:z], percentile[a:z], composite[a:z], need[a:z], keys, rows, bucket, count,
            )  # fmt: skip
            node, after, share = _between(nodes, factor[b])
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
            if geometric:
                for i in range(a, z):
                    logs = p * math.log(need[i]) + q * math.log(100.0 - percentile[i]) + r * math.log(composite[i])
                    priority[b, i] = math.exp(logs)
            else:
                for i in range(a, z):
                    priority[b, i] = p * need[i] + q * (100.0 - percentile[i]) + r * composite[i]
            for i in range(a, z):
                passed[b, i] = designated[i] | (need[i] >= gate)
    means = np.empty(member_starts.size - 1)
    for b in range(worker, ranks.shape[0], workers):
        for i in range(n):
            values[i] = rounded(-priority[b, i] if passed[b, i] else _NOT_GATED - priority[b, i])
        sorted_list(values, list_rows, list_starts, list_ties, ranks[b], percentile, keys, rows, bucket, count)
        for c in range(means.size):
            total, weight = 0.0, 0.0
            for k in range(member_starts[c], member_starts[c + 1]):
                i = members[k]
                total += member_weight[i] * priority[b, i]
                weight += member_weight[i]
            means[c] = rounded(-total / weight) if weight > 0.0 else 0.0
        sorted_list(
            means, community_rows, community_starts, community_ties, community_ranks[b],
            percentile, keys, rows, bucket, count,
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _need_of_draw(  # type: ignore[no-untyped-def]
    draw, a, z, mean, se, limits, shares, widths, begins, fixed, weights, values, percentile, composite, need,
    keys, rows, bucket, count,
):  # fmt: skip
    """Fill `need` of rows a to z, one area: redrawn measures → composite → ensemble with the fixed definitions."""
    measures, definitions, n = mean.shape[0], fixed.shape[0], values.size
    for i in range(n):
        composite[i] = 0.0
        need[i] = 0.0
    for m in range(measures):
        truncated_normals(
            begins[m, a:z], draw, mean[m, a:z], se[m, a:z], limits[m, 0], limits[m, 1], shares[m, a:z], widths[m, a:z],
            percentile, values,
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
        known = measures > 0 and composite[i] == composite[i]
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
