"""The publishers' file formats, written so that the same content always gives the same bytes."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

#: The time stamp inside archives; zip files cannot hold an earlier one.
STAMP = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write an archive whose bytes depend on its members alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return path


def write_shapefile(path: Path, frame: gpd.GeoDataFrame, widths: Mapping[str, int] | None = None) -> Path:
    """Write `frame` as a zipped shapefile named like the archive, with a fixed date in its table."""
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / f"{path.stem}.shp"
        pyogrio.write_dataframe(
            frame, inner, driver="ESRI Shapefile", encoding="UTF-8", DBF_DATE_LAST_UPDATE="2021-04-28"
        )
        order = (".cpg", ".dbf", ".prj", ".shp", ".shx")
        return write_zip(path, {f"{path.stem}{ext}": inner.with_suffix(ext).read_bytes() for ext in order})


def write_csv(path: Path, frame: pd.DataFrame, *, bom: bool = False, sep: str = ",") -> Path:
    """Write a table without its index, with Unix line ends, blank where a value is missing."""
    path.write_bytes(csv_bytes(frame, bom=bom, sep=sep))
    return path


def csv_bytes(frame: pd.DataFrame, *, bom: bool = False, sep: str = ",") -> bytes:
    """Return a table as delimited text."""
    text = frame.to_csv(index=False, sep=sep, lineterminator="\n")
    return text.encode("utf-8-sig" if bom else "utf-8")


def write_json(path: Path, head: Mapping[str, object], list_name: str, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write one object: the fields of `head`, then `list_name` with one row after another."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1])
        out.write("," if head else "")
        out.write(f'"{list_name}":[')
        for number, row in enumerate(rows):
            out.write(",\n" if number else "\n")
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
        out.write("]}\n")
    return path


def write_workbook(path: Path, frame: pd.DataFrame, sheet: str) -> Path:
    """Write one sheet as XLSX, every value as it stands (text stays text)."""
    import datetime

    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties(
            {"title": "Fictional sample data", "author": "Onramp", "created": datetime.datetime(2026, 9, 30)}
        )
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, list(frame.columns))
        for number, row in enumerate(frame.itertuples(index=False), start=1):
            page.write_row(number, 0, ["" if pd.isna(value) else value for value in row])
    return path
