"""Travel minutes without any data: great circle × detour ÷ speed, the speed by the origin's area type.

A fallback that is always there and says what it is: it knows no water, ridge or border crossing. Does not hold
travel over rasters, roads or servers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import SettingsError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, chord_limit, unit_vectors
from geodata.statistics.ranks import sort_pairs
from geodata.statistics.threads import in_threads
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.search_grid import Search, bands_of, runs_near

_BANDS_PER_REACH = 1.5


class _Origins(NamedTuple):
    """Origins for compiled code: unit vectors float64[n, 3], how far each reaches, and minutes a radian.

    `radius` is the reach as an angle, `edge` the squared chord over it, `limit` the catchment in minutes.
    """

    at: FloatArray
    radius: FloatArray
    edge: FloatArray
    limit: FloatArray
    pace: FloatArray


class _Places(NamedTuple):
    """Destinations in cell order: unit vectors, their rows, and what `runs_near` needs."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    rows: NDArray[np.int32]
    search: Search


@dataclass(frozen=True)
class GreatCircle:
    """Straight-line travel: `detour_factor` (road over straight length), speeds in km/h by the origin's area type."""

    detour_factor: float
    speed_kmh_urban: float
    speed_kmh_rural: float

    name = "great_circle"
    version = "1"

    def __post_init__(self) -> None:
        if not (self.detour_factor >= 1 and self.speed_kmh_urban > 0 and self.speed_kmh_rural > 0):
            raise SettingsError("Travel needs a detour factor of at least 1 and speeds above 0.")

    def minutes_per_km(self, origins: Points) -> FloatArray:
        """Return the minutes one straight kilometer takes from each origin, float64[n_origins]."""
        speed = np.where(origins.is_rural, self.speed_kmh_rural, self.speed_kmh_urban)
        return 60.0 * self.detour_factor / speed

    def radius(self, origins: Points, catchment_minutes: float | ArrayLike) -> FloatArray:
        """Return how far each origin's catchment reaches, an angle in radians, float64[n_origins]."""
        limit = per_origin(catchment_minutes, len(origins))
        return limit / self.minutes_per_km(origins) / EARTH_RADIUS_KM

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | ArrayLike) -> TravelMinutes:
        """Return the pairs within each origin's catchment, found on a search grid and counted before they are kept."""
        limit = np.array(per_origin(catchment_minutes, len(origins)))
        radius = self.radius(origins, limit)
        there = bands_of(destinations, float(np.median(radius)) / _BANDS_PER_REACH if len(radius) else 1.0)
        pace = self.minutes_per_km(origins) * EARTH_RADIUS_KM
        here = _Origins(unit_vectors(origins), radius, chord_limit(radius), limit, pace)
        places = _Places(there.x, there.y, there.z, there.order, there.search)
        found = np.zeros(len(origins) + 1, dtype=np.int64)
        in_threads(lambda worker, workers: _count(worker, workers, here, places, found[1:]))
        np.cumsum(found, out=found)
        destination, minutes = np.empty(found[-1], dtype=np.int32), np.empty(found[-1])
        in_threads(lambda worker, workers: _fill(worker, workers, here, places, found, destination, minutes))
        origin = np.repeat(np.arange(len(origins), dtype=np.int32), np.diff(found))
        return TravelMinutes(origin, destination, minutes, len(origins), len(destinations), self.name, self.version)


@numba.njit(cache=True, nogil=True)
def _squared(at, i, places, j):  # type: ignore[no-untyped-def]
    dx, dy, dz = at[i, 0] - places.x[j], at[i, 1] - places.y[j], at[i, 2] - places.z[j]
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True, nogil=True)
def _count(worker, workers, origins, places, found):  # type: ignore[no-untyped-def]
    at, edge = origins.at, origins.edge
    room = 2 * places.search.edge.shape[0]
    begin, end = np.empty(room, np.int64), np.empty(room, np.int64)
    for i in range(worker, edge.size, workers):
        runs = runs_near(at[i, 0], at[i, 1], at[i, 2], origins.radius[i], places.search, begin, end)
        count = 0
        for run in range(runs):
            for j in range(begin[run], end[run]):
                count += _squared(at, i, places, j) <= edge[i]
        found[i] = count


@numba.njit(cache=True, nogil=True)
def _fill(worker, workers, origins, places, start, destination, minutes):  # type: ignore[no-untyped-def]
    at, edge, limit, pace = origins.at, origins.edge, origins.limit, origins.pace
    room = 2 * places.search.edge.shape[0]
    begin, end = np.empty(room, np.int64), np.empty(room, np.int64)
    for i in range(worker, edge.size, workers):
        runs = runs_near(at[i, 0], at[i, 1], at[i, 2], origins.radius[i], places.search, begin, end)
        to = start[i]
        for run in range(runs):
            for j in range(begin[run], end[run]):
                squared = _squared(at, i, places, j)
                if squared <= edge[i]:
                    turn = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(squared)))
                    destination[to] = places.rows[j]
                    # A pair on the very edge stays within: rounding must not carry it past the catchment.
                    minutes[to] = min(turn * pace[i], limit[i])
                    to += 1
        sort_pairs(destination, minutes, start[i], to)
