"""Least-cost time over a grid of friction, outward from each source up to a limit.

Holds the compiled search alone: arrays in, arrays out. Does not read files or know coordinates (see
`geodata.travel.friction`). Moves go to the eight neighbors of a cell; a move costs the mean friction of the
two cells times the distance between their centers, so the minutes are those of skimage.graph.MCP_Geometric.

The search is Dijkstra's with buckets in place of a heap (Dial 1969; Denardo & Fox 1979): while a bucket is no
wider than the cheapest move, its cells are final in any order, and no sorting is needed. Where a bucket is
wider (a few very fast cells), cells whose time falls again are simply taken up again, so the result is exact
either way.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.travel.pairs import ABSENT, chains, longer

MOST_BUCKETS = 8192
# Cell numbers are unsigned so that compiled code need not test them for counting from the end.
_NONE = np.uint32(0xFFFFFFFF)
_FIRST_ENTRIES = 65_536


@dataclass(frozen=True)
class Grid:
    """Friction in minutes per meter (float32, shape rows × columns; inf where nothing passes) with true meters.

    `east_m[r]` is the distance between neighbors within row r, `south_m[r]` and `diagonal_m[r]` the distance
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


class _Ground(NamedTuple):
    """A grid for compiled code: friction flat, how many columns, and the meters between cells as in `Grid`."""

    friction: NDArray[np.float32]
    columns: int
    east: NDArray[np.float64]
    south: NDArray[np.float64]
    diagonal: NDArray[np.float64]


class _Targets(NamedTuple):
    """The first target of each cell, the next one of the same cell (`chains`), and the limit of each in minutes."""

    first: NDArray[np.int32]
    following: NDArray[np.int32]
    limit: NDArray[np.float64]


