"""Travel minutes without any data: great circle × detour ÷ speed, the speed by the origin's area type.

A fallback that is always there and says what it is: it knows no water, ridge or border crossing. Does not hold
travel over rasters, roads or servers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike

from geodata.errors import SettingsError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, chord_limit, unit_vectors
from geodata.statistics.ranks import sort_pairs
from geodata.statistics.threads import in_threads
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.search_grid import bands_of, runs_near

_BANDS_PER_REACH = 1.5


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
        """Return the minutes one straight kilometre takes from each origin, float64[n_origins]."""
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
        here = (
            unit_vectors(origins),
            radius,
            chord_limit(radius),
            limit,
            self.minutes_per_km(origins) * EARTH_RADIUS_KM,
        )
        search = (there.x, there.y, there.z, there.order, there.search)
        found = np.zeros(len(origins) + 1, dtype=np.int64)
        in_threads(lambda worker, workers: _count(worker, workers, *here, *search, found[1:]))
        np.cumsum(found, out=found)
        destination, minutes = np.empty(found[-1], dtype=np.int32), np.empty(found[-1])
        in_threads(lambda worker, workers: _fill(worker, workers, *here, *search, found, destination, minutes))
        origin = np.repeat(np.arange(len(origins), dtype=np.int32), np.diff(found))
        return TravelMinutes(origin, destination, minutes, len(origins), len(destinations), self.name, self.version)


@numba.njit(cache=True, nogil=True)
def _squared(here, i, x, y, z, j):  # type: ignore[no-untyped-def]
    dx, dy, dz = here[i, 0] - x[j], here[i, 1] - y[j], here[i, 2] - z[j]
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True, nogil=True)
def _count(worker, workers, here, radius, edge, limit, pace, x, y, z, rows, search, found):  # type: ignore[no-untyped-def]
    begin, end = np.empty(2 * search[2].shape[0], np.int64), np.empty(2 * search[2].shape[0], np.int64)
    for i in range(worker, radius.size, workers):
        runs = runs_near(here[i, 0], here[i, 1], here[i, 2], radius[i], *search, begin, end)  # type: ignore[call-arg]
        count = 0
        for run in range(runs):
            for j in range(begin[run], end[run]):
                count += _squared(here, i, x, y, z, j) <= edge[i]
        found[i] = count


@numba.njit(cache=True, nogil=True)
def _fill(  # type: ignore[no-untyped-def]
    worker, workers, here, radius, edge, limit, pace, x, y, z, rows, search, start, destination, minutes
):
    begin, end = np.empty(2 * search[2].shape[0], np.int64), np.empty(2 * search[2].shape[0], np.int64)
    for i in range(worker, radius.size, workers):
        runs = runs_near(here[i, 0], here[i, 1], here[i, 2], radius[i], *search, begin, end)  # type: ignore[call-arg]
        to = start[i]
        for run in range(runs):
            for j in range(begin[run], end[run]):
                squared = _squared(here, i, x, y, z, j)
                if squared <= edge[i]:
                    turn = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(squared)))
                    destination[to] = rows[j]
                    # A pair on the very edge stays within: rounding must not carry it past the catchment.
                    minutes[to] = min(turn * pace[i], limit[i])
                    to += 1
        sort_pairs(destination, minutes, start[i], to)
