"""What compiled searches share: growing lists, points that share a place, and putting pairs in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from geodata.travel.minutes import FloatArray, IndexArray, TravelMinutes

ABSENT = -1


class FoundPairs(NamedTuple):
    """Pairs as a search finds them, in any order: rows of origins and of destinations, and minutes."""

    origin: IndexArray
    destination: IndexArray
    minutes: FloatArray


class MeasuredBy(NamedTuple):
    """What measured minutes: the engine, its version and the date of its data."""

    engine: str
    version: str
    data_date: str | None


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


def sorted_minutes(
    parts: Sequence[FoundPairs], by: MeasuredBy, snap_km: FloatArray, destination_snap_km: FloatArray
) -> TravelMinutes:
    """Join what was found in `parts` and sort it by origin then destination.

    `snap_km`, float64[n_origins], and `destination_snap_km`, float64[n_destinations], say how far points were moved.
    """
    origin, destination = (np.concatenate([np.empty(0, np.int32), *(part[k] for part in parts)]) for k in (0, 1))
    minutes = np.concatenate([np.empty(0), *(part.minutes for part in parts)])
    # Two counting sorts, as of a two-digit number.
    by_destination = counting_order(destination, len(destination_snap_km))
    order = by_destination[counting_order(origin[by_destination], len(snap_km))]
    return TravelMinutes(
        origin[order], destination[order], minutes[order], len(snap_km), len(destination_snap_km),
        by.engine, by.version, by.data_date, snap_km, destination_snap_km,
    )  # fmt: skip
