"""Tables as (Geo)Parquet files, read back as what they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from geodata.errors import InputError


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table to `path`; with geometry it is GeoParquet. Not atomic by itself: write aside.

    Each page has a checksum, so that a reader notices a disk that changed a bit of a value.
    """
    table.to_parquet(path, write_page_checksum=True)
    return path


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table that `write_table` wrote, or some `columns` of it; a GeoDataFrame where geometry is among them.

    Raises InputError where there is none, or it is no longer what was written.
    """
    path = Path(path)
    try:
        spatial = (pq.read_schema(path).metadata or {}).get(b"geo")
        if spatial and (columns is None or "geometry" in columns):
            table: pd.DataFrame = _read_spatial(path, columns, json.loads(spatial)["columns"])
        else:
            table = pd.read_parquet(path, columns=columns, page_checksum_verification=True)
    except MemoryError:
        raise
    except Exception:
        # What a damaged file makes the library raise is of every kind.
        raise InputError("this table is not there or damaged", file=path, remedy="Compute it again.") from None
    return table


def _read_spatial(path: Path, columns: list[str] | None, described: dict[str, Any]) -> gpd.GeoDataFrame:
    """Read a table with geometry, as geopandas does but for the coordinate system of all our tables.

    That one is named, not put together from what the file has `described`, which takes longer than all else.
    """
    checked = {"page_checksum_verification": True}
    form = described["geometry"] if list(described) == ["geometry"] else {}
    system = (form.get("crs") or {}).get("id")
    if form.get("encoding") != "WKB" or system != {"authority": "EPSG", "code": 4326}:
        return gpd.read_parquet(path, columns=columns, **checked)
    table = pq.read_table(path, columns=columns, use_pandas_metadata=True, partitioning=None, **checked).to_pandas()
    return gpd.GeoDataFrame(table.assign(geometry=gpd.GeoSeries.from_wkb(table["geometry"], crs="EPSG:4326")))
