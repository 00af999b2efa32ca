"""Reading a friction raster in windows: minutes per meter, with true meters and its gaps made impassable.

Holds everything that touches the file: its checks, the cell of a point, and windows that may cross the 180th
meridian. Does not hold the search (see `geodata.travel.least_cost`) or travel minutes (`geodata.travel.friction`).

Rasters in geographic degrees are read as they are. A projected raster is read through a warp to EPSG:4326 by
nearest neighbor: friction is a rate, so values carry over unchanged, while distances are always measured on
the ellipsoid and never in the projection, whose meters are not true ones.
"""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from geodata.errors import InputError, reading_of
from geodata.geography.raster_bytes import open_raster
from geodata.travel.least_cost import Grid

log = logging.getLogger(__name__)

TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
SEMI_MAJOR_M = 6_378_137.0  # WGS 84
ECCENTRICITY_SQUARED = 6.694379990141e-3  # WGS 84
SMALLEST_DEGREES = 1e-7  # a centimeter: no raster of friction is finer
FASTEST_MINUTES_PER_M = 1e-4  # 600 km/h: anything faster is not road travel in minutes per meter
SLOWEST_MEDIAN = 1.0  # 1 m a minute as the median says the unit is another (minutes per km, km/h, meters)


def meters_per_degree(latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return meters per degree of longitude and of latitude at `latitude` on the WGS 84 ellipsoid.

    Prime-vertical and meridional radii of curvature (Snyder 1987, USGS Professional Paper 1395, eq. 4-18 to 4-20).
    """
    phi = np.radians(latitude)
    w = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    east = SEMI_MAJOR_M / np.sqrt(w) * np.cos(phi) * np.pi / 180.0
    north = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / w**1.5 * np.pi / 180.0
    return east, north


class FrictionRaster:
    """An open friction raster. Use it in a `with` block; raises InputError for a file that is not one."""

    def __init__(self, path: Path | str, band: int = 1) -> None:
        self.path = path
        self.band = band
        _check_magic(Path(path))
        self._source = open_raster(path)
        self._check_source()
        self.warped_from: str | None = None
        self._data = self._source
        if not self._source.crs.is_geographic:
            self.warped_from = self._source.crs.to_string()[:60]
            log.warning(
                "%s is in %s; it is read through a nearest-neighbor warp to EPSG:4326.",
                Path(path).name,
                self.warped_from,
            )
            with reading_of(Path(path), "raster"):
                self._data = WarpedVRT(self._source, crs="EPSG:4326", resampling=Resampling.nearest)
        transform = self._data.transform
        self.left, self.top = float(transform.c), float(transform.f)
        self.column_degrees, self.row_degrees = float(transform.a), float(transform.e)
        self.rows, self.columns = int(self._data.height), int(self._data.width)
        if not abs(self.row_degrees) >= SMALLEST_DEGREES or not self.column_degrees >= SMALLEST_DEGREES:
            raise InputError("its cells are no size on the globe", file=path, remedy="Fetch or copy it again.")
        self.wraps = abs(self.columns * self.column_degrees - 360.0) < self.column_degrees / 2

    def _check_source(self) -> None:
        source = self._source
        if source.crs is None:
            raise InputError(
                "the raster names no coordinate system",
                file=self.path,
                remedy="Assign one, for example with gdal_edit.py -a_srs EPSG:4326.",
            )
        if not 1 <= self.band <= source.count:
            raise InputError(f"the raster has no band {self.band}", file=self.path, remedy="Name another band.")
        transform = source.transform
        if transform.b or transform.d or transform.a <= 0 or transform.is_identity:
            raise InputError(
                "the raster is rotated, mirrored or without a place on the globe",
                file=self.path,
                remedy="Write it north-up, for example with gdalwarp.",
            )
        bounds = source.bounds
        if source.crs.is_geographic and not (
            min(bounds.bottom, bounds.top) >= -91.0
            and max(bounds.bottom, bounds.top) <= 91.0
            and bounds.left >= -361.0
            and bounds.right <= 541.0
        ):
            raise InputError(
                f"its bounds {tuple(round(b, 1) for b in bounds)} are not degrees on the globe",
                file=self.path,
                remedy="Check its coordinate system.",
            )

    @property
    def data_date(self) -> str | None:
        """The date the file itself carries (TIFF tag DateTime, YYYY-MM-DD), if any."""
        stamp = self._source.tags().get("TIFFTAG_DATETIME", "")[:10].replace(":", "-")
        return stamp or None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._data is not self._source:
            self._data.close()
        self._source.close()

    def row_latitude(self, row: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Return the latitude of the centers of `row`, kept off the poles where a degree has no width."""
        return np.clip(self.top + (np.asarray(row) + 0.5) * self.row_degrees, -89.9, 89.9)

    def cells(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return int64[n] row and column of the cell that holds each point (degrees), and bool[n]: it is covered."""
        row = np.floor((latitude - self.top) / self.row_degrees).astype(np.int64)
        turned = np.mod(longitude - self.left, 360.0)
        turned[turned > 360.0 - 1e-9] = 0.0
        column = np.floor(turned / self.column_degrees).astype(np.int64)
        if self.wraps:
            column %= self.columns
        inside = (row >= 0) & (row < self.rows) & (column < self.columns)
        return row, column, inside

    def clip_rows(self, first: int, stop: int) -> tuple[int, int]:
        """Return the part of rows [first, stop) that the raster has."""
        return max(first, 0), min(stop, self.rows)

    def clip_columns(self, first: int, stop: int) -> tuple[int, int]:
        """Return the part of columns [first, stop) to read; it may run past the edge where the raster wraps."""
        if not self.wraps:
            return max(first, 0), min(stop, self.columns)
        return (first, stop) if stop - first < self.columns else (0, self.columns)

    def grid(self, rows: tuple[int, int], columns: tuple[int, int]) -> Grid:
        """Return the window with one impassable row and column around it."""
        (top, bottom), (left, right) = rows, columns
        friction = np.full((bottom - top + 2, right - left + 2), np.inf, np.float32)
        at = left
        while at < right:
            start = at % self.columns if self.wraps else at
            stop = min(start + right - at, self.columns)
            width = stop - start
            friction[1:-1, 1 + at - left : 1 + at - left + width] = self._read(top, bottom, start, stop)
            at += width
        latitude = self.row_latitude(np.arange(top - 1, bottom + 1))
        east = meters_per_degree(latitude)[0] * self.column_degrees
        middle = np.append((latitude[:-1] + latitude[1:]) / 2, latitude[-1])
        south = meters_per_degree(middle)[1] * abs(self.row_degrees)
        diagonal = np.hypot(south, np.append((east[:-1] + east[1:]) / 2, east[-1]))
        return Grid(friction, east, south, diagonal)

    def _read(self, top: int, bottom: int, left: int, right: int) -> NDArray[np.float32]:
        window = Window(left, top, right - left, bottom - top)
        try:
            raw = self._data.read(self.band, window=window, masked=True)
        except RasterioError as error:
            raise InputError(
                f"rows {top}–{bottom} cannot be read ({error})", file=self.path, remedy="Fetch or copy it again."
            ) from None
        scale, offset = self._source.scales[self.band - 1], self._source.offsets[self.band - 1]
        values = raw.astype(np.float32)
        if scale != 1.0 or offset != 0.0:
            values = values * np.float32(scale) + np.float32(offset)
        values = values.filled(np.inf)
        impassable = ~(values > 0.0) | ~np.isfinite(values)
        values[impassable] = np.inf
        passable = values[~impassable]
        if passable.size:
            fastest, median = float(passable.min()), float(np.median(passable[:: max(1, passable.size // 10_000)]))
            if fastest < FASTEST_MINUTES_PER_M or median > SLOWEST_MEDIAN:
                raise InputError(
                    f"values from {fastest:.3g} with a median of {median:.3g} cannot be minutes per meter",
                    file=self.path,
                    remedy="Give a friction surface in minutes per meter (60 km/h is 0.001).",
                )
        return np.asarray(values)


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as handle:
            start = handle.read(64)
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", file=path, remedy="Check the path.") from None
    if not start.startswith(TIFF_MAGIC):
        what = "a web page or service message" if start.lstrip()[:1] == b"<" else "something else"
        raise InputError(f"not a GeoTIFF but {what}", file=path, remedy="Fetch or copy the raster again.")
