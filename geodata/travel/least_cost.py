"""Least-cost time over a grid of friction, outward from each source up to a limit.

Holds the compiled search alone: arrays in, arrays out. Does not read files or know coordinates (see
`geodata.travel.friction`). Moves go to the eight neighbours of a cell; a move costs the mean friction of the
two cells times the distance between their centres, so the minutes are those of skimage.graph.MCP_Geometric.

The search is Dijkstra's with buckets in place of a heap (Dial 1969; Denardo & Fox 1979): while a bucket is no
wider than the cheapest move, its cells are final in any order, and no sorting is needed. Where a bucket is
wider (a few very fast cells), cells whose time falls again are simply taken up again, so the result is exact
either way.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

MOST_BUCKETS = 8192
_ABSENT = -1
_NOT_QUEUED = -2


@dataclass(frozen=True)
class Grid:
    """Friction in minutes per metre (float32, shape rows × columns; inf where nothing passes) with true metres.

    `east_m[r]` is the distance between neighbours within row r, `south_m[r]` and `diagonal_m[r]` the distance
    from row r to the cell below and to the cell below and beside it (the last of each is unused).
    """

    friction: NDArray[np.float32]
    east_m: NDArray[np.float64]
    south_m: NDArray[np.float64]
    diagonal_m: NDArray[np.float64]

    def cheapest_move(self) -> float:
        """Return the minutes of the cheapest move anywhere on the grid; inf where nothing passes."""
        fastest = float(self.friction.min(initial=np.inf))
        return fastest * float(min(self.east_m.min(), self.south_m.min()))


@numba.njit(cache=True, nogil=True, inline="always")
def _relax(v, minutes, limit, per_minute, time, after, before, heads, touched, n_touched):  # type: ignore[no-untyped-def]
    """Lower the time of cell `v` to `minutes` if that is an improvement; return the count of touched cells."""
    if minutes > limit or minutes >= time[v]:
        return n_touched
    if time[v] == np.inf:
        touched[n_touched] = v
        n_touched += 1
    elif before[v] != _NOT_QUEUED:
        following = after[v]
        if before[v] == _ABSENT:
            heads[int(time[v] * per_minute)] = following
        else:
            after[before[v]] = following
        if following != _ABSENT:
            before[following] = before[v]
    time[v] = minutes
    bucket = int(minutes * per_minute)
    first = heads[bucket]
    heads[bucket] = v
    after[v] = first
    before[v] = _ABSENT
    if first != _ABSENT:
        before[first] = v
    return n_touched


@numba.njit(cache=True, nogil=True)
def _spread(source, friction, columns, east, south, diagonal, limit, per_minute, time, after, before, heads, touched):  # type: ignore[no-untyped-def]
    """Fill `time` (flat, inf before) outward from cell `source`; return how many cells of `touched` were reached."""
    n_touched = _relax(source, 0.0, limit, per_minute, time, after, before, heads, touched, 0)
    for bucket in range(heads.size):
        while heads[bucket] != _ABSENT:
            u = heads[bucket]
            following = after[u]
            heads[bucket] = following
            if following != _ABSENT:
                before[following] = _ABSENT
            before[u] = _NOT_QUEUED
            row = u // columns
            here, so_far = friction[u], time[u]
            sides = 0.5 * east[row]
            above, below = 0.5 * south[row - 1], 0.5 * south[row]
            slant_above, slant_below = 0.5 * diagonal[row - 1], 0.5 * diagonal[row]
            for v, half in (
                (u - 1, sides),
                (u + 1, sides),
                (u - columns, above),
                (u + columns, below),
                (u - columns - 1, slant_above),
                (u - columns + 1, slant_above),
                (u + columns - 1, slant_below),
                (u + columns + 1, slant_below),
            ):
                minutes = so_far + (here + friction[v]) * half
                n_touched = _relax(
                    v, minutes, limit, per_minute, time, after, before, heads, touched, n_touched
                )
    return n_touched


@numba.njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def]
    friction, columns, east, south, diagonal, sources, numbers, limit, per_minute, heads,
    first_target, next_target, target_limit, time, after, before, touched,
):  # fmt: skip
    """Run one search per source; return source numbers, targets and minutes of every pair within its limit."""
    capacity = 1024
    out_source = np.empty(capacity, np.int32)
    out_target = np.empty(capacity, np.int32)
    out_minutes = np.empty(capacity, np.float64)
    n = 0
    for i in range(sources.size):
        n_touched = _spread(
            sources[i], friction, columns, east, south, diagonal, limit, per_minute,
            time, after, before, heads, touched,
        )  # fmt: skip
        for k in range(n_touched):
            cell = touched[k]
            target = first_target[cell]
            while target != _ABSENT:
                if time[cell] <= target_limit[target]:
                    if n == capacity:
                        capacity *= 2
                        out_source = _longer(out_source, capacity)
                        out_target = _longer(out_target, capacity)
                        out_minutes = _longer(out_minutes, capacity)
                    out_source[n] = numbers[i]
                    out_target[n] = target
                    out_minutes[n] = time[cell]
                    n += 1
                target = next_target[target]
            time[cell] = np.inf
    return out_source[:n], out_target[:n], out_minutes[:n]


@numba.njit(cache=True, nogil=True)
def _longer(values, size):  # type: ignore[no-untyped-def]
    longer = np.empty(size, values.dtype)
    longer[: values.size] = values
    return longer


@numba.njit(cache=True, nogil=True)
def _chains(cells, n_cells):  # type: ignore[no-untyped-def]
    """Return, for each cell, its first target and, for each target, the next one in the same cell."""
    first = np.full(n_cells, _ABSENT, np.int32)
    following = np.full(cells.size, _ABSENT, np.int32)
    for target in range(cells.size - 1, -1, -1):
        following[target] = first[cells[target]]
        first[cells[target]] = target
    return first, following


class Scratch:
    """Working memory of the searches, one set per thread, kept between grids so that it is filled once."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._size = 0
        self._sets: list[tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]] = []

    def sets(
        self, size: int
    ) -> list[tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]]:
        """Return per thread: times (all inf), the two directions of the bucket chains, and reached cells."""
        if size > self._size:
            self._size = size
            self._sets = [
                (
                    np.full(size, np.inf),
                    np.empty(size, np.int32),
                    np.full(size, _NOT_QUEUED, np.int32),
                    np.empty(size, np.int32),
                )
                for _ in range(self.threads)
            ]
        return self._sets


