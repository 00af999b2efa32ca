"""Reading geographic layers: zipped shapefiles, GeoJSON, GeoPackage and GeoParquet, in any CRS, to EPSG:4326."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geodata.errors import AGAIN, InputError, reading_of
from geodata.schemas.parsed import RejectLog
from geodata.schemas.table import CRS
from geodata.sources.formats.archives import member_names
from geodata.sources.formats.text_tables import Text, Wanted, as_text, choose_columns, read_bytes
from geodata.sources.formats.unread import unread_columns


def read_layer(
    path: Path, columns: Sequence[Wanted], source: str, *, areas: bool = False
) -> tuple[Text, gpd.GeoSeries]:
    """Return the wanted fields of the features as text, and their geometry in EPSG:4326, indexed by position.

    Features without geometry go to the log, and with `areas` those without any area. Geometry that crosses itself is
    repaired, and of one that mixes areas with lines or points only the areas are kept; notes count both. A layer
    that does not say its CRS is taken for NAD83 (EPSG:4269), that of every Census boundary file.
    """
    path = Path(path)
    frame = _load(path)
    headers = [str(name) for name in frame.columns if name != frame.geometry.name]
    chosen, absent = choose_columns(headers, columns, path.name)
    fields = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for key, spot in chosen.items():
        fields[key] = pd.array([as_text(value) for value in frame[headers[spot]].tolist()], dtype="str")
    for key in absent:
        fields[key] = pd.Series(None, index=fields.index, dtype="str")
    with reading_of(path, "layer"):
        geometry = gpd.GeoSeries(frame.geometry.values, index=fields.index, crs=frame.crs or "EPSG:4269").to_crs(CRS)
    log = RejectLog(source, path.name)
    nothing = geometry.isna() | ~np.isfinite(geometry.bounds).all(axis=1)
    kept = log.take(fields, nothing, "no_geometry", remedy="Use the publisher's full file.")
    geometry, notes = geometry[kept.index], []
    broken = ~shapely.is_valid(geometry.values)
    if broken.any():
        with reading_of(path, "layer"):
            geometry[broken] = shapely.make_valid(geometry.values[broken])
        notes.append(f"Shapes that crossed themselves, repaired: {int(broken.sum()):,}.")
    mixed = shapely.get_type_id(geometry.values) == shapely.GeometryType.GEOMETRYCOLLECTION
    if mixed.any():
        geometry[mixed] = [_main_parts(shape) for shape in geometry.values[mixed]]
        notes.append(f"Shapes that mixed areas with lines or points, of which the areas were kept: {mixed.sum():,}.")
    if areas:
        flat = pd.Series(shapely.get_dimensions(geometry.values) < 2, index=geometry.index)
        kept = log.take(kept, flat, "no_area", remedy="Use the publisher's full file.")
        geometry = geometry[kept.index]
    unread = unread_columns(headers, chosen, columns)
    return Text(kept, path.name, len(frame), log, tuple(headers), absent, notes, unread), geometry


def _main_parts(collection: shapely.Geometry) -> shapely.Geometry:
    """Return the parts of the highest dimension of a collection as one shape: areas, else lines, else points."""
    parts = shapely.get_parts(shapely.get_parts(collection))
    dimensions = shapely.get_dimensions(parts)
    return shapely.union_all(parts[dimensions == dimensions.max(initial=0)])


def spatial(frame: pd.DataFrame, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return `frame` with the shapes of its rows (by index), in EPSG:4326."""
    return gpd.GeoDataFrame(frame, geometry=geometry.reindex(frame.index), crs=CRS)


def _load(path: Path) -> gpd.GeoDataFrame:
    """Return a layer as it is in the file; InputError where GDAL or Arrow cannot read it."""
    if not path.exists():
        raise InputError("the file is not there", file=path, remedy="Check the folder of sources.")
    with reading_of(path, "layer"):
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            return gpd.read_parquet(path)
        where = str(path)
        if path.suffix.lower() == ".zip":
            inside = next((n for p in ("*.shp", "*.gpkg", "*.geojson", "*.json") for n in member_names(path, p)), None)
            if inside is None:
                raise InputError("the archive holds no shapefile or other layer", file=path, remedy=AGAIN)
            where = f"/vsizip/{path.resolve()}/{inside}"
        elif path.suffix.lower() in (".json", ".geojson"):
            _refuse_service_error(path)
        layer = pyogrio.read_dataframe(where)
    if not isinstance(layer, gpd.GeoDataFrame):
        raise InputError("the layer has no geometry", file=path, remedy=AGAIN)
    return layer


def _refuse_service_error(path: Path) -> None:
    start = read_bytes(path)[:300].lstrip().lower()
    if start.startswith(b"<"):
        raise InputError("this is a web page, not data", file=path, remedy=AGAIN)
    if b'"error"' in start and b'"features"' not in start:
        raise InputError("this is an error message of the publisher's server, not data", file=path, remedy=AGAIN)
