"""Which tracts are neighbours: those that share a length of border, not a corner or a sliver.

Does not hold what is made of neighbourhood (communities, clusters).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.kernels.contiguity import rook_edges

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Shapes = NDArray[np.object_]

KM_PER_DEGREE = 111.32
# Polygons of one census file share their corners; two files of it lie within a few metres of each other.
SNAP_M = 5.0


def planar_m(geometry: gpd.GeoSeries) -> Shapes:
    """Return geometries (EPSG:4326) in metres, equirectangular about their own mean latitude.

    Lengths east to west are true at that latitude and off by less than 6 % within a tall state: enough to
    tell a border from a corner.
    """
    shapes = np.asarray(geometry.values, dtype=object)
    bounds = shapely.bounds(shapes)
    middle = float(np.nanmean(bounds[:, [1, 3]])) if np.isfinite(bounds).any() else 0.0
    scale = 1000.0 * KM_PER_DEGREE * np.array([np.cos(np.radians(middle)), 1.0])
    return shapely.transform(shapes, lambda xy: xy * scale)


def contacts(tracts: gpd.GeoDataFrame, shared_border_m: float) -> pd.DataFrame:
    """Return [geoid_a, geoid_b, shared_m], a < b, of tracts that share at least `shared_border_m` of border.

    `tracts` is [geoid, geometry]; rows without a polygon have no contact. Polygons that fit edge to edge are
    matched by their edges. Others (generalised census files disagree along county lines) share border where
    theirs lie within five metres of each other, so gaps and overlaps of that size neither part nor join tracts.
    """
    known = tracts[~(tracts.geometry.isna() | tracts.geometry.is_empty)].sort_values("geoid")
    geoids = known["geoid"].to_numpy()
    shapes = np.asarray(known.geometry.values, dtype=object)
    if shapely.coverage_is_valid(shapes):
        edges = rook_edges(shapes)
        i, j, shared_m = edges.i, edges.j, 1000.0 * edges.shared_length
    else:
        i, j, shared_m = _nearly_shared(planar_m(known.geometry))
    table = pd.DataFrame({"geoid_a": geoids[i], "geoid_b": geoids[j], "shared_m": shared_m})
    table = table[table["shared_m"] >= shared_border_m]
    return table.sort_values(["geoid_a", "geoid_b"]).reset_index(drop=True)


def _nearly_shared(shapes: Shapes) -> tuple[IntArray, IntArray, FloatArray]:
    """Return pairs i < j of polygons (metres) and the border they have within `SNAP_M` of each other."""
    shapes = shapely.make_valid(shapes)
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=SNAP_M)
    i, j = i[i < j], j[i < j]
    around, border = shapely.buffer(shapes, SNAP_M, quad_segs=2), shapely.boundary(shapes)
    # Half the sum from both sides, so that the length does not depend on which tract comes first.
    one = shapely.length(shapely.intersection(border[i], around[j]))
    other = shapely.length(shapely.intersection(border[j], around[i]))
    return i, j, (one + other) / 2.0
