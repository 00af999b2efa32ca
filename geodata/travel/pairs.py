"""Putting travel pairs in order: by origin, then destination, in time linear in their number."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def _counting_order(key, n_keys):  # type: ignore[no-untyped-def]
    """Return the stable order of small non-negative integers."""
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
    """Return the pairs sorted by origin then destination (two counting sorts, as of a two-digit number)."""
    by_destination = _counting_order(destination, n_destinations)
    order = by_destination[_counting_order(origin[by_destination], n_origins)]
    return origin[order], destination[order], minutes[order]
