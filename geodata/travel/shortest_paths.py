"""Shortest times over a directed graph, outward from each source up to its own limit.

Arrays in, arrays out; knows no roads. Times are whole ticks, so sums are exact in any order. The search is
Dijkstra's over a ring of buckets (Dial 1969; Meyer & Sanders 2003): a vertex whose time falls again within the
current bucket is taken up again, so the result is exact however wide the buckets are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.travel.pairs import ABSENT, chains, longer

FAR = np.int32(2_000_000_000)
RING = 8192  # a power of two
_NONE = np.uint32(0xFFFFFFFF)
_FIRST_ENTRIES = 65_536

Ticks = NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def _spread(source, start, head, ticks, shift, beyond, time, touched, ring, entry_vertex, entry_next):  # type: ignore[no-untyped-def]
    """Fill `time` (FAR before) outward from `source`, as far as times stay below `beyond`.

    Each bucket of the ring is a chain of entries (a vertex, the next entry) from a common pool. A vertex whose
    time fell leaves a stale entry behind, passed over when met. Returns how many vertices of `touched` were
    reached, and whether the pool was large enough to finish.
    """
    mask = ring.size - 1
    time[source] = 0
    touched[0] = source
    n_touched = 1
    entry_vertex[0], entry_next[0] = source, _NONE
    ring[0] = 0
    waiting = 1
    n_entries, free = np.int64(1), _NONE
    bucket = 0
    while waiting > 0:
        at = np.uint32(bucket & mask)
        while ring[at] != _NONE:
            entry = ring[at]
            u = entry_vertex[entry]
            first, stop = np.uint64(start[u]), np.uint64(start[u + np.uint32(1)])
            if n_entries + np.int64(stop - first) > entry_vertex.size:
                return n_touched, False
            ring[at] = entry_next[entry]
            entry_next[entry], free = free, entry
            waiting -= 1
            so_far = np.int64(time[u])
            if so_far >> shift != bucket:
                continue
            for edge in range(first, stop):
                v = np.uint32(head[edge])
                arrival = so_far + ticks[edge]
                known = np.int64(time[v])
                if arrival < known and arrival < beyond:
                    time[v] = arrival
                    to = arrival >> shift
                    if known == FAR:
                        touched[n_touched] = v
                        n_touched += 1
                    elif to > bucket and known >> shift == to:
                        continue  # its entry there still waits
                    if free != _NONE:
                        entry = free
                        free = entry_next[entry]
                    else:
                        entry = np.uint32(n_entries)
                        n_entries += 1
                    slot = np.uint32(to & mask)
                    entry_vertex[entry], entry_next[entry] = v, ring[slot]
                    ring[slot] = entry
                    waiting += 1
        bucket += 1
    return n_touched, True


@numba.njit(cache=True, nogil=True)
def _search(start, head, ticks, sources, numbers, source_limit, shift, first_target, next_target):  # type: ignore[no-untyped-def]
    """Run one search per source; return source numbers, targets and ticks of every pair within its limit."""
    n_vertices = start.size - 1
    time = np.full(n_vertices, FAR, np.int32)
    touched = np.empty(n_vertices, np.uint32)
    ring = np.full(RING, _NONE, np.uint32)
    pool = _FIRST_ENTRIES
    entry_vertex, entry_next = np.empty(pool, np.uint32), np.empty(pool, np.uint32)
    capacity = 1024
    out_source, out_target = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    out_ticks = np.empty(capacity, np.int32)
    n = 0
    for i in range(sources.size):
        finished = False
        while not finished:
            n_touched, finished = _spread(
                sources[i], start, head, ticks, shift, source_limit[i] + 1, time, touched, ring,
                entry_vertex, entry_next,
            )  # fmt: skip
            if not finished:
                time[touched[:n_touched]] = FAR
                ring[:] = _NONE
                pool *= 2
                entry_vertex, entry_next = np.empty(pool, np.uint32), np.empty(pool, np.uint32)
        for k in range(n_touched):
            vertex = touched[k]
            target = first_target[vertex]
            while target != ABSENT:
                if n == capacity:
                    capacity *= 2
                    out_source, out_target = longer(out_source, capacity), longer(out_target, capacity)
                    out_ticks = longer(out_ticks, capacity)
                out_source[n], out_target[n], out_ticks[n] = numbers[i], target, time[vertex]
                n += 1
                target = next_target[target]
            time[vertex] = FAR
    return out_source[:n], out_target[:n], out_ticks[:n]


def shortest_ticks(
    start: NDArray[np.int64],
    head: NDArray[np.int32],
    ticks: Ticks,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    source_limit: NDArray[np.int64],
    threads: int = 1,
) -> tuple[NDArray[np.int32], NDArray[np.int32], Ticks]:
    """Return (source, target, ticks) of every pair no farther apart than the source's limit.

    `start`, `head`, `ticks` are a CSR graph with times of at least 1; `sources` and `targets` are vertices, in
    which order the pairs name them; `source_limit` is int64[sources], below 2·10⁹. Pairs are grouped by source
    in an order that does not depend on the number of threads.
    """
    first_target, next_target = chains(targets, len(start) - 1)
    longest = int(ticks.max(initial=1))
    shift = (longest // (RING - 2)).bit_length()  # buckets are 2^shift ticks wide
    numbers = np.argsort(sources, kind="stable").astype(np.int32)
    limit = np.minimum(source_limit, int(FAR) - longest - 1)

    def work(part: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32], Ticks]:
        found: tuple[NDArray[np.int32], NDArray[np.int32], Ticks] = _search(
            start, head, ticks, sources[part].astype(np.uint32), part, limit[part], shift, first_target, next_target
        )
        return found

    if threads == 1 or len(numbers) <= 1:
        return work(numbers)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(work, np.array_split(numbers, threads)))
    return (
        np.concatenate([part[0] for part in found]),
        np.concatenate([part[1] for part in found]),
        np.concatenate([part[2] for part in found]),
    )
