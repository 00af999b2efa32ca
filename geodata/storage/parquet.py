"""Tables as (Geo)Parquet files, read back as what they were."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from geodata.errors import InputError


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table to `path`; with geometry it is GeoParquet. Not atomic by itself: write aside."""
    table.to_parquet(path)
    return path


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table that `write_table` wrote, or some `columns` of it; a GeoDataFrame where geometry is among them.

    Raises InputError where there is none, or it is not a Parquet file.
    """
    path = Path(path)
    try:
        spatial = b"geo" in (pq.read_schema(path).metadata or {})
    except (OSError, ValueError):
        raise InputError("this table is not there or damaged", file=path, remedy="Compute it again.") from None
    if spatial and (columns is None or "geometry" in columns):
        table: pd.DataFrame = gpd.read_parquet(path, columns=columns)
    else:
        table = pd.read_parquet(path, columns=columns)
    return table
