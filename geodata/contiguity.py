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
    edges = rook_edges(shapes)
    table = pd.DataFrame({"i": edges.i, "j": edges.j, "shared_m": 1000.0 * edges.shared_length})
    if not shapely.coverage_is_valid(shapes):
        table = _with_near_misses(table, planar_m(known.geometry), shared_border_m)
    table = table[table["shared_m"] >= shared_border_m]
    table = pd.DataFrame({"geoid_a": geoids[table["i"]], "geoid_b": geoids[table["j"]], "shared_m": table["shared_m"]})
    return table.sort_values(["geoid_a", "geoid_b"]).reset_index(drop=True)


def _with_near_misses(exact: pd.DataFrame, shapes: Shapes, enough_m: float) -> pd.DataFrame:
    """Return [i, j, shared_m] with the pairs whose borders lie within `SNAP_M` without being matched well enough.

    `shapes` are polygons in metres. Pairs that edges already show to be neighbours are not measured again.
    """
    shapes = shapely.make_valid(shapes)
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=SNAP_M)
    found = exact[exact["shared_m"] >= enough_m]
    fresh = (i < j) & ~np.isin(i * len(shapes) + j, (found["i"] * len(shapes) + found["j"]).to_numpy())
    i, j = i[fresh], j[fresh]
    some, place = np.unique(np.concatenate([i, j]), return_inverse=True)
    a, b = place[: len(i)], place[len(i) :]
    around, border = shapely.buffer(shapes[some], SNAP_M, quad_segs=2), shapely.boundary(shapes[some])
    # Half the sum from both sides, so that the length does not depend on which tract comes first.
    one = shapely.length(shapely.intersection(border[a], around[b]))
    other = shapely.length(shapely.intersection(border[b], around[a]))
    return pd.concat([found, pd.DataFrame({"i": i, "j": j, "shared_m": (one + other) / 2.0})], ignore_index=True)
