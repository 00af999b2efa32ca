"""People per pixel and minutes per meter on a 30-arc-second grid, consistent with the tracts and highways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine, from_origin
from scipy.ndimage import maximum_filter

from geodata.sample.land import Land
from geodata.sample.terrain import Integers, Objects

Singles = NDArray[np.float32]
CELL = 1 / 120
MARGIN = 0.1
NO_PEOPLE, NO_FRICTION = -99999.0, -9999.0
#: Kilometers per hour on motorways, other highways, city streets, country roads, open land.
SPEEDS = {"I": 105.0, "U": 80.0, "city": 38.0, "country": 48.0, "open": 9.0}


def grid(land: Land) -> tuple[Affine, int, int]:
    """Return transform, rows and columns of a grid aligned to whole cells about all states."""
    west, south, east, north = land.tracts.total_bounds
    west, north = np.floor((west - MARGIN) / CELL), np.ceil((north + MARGIN) / CELL)
    east, south = np.ceil((east + MARGIN) / CELL), np.floor((south - MARGIN) / CELL)
    return from_origin(west * CELL, north * CELL, CELL, CELL), int(north - south), int(east - west)


def _cells(land: Land, transform: Affine) -> tuple[Integers, Integers]:
    column = ((land.people["longitude"].to_numpy() - transform.c) / CELL).astype(int)
    row = ((transform.f - land.people["latitude"].to_numpy()) / CELL).astype(int)
    return row, column


def population_raster(land: Land, canonical: Objects) -> tuple[Singles, Affine]:
    """Return people per pixel: the residents that stand in it; no data off land."""
    transform, rows, columns = grid(land)
    counts = np.zeros((rows, columns), dtype=np.float64)
    np.add.at(counts, _cells(land, transform), land.people["residents"].to_numpy())
    dry = rasterize(canonical, out_shape=counts.shape, transform=transform, all_touched=True, default_value=1)
    return np.where((dry == 1) | (counts > 0), counts, NO_PEOPLE).astype(np.float32), transform


def friction_raster(land: Land, canonical: Objects) -> tuple[Singles, Affine]:
    """Return minutes per meter: fast along highways, slower in town and country; lakes and sea have no data."""
    transform, rows, columns = grid(land)
    shape = (rows, columns)
    dry = rasterize(canonical, out_shape=shape, transform=transform, default_value=1)
    people = np.zeros(shape)
    np.add.at(people, _cells(land, transform), land.people["residents"].to_numpy())
    speed = np.full(shape, SPEEDS["open"])
    speed[maximum_filter(people > 0, size=7)] = SPEEDS["country"]
    speed[people > 600] = SPEEDS["city"]
    for kind in ("U", "I"):
        lines = [line for road, line in zip(land.terrain.roads, land.roads, strict=True) if road.route_type == kind]
        if lines:
            lanes = rasterize(lines, out_shape=shape, transform=transform, all_touched=True, default_value=1)
            speed[(lanes == 1) & (dry == 1)] = SPEEDS[kind]
    minutes = 60 / (speed * 1000)
    return np.where(dry == 1, minutes, NO_FRICTION).astype(np.float32), transform


def write_raster(path: Path, values: Singles, transform: Affine, nodata: float) -> None:
    """Write one band as a tiled, compressed GeoTIFF in EPSG:4326."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=transform,
        nodata=nodata,
        tiled=True,
        blockxsize=256,
        blockysize=256,
        compress="deflate",
        predictor=3,
    ) as out:
        out.write(values, 1)


def write_rasters(land: Land, folder: Path, canonical: Objects) -> None:
    """Write `population.tif` and `friction.tif`; `canonical` holds the outlines of the states without their lakes."""
    write_raster(folder / "population.tif", *population_raster(land, canonical), NO_PEOPLE)
    write_raster(folder / "friction.tif", *friction_raster(land, canonical), NO_FRICTION)
