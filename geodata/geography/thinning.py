"""A few points that stand for many: the cells of each tract, parted into groups of people who live together.

Compiled; holds no tables. Does not hold where the cells come from (see `geodata.geography.origins`).
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def _center(y, x, people, rows):  # type: ignore[no-untyped-def]
    """Return the center of some cells, their people, and the weighted squares of distances from it (0 for one)."""
    total, north, east = 0.0, 0.0, 0.0
    for i in rows:
        total += people[i]
        north += y[i] * people[i]
        east += x[i] * people[i]
    north, east, spread = north / total, east / total, 0.0
    if rows.size > 1:
        for i in rows:
            spread += ((y[i] - north) ** 2 + (x[i] - east) ** 2) * people[i]
    return north, east, total, spread


@numba.njit(cache=True, nogil=True)
def _best_cut(place, people, rows):  # type: ignore[no-untyped-def]
    """Return how much of the spread along `place` the best cut of `rows` (sorted by it) takes away, and where."""
    total, whole = 0.0, 0.0
    for i in rows:
        total += people[i]
        whole += place[i] * people[i]
    best, cut, before, reach = -1.0, 1, 0.0, 0.0
    for k in range(rows.size - 1):
        before += people[rows[k]]
        reach += place[rows[k]] * people[rows[k]]
        after = total - before
        if after <= 0.0:
            break
        gain = before * after * ((whole - reach) / after - reach / before) ** 2
        if gain > best:
            best, cut = gain, k + 1
    return best, cut


@numba.njit(cache=True, nogil=True)
def _part(y, x, people, by_y, by_x, side, spare):  # type: ignore[no-untyped-def]
    """Part cells, listed in two orders, where that takes away most of their spread (Ward); return how many come first.

    Both lists are left with the first part before the second, each part in its order.
    """
    gain_y, cut_y = _best_cut(y, people, by_y)
    gain_x, cut_x = _best_cut(x, people, by_x)
    leading, other, cut = (by_y, by_x, cut_y) if gain_y >= gain_x else (by_x, by_y, cut_x)
    for k in range(leading.size):
        side[leading[k]] = k >= cut
    n, later = 0, 0
    for k in range(other.size):
        i = other[k]
        if side[i]:
            spare[later] = i
            later += 1
        else:
            other[n] = i
            n += 1
    for k in range(later):
        other[n + k] = spare[k]
    return cut


@numba.njit(cache=True, nogil=True)
def _thin_all(start, y, x, people, by_y, by_x, most):  # type: ignore[no-untyped-def]
    rows, shares = np.empty((start.size - 1) * most, np.int64), np.empty((start.size - 1) * most)
    side, spare = np.empty(y.size, np.bool_), np.empty(y.size, np.int64)
    first, stop, spread = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
    n = 0
    for tract in range(start.size - 1):
        if start[tract] == start[tract + 1]:
            continue
        first[0], stop[0] = start[tract], start[tract + 1]
        spread[0] = _center(y, x, people, by_y[first[0] : stop[0]])[3]
        groups = 1
        while groups < most:
            widest = 0
            for group in range(1, groups):
                if spread[group] > spread[widest]:
                    widest = group
            if spread[widest] <= 0.0:
                break
            a, b = first[widest], stop[widest]
            cut = a + _part(y, x, people, by_y[a:b], by_x[a:b], side, spare)
            stop[widest], first[groups], stop[groups] = cut, cut, b
            for group in (widest, groups):
                spread[group] = _center(y, x, people, by_y[first[group] : stop[group]])[3]
            groups += 1
        whole, begin = 0.0, n
        for group in range(groups):
            members = by_y[first[group] : stop[group]]
            north, east, total, _ = _center(y, x, people, members)
            whole += total
            nearest, picked = np.inf, members[0]
            for i in members:
                squared = (y[i] - north) ** 2 + (x[i] - east) ** 2
                if squared < nearest:
                    nearest, picked = squared, i
            at = n
            while at > begin and shares[at - 1] < total:
                rows[at], shares[at] = rows[at - 1], shares[at - 1]
                at -= 1
            rows[at], shares[at] = picked, total
            n += 1
        for k in range(begin, n):
            shares[k] /= whole
    return rows[:n], shares[:n]


def thinned(
    start: NDArray[np.int64],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    people: NDArray[np.float64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Thin the cells start[t]:start[t + 1] of every tract t to at most `most`; `people` are above zero.

    The cells of a tract are parted, time and again, by the line of latitude or longitude that leaves the least
    spread about the centers (Ward's criterion), the most spread-out group first, so that towns stay whole; each
    group is stood for by its cell nearest to its weighted center. Returns rows, tract after tract and the group
    of most people first, and the share of the tract's people each stands for.
    """
    counts = np.diff(start)
    tract = np.repeat(np.arange(len(counts)), counts)
    some = counts > 0
    if not some.any():
        return np.empty(0, np.int64), np.empty(0)
    begin = start[:-1][some]
    width = np.maximum.reduceat(longitude, begin) - np.minimum.reduceat(longitude, begin)
    # A tract on both sides of the 180th meridian is measured eastward from 0.
    across = np.repeat(width > 180.0, counts[some])
    turned = np.where(across & (longitude < 0), longitude + 360.0, longitude)
    middle = np.add.reduceat(latitude, begin) / counts[some]
    x = turned * np.repeat(np.cos(np.radians(middle)), counts[some])
    # Compiled code takes writable arrays for another type than read-only ones; copies keep it to one.
    north, weight = np.array(latitude, dtype=np.float64), np.array(people, dtype=np.float64)
    found: tuple[NDArray[np.int64], NDArray[np.float64]] = _thin_all(
        np.array(start, np.int64), north, x, weight, np.lexsort((north, tract)), np.lexsort((x, tract)), int(most)
    )
    return found