@numba.njit(cache=True, nogil=True)
def _spread(source, ground, per_minute, beyond, time, touched, heads, entries):  # type: ignore[no-untyped-def]
    """Fill `time` (flat, `beyond` before) outward from cell `source`, as far as times stay below `beyond`.

    Each bucket is a chain of `entries` (a cell, the next entry) from a common pool; a cell whose time fell has
    a stale entry in a later bucket, passed over when met. Returns how many cells of `touched` were reached, and
    whether the pool was large enough to finish.
    """
    friction, columns, east, south, diagonal = ground
    entry_cell, entry_next = entries
    offsets = np.array([-1, 1, -columns, columns, -columns - 1, -columns + 1, columns - 1, columns + 1])
    half = np.empty(8)
    time[source] = 0.0
    touched[0] = source
    n_touched = 1
    entry_cell[0], entry_next[0] = source, _NONE
    heads[0] = 0
    n_entries, free = np.uint32(1), _NONE
    for bucket in range(heads.size):
        at = np.uint32(bucket)
        while heads[at] != _NONE:
            if n_entries + np.uint32(8) > entry_cell.size:
                return n_touched, False
            entry = heads[at]
            u = np.uint64(entry_cell[entry])
            heads[at] = entry_next[entry]
            entry_next[entry], free = free, entry
            so_far = time[u]
            if np.int64(so_far * per_minute) != bucket:
                continue
            row = np.uint64(np.uint32(u) // np.uint32(columns))
            above = row - np.uint64(1)
            here = np.float64(friction[u])
            half[0] = half[1] = 0.5 * east[row]
            half[2], half[3] = 0.5 * south[above], 0.5 * south[row]
            half[4] = half[5] = 0.5 * diagonal[above]
            half[6] = half[7] = 0.5 * diagonal[row]
            for move in range(8):
                v = np.uint64(np.int64(u) + offsets[move])
                known = time[v]
                minutes = so_far + (here + friction[v]) * half[move]
                if minutes < known:
                    time[v] = minutes
                    to = np.uint32(minutes * per_minute)
                    if known == beyond:
                        touched[n_touched] = v
                        n_touched += 1
                    elif to > at and np.uint32(known * per_minute) == to:
                        continue  # its entry there still waits
                    if free != _NONE:
                        entry = free
                        free = entry_next[entry]
                    else:
                        entry = n_entries
                        n_entries += np.uint32(1)
                    entry_cell[entry], entry_next[entry] = v, heads[to]
                    heads[to] = entry
    return n_touched, True


@numba.njit(cache=True, nogil=True)
def _search(ground, sources, numbers, limit, n_buckets, per_minute, targets):  # type: ignore[no-untyped-def]
    """Run one search per source; return source numbers, targets and minutes of every pair within its limit.

    `ground`: `_Ground`; `targets`: `_Targets`.
    """
    first_target, next_target, target_limit = targets
    # Whatever takes longer than the limit is never better than this, so one comparison serves for both.
    beyond = np.nextafter(limit, np.inf)
    time = np.full(ground.friction.size, beyond)
    touched = np.empty(ground.friction.size, np.uint32)
    heads = np.full(n_buckets + 1, _NONE, np.uint32)
    pool = _FIRST_ENTRIES
    entries = (np.empty(pool, np.uint32), np.empty(pool, np.uint32))
    capacity = 1024
    out_source = np.empty(capacity, np.int32)
    out_target = np.empty(capacity, np.int32)
    out_minutes = np.empty(capacity, np.float64)
    n = 0
    for i in range(sources.size):
        finished = False
        while not finished:
            n_touched, finished = _spread(sources[i], ground, per_minute, beyond, time, touched, heads, entries)
            if not finished:
                time[touched[:n_touched]] = beyond
                heads[:] = _NONE
                pool *= 2
                entries = (np.empty(pool, np.uint32), np.empty(pool, np.uint32))
        for k in range(n_touched):
            cell = touched[k]
            target = first_target[cell]
            while target != ABSENT:
                if time[cell] <= target_limit[target]:
                    if n == capacity:
                        capacity *= 2
                        out_source = longer(out_source, capacity)
                        out_target = longer(out_target, capacity)
                        out_minutes = longer(out_minutes, capacity)
                    out_source[n] = numbers[i]
                    out_target[n] = target
                    out_minutes[n] = time[cell]
                    n += 1
                target = next_target[target]
            time[cell] = beyond
    return out_source[:n], out_target[:n], out_minutes[:n]


def least_cost_minutes(
    grid: Grid,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    limit_minutes: float,
    target_limit_minutes: NDArray[np.float64],
    threads: int = 1,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return (source, target, minutes) of every pair no farther apart than the target's own limit.

    `sources` and `targets` are flat cell numbers (row × columns + column) on `grid`, whose outermost rows and
    columns must be impassable: they stand guard against leaving it. No search goes beyond `limit_minutes`, and
    a pair is dropped where its minutes exceed `target_limit_minutes` (shape (targets,)). A source on an
    impassable cell reaches nothing.

    Returns positions in `sources`, positions in `targets` and minutes, grouped by source in an order that does
    not depend on the number of threads.
    """
    columns = grid.friction.shape[1]
    friction = np.ascontiguousarray(grid.friction).reshape(-1)
    numbers = np.flatnonzero(np.isfinite(friction[sources])).astype(np.int32)
    limit = float(min(limit_minutes, target_limit_minutes.max(initial=0.0)))
    if not len(numbers) or not len(targets):
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
    # A hair below the cheapest move, so that rounding cannot put a neighbor into its own bucket unfinished.
    n_buckets = int(min(MOST_BUCKETS, limit / max(0.999 * grid.cheapest_move(), 1e-9) + 1))
    per_minute = n_buckets / limit if limit > 0 else 0.0
    ground = _Ground(friction, columns, grid.east_m, grid.south_m, grid.diagonal_m)
    first, following = chains(targets, friction.size)
    places = _Targets(first, following, target_limit_minutes)
    # Neighboring sources search the same ground, so each thread takes a run of them.
    numbers = numbers[np.argsort(sources[numbers], kind="stable")]

    def work(part: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        found: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]] = _search(
            ground, sources[part], part, limit, n_buckets, per_minute, places
        )
        return found

    if threads == 1 or len(numbers) == 1:
        return work(numbers)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(work, np.array_split(numbers, threads)))
    source, target, minutes = (np.concatenate(part) for part in zip(*found, strict=True))
    return source, target, minutes
