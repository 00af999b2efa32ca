"""Percentile ranks within groups, fast enough to be taken again in every Monte Carlo draw.

A percentile rank is 100 · (tracts below + half of those equal, itself included) / tracts: the mid-rank, between 0
and 100, whose mean over any group is 50. Sorting is by buckets, linear for spread-out values, with quicksort inside
crowded buckets so that no distribution makes it slow. Does not hold what is ranked.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InputError

FloatArray = NDArray[np.float64]
_SMALL = 24
_SKEWED = 0.15
_OCTAVES = 2.0**-16
# Spreads between these can be divided into buckets; beyond them a quotient is infinite or zero.
_LEAST_SPREAD, _MOST_SPREAD = 1e-290, 1e290
_HALF_DIGIT, _DIGITS = np.int64(1 << 11), np.int64(-(1 << 12))


def rounded_up(share: float, whole: ArrayLike) -> NDArray[np.int64]:
    """Return a share of whole numbers, rounded up, as int64: how many places the top of a list of that length has.

    The subtraction keeps 0.1 × 30 from being rounded up to 4 for its last binary digit.
    """
    return np.ceil(share * np.asarray(whole) - 1e-9).astype(np.int64)


def percentile_ranks(values: ArrayLike, group: ArrayLike | None = None) -> FloatArray:
    """Return mid-rank percentiles, float64[n] in (0, 100), NaN where the value is NaN or the group is negative.

    100 · (r - ½) / n with ties at their mean rank r (Hazen's plotting position). `group`: int[n], area within which
    values are ranked; None is one area. Missing values are not counted. InputError where the lengths differ.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    groups = np.zeros(len(array), dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    if array.ndim != 1 or groups.shape != array.shape:
        raise InputError("values and groups differ in number")
    order = np.argsort(groups, kind="stable")
    out = np.full(len(array), np.nan)
    order = order[groups[order] >= 0]
    ranked = np.empty(len(order))
    starts = group_starts(groups[order])
    _ranked_groups(array[order], starts, ranked)
    out[order] = ranked
    return out


def group_starts(ordered: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return where each run of equal numbers begins, closed by the length: int64[runs + 1]."""
    if len(ordered) == 0:
        return np.zeros(1, dtype=np.int64)
    change = np.flatnonzero(np.diff(ordered)) + 1
    return np.concatenate(([0], change, [len(ordered)])).astype(np.int64)


def round_significant(values: ArrayLike, digits: int = 12) -> FloatArray:
    """Round to significant digits, so that sums which differ only in the order of their terms rank as equal."""
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(array == 0, 0.0, np.floor(np.log10(np.abs(array))))
    with np.errstate(invalid="ignore", over="ignore"):
        scale = 10.0 ** (digits - 1 - exponent)
        kept = np.rint(array * scale) / scale
    return np.where(np.isfinite(array) & np.isfinite(scale) & (scale > 0), kept, array)


@numba.njit(cache=True, nogil=True)
def rounded(value):  # type: ignore[no-untyped-def]
    """Return a number to 40 binary digits (about 12 decimal ones): sums that differ by rounding alone become equal."""
    bits = np.float64(value).view(np.int64)
    return np.int64((bits + _HALF_DIGIT) & _DIGITS).view(np.float64)


@numba.njit(cache=True, nogil=True)
def _ranked_groups(values, starts, out):  # type: ignore[no-untyped-def]
    widest = 0
    for g in range(starts.size - 1):
        widest = max(widest, starts[g + 1] - starts[g])
    keys, rows = np.empty(widest), np.empty(widest, np.int32)
    bucket, count = np.empty(widest, np.int32), np.empty(2 * widest + 2, np.int32)
    for g in range(starts.size - 1):
        a, b = starts[g], starts[g + 1]
        midrank_percentiles(values[a:b], out[a:b], keys, rows, bucket, count)


@numba.njit(cache=True, nogil=True)
def midrank_percentiles(values, out, keys, rows, bucket, count):  # type: ignore[no-untyped-def]
    """Fill `out` with the mid-rank percentiles of `values`; the last four are work space as for `sort_ascending`."""
    n = sort_ascending(values, keys, rows, bucket, count)
    if n < values.size:
        for i in range(values.size):
            if np.isnan(values[i]):
                out[i] = np.nan
    half = 50.0 / max(n, 1)
    i = 0
    while i < n:
        j = i + 1
        while j < n and keys[j] == keys[i]:
            j += 1
        percentile = half * (i + j)
        for k in range(i, j):
            out[np.uint32(rows[k])] = percentile
        i = j


@numba.njit(cache=True, nogil=True)
def sort_ascending(values, keys, rows, bucket, count):  # type: ignore[no-untyped-def]
    """Put the values in `keys`, rising, and their places in `rows`, NaN last; return how many are not NaN.

    Work space: `keys` float64, `rows`, `bucket` int32 of at least the size of values; `count` int32 of twice that and
    two more.
    """
    n, total = 0, 0.0
    least, most = np.inf, -np.inf
    for i in range(values.size):
        v = values[i]
        if v == v:
            n += 1
            total += v
            least = min(least, v)
            most = max(most, v)
    spread = most - least
    # Two buckets a value leave few to be sorted in one; the last bucket is for what is missing.
    divisible = _LEAST_SPREAD < spread < _MOST_SPREAD
    buckets = 2 * n if divisible else 1
    last = buckets - 1.0
    if not divisible:
        for i in range(values.size):
            bucket[i] = 0 if values[i] == values[i] else buckets
    elif total / n - least > _SKEWED * spread:
        scale = buckets / spread
        for i in range(values.size):
            v = values[i]
            bucket[i] = np.int32(min((v - least) * scale, last)) if v == v else buckets
    else:
        # Most values crowd near the least: buckets widen by octaves, read from the bits of the number.
        nudge = spread * _OCTAVES
        lowest = np.float64(nudge).view(np.int64)
        scale = buckets / np.float64(np.float64(spread + nudge).view(np.int64) - lowest)
        for i in range(values.size):
            v = values[i]
            bits = np.float64(v - least + nudge).view(np.int64)
            bucket[i] = np.int32(min((bits - lowest) * scale, last)) if v == v else buckets
    for place in range(buckets + 1):
        count[place] = 0
    for i in range(values.size):
        count[np.uint32(bucket[i])] += 1
    filled = 0
    for place in range(buckets + 1):
        here = count[place]
        count[place] = filled
        filled += here
    for i in range(values.size):
        slot = np.uint32(bucket[i])
        to = np.uint32(count[slot])
        count[slot] = to + 1
        keys[to] = values[i]
        rows[to] = i
    begin = 0
    for place in range(buckets):
        end = count[place]
        if end - begin > _SMALL:
            sort_pairs(keys, rows, np.int64(begin), np.int64(end))
        begin = end
    # Buckets follow one another, so one insertion pass over all moves nothing out of its bucket.
    _insertion(keys, rows, np.int64(0), np.int64(n - 1))
    return n


@numba.njit(cache=True, nogil=True)
def _insertion(keys, rows, lo, hi):  # type: ignore[no-untyped-def]
    for i in range(lo + 1, hi + 1):
        key = keys[i]
        if keys[i - 1] > key:
            row = rows[i]
            j = i - 1
            while j >= lo and keys[j] > key:
                keys[j + 1], rows[j + 1] = keys[j], rows[j]
                j -= 1
            keys[j + 1], rows[j + 1] = key, row


@numba.njit(cache=True, nogil=True)
def sort_pairs(keys, rows, begin, end):  # type: ignore[no-untyped-def]
    """Sort keys[begin:end] with their rows: quicksort (Hoare's partition), insertion where few are left.

    Callers pass 64-bit places: each kind of whole number would be compiled again.
    """
    if end - begin <= _SMALL:
        _insertion(keys, rows, begin, end - 1)
        return
    same = True
    for i in range(begin + 1, end):
        if keys[i] != keys[begin]:
            same = False
            break
    if same:
        return
    left, right = np.empty(64, np.int64), np.empty(64, np.int64)
    depth = 0
    lo, hi = begin, end - 1
    while True:
        while hi - lo > _SMALL:
            mid = (lo + hi) // 2
            a, b, c = keys[lo], keys[mid], keys[hi]
            pivot = max(min(a, b), min(max(a, b), c))
            i, j = lo, hi
            while i <= j:
                while keys[i] < pivot:
                    i += 1
                while keys[j] > pivot:
                    j -= 1
                if i <= j:
                    keys[i], keys[j] = keys[j], keys[i]
                    rows[i], rows[j] = rows[j], rows[i]
                    i += 1
                    j -= 1
            # The longer part waits, so that no more than log2(n) parts ever do.
            if j - lo > hi - i:
                left[depth], right[depth] = lo, j
                lo = i
            else:
                left[depth], right[depth] = i, hi
                hi = j
            depth += 1
        _insertion(keys, rows, lo, hi)
        if depth == 0:
            return
        depth -= 1
        lo, hi = left[depth], right[depth]
