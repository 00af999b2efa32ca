"""Which tracts are neighbors: those that share a length of border, not a corner or a sliver.

Does not hold what is made of neighborhood (communities, clusters).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.geography.shared_edges import rook_edges
from geodata.geography.sphere import EARTH_RADIUS_M, angle, chord_squared, unit_vectors_of_degrees
from geodata.schemas import columns as col

FloatArray = NDArray[np.float64]
Shapes = NDArray[np.object_]

KM_PER_DEGREE = 111.32
# Polygons of one census file share their corners; two files of it lie within a few meters of each other.
SNAP_M = 5.0
# A tract whose border the edges of others account for to within this has no neighbor left to find.
OPEN_M = 10.0


def planar_m(geometry: gpd.GeoSeries) -> Shapes:
    """Return geometries (EPSG:4326) in meters, equirectangular about their own mean latitude.

    Lengths east to west are true at that latitude and off by less than 6 % within a tall state: enough to
    tell a border from a corner.
    """
    shapes = np.asarray(geometry.values, dtype=object)
    bounds = shapely.bounds(shapes)
    middle = float(np.nanmean(bounds[:, [1, 3]])) if np.isfinite(bounds).any() else 0.0
    scale = 1000.0 * KM_PER_DEGREE * np.array([np.cos(np.radians(middle)), 1.0])
    return np.asarray(shapely.transform(shapes, lambda xy: xy * scale))


def contacts(tracts: gpd.GeoDataFrame, shared_border_m: float) -> pd.DataFrame:
    """Return [geoid_a, geoid_b, shared_m], a < b, of tracts of one state that share at least `shared_border_m`.

    `tracts` is [geoid, geometry] in EPSG:4326, `shared_m` meters; rows without a polygon have no contact. Polygons that
    fit edge to edge are matched by their edges. Where edges leave borders open (generalized census files disagree along
    county lines) a border counts as shared where the two lie within five meters of each other, so gaps and overlaps of
    that size neither part nor join tracts.
    """
    known = tracts[~(tracts.geometry.isna() | tracts.geometry.is_empty)].sort_values(col.GEOID)
    made = [_of_state(part, shared_border_m) for _, part in known.groupby(known[col.GEOID].str[:2])]
    if not made:
        return pd.DataFrame({"geoid_a": [], "geoid_b": [], "shared_m": []}).astype({"geoid_a": "str", "geoid_b": "str"})
    return pd.concat(made, ignore_index=True)


def _of_state(tracts: gpd.GeoDataFrame, shared_border_m: float) -> pd.DataFrame:
    shapes = np.asarray(tracts.geometry.values, dtype=object)
    edges = rook_edges(shapes)
    table = pd.DataFrame({"i": edges.i, "j": edges.j, "shared_m": 1000.0 * edges.shared_length})
    open_m = _perimeters_m(shapes)
    for side in ("i", "j"):
        open_m -= np.bincount(table[side], weights=table["shared_m"], minlength=len(shapes))
    exact = table[table["shared_m"] >= shared_border_m]
    # Less than nothing is left where polygons lie over one another, which no edge accounts for either.
    left = np.flatnonzero(np.abs(open_m) >= OPEN_M)
    nearly = _nearly_shared(planar_m(tracts.geometry)[left], left, exact)
    table = pd.concat([exact, nearly[nearly["shared_m"] >= shared_border_m]], ignore_index=True)
    geoids = tracts[col.GEOID].to_numpy()
    named = pd.DataFrame({"geoid_a": geoids[table["i"]], "geoid_b": geoids[table["j"]], "shared_m": table["shared_m"]})
    return named.sort_values(["geoid_a", "geoid_b"])


def _nearly_shared(shapes: Shapes, rows: NDArray[np.int64], exact: pd.DataFrame) -> pd.DataFrame:
    """Return [i, j, shared_m] of pairs not in `exact` and the border they have within `SNAP_M` of each other.

    `shapes` are polygons in meters, `rows` their rising row numbers.
    """
    shapes = shapely.make_valid(shapes)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=SNAP_M)
    span = int(rows[-1]) + 1 if len(rows) else 1
    found = exact["i"].to_numpy() * span + exact["j"].to_numpy()
    fresh = (a < b) & ~np.isin(rows[a] * span + rows[b], found[(exact["j"] < span).to_numpy()])
    a, b = a[fresh], b[fresh]
    around, border = shapely.buffer(shapes, SNAP_M, quad_segs=2), shapely.boundary(shapes)
    # Half the sum from both sides, so that the length does not depend on which tract comes first.
    one = shapely.length(shapely.intersection(border[a], around[b]))
    other = shapely.length(shapely.intersection(border[b], around[a]))
    return pd.DataFrame({"i": rows[a], "j": rows[b], "shared_m": (one + other) / 2.0})


def _perimeters_m(shapes: Shapes) -> FloatArray:
    """Return the length of each polygon's rings on the globe, float64[n] in meters."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    vertices = unit_vectors_of_degrees(xy[:, 1], xy[:, 0])
    step = EARTH_RADIUS_M * angle(chord_squared(vertices[1:], vertices[:-1]))
    step[ring[1:] != ring[:-1]] = 0.0
    return np.bincount(owner[ring[1:]], weights=step, minlength=len(shapes)).astype(np.float64)
