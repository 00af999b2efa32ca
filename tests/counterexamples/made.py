"""Faulty files that cannot be kept as text: each function makes one, with the fault of its name, at a path.

They start from a tiny sound layer, workbook or raster of fictional places. `MAKERS` gives the functions by name.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FunctionType

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import rasterio
import shapely
from rasterio.transform import from_origin

TRACTS = gpd.GeoDataFrame(
    {"GEOID": ["97001000100", "97001000200"], "NAME": ["1", "2"]},
    geometry=[shapely.box(-150.0, 36.0, -149.9, 36.1), shapely.box(-149.9, 36.0, -149.8, 36.1)],
    crs="EPSG:4269",
)
PROGRAMS = (
    ("provider_name", "cip_code", "city", "state"),
    ("Calder Community College", "46.0302", "Calder", "XL"),
)


def _halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _archive(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)


def _workbook(path: Path, rows: tuple[tuple[str, ...], ...] = PROGRAMS) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def _grid(path: Path, *, crs: str | None = "EPSG:4326", bands: int = 1) -> None:
    cells = np.random.default_rng(1).uniform(1, 9, (bands, 64, 64)).astype("float32")
    place = from_origin(-150.0, 37.0, 0.01, 0.01)
    options = {"crs": crs, "transform": place, "dtype": "float32", "width": 64, "height": 64, "count": bands}
    with rasterio.open(path, "w", driver="GTiff", **options) as raster:
        raster.write(cells)


# Archives


def zip_of_text(path: Path) -> None:
    path.write_text("GEOID,NAME\n97001000100,1\n")


def zip_without_layer(path: Path) -> None:
    _archive(path, ("readme.txt", b"Nothing else is in here."))


def zip_without_table(path: Path) -> None:
    _archive(path, ("dictionary.txt", b"UNITID is the institution."))


def zip_leaving_the_folder(path: Path) -> None:
    _archive(path, ("../C2023_A.csv", b"UNITID\n970001\n"))


def zip_with_an_absolute_path(path: Path) -> None:
    _archive(path, ("/C2023_A.csv", b"UNITID\n970001\n"))


def zip_with_a_link(path: Path) -> None:
    link = zipfile.ZipInfo("C2023_A.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    _archive(path, (link, b"elsewhere.csv"))


def zip_with_a_member_twice(path: Path) -> None:
    # The second name is put in the place of another of the same length, which the library would not write twice.
    _archive(path, ("C2023_A.csv", b"UNITID\n970001\n"), ("C2023_B.csv", b"UNITID\n970002\n"))
    path.write_bytes(path.read_bytes().replace(b"C2023_B.csv", b"C2023_A.csv"))


def zip_packed_too_tightly(path: Path) -> None:
    _archive(path, ("C2023_A.csv", b"0" * 20_000_000))


def zip_encrypted(path: Path) -> None:
    _archive(path, ("C2023_A.csv", b"UNITID\n970001\n"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))


def zip_with_damaged_member(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("C2023_A.csv", b"UNITID,CIPCODE,MAJORNUM,AWLEVEL,CTOTALT\n970001,46.0302,1,2,20\n")
    path.write_bytes(path.read_bytes().replace(b"970001", b"970002", 1))


# Workbooks


def workbook_of_text(path: Path) -> None:
    path.write_text("provider_name,cip_code,city,state\n")


def workbook_without_header(path: Path) -> None:
    _workbook(path, PROGRAMS[1:])


def workbook_lacking_a_column(path: Path) -> None:
    _workbook(path, tuple((row[0], row[2], row[3]) for row in PROGRAMS))


def workbook_without_rows(path: Path) -> None:
    _workbook(path, PROGRAMS[:1])


def workbook_cut_short(path: Path) -> None:
    _workbook(path)
    _halved(path)


def workbook_without_a_state(path: Path) -> None:
    _workbook(path, (*PROGRAMS, ("Heron Career School", "46.0303", "Heron", "")))


# Layers


def package_of_text(path: Path) -> None:
    path.write_text("GEOID,NAME\n97001000100,1\n")


def package_cut_short(path: Path) -> None:
    TRACTS.to_file(path, driver="GPKG")
    path.write_bytes(path.read_bytes()[:3000])


def parquet_without_geometry(path: Path) -> None:
    pd.DataFrame(TRACTS.drop(columns="geometry")).to_parquet(path)


def parquet_cut_short(path: Path) -> None:
    TRACTS.to_parquet(path)
    _halved(path)


# Layers that name other files


VIRTUAL = (
    b'<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>CSV:/etc/passwd</SrcDataSource>'
    b"<GeometryType>wkbPoint</GeometryType></OGRVRTLayer></OGRVRTDataSource>"
)


def virtual_layer(path: Path) -> None:
    path.write_bytes(VIRTUAL)


def virtual_layer_behind_a_brace(path: Path) -> None:
    # GDAL looks for the word anywhere in the first bytes.
    path.write_bytes(b'{"a": "' + VIRTUAL + b'"}')


def zip_with_a_virtual_layer(path: Path) -> None:
    _archive(path, ("cb_2020_97_tract_500k.geojson", VIRTUAL))


def layer_with_a_linked_crs(path: Path) -> None:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs.wkt", "type": "ogcwkt"}}
    path.write_text(json.dumps({**json.loads(TRACTS.to_json(drop_id=True)), "crs": link}))


def _package_of_a_view(path: Path, condition: str) -> None:
    """A view that selects from itself for ever takes the place of the table of features."""
    TRACTS.to_file(path, driver="GPKG", layer="tracts")
    with closing(sqlite3.connect(path)) as package:
        for trigger in package.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            package.execute(f'drop trigger "{trigger[0]}"')
        package.execute('alter table "tracts" rename to "once"')
        package.execute(
            "create view tracts as with recursive n(i) as (select 1 union all select i + 1 from n) "
            f'select n.i as fid, once.geom, once.GEOID, once.NAME from n, "once" where {condition}'
        )
        package.execute("delete from gpkg_ogr_contents")
        package.commit()


def package_without_end(path: Path) -> None:
    _package_of_a_view(path, "n.i > 0")


def package_without_a_beginning(path: Path) -> None:
    _package_of_a_view(path, "n.i < 0")


def table_of_holes(path: Path) -> None:
    path.write_bytes(b"GEOID,NAME\n")
    os.truncate(path, 500_000_000_000)


def workbook_of_two_thousand_million_rows(path: Path) -> None:
    _workbook(path)
    parts = {}
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'<row r="2"', b'<row r="2000000000"').replace(b'r="A2"', b'r="A2000000000"')
    _archive(path, *parts.items())


# Rasters


def virtual_raster(path: Path) -> None:
    path.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand><SimpleSource><SourceFilename>'
                    "/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>")  # fmt: skip


def raster_of_a_web_page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><html><body>Not found</body></html>")


def raster_cut_short(path: Path) -> None:
    _grid(path)
    _halved(path)


def raster_without_crs(path: Path) -> None:
    _grid(path, crs=None)


def raster_with_many_bands(path: Path) -> None:
    _grid(path, bands=65)


def raster_of_a_signature_alone(path: Path) -> None:
    path.write_bytes(b"II*\x00")


def sound_grid(path: Path) -> None:
    _grid(path)


def sound_workbook(path: Path) -> None:
    _workbook(path)


def sound_package(path: Path) -> None:
    TRACTS.to_file(path, driver="GPKG")


_FUNCTIONS = {name: found for name, found in globals().items() if isinstance(found, FunctionType)}
MAKERS: dict[str, Callable[[Path], None]] = {
    name: found for name, found in _FUNCTIONS.items() if found.__module__ == __name__ and not name.startswith("_")
}
