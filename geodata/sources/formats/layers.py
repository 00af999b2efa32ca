"""Reading geographic layers: zipped shapefiles, GeoJSON, GeoPackage and GeoParquet, in any CRS, to EPSG:4326.

GDAL chooses how to read a file by what is in it, and some of its forms (virtual layers, services) name other files and
addresses that it then reads. So the form is named here, by ending and first bytes both, and the process that reads has
no other form (`geodata.sources.reader`).
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely

from geodata.errors import AGAIN, InputError, reading_of
from geodata.schemas.parsed import RejectLog
from geodata.schemas.table import CRS
from geodata.sources.formats.archives import member_names
from geodata.sources.formats.row_limit import refuse_more_rows, rows_to_read
from geodata.sources.formats.text_tables import Text, Wanted, as_text, choose_columns
from geodata.sources.formats.unread import unread_columns

_HEAD_BYTES = 1000


@dataclass(frozen=True)
class Form:
    """A form of layer: GDAL's driver, the words for it, and whether the first bytes of a file are those of one."""

    driver: str
    called: str
    begins: Callable[[bytes], bool]


_SHAPEFILE = Form("ESRI Shapefile", "a shapefile", lambda head: head.startswith(b"\x00\x00\x27\x0a"))
_GEOPACKAGE = Form("GPKG", "a GeoPackage", lambda head: head.startswith(b"SQLite format 3\x00"))
# json-c, which GDAL reads it with, passes over blanks and comments; what else begins otherwise is no GeoJSON.
_GEOJSON = Form("GeoJSON", "GeoJSON", lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"))
FORMS = {".shp": _SHAPEFILE, ".gpkg": _GEOPACKAGE, ".geojson": _GEOJSON, ".json": _GEOJSON}
"""The forms read with GDAL, by the ending of a file's name; GeoParquet is read by Arrow."""
_PARQUET = (".parquet", ".geoparquet")
_CRS = re.compile(rb'"crs"\s*:\s*(?=\{)')
_LINK = "Name the coordinate system in the file, or leave it out where it is degrees of WGS 84."


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
    ending = path.suffix.lower()
    with reading_of(path, "layer"):
        if ending in _PARQUET:
            refuse_more_rows(pq.read_metadata(path).num_rows, path)
            return gpd.read_parquet(path)
        where, held, inside = str(path.absolute()), path, ""
        if ending == ".zip":
            inside = _layer_in(path)
            ending = Path(inside).suffix.lower()
            where = f"/vsizip/{path.resolve()}/{inside}"
        if ending not in FORMS:
            raise InputError("this is no form of layer that is read here", file=path, remedy=_forms_in_words())
        _refuse_other_forms(FORMS[ending], held, inside)
        layer = pyogrio.read_dataframe(where, max_features=rows_to_read())
    if not isinstance(layer, gpd.GeoDataFrame):
        raise InputError("the layer has no geometry", file=path, remedy=AGAIN)
    refuse_more_rows(len(layer), path)
    return layer


def _forms_in_words() -> str:
    return "Save it as a zipped shapefile, GeoPackage (.gpkg), GeoJSON (.geojson) or GeoParquet (.parquet)."


def _layer_in(archive: Path) -> str:
    """Return the member of an archive that is a layer: a shapefile before the other forms."""
    for pattern in ("*.shp", "*.gpkg", "*.geojson", "*.json"):
        found = member_names(archive, pattern)
        if found:
            return found[0]
    raise InputError("the archive holds no shapefile or other layer", file=archive, remedy=AGAIN)


def _refuse_other_forms(form: Form, path: Path, inside: str) -> None:
    """Raise InputError where the first bytes are not those of `form`, or GeoJSON names its CRS by an address."""
    with _opened(path, inside) as file:
        head = file.read(_HEAD_BYTES)
        start = head.lstrip().lower()
        if form is _GEOJSON and b'"error"' in start[:300] and b'"features"' not in start[:300]:
            raise InputError("this is an error message of the publisher's server, not data", file=path, remedy=AGAIN)
        if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
            raise InputError("this is a web page, not data", file=path, remedy=AGAIN)
        if not form.begins(head):
            raise InputError(
                f"it is named like {form.called} but does not begin like one",
                file=f"{path.name}/{inside}" if inside else path,
                remedy=_forms_in_words(),
            )
        if form is _GEOJSON:
            _refuse_linked_crs(head + file.read(), path)


def _opened(path: Path, inside: str) -> IO[bytes]:
    return zipfile.ZipFile(path).open(inside) if inside else path.open("rb")


def _refuse_linked_crs(data: bytes, path: Path) -> None:
    """Raise InputError where a `crs` is a link: what stands behind it is not in the file, and GDAL would ask for it."""
    for found in _CRS.finditer(data):
        try:
            crs = json.JSONDecoder().raw_decode(data[found.end() : found.end() + 5000].decode("utf-8", "replace"))[0]
        except (ValueError, RecursionError):
            continue
        if str(crs.get("type", "")).casefold() in ("link", "url"):
            raise InputError("its coordinate system is a link to somewhere else", file=path, remedy=_LINK)