def least_cost_minutes(
    grid: Grid,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    limit_minutes: float,
    target_limit_minutes: NDArray[np.float64],
    scratch: Scratch | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return (source, target, minutes) of every pair no farther apart than the target's own limit.

    Parameters
    ----------
    grid
        The grid; its outermost rows and columns must be impassable (they stand guard against leaving it).
    sources, targets
        Flat cell numbers (row × columns + column). A source on an impassable cell reaches nothing.
    limit_minutes
        No search goes further than this.
    target_limit_minutes
        Shape (targets,): the pair is dropped where its minutes exceed this.

    Returns
    -------
    Positions in `sources` and `targets` and the minutes between them, grouped by source in an order that does
    not depend on the number of threads.
    """
    scratch = scratch or Scratch(threads=1)
    rows, columns = grid.friction.shape
    friction = np.ascontiguousarray(grid.friction).reshape(-1)
    passable = np.isfinite(friction[sources])
    limit = float(min(limit_minutes, target_limit_minutes.max(initial=0.0)))
    cheapest = grid.cheapest_move()
    if not passable.any() or not targets.size or not np.isfinite(cheapest):
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
    # A hair below the cheapest move, so that rounding cannot put a neighbour into its own bucket unfinished.
    n_buckets = int(min(MOST_BUCKETS, limit / (0.999 * cheapest) + 1))
    per_minute = n_buckets / limit if limit > 0 else 0.0
    first_target, next_target = _chains(targets, friction.size)
    numbers = np.flatnonzero(passable).astype(np.int32)
    numbers = numbers[np.argsort(sources[numbers], kind="stable")]

    def work(
        part: NDArray[np.int32],
        memory: tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        heads = np.full(n_buckets + 1, _ABSENT, np.int32)
        found: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]] = _search(
            friction, columns, grid.east_m, grid.south_m, grid.diagonal_m, sources[part], part, limit, per_minute,
            heads, first_target, next_target, target_limit_minutes, *memory,
        )  # fmt: skip
        return found

    memories = scratch.sets(friction.size)
    # Neighbouring sources search the same ground, so each thread takes a run of them.
    parts = np.array_split(numbers, scratch.threads)
    if scratch.threads == 1:
        found = [work(parts[0], memories[0])]
    else:
        with ThreadPoolExecutor(scratch.threads) as pool:
            found = list(pool.map(work, parts, memories))
    source, target, minutes = (np.concatenate(part) for part in zip(*found, strict=True))
    return source, target, minutes
