"""Which points are near one another: pairs within a distance, by a tree over the globe."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

# Mean radius of the Earth (IUGG).
EARTH_M = 6_371_008.8


def on_globe(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the points (degrees) as [n, 3] coordinates in metres on a sphere; chords stand for short arcs."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return EARTH_M * np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def near_pairs(
    latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64], metres: float
) -> npt.NDArray[np.intp]:
    """Return [k, 2] positions i < j of all pairs within `metres`, in order; points without coordinates have none."""
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    if len(known) < 2:
        return np.empty((0, 2), dtype=np.intp)
    tree = cKDTree(on_globe(latitude[known], longitude[known]))
    pairs = np.sort(known[tree.query_pairs(metres, output_type="ndarray")], axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def distance_m(
    latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64], pairs: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Return the chord between the two points of each pair, in metres; NaN where one has no coordinates."""
    spots = on_globe(latitude, longitude)
    return np.asarray(np.linalg.norm(spots[pairs[:, 0]] - spots[pairs[:, 1]], axis=1))
