"""What compiled searches share: growing lists, points that share a place, and putting pairs in order."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

ABSENT = -1


@numba.njit(cache=True, nogil=True)
def longer(values, size):  # type: ignore[no-untyped-def]
    """Return a copy with room for `size` values."""
    grown = np.empty(size, values.dtype)
    grown[: values.size] = values
    return grown


@numba.njit(cache=True, nogil=True)
def chains(places, n_places):  # type: ignore[no-untyped-def]
    """Return, for each place, its first point and, for each point, the next one at the same place (−1: none)."""
    first = np.full(n_places, ABSENT, np.int32)
    following = np.full(places.size, ABSENT, np.int32)
    for point in range(places.size - 1, -1, -1):
        following[point] = first[places[point]]
        first[places[point]] = point
    return first, following


@numba.njit(cache=True, nogil=True)
def counting_order(key, n_keys):  # type: ignore[no-untyped-def]
    """Return the stable order of whole numbers from 0 to `n_keys` − 1."""
    start = np.zeros(n_keys + 1, np.int64)
    for value in key:
        start[value + 1] += 1
    for value in range(n_keys):
        start[value + 1] += start[value]
    order = np.empty(key.size, np.int64)
    for position in range(key.size):
        value = key[position]
        order[start[value]] = position
        start[value] += 1
    return order


def sorted_pairs(
    origin: NDArray[np.int32],
    destination: NDArray[np.int32],
    minutes: NDArray[np.float64],
    n_origins: int,
    n_destinations: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return travel pairs sorted by origin then destination (two counting sorts, as of a two-digit number)."""
    by_destination = counting_order(destination, n_destinations)
    order = by_destination[counting_order(origin[by_destination], n_origins)]
    return origin[order], destination[order], minutes[order]
