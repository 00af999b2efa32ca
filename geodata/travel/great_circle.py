"""Travel minutes without any data: the straight line, turned into minutes by a curve of the origin's area type.

A fallback that is always there and says what it is: it knows no water, ridge or border crossing. Does not hold
travel over rasters, roads or servers, or which lines cross water (`geodata.travel.open_water`).
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
# What `version` says of straight lines, and pages put in words.
CALIBRATED, CONSTANT_SPEED = "calibrated", "constant speed"


class _Origins(NamedTuple):
    """Origins for compiled code: unit vectors float64[n, 3], how far each reaches, and its curve of minutes.

    `radius` is the reach as an angle, `edge` the squared chord over it (below zero where nothing is reached), `limit`
    the catchment in minutes; `rural` picks the row of `curves`, float64[2, 3]: minutes at the start, for a radian, and
    for the root of a radian.
    """

    at: FloatArray
    radius: FloatArray
    edge: FloatArray
    limit: FloatArray
    rural: NDArray[np.bool_]
    curves: FloatArray


class _Places(NamedTuple):
    """Destinations in cell order: unit vectors, their rows, and what `runs_near` needs."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    rows: NDArray[np.int32]
    search: Search


@dataclass(frozen=True)
class Curve:
    """Minutes of a straight line of `km`: start + per_km · km + per_root_km · √km.

    Never falling, for no part is negative; straight in the long run, so that it may be read beyond the distances it
    was fitted to. With `per_root_km` zero it is a constant speed. `per_km` must be above 0 (SettingsError).
    """

    start: float
    per_km: float
    per_root_km: float

    def __post_init__(self) -> None:
        if not (self.per_km > 0 and self.per_root_km >= 0 and self.start >= 0):
            raise SettingsError("A curve of minutes needs minutes for a kilometer above 0, and no part below 0.")

    def minutes(self, km: ArrayLike) -> FloatArray:
        """Return the minutes of straight lines, `km` and result float64 of one shape."""
        far = np.asarray(km, dtype=np.float64)
        return self.start + self.per_km * far + self.per_root_km * np.sqrt(far)

    def km(self, minutes: ArrayLike) -> FloatArray:
        """Return how far `minutes` reach, kilometers of straight line; below zero where they end before the start."""
        left = np.asarray(minutes, dtype=np.float64) - self.start
        driven = np.maximum(left, 0.0)
        # The root of a quadratic in √km, in the form that loses no digits where per_root_km is large.
        both = self.per_root_km + np.sqrt(self.per_root_km**2 + 4.0 * self.per_km * driven)
        root = np.divide(2.0 * driven, both, out=np.zeros_like(both), where=both > 0)
        return np.where(left < 0, -1.0, root * root)


def constant_speed(detour_factor: float, speed_kmh: float) -> Curve:
    """Return the curve of a constant speed in km/h on roads `detour_factor` times as long as the straight line."""
    if not (detour_factor >= 1 and speed_kmh > 0):
        raise SettingsError("Travel needs a detour factor of at least 1 and speeds above 0.")
    return Curve(0.0, 60.0 * detour_factor / speed_kmh, 0.0)


@dataclass(frozen=True)
class GreatCircle:
    """Straight-line travel: a curve of minutes for urban origins and one for rural ones; `version` says which kind."""

    urban: Curve
    rural: Curve
    version: str = CALIBRATED

    name = "great_circle"

    @classmethod
    def at_constant_speed(cls, detour_factor: float, speed_kmh_urban: float, speed_kmh_rural: float) -> GreatCircle:
        """Return the engine of constant speeds in km/h; `detour_factor` is road over straight length."""
        urban, rural = (constant_speed(detour_factor, speed) for speed in (speed_kmh_urban, speed_kmh_rural))
        return cls(urban, rural, CONSTANT_SPEED)

    def radius(self, origins: Points, catchment_minutes: float | ArrayLike) -> FloatArray:
        """Return how far each origin's catchment reaches, an angle in radians, float64[n_origins]; below 0 nowhere."""
        limit = per_origin(catchment_minutes, len(origins))
        return np.where(origins.is_rural, self.rural.km(limit), self.urban.km(limit)) / EARTH_RADIUS_KM

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | ArrayLike) -> TravelMinutes:
        """Return the pairs within each origin's catchment, found on a search grid and counted before they are kept."""
        limit = np.array(per_origin(catchment_minutes, len(origins)))
        reached = self.radius(origins, limit)
        radius = np.maximum(reached, 0.0)
        there = bands_of(destinations, float(np.median(radius)) / _BANDS_PER_REACH if len(radius) else 1.0)
        edge = np.where(reached < 0, -1.0, chord_limit(radius))
        here = _Origins(unit_vectors(origins), radius, edge, limit, origins.is_rural, self._by_radian())
        places = _Places(there.x, there.y, there.z, there.order, there.search)
        found = np.zeros(len(origins) + 1, dtype=np.int64)
        in_threads(lambda worker, workers: _count(worker, workers, here, places, found[1:]))
        np.cumsum(found, out=found)
        destination, minutes = np.empty(found[-1], dtype=np.int32), np.empty(found[-1])
        in_threads(lambda worker, workers: _fill(worker, workers, here, places, found, destination, minutes))
        origin = np.repeat(np.arange(len(origins), dtype=np.int32), np.diff(found))
        return TravelMinutes(origin, destination, minutes, len(origins), len(destinations), self.name, self.version)

    def _by_radian(self) -> FloatArray:
        return np.array(
            [
                (curve.start, curve.per_km * EARTH_RADIUS_KM, curve.per_root_km * math.sqrt(EARTH_RADIUS_KM))
                for curve in (self.urban, self.rural)
            ]
        )


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
    at, edge, limit = origins.at, origins.edge, origins.limit
    room = 2 * places.search.edge.shape[0]
    begin, end = np.empty(room, np.int64), np.empty(room, np.int64)
    for i in range(worker, edge.size, workers):
        runs = runs_near(at[i, 0], at[i, 1], at[i, 2], origins.radius[i], places.search, begin, end)
        to = start[i]
        kind = 1 if origins.rural[i] else 0
        begun, pace, bend = origins.curves[kind, 0], origins.curves[kind, 1], origins.curves[kind, 2]
        for run in range(runs):
            for j in range(begin[run], end[run]):
                squared = _squared(at, i, places, j)
                if squared <= edge[i]:
                    turn = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(squared)))
                    destination[to] = places.rows[j]
                    # A pair on the very edge stays within: rounding must not carry it past the catchment.
                    minutes[to] = min(begun + turn * pace + math.sqrt(turn) * bend, limit[i])
                    to += 1
        sort_pairs(destination, minutes, start[i], to)
