"""What comes back from the confined process: tables as Arrow and facts as JSON, in one file that holds no code.

A pickle from a process that read a hostile file could run anything here. Tables keep their types and their index;
geometry travels as WKB with its CRS.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import geopandas as gpd
import pandas as pd
import pyarrow as pa

_END = struct.Struct("<Q")
_SPATIAL = {b"geometry", b"crs"}


class NoAnswer(Exception):
    """The file holds no whole answer."""


@dataclass(frozen=True)
class Answer:
    """Tables by name, and facts that JSON can hold."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def write_answer(answer: Answer, file: BinaryIO) -> None:
    """Write `answer`: the tables one after another, then where they are and the facts, then the length of that."""
    places: dict[str, tuple[int, int]] = {}
    for name, table in answer.tables.items():
        start = file.tell()
        arrow = _to_arrow(table)
        with pa.ipc.new_stream(pa.PythonFile(file, "w"), arrow.schema) as stream:
            stream.write_table(arrow)
        places[name] = (start, file.tell())
    end = json.dumps({"tables": places, "facts": answer.facts}).encode()
    file.write(end)
    file.write(_END.pack(len(end)))
    file.flush()


def read_answer(file: BinaryIO) -> Answer:
    """Return the answer in an open file; NoAnswer where there is none, or not a whole one."""
    file.seek(0)
    # Read and not mapped: what is mapped would keep the file open for as long as any of its tables is used.
    held = memoryview(file.read())
    size = len(held)
    if size < _END.size:
        raise NoAnswer("empty")
    try:
        (length,) = _END.unpack(held[-_END.size :])
        reply = json.loads(bytes(held[size - _END.size - length : size - _END.size]))
        tables = {name: _from_arrow(held[start:end]) for name, (start, end) in reply["tables"].items()}
        return Answer(tables, dict(reply["facts"]))
    except (ValueError, KeyError, TypeError, AttributeError, pa.ArrowException, OSError) as problem:
        raise NoAnswer(type(problem).__name__) from None


def _to_arrow(table: pd.DataFrame) -> pa.Table:
    if not isinstance(table, gpd.GeoDataFrame):
        return pa.Table.from_pandas(table)
    name, crs = table.geometry.name, "" if table.crs is None else table.crs.to_string()
    plain = pd.DataFrame(table.drop(columns=name)).assign(**{name: table.geometry.to_wkb()})
    arrow = pa.Table.from_pandas(plain)
    return arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), b"geometry": name, b"crs": crs})


def _from_arrow(held: memoryview) -> pd.DataFrame:
    with pa.ipc.open_stream(pa.py_buffer(held)) as stream:
        arrow = stream.read_all()
    # What a broken process wrote may point beyond its own buffers.
    arrow.validate(full=True)
    frame: pd.DataFrame = arrow.to_pandas()
    metadata = arrow.schema.metadata or {}
    if not metadata.keys() >= _SPATIAL:
        return frame
    name, crs = metadata[b"geometry"].decode(), metadata[b"crs"].decode()
    shapes = gpd.GeoSeries.from_wkb(frame[name], crs=crs or None)
    located: pd.DataFrame = gpd.GeoDataFrame(frame.drop(columns=name).assign(**{name: shapes}), geometry=name)
    return located


def as_bytes(answer: Answer) -> bytes:
    """Return `answer` as it is written."""
    held = io.BytesIO()
    write_answer(answer, held)
    return held.getvalue()
