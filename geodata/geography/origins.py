"""Where travel starts: the points that stand for a tract's people, and whether the tract is rural.

A tract is measured from its population-weighted center (Centers of Population), or, where a population raster
is given and more than one cell is asked for, from several populated cells with weights; else from a point
inside its polygon. Does not hold travel.
"""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.geography.population_raster import cells_in_runs
from geodata.geography.sphere import EARTH_RADIUS_KM, angle_of_chord, unit_vectors_of_degrees
from geodata.geography.thinning import thinned
from geodata.schemas import columns as col
from geodata.schemas.rows import among

log = logging.getLogger(__name__)

COLUMNS = [col.GEOID, col.LATITUDE, col.LONGITUDE, col.WEIGHT, col.ORIGIN_BASIS]
# Urban Area Criteria for the 2010 Census (76 FR 53030): blocks of at least 500 people per square mile count.
RURAL_BELOW_PEOPLE_PER_KM2 = 193.0
NEIGHBORS = 6


def origins(
    tracts: gpd.GeoDataFrame | None,
    centers: pd.DataFrame,
    population_raster: Path | None = None,
    cells_per_tract: int = 1,
) -> pd.DataFrame:
    """Return the origins of every tract of `tracts` or `centers`: [geoid, latitude, longitude, weight, origin_basis].

    Weights sum to 1 per tract; coordinates are EPSG:4326. `origin_basis` is

    - `raster_cells`: up to `cells_per_tract` (> 1) cells of `population_raster`, which together stand for all of
      the tract's people on it. A raster has no say where one point is asked for: the census center is better;
    - `population_center`: the center in `centers` [geoid, latitude, longitude];
    - `representative_point`: a point inside the polygon, where there is neither.

    InputError where the raster cannot be used.
    """
    parts = []
    if population_raster is not None and cells_per_tract > 1 and tracts is not None and len(tracts):
        runs = [_from_cells(cells, cells_per_tract) for cells in cells_in_runs(tracts, population_raster)]
        parts += [pd.concat(runs)] if runs else []
    parts.append(centers[[col.GEOID, col.LATITUDE, col.LONGITUDE]].assign(weight=1.0, origin_basis="population_center"))
    if tracts is not None and len(tracts):
        parts.append(_inside(tracts[~among(tracts[col.GEOID], centers[col.GEOID])]))
    taken: set[str] = set()
    kept = []
    for part in parts:
        kept.append(part[~part[col.GEOID].isin(taken)][COLUMNS])
        taken |= set(part[col.GEOID])
    some = [part for part in kept if len(part)] or kept[:1]
    return pd.concat(some).sort_values(col.GEOID, kind="stable", ignore_index=True)


def _inside(tracts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one point inside each polygon."""
    drawn = tracts[tracts.geometry.notna() & ~tracts.geometry.is_empty]
    if drawn.crs is not None and not drawn.crs.equals("EPSG:4326"):
        drawn = drawn.to_crs("EPSG:4326")
    point = drawn.geometry.representative_point()
    return pd.DataFrame(
        {
            col.GEOID: drawn[col.GEOID].to_numpy(),
            col.LATITUDE: point.y.to_numpy(),
            col.LONGITUDE: point.x.to_numpy(),
            col.WEIGHT: 1.0,
            col.ORIGIN_BASIS: "representative_point",
        }
    )


def _from_cells(cells: pd.DataFrame, most: int) -> pd.DataFrame:
    """Thin populated cells [geoid, latitude, longitude, people], sorted by geoid, to at most `most` per tract."""
    geoid = cells[col.GEOID].to_numpy()
    start = np.r_[np.flatnonzero(np.r_[True, geoid[1:] != geoid[:-1]]), len(geoid)] if len(geoid) else np.zeros(1, int)
    latitude, longitude, people = (cells[name].to_numpy(dtype=float) for name in ("latitude", "longitude", "people"))
    rows, weight = thinned(start.astype(np.int64), latitude, longitude, people, most)
    return pd.DataFrame(
        {
            col.GEOID: geoid[rows],
            col.LATITUDE: latitude[rows],
            col.LONGITUDE: longitude[rows],
            col.WEIGHT: weight,
            col.ORIGIN_BASIS: "raster_cells",
        }
    )


def rurality(
    tracts: gpd.GeoDataFrame | None,
    centers: pd.DataFrame,
    threshold_per_km2: float = RURAL_BELOW_PEOPLE_PER_KM2,
    around: pd.DataFrame | None = None,
) -> pd.Series:
    """Return whether each tract is rural: boolean by geoid, missing where nothing tells.

    A tract is rural where it has fewer than `threshold_per_km2` residents (`centers.population`) per km² of land
    (`tracts.land_m2`, else the polygon's area). The default is the density from which the Census Bureau adds
    blocks to an urban area (500 per square mile, 2010 criteria). A tract without polygon is judged by how close
    its neighbors' centers are, so give all centers there are as `around` where `centers` are those of some.
    """
    density = people_per_km2(tracts, centers, around)
    return (density < threshold_per_km2).astype("boolean").mask(density.isna())


def people_per_km2(
    tracts: gpd.GeoDataFrame | None, centers: pd.DataFrame, around: pd.DataFrame | None = None
) -> pd.Series:
    """Return residents per km² of land by geoid of `centers`; see `rurality` for what stands in for land."""
    people = centers.set_index(col.GEOID)[col.POPULATION].astype("float64")
    land = pd.Series(np.nan, index=people.index)
    if tracts is not None and len(tracts):
        land_m2 = tracts[col.LAND_M2].astype("float64") if "land_m2" in tracts else pd.Series(np.nan, tracts.index)
        unknown = ~(land_m2 > 0) & tracts.geometry.notna()
        if unknown.any():
            land_m2 = land_m2.mask(unknown, tracts.geometry[unknown].to_crs("EPSG:6933").area)
        land = pd.Series(land_m2.to_numpy() / 1e6, index=tracts[col.GEOID]).reindex(people.index)
    missing = ~(land > 0)
    if missing.any():
        around = centers if around is None else around
        estimated = pd.Series(_land_by_neighbors(around), index=around[col.GEOID]).reindex(people.index)
        land = land.where(~missing, estimated)
    return people / land


def _land_by_neighbors(centers: pd.DataFrame) -> NDArray[np.float64]:
    """Return km² per tract from the distance r to the k-th nearest center: π r² / (k − 1); NaN for few centers.

    The usual unbiased estimate of the density of scattered points from one distance (Moore 1954).
    """
    if len(centers) <= NEIGHBORS:
        return np.full(len(centers), np.nan)
    xyz = unit_vectors_of_degrees(centers[col.LATITUDE].to_numpy(float), centers[col.LONGITUDE].to_numpy(float))
    chord = cKDTree(xyz).query(xyz, k=[NEIGHBORS + 1])[0][:, 0]
    radius_km = EARTH_RADIUS_KM * angle_of_chord(chord)
    return np.asarray(np.pi * radius_km**2 / (NEIGHBORS - 1))
