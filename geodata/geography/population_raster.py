"""The people on each cell of a population raster, tract by tract, shared by exact coverage.

Cells are taken in the raster's own CRS and never resampled, because warping counts does not keep their sum.
Coverage is the exact fraction of a cell within the tract (exactextract). Does not hold what is made of the
cells (see `geodata.geography.origins`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from exactextract import exact_extract
from exactextract.feature import FeatureSource, JSONFeature
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geodata.errors import InputError, reading_of
from geodata.geography.raster_bytes import open_raster
from geodata.schemas import columns as col

log = logging.getLogger(__name__)

TRACTS_AT_ONCE = 500
MOST_CELLS_AT_ONCE = 4_000_000

Shapes = NDArray[np.object_]
Cells = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def populated_cells(tracts: gpd.GeoDataFrame, raster: Path) -> pd.DataFrame:
    """Return the populated cells of all tracts in one table; see `cells_in_runs`."""
    runs = list(cells_in_runs(tracts, raster))
    columns = ("geoid", "latitude", "longitude", "people")
    return pd.concat(runs, ignore_index=True) if runs else pd.DataFrame({name: [] for name in columns})


def cells_in_runs(tracts: gpd.GeoDataFrame, raster: Path) -> Iterator[pd.DataFrame]:
    """Yield [geoid, latitude, longitude, people] of every populated cell, a run of tracts at a time, by geoid.

    A tract is whole in one run, and memory depends on the run alone. Coordinates are EPSG:4326 (cell centers).
    Tracts that reach beyond the raster by more than a cell, or have nobody on it, are absent. InputError where the file
    is not a raster with a place on the globe, or `tracts` has no CRS.
    """
    with open_raster(raster) as source:
        crs, bounds, transform = source.crs, source.bounds, source.transform
        if crs is None or transform.is_identity or transform.b or transform.d or transform.e >= 0:
            raise InputError(
                "the population raster is rotated, upside down or names no place on the globe",
                file=raster,
                remedy="Give a north-up GeoTIFF with a coordinate system.",
            )
        if tracts.crs is None:
            raise InputError("the tracts name no coordinate system", field="geometry", remedy="Assign one.")
        there = tracts.loc[tracts.geometry.notna() & ~tracts.geometry.is_empty, [col.GEOID, tracts.geometry.name]]
        there = there.sort_values(col.GEOID, ignore_index=True)
        with reading_of(raster, "coordinate system of the population raster"):
            there = there.to_crs(crs.to_wkt())
            to_degrees = pyproj.Transformer.from_crs(crs.to_wkt(), "EPSG:4326", always_xy=True)
        there[there.geometry.name] = [_polygonal(shape) for shape in there.geometry]
        there = there[~there.geometry.is_empty]
        box = there.bounds
        # A raster is often cut along the cells that its state touches, so that a tract sticks out by part of one.
        wide, high = transform.a, -transform.e
        inside = (
            (box.minx >= bounds.left - wide)
            & (box.maxx <= bounds.right + wide)
            & (box.miny >= bounds.bottom - high)
            & (box.maxy <= bounds.top + high)
        ).to_numpy()
        if not inside.any():
            log.warning("%s lies elsewhere: it covers none of the %d tracts.", raster.name, len(inside))
        elif not inside.all():
            log.warning("%s does not cover %d of %d tracts.", raster.name, int((~inside).sum()), len(inside))
        geoids = there[col.GEOID].to_numpy()[inside]
        shapes = there.geometry.to_numpy()[inside]
        for number, x, y, people in _runs(shapes, source):
            longitude, latitude = to_degrees.transform(x, y)
            yield pd.DataFrame(
                {col.GEOID: geoids[number], col.LATITUDE: latitude, col.LONGITUDE: longitude, "people": people}
            )


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas of a shape; published tracts and cuts may carry stray lines and points beside them."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    areas = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(areas) if areas else shapely.Polygon()


def _runs(shapes: Shapes, source: DatasetReader) -> Iterator[Cells]:
    """Yield the cells of shapes, a run of neighbors at a time, each over one window; a very large one in pieces."""
    box = shapely.bounds(shapes).reshape(-1, 4)
    waiting = [(at, min(at + TRACTS_AT_ONCE, len(shapes))) for at in range(0, len(shapes), TRACTS_AT_ONCE)]
    while waiting:
        first, stop = waiting.pop(0)
        window = _window(source, *box[first:stop, :2].min(axis=0), *box[first:stop, 2:].max(axis=0))
        if window.width * window.height <= MOST_CELLS_AT_ONCE:
            number, x, y, people = _cells(shapes[first:stop], source, window)
            yield number + first, x, y, people
        elif stop - first > 1:
            middle = (first + stop) // 2
            waiting[:0] = [(first, middle), (middle, stop)]
        else:
            parts = [_cells(piece, source, part) for piece, part in _pieces(shapes[first], source, window)]
            _, x, y, people = (np.concatenate([part[i] for part in parts]) for i in range(4))
            yield np.full(len(x), first), x, y, people


def _pieces(shape: BaseGeometry, source: DatasetReader, whole: Window) -> Iterator[tuple[Shapes, Window]]:
    """Cut a shape along cell borders; yield its pieces with the window each lies in."""
    side = int(np.sqrt(MOST_CELLS_AT_ONCE))
    for row in range(whole.row_off, whole.row_off + whole.height, side):
        for column in range(whole.col_off, whole.col_off + whole.width, side):
            height = min(side, whole.row_off + whole.height - row)
            window = Window(column, row, min(side, whole.col_off + whole.width - column), height)
            piece = _polygonal(shapely.intersection(shape, shapely.box(*source.window_bounds(window))))
            if piece.area > 0:
                yield np.array([piece], dtype=object), window


def _window(source: DatasetReader, left: float, bottom: float, right: float, top: float) -> Window:
    """Return the cells that a box touches, with one to spare on each side."""
    (row, column), (last_row, last_column) = source.index(left, top), source.index(right, bottom)
    row, column = max(int(row) - 1, 0), max(int(column) - 1, 0)
    last_row, last_column = min(int(last_row) + 2, source.height), min(int(last_column) + 2, source.width)
    return Window(column, row, last_column - column, last_row - row)


class _Tract(JSONFeature):  # type: ignore[misc]
    """A polygon handed over as bytes; as text it would take longer to write than to measure."""

    def geometry(self) -> bytes:
        return bytes(self.feature["geometry"])


class _Tracts(FeatureSource):  # type: ignore[misc]
    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self._wkb = shapely.to_wkb(shapes)

    def count(self) -> int:
        return len(self._wkb)

    def __iter__(self) -> Iterator[_Tract]:
        for number, wkb in enumerate(self._wkb):
            yield _Tract({"type": "Feature", "properties": {"number": number}, "geometry": wkb})

    def srs_wkt(self) -> None:
        return None


def _cells(shapes: Shapes, source: DatasetReader, window: Window) -> Cells:
    """Return number of the shape, x, y (raster's CRS) and people of the populated cells within the window."""
    with reading_of(Path(source.name), "population raster"):
        people = source.read(1, window=window, masked=True).astype(np.float64).filled(0.0)
    # Below zero there are only sentinels a file forgot to name as its nodata value.
    people[~(people > 0.0) | ~np.isfinite(people)] = 0.0
    left, bottom, right, top = source.window_bounds(window)
    grid = NumPyRasterSource(people, left, bottom, right, top)
    found = exact_extract(grid, _Tracts(shapes), ["cell_id", "coverage"], include_cols=["number"], output="pandas")
    many = found["cell_id"].map(len).to_numpy()
    which, coverage = (
        np.concatenate(list(found[name])) if many.sum() else np.empty(0) for name in ("cell_id", "coverage")
    )
    row, column = np.divmod(which.astype(np.int64), people.shape[1])
    share = people[row, column] * coverage
    keep = share > 0
    step = source.transform
    return (
        np.repeat(found["number"].to_numpy(), many)[keep].astype(np.int64),
        left + (column[keep] + 0.5) * step.a,
        top + (row[keep] + 0.5) * step.e,
        share[keep],
    )
