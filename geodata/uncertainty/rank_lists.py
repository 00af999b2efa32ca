"""Ranked lists drawn many times: who is in which list, and how often each unit took each place.

Places are counted in bins, one per place in lists of up to 768 units; beyond, places from 256 on share bins that
widen by at most 1.2 %, so that memory grows with the units alone. Does not hold what is ranked.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.statistics.ranks import group_starts, rounded_up, sort_ascending, sort_pairs
from geodata.statistics.threads import in_threads
from geodata.uncertainty.draw_model import RankSummary

MOST_BINS = 768
SINGLE = 256


class ListArrays(NamedTuple):
    """Lists for compiled code: units by list, where each list begins, and the place of every unit among equals."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    tie_order: NDArray[np.int32]


class RankedLists:
    """Units 0…n-1 in their lists: `rows` (units by list), `starts` (where each list begins), ties' order."""

    def __init__(self, scope: NDArray[np.int32], tie_order: NDArray[np.int32]) -> None:
        order = np.argsort(scope, kind="stable")
        self.rows = order[scope[order] >= 0]
        self.starts = group_starts(scope[self.rows])
        self.tie_order = tie_order
        self.units = len(scope)
        self.listed = scope >= 0
        self.length = len(self.rows)

    @property
    def arrays(self) -> ListArrays:
        """The lists for compiled code."""
        return ListArrays(self.rows, self.starts, self.tie_order)


class Top(NamedTuple):
    """What counts as the top of a list: a share of its units, rounded up, and a number of them."""

    share: float
    number: int


class RankCounts:
    """How often each listed unit took each place, counted as draws come in."""

    def __init__(self, lists: RankedLists, top: Top, quantiles: tuple[float, float, float], draws: int) -> None:
        self.lists, self.quantiles, self.draws = lists, quantiles, draws
        sizes = np.diff(lists.starts)
        self.size = np.repeat(sizes, sizes)
        # bin_of[p] is the bin of place p - start + 1 in its list; edges come back from the same table.
        self.bin_of = np.empty(lists.length, dtype=np.int32)
        for begin, size in zip(lists.starts[:-1], sizes, strict=True):
            self.bin_of[begin : begin + size] = _bins(int(size))
        self.bins = int(self.bin_of.max(initial=0)) + 1
        self.histogram = np.zeros((lists.length, self.bins), dtype=np.uint16 if draws < 2**16 else np.uint32)
        self.within_share = np.zeros(lists.length, dtype=np.int64)
        self.within_count = np.zeros(lists.length, dtype=np.int64)
        self.top = rounded_up(top.share, self.size)
        self.top_count = top.number

    def add(self, ranks: NDArray[np.int32]) -> None:
        """Count a block of draws: int32[draws, listed units], places from 1."""
        starts = np.repeat(self.lists.starts[:-1], np.diff(self.lists.starts))
        counted = (self.bin_of, self.histogram, self.top, self.top_count, self.within_share, self.within_count)
        in_threads(lambda worker, workers: _count(worker, workers, ranks, starts, *counted))

    def summary(self, n: int, unit: NDArray[np.int64]) -> RankSummary:
        """Return the summary for n units; listed unit k of the lists is unit[rows[k]] of the result."""
        at = unit[self.lists.rows]
        quantiles = np.empty((3, self.lists.length))
        for begin, end in zip(self.lists.starts[:-1], self.lists.starts[1:], strict=True):
            middle = _middles(self.bin_of[begin:end])
            _quantiles(self.histogram[begin:end], middle, self.draws, np.array(self.quantiles), quantiles[:, begin:end])

        def placed(values: NDArray[np.float64]) -> NDArray[np.float64]:
            out = np.full(n, np.nan)
            out[at] = values
            return out

        low, median, high = (placed(row) for row in quantiles)
        return RankSummary(
            low,
            median,
            high,
            placed(self.within_share / self.draws),
            placed(self.within_count / self.draws),
            placed(self.size.astype(np.float64)),
        )


def _bins(size: int) -> NDArray[np.int32]:
    """Return the bin of each place 1…size."""
    places = np.arange(1, size + 1)
    if size <= MOST_BINS:
        return (places - 1).astype(np.int32)
    growth = math.log(size / SINGLE) / (MOST_BINS - SINGLE)
    beyond = SINGLE + np.floor(np.log(np.maximum(places, SINGLE + 1) / SINGLE) / growth * (1 - 1e-12))
    bins = np.where(places <= SINGLE, places - 1, beyond)
    return np.unique(bins, return_inverse=True)[1].astype(np.int32)


def _middles(bin_of: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the middle place of each bin, rounded to a place of the bin."""
    places = np.arange(1, len(bin_of) + 1)
    count = np.bincount(bin_of)
    return np.floor(np.bincount(bin_of, weights=places) / np.maximum(count, 1))


@numba.njit(cache=True, nogil=True)
def sorted_list(values, lists, ranks, work, keys, places, bucket, count):  # type: ignore[no-untyped-def]
    """Fill `ranks` (by position in the rows of `lists`) with places from 1, least value first, ties by their order.

    `lists`: `ListArrays`; `work`, `keys`, `places`, `bucket`, `count` are work space as for `sort_ascending`.
    """
    rows, starts, ties = lists.rows, lists.starts, lists.tie_order
    for k in range(starts.size - 1):
        a, b = starts[k], starts[k + 1]
        for p in range(a, b):
            work[p - a] = values[rows[p]]
        n = sort_ascending(work[: b - a], keys, places, bucket, count)
        i = 0
        while i < n:
            j = i + 1
            while j < n and keys[j] == keys[i]:
                j += 1
            if j - i > 1:
                for p in range(i, j):
                    keys[p] = ties[rows[a + places[p]]]
                sort_pairs(keys, places, i, j)
            i = j
        for p in range(n):
            ranks[a + places[p]] = p + 1


@numba.njit(cache=True, nogil=True)
def _count(worker, workers, ranks, starts, bin_of, histogram, top, top_count, within_share, within_count):  # type: ignore[no-untyped-def]
    units = ranks.shape[1]
    for k in range(units * worker // workers, units * (worker + 1) // workers):
        for b in range(ranks.shape[0]):
            rank = ranks[b, k]
            histogram[k, bin_of[starts[k] + rank - 1]] += 1
            within_share[k] += rank <= top[k]
            within_count[k] += rank <= top_count


@numba.njit(cache=True, nogil=True)
def _quantiles(histogram, middle, draws, shares, out):  # type: ignore[no-untyped-def]
    """Fill out[q, k] with the least place by which the share q of the draws has been counted; shares rise."""
    for k in range(histogram.shape[0]):
        seen, place = np.int64(histogram[k, 0]), 0
        for q in range(shares.size):
            while seen < shares[q] * draws - 1e-9:
                place += 1
                seen += histogram[k, place]
            out[q, k] = middle[place]
