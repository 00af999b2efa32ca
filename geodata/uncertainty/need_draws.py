"""Need in every draw: one draw of the survey a tract and measure, and everything that is made from it made again.

The workforce composite, the index recomputed from its own measures, and through it every index that rests on the same
survey. Does not hold the margins (`geodata.uncertainty.draw_inputs`) or Need at the point estimate
(`geodata.scoring.need`).
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.statistics.random_numbers import normal_share, start, truncated_normals
from geodata.statistics.ranks import midrank_percentiles, percentile_ranks, rounded, sort_ascending

FloatArray = NDArray[np.float64]
# Measures take FIRST_MEASURE, FIRST_MEASURE + 1, …, by their number, so that all that rests on one shares its draw.
FIRST_MEASURE = 100


class Survey(NamedTuple):
    """Survey measures by [measure, tract]: estimates, standard errors, ranges, truncation, starts of random numbers.

    `below` is the share of the untruncated normal below the range of the measure (`limits` float64[m, 2]), `within`
    the share within it. `in_composite` and `in_index` bool[m] say what each is part of; `index_percentile`
    float64[tract] is that of the index made from the estimates themselves.
    """

    mean: FloatArray
    se: FloatArray
    limits: FloatArray
    below: FloatArray
    within: FloatArray
    begins: NDArray[np.uint64]
    in_composite: NDArray[np.bool_]
    in_index: NDArray[np.bool_]
    index_percentile: FloatArray


class Definitions(NamedTuple):
    """Percentiles of the definitions [definition, tract]; weights of all, the composite of the measures last.

    `error` float64[definitions]: how much of the index's deviation in a draw each definition takes.
    """

    fixed: FloatArray
    weights: FloatArray
    error: FloatArray


class Work(NamedTuple):
    """Work space of one worker for n tracts: values a tract, and what sorting takes (`sort_ascending`)."""

    values: FloatArray
    percentile: FloatArray
    composite: FloatArray
    counted: FloatArray
    summed: FloatArray
    need: FloatArray
    keys: FloatArray
    rows: NDArray[np.int32]
    bucket: NDArray[np.int32]
    counts: NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def truncation(mean, se, limits, below, within):  # type: ignore[no-untyped-def]
    """Fill the shares of each untruncated normal below its range and within it; all float64[m, n]."""
    for m in range(mean.shape[0]):
        low, high = limits[m, 0], limits[m, 1]
        for i in range(mean.shape[1]):
            if se[m, i] > 0.0 and not np.isnan(mean[m, i]):
                share = normal_share((low - mean[m, i]) / se[m, i])
                below[m, i] = share
                within[m, i] = normal_share((high - mean[m, i]) / se[m, i]) - share


@numba.njit(cache=True, nogil=True)
def starts_of(seed, purposes, keys, begins):  # type: ignore[no-untyped-def]
    """Fill `begins` uint64[m, n] with where the random numbers of each measure and tract begin."""
    for m in range(begins.shape[0]):
        for i in range(begins.shape[1]):
            begins[m, i] = start(seed, FIRST_MEASURE + purposes[m], keys[i])


@numba.njit(cache=True, nogil=True)
def add_ranks(values, in_composite, in_index, composite, counted, index, keys, rows, bucket, count):  # type: ignore[no-untyped-def]
    """Rank `values`, add mid-rank percentiles to `composite` and, as the publisher's index has them, to `index`.

    The Social Vulnerability Index ranks by (rank - 1) / (n - 1), ties at the lowest. A tract without the value has no
    index; its composite is made of the measures it has, `counted`.
    """
    n = sort_ascending(values, keys, rows, bucket, count)
    half, least = 50.0 / max(n, 1), 100.0 / max(n - 1, 1)
    i = 0
    while i < n:
        j = i + 1
        while j < n and keys[j] == keys[i]:
            j += 1
        for k in range(i, j):
            row = np.uint32(rows[k])
            if in_composite:
                composite[row] += half * (i + j)
                counted[row] += 1.0
            if in_index:
                index[row] += least * i
        i = j
    if in_index and n < values.size:
        for i in range(values.size):
            if np.isnan(values[i]):
                index[i] = np.nan


@numba.njit(cache=True, nogil=True)
def need_of_draw(draw, a, z, survey, definitions, work):  # type: ignore[no-untyped-def]
    """Fill `work.need` of rows a to z, one area. `survey`: `Survey`; `definitions`: `Definitions`; `work`: `Work`."""
    n = z - a
    values, percentile = work.values[a:z], work.percentile[a:z]
    composite, counted, index, need = work.composite[a:z], work.counted[a:z], work.summed[a:z], work.need[a:z]
    keys, rows, bucket, count = work.keys, work.rows, work.bucket, work.counts
    measures = survey.mean.shape[0]
    composite[:], counted[:], index[:] = 0.0, 0.0, 0.0
    parts_of_index = 0
    for m in range(measures):
        truncated_normals(
            survey.begins[m, a:z], draw, survey.mean[m, a:z], survey.se[m, a:z], survey.limits[m, 0],
            survey.limits[m, 1], survey.below[m, a:z], survey.within[m, a:z], keys, values,
        )  # fmt: skip
        parts_of_index += survey.in_index[m]
        add_ranks(
            values, survey.in_composite[m], survey.in_index[m], composite, counted, index, keys, rows, bucket, count
        )
    for i in range(n):
        composite[i] = rounded(composite[i] / counted[i]) if counted[i] > 0.0 else np.nan
        values[i] = rounded(index[i]) if index[i] == index[i] else np.nan
    midrank_percentiles(composite, percentile, keys, rows, bucket, count)
    if parts_of_index > 0:
        midrank_percentiles(values, index, keys, rows, bucket, count)
    else:
        index[:] = percentile
    weights, fixed, error = definitions.weights, definitions.fixed, definitions.error
    last = weights.size - 1
    has_composite = weights.size > fixed.shape[0]
    for i in range(n):
        deviation = index[i] - survey.index_percentile[a + i]
        deviation = deviation if deviation == deviation else 0.0
        total, weight = 0.0, 0.0
        if has_composite and percentile[i] == percentile[i]:
            total, weight = weights[last] * percentile[i], weights[last]
        for d in range(fixed.shape[0]):
            if fixed[d, a + i] == fixed[d, a + i]:
                total += weights[d] * (fixed[d, a + i] + error[d] * deviation)
                weight += weights[d]
        values[i] = rounded(total / weight) if weight > 0.0 else np.nan
    midrank_percentiles(values, need, keys, rows, bucket, count)


def index_of_estimates(
    mean: FloatArray, in_composite: NDArray[np.bool_], in_index: NDArray[np.bool_], reference: NDArray[np.int32]
) -> FloatArray:
    """Return the percentile of the index, float64[n], of the estimates `mean` [m, n] themselves, by `reference` area.

    Without its parts it is that of the composite; NaN where a part is missing.
    """
    n = mean.shape[1]
    out = np.full(n, np.nan)
    for area in np.unique(reference):
        at = np.flatnonzero(reference == area)
        composite, counted, index = (np.zeros(len(at)) for _ in range(3))
        space = np.empty(len(at)), np.empty(len(at), np.int32), np.empty(len(at), np.int32)
        count = np.empty(2 * len(at) + 2, np.int32)
        for m in range(len(mean)):
            add_ranks(mean[m, at], in_composite[m], in_index[m], composite, counted, index, *space, count)
        if not in_index.any():
            index = np.divide(composite, counted, out=np.full(len(at), np.nan), where=counted > 0)
        known = np.array([rounded(value) if value == value else np.nan for value in index])
        out[at] = percentile_ranks(known)
    return out
