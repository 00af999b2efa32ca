"""The people on each cell of a population raster, tract by tract, shared by exact coverage.

Cells are taken in the raster's own CRS and never resampled, because warping counts does not keep their sum.
Coverage is the exact fraction of a cell within the tract (exactextract). Does not hold what is made of the
cells (see `geodata.origins`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.feature import FeatureSource, JSONFeature
from exactextract.raster import NumPyRasterSource
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

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
    if crs is None or transform.is_identity or transform.b or transform.d or transform.e >= 0:
        raise InputError(
            "the population raster is rotated, upside down or names no place on the globe",
            file=raster,
            remedy="Give a north-up GeoTIFF with a coordinate system.",
        )
    if tracts.crs is None:
        raise InputError("the tracts name no coordinate system", field="geometry", remedy="Assign one.")
    there = tracts.loc[tracts.geometry.notna() & ~tracts.geometry.is_empty, ["geoid", tracts.geometry.name]]
    there = there.sort_values("geoid", ignore_index=True).to_crs(crs.to_wkt())
    there[there.geometry.name] = [_polygonal(shape) for shape in there.geometry]
    box = there.bounds
    inside = (
        (box.minx >= bounds.left) & (box.maxx <= bounds.right) & (box.miny >= bounds.bottom) & (box.maxy <= bounds.top)
    )
    if not inside.all():
        log.warning("%s does not cover %d of %d tracts.", raster.name, int((~inside).sum()), len(inside))
    pieces = _pieces(there[inside], transform)
    parts = [] if pieces.empty else list(_in_batches(pieces, raster))
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


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas of a shape; published tracts and cuts may carry stray lines and points beside them."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    areas = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(areas) if areas else shapely.Polygon()


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
                if part.area > 0:
                    cut.append((geoid, _polygonal(part)))
    geometry = tracts.geometry.name
    pieces = gpd.GeoDataFrame(cut, columns=["geoid", geometry], geometry=geometry, crs=tracts.crs)
    whole = pd.concat([tracts[~large], pieces], ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry=geometry, crs=tracts.crs)


def _in_batches(tracts: gpd.GeoDataFrame, raster: Path) -> Iterator[pd.DataFrame]:
    """Yield the cells of tracts, a run of neighbours at a time, each over one window of the raster."""
    with rasterio.open(raster) as source:
        box = tracts.bounds.to_numpy()
        waiting = [(at, min(at + TRACTS_AT_ONCE, len(tracts))) for at in range(0, len(tracts), TRACTS_AT_ONCE)]
        while waiting:
            first, stop = waiting.pop(0)
            window = _window(source, *box[first:stop, :2].min(axis=0), *box[first:stop, 2:].max(axis=0))
            if window.width * window.height > MOST_CELLS_AT_ONCE and stop - first > 1:
                middle = (first + stop) // 2
                waiting[:0] = [(first, middle), (middle, stop)]
                continue
            yield _cells(tracts.iloc[first:stop], source, window)


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
    def __init__(self, shapes: Sequence[BaseGeometry]) -> None:
        super().__init__()
        self._wkb = shapely.to_wkb(np.asarray(shapes, dtype=object))

    def count(self) -> int:
        return len(self._wkb)

    def __iter__(self) -> Iterator[_Tract]:
        for number, wkb in enumerate(self._wkb):
            yield _Tract({"type": "Feature", "properties": {"number": number}, "geometry": wkb})

    def srs_wkt(self) -> None:
        return None


def _cells(tracts: gpd.GeoDataFrame, source: DatasetReader, window: Window) -> pd.DataFrame:
    """Return [geoid, x, y, people] of the populated cells, x and y in the raster's CRS."""
    people = source.read(1, window=window, masked=True).astype(np.float64).filled(0.0)
    # Below zero there are only sentinels a file forgot to name as its nodata value.
    people[~(people > 0.0) | ~np.isfinite(people)] = 0.0
    left, bottom, right, top = source.window_bounds(window)
    grid = NumPyRasterSource(people, left, bottom, right, top)
    found = exact_extract(
        grid, _Tracts(tracts.geometry.to_list()), ["cell_id", "coverage"], include_cols=["number"], output="pandas"
    )
    many = found["cell_id"].map(len).to_numpy()
    which, coverage = (
        np.concatenate(list(found[name])) if many.sum() else np.empty(0) for name in ("cell_id", "coverage")
    )
    row, column = np.divmod(which.astype(np.int64), people.shape[1])
    share = people[row, column] * coverage
    keep = share > 0
    step = source.transform
    return pd.DataFrame(
        {
            "geoid": np.repeat(tracts["geoid"].to_numpy()[found["number"].to_numpy()], many)[keep],
            "x": left + (column[keep] + 0.5) * step.a,
            "y": top + (row[keep] + 0.5) * step.e,
            "people": share[keep],
        }
    )
