"""Travel minutes without any data: great circle × detour ÷ speed, the speed by the origin's area type.

A fallback that is always there and says what it is: it knows no water, ridge or border crossing. Does not hold
travel over rasters, roads or servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from geodata.errors import SettingsError
from geodata.travel.base import FloatArray, Points, TravelMinutes, per_origin
from geodata.travel.pairs import sorted_pairs
from geodata.travel.sphere import EARTH_RADIUS_KM, angle, chord_limit, chord_squared, unit_vectors

_MOST_RADII = 8
_ORIGINS_AT_ONCE = 16_384
_SLACK = 1.0 + 1e-9


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
        """Return the pairs within each origin's catchment, found with a k-d tree on the unit sphere."""
        limit = per_origin(catchment_minutes, len(origins))
        radius, pace = self.radius(origins, limit), self.minutes_per_km(origins)
        edge = chord_limit(radius)
        here, there = unit_vectors(origins), unit_vectors(destinations)
        no_pairs = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        found = [no_pairs]
        for origin, destination in _near(here, there, radius):
            squared = chord_squared(here[origin], there[destination])
            keep = squared <= edge[origin]
            origin, destination = origin[keep], destination[keep]
            minutes = EARTH_RADIUS_KM * angle(squared[keep]) * pace[origin]
            # A pair on the very edge stays within: rounding must not carry its minutes past the catchment.
            minutes = np.minimum(minutes, limit[origin])
            found.append((origin.astype(np.int32), destination.astype(np.int32), minutes))
        rows, columns, minutes = (np.concatenate(part) for part in zip(*found, strict=True))
        ordered = sorted_pairs(rows, columns, minutes, len(origins), len(destinations))
        return TravelMinutes(*ordered, len(origins), len(destinations), self.name, self.version)


def _near(
    here: FloatArray, there: FloatArray, radius: FloatArray
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield supersets of the pairs within each origin's radius: origins of one reach together, some at a time."""
    if len(here) == 0 or len(there) == 0:
        return
    reaches, reach_of = np.unique(radius, return_inverse=True)
    if len(reaches) > _MOST_RADII:
        reach_of = np.floor(np.log2(radius / radius.min())).astype(np.int64)
        reaches = radius.min() * 2.0 ** np.arange(1, reach_of.max() + 2)
    tree = KDTree(there)
    for number, reach in enumerate(reaches):
        rows = np.flatnonzero(reach_of == number)
        chord = float(np.sqrt(chord_limit(reach))) * _SLACK
        for first in range(0, len(rows), _ORIGINS_AT_ONCE):
            some = rows[first : first + _ORIGINS_AT_ONCE]
            near = KDTree(here[some]).sparse_distance_matrix(tree, chord, output_type="ndarray")
            yield some[near["i"]], near["j"]
