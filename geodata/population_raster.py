"""The people on each cell of a population raster, tract by tract, shared by exact coverage.

Cells are taken in the raster's own CRS and never resampled, because warping counts does not keep their sum.
Coverage is the exact fraction of a cell within the tract (exactextract). Does not hold what is made of the
cells (see `geodata.origins`).
"""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.errors import RasterioError

from geodata.errors import InputError

log = logging.getLogger(__name__)

TRACTS_AT_ONCE = 1000
MOST_CELLS_AT_ONCE = 4_000_000


def populated_cells(tracts: gpd.GeoDataFrame, raster: Path) -> pd.DataFrame:
    """Return [geoid, latitude, longitude, people] of every populated cell of `tracts`, by geoid.

    Coordinates are EPSG:4326 (cell centres). Tracts that reach beyond the raster, or have nobody on it, are
    absent. InputError where the file is not a raster with a place on the globe, or `tracts` has no CRS.
    """
    try:
        with rasterio.open(raster) as source:
            crs, bounds, transform = source.crs, source.bounds, source.transform
    except RasterioError as error:
        raise InputError(
            f"the population raster cannot be opened ({error})", file=raster, remedy="Fetch or copy it again."
        ) from None
    if crs is None or transform.is_identity or transform.b or transform.d:
        raise InputError(
            "the population raster is rotated or names no place on the globe",
            file=raster,
            remedy="Give a north-up GeoTIFF with a coordinate system.",
        )
    if tracts.crs is None:
        raise InputError("the tracts name no coordinate system", field="geometry", remedy="Assign one.")
    there = tracts.loc[tracts.geometry.notna() & ~tracts.geometry.is_empty, ["geoid", tracts.geometry.name]]
    there = there.sort_values("geoid", ignore_index=True).to_crs(crs.to_wkt())
    box = there.bounds
    inside = (
        (box.minx >= bounds.left) & (box.maxx <= bounds.right) & (box.miny >= bounds.bottom) & (box.maxy <= bounds.top)
    )
    if not inside.all():
        log.warning("%s does not cover %d of %d tracts.", raster.name, int((~inside).sum()), len(inside))
    pieces = _pieces(there[inside], transform)
    parts = [_cells(pieces.iloc[at : at + TRACTS_AT_ONCE], raster) for at in range(0, len(pieces), TRACTS_AT_ONCE)]
    cells = pd.concat(parts) if parts else pd.DataFrame({n: [] for n in ("geoid", "x", "y", "people")})
    to_degrees = pyproj.Transformer.from_crs(crs.to_wkt(), "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(cells["x"].to_numpy(float), cells["y"].to_numpy(float))
    made = pd.DataFrame(
        {
            "geoid": cells["geoid"].to_numpy(),
            "latitude": latitude,
            "longitude": longitude,
            "people": cells["people"].to_numpy(float),
        }
    )
    return made.sort_values("geoid", kind="stable", ignore_index=True)


def _pieces(tracts: gpd.GeoDataFrame, transform: rasterio.Affine) -> gpd.GeoDataFrame:
    """Cut tracts of very many cells along cell borders, so that memory does not depend on the largest one."""
    box = tracts.bounds
    width, height = abs(transform.a), abs(transform.e)
    large = (box.maxx - box.minx) / width * ((box.maxy - box.miny) / height) > MOST_CELLS_AT_ONCE
    if not large.any():
        return tracts
    side = int(np.sqrt(MOST_CELLS_AT_ONCE))
    cut = []
    for row in tracts[large].itertuples(index=False):
        geoid, shape = row
        left, bottom, right, top = shape.bounds
        columns = range(int((left - transform.c) // width), int((right - transform.c) // width) + 1, side)
        rows = range(int((transform.f - top) // height), int((transform.f - bottom) // height) + 1, side)
        for c in columns:
            for r in rows:
                west, north = transform.c + c * width, transform.f - r * height
                part = shapely.intersection(shape, shapely.box(west, north - side * height, west + side * width, north))
                if not part.is_empty and part.area > 0:
                    cut.append((geoid, part))
    geometry = tracts.geometry.name
    pieces = gpd.GeoDataFrame(cut, columns=["geoid", geometry], geometry=geometry, crs=tracts.crs)
    whole = pd.concat([tracts[~large], pieces], ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry=geometry, crs=tracts.crs)


def _cells(tracts: gpd.GeoDataFrame, raster: Path) -> pd.DataFrame:
    """Return [geoid, x, y, people] of the populated cells, x and y in the raster's CRS."""
    found = exact_extract(
        str(raster),
        tracts,
        ["values", "coverage", "center_x", "center_y"],
        include_cols=["geoid"],
        output="pandas",
    )
    many = found["values"].map(len).to_numpy()
    values, coverage, x, y = (
        np.concatenate(list(found[name])) if many.sum() else np.empty(0)
        for name in ("values", "coverage", "center_x", "center_y")
    )
    people = values.astype(float) * coverage
    # Below zero there are only sentinels a file forgot to name as its nodata value.
    keep = np.isfinite(people) & (people > 0)
    return pd.DataFrame(
        {
            "geoid": np.repeat(found["geoid"].to_numpy(), many)[keep],
            "x": x[keep],
            "y": y[keep],
            "people": people[keep],
        }
    )
