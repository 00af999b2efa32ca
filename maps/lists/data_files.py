"""Lists as JSON and GeoParquet, for programs. Text stays exactly as it came; identifiers are text."""

from __future__ import annotations

import io
import json
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq

from geodata.storage.files import write_bytes, write_text
from maps.lists.file_provenance import Provenance, plain_records
from maps.lists.list_tables import ListTable


def write_json(table: ListTable, file: Path, provenance: Provenance) -> Path:
    """Write one list with its sources and the meaning of its columns."""
    content = {
        **provenance.to_dict(),
        "columns": [
            {"name": column.name, "kind": column.kind, "unit": column.unit, "meaning": column.meaning}
            for column in table.columns
        ],
    }
    head = json.dumps(content, indent=1, ensure_ascii=False)[:-2]
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in plain_records(table.rows))
    return write_text(file, f'{head},\n "rows": [\n{rows}\n]\n}}\n')


def write_parquet(table: ListTable, file: Path, provenance: Provenance) -> Path:
    """Write one list as GeoParquet (plain Parquet where it has no geometry), sources in the file's metadata."""
    held = io.BytesIO()
    if table.geometry is None:
        table.rows.to_parquet(held, index=False)
    else:
        gpd.GeoDataFrame(table.rows, geometry=table.geometry).to_parquet(held, index=False, write_covering_bbox=True)
    arrow = pq.read_table(held)
    meanings = {column.name: f"{column.meaning} [{column.unit}]" for column in table.columns}
    metadata = {
        b"onramp": json.dumps(provenance.to_dict(), ensure_ascii=False).encode(),
        b"onramp_columns": json.dumps(meanings, ensure_ascii=False).encode(),
    }
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata})
    out = io.BytesIO()
    pq.write_table(arrow, out, compression="zstd")
    return write_bytes(file, out.getvalue())
