"""Friction surfaces of a few cells, written for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Geod
from rasterio.transform import from_origin

from geodata.geography.coordinates import Points

STEP = 1 / 120


WGS84 = Geod(ellps="WGS84")


def write(
    path: Path, values: NDArray[Any], left: float = -100.0, top: float = 40.0, step: float = STEP, **options: Any
) -> Path:
    """Write a raster in degrees whose upper left corner is at (left, top)."""
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1,
        "dtype": values.dtype, "crs": "EPSG:4326", "transform": from_origin(left, top, step, step), "nodata": -9999,
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(values, 1)
    return path


def center(row: float, column: float, left: float = -100.0, top: float = 40.0) -> tuple[float, float]:
    """Return latitude and longitude of the center of a cell."""
    return top - (row + 0.5) * STEP, left + (column + 0.5) * STEP


def points(*places: tuple[float, float]) -> Points:
    """Return points from (latitude, longitude)."""
    return Points(np.array([p[0] for p in places]), np.array([p[1] for p in places]))


def uniform(rows: int = 120, columns: int = 120, friction: float = 1e-3) -> NDArray[np.float32]:
    """Return a surface of one friction."""
    return np.full((rows, columns), friction, np.float32)
