"""Square tracts and a raster of people under them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin

ONE, TWO, THREE = "01001000100", "01001000200", "01001000300"


def write(path: Path, people: NDArray[Any], crs: str = "EPSG:4326", step: float = 0.01, **options: Any) -> Path:
    """Write a population raster whose upper left corner is at (−90, 40), or (0, 0) in meters."""
    corner = (-90.0, 40.0) if crs == "EPSG:4326" else (0.0, 0.0)
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": people.shape[0], "width": people.shape[1], "count": 1, "dtype": "float32",
        "crs": crs, "transform": from_origin(*corner, step, step), "nodata": -200,
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(people.astype("float32"), 1)
    return path


def square(left: float, top: float, side: float) -> shapely.Polygon:
    """Return a square in cells of 0.01° from the raster's corner."""
    west, north = -90 + left * 0.01, 40 - top * 0.01
    return shapely.box(west, north - side * 0.01, west + side * 0.01, north)


def frame(**polygons: shapely.Polygon | None) -> gpd.GeoDataFrame:
    """Return tracts by geoid (given as t + geoid)."""
    return gpd.GeoDataFrame(
        {"geoid": [name[1:] for name in polygons]}, geometry=list(polygons.values()), crs="EPSG:4326"
    )
