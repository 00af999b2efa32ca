"""What part of a state a map opens on: where people live, and not every reef that is its territory.

Hawaii's outline reaches 2,000 km beyond its last town, and a map of all of it shows the towns as dots. Does not hold
what is drawn: whatever lies outside is there still, beyond the edge of the first view.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.schemas import columns as col

#: States that meet Canada or Mexico on land or in a lake: what no file shows beyond them is not sea.
LAND_ABROAD = frozenset(
    ("AK", "AZ", "CA", "ID", "ME", "MI", "MN", "MT", "ND", "NH", "NM", "NY", "OH", "PA", "TX", "VT", "WA", "WI")
)
#: The share of the people that may live outside the box of points, on each of its four sides.
BEYOND = 0.0005
#: Islands this near to it, as a share of its size, are shown too.
MARGIN = 0.1


def residents(scores: pd.DataFrame, wraps: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points (n×2, longitude and latitude) of tracts and their residents, as `inhabited_box` takes them.

    Where the state `wraps` around the antimeridian, longitudes go on below −180°.
    """
    points = scores[[col.LONGITUDE, col.LATITUDE]].to_numpy(dtype=float, copy=True)
    if wraps:
        points[points[:, 0] > 0, 0] -= 360
    return points, scores[col.POPULATION].to_numpy(dtype=float)


def inhabited_box(
    shapes: NDArray[np.object_], points: NDArray[np.float64], people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the box (west, south, east, north) of the parts of `shapes` that lie where people live.

    `points` (n×2, longitude and latitude as in `shapes`) are where `people` live. Without any it is the box of all;
    without shapes it is of NaN.
    """
    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        return np.full(4, np.nan)
    near = parts[_near(parts, points, people)]
    return np.asarray(shapely.total_bounds(near if len(near) else parts), dtype=float)


def inhabited_part(shape: shapely.Geometry, box: NDArray[np.float64]) -> shapely.Geometry:
    """Return the parts of `shape` that reach into `box`, or all of it where none does."""
    parts = shapely.get_parts(shape)
    within = parts[shapely.intersects(parts, shapely.box(*box))]
    return shapely.multipolygons(shapely.get_parts(within)) if 0 < len(within) < len(parts) else shape


def _near(parts: NDArray[np.object_], points: NDArray[np.float64], people: NDArray[np.float64]) -> NDArray[np.bool_]:
    there = np.isfinite(points).all(axis=1) & (np.nan_to_num(people) > 0)
    if not there.any():
        return np.ones(len(parts), dtype=bool)
    (west, east), (south, north) = (_middle(points[there, axis], people[there]) for axis in (0, 1))
    reach = MARGIN * max(east - west, north - south)
    return np.asarray(shapely.intersects(parts, shapely.box(west - reach, south - reach, east + reach, north + reach)))


def _middle(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return the values between which all of the weight lies but `BEYOND` of it on either side."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    first, last = np.searchsorted(below, [BEYOND, 1 - BEYOND])
    return float(values[order][first]), float(values[order][min(last, len(values) - 1)])
