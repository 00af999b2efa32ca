"""Places on a sphere as unit vectors, and distances through chords: right at the poles and across ±180°.

The sphere has the mean radius of the Earth (IUGG); its distances differ from the ellipsoid's by at most 0.6 %. The only
place with an Earth radius. Does not hold travel speeds or the planes that short lengths are measured on.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.geography.coordinates import Points

FloatArray = NDArray[np.float64]
EARTH_RADIUS_KM = 6371.0088
EARTH_RADIUS_M = 1000.0 * EARTH_RADIUS_KM
METERS_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180.0


def unit_vectors(points: Points) -> FloatArray:
    """Return float64[n, 3], the points on the unit sphere."""
    return unit_vectors_of_degrees(points.latitude, points.longitude)


def unit_vectors_of_degrees(latitude: ArrayLike, longitude: ArrayLike) -> FloatArray:
    """Return float64[n, 3], the places (unchecked degrees) on the unit sphere; NaN where one has no coordinates."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    across = np.cos(phi)
    return np.column_stack([across * np.cos(lam), across * np.sin(lam), np.sin(phi)])


def chord_squared(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the squared chord between unit vectors (…, 3), row by row: 0 to 4 on the unit sphere."""
    step = one - other
    return step[..., 0] * step[..., 0] + step[..., 1] * step[..., 1] + step[..., 2] * step[..., 2]


def angle_of_chord(chord: ArrayLike) -> FloatArray:
    """Return the angle in radians under a chord of the unit sphere, 2 arcsin(chord / 2)."""
    return 2.0 * np.arcsin(np.minimum(1.0, 0.5 * np.asarray(chord, dtype=np.float64)))


def angle(squared_chord: ArrayLike) -> FloatArray:
    """Return the angle in radians under a squared chord."""
    return angle_of_chord(np.sqrt(np.asarray(squared_chord, dtype=np.float64)))


def chord_limit(radius: ArrayLike) -> FloatArray:
    """Return the squared chord over an angle in radians; beyond half the globe everything is within (4)."""
    half = np.sin(0.5 * np.minimum(np.asarray(radius, dtype=np.float64), np.pi))
    return np.where(np.asarray(radius) >= np.pi, 4.0, 4.0 * half * half)


def chord_of_km(km: float) -> float:
    """Return the chord of the unit sphere over a great-circle distance; beyond half the globe the diameter (2)."""
    return float(2.0 * np.sin(min(km / EARTH_RADIUS_KM, np.pi) / 2.0))


def great_circle_km(one: Points, other: Points) -> FloatArray:
    """Return the great-circle distance of paired points in km, float64[n]."""
    return EARTH_RADIUS_KM * angle(chord_squared(unit_vectors(one), unit_vectors(other)))


@numba.njit(cache=True, nogil=True)
def haversine_m(lat1, lon1, lat2, lon2):  # type: ignore[no-untyped-def]
    """Return the great-circle distance of two places in meters, for compiled code (haversine, Sinnott 1984)."""
    a, b = np.radians(lat1), np.radians(lat2)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(min(1.0, np.sqrt(h)))
