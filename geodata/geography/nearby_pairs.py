"""Which points are near one another: pairs within a distance and places near a table, by trees over the globe."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.geography.sphere import (
    EARTH_RADIUS_KM,
    EARTH_RADIUS_M,
    angle_of_chord,
    chord_of_km,
    unit_vectors_of_degrees,
)
from geodata.schemas import columns as col

FloatArray = NDArray[np.float64]


def near_pairs(latitude: FloatArray, longitude: FloatArray, meters: float) -> NDArray[np.intp]:
    """Return [k, 2] positions i < j of all pairs within `meters`, in order; points without coordinates have none.

    Chords stand for short arcs.
    """
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    if len(known) < 2:
        return np.empty((0, 2), dtype=np.intp)
    tree = cKDTree(_on_globe(latitude[known], longitude[known]))
    pairs = np.sort(known[tree.query_pairs(meters, output_type="ndarray")], axis=1)
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def distance_m(latitude: FloatArray, longitude: FloatArray, pairs: NDArray[np.intp]) -> FloatArray:
    """Return float64[k], the chord in meters between the points of each pair; NaN where one has no coordinates."""
    spots = _on_globe(latitude, longitude)
    return np.asarray(np.linalg.norm(spots[pairs[:, 0]] - spots[pairs[:, 1]], axis=1))


def nearest_other_km(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Return float64[n], great-circle kilometers from each point (degrees) to the nearest other; 0 for one alone."""
    if len(latitude) < 2:
        return np.zeros(len(latitude))
    spots = unit_vectors_of_degrees(latitude, longitude)
    chord, _ = cKDTree(spots).query(spots, k=2)
    return np.asarray(EARTH_RADIUS_KM * angle_of_chord(chord[:, 1]))


def near(places: pd.DataFrame, to: pd.DataFrame, km: float) -> NDArray[np.bool_]:
    """Return which rows of `places` lie within `km` great-circle kilometers of any row of `to`.

    Both have latitude and longitude (EPSG:4326), none missing.
    """
    if len(places) == 0 or len(to) == 0:
        return np.zeros(len(places), dtype=np.bool_)
    limit = chord_of_km(km) * (1 + 1e-12)
    distance, _ = cKDTree(_unit_vectors(to)).query(_unit_vectors(places), distance_upper_bound=limit)
    return np.asarray(np.isfinite(distance))


def _on_globe(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Return the points (degrees) as [n, 3] coordinates in meters on the sphere."""
    return EARTH_RADIUS_M * unit_vectors_of_degrees(latitude, longitude)


def _unit_vectors(table: pd.DataFrame) -> FloatArray:
    return unit_vectors_of_degrees(table[col.LATITUDE].to_numpy(float), table[col.LONGITUDE].to_numpy(float))
