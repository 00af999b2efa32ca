"""Telling whether anything that bears on a state's result has changed since it was computed.

Does not hold what to do about it (see `assets.last_finished`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geodata.schemas import columns as col
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings

# These speak of whole files: a row of a far state changes them, and no number of this one.
_ACCOUNT = ("rejects", "uses", "rasters")
_CODE = frozenset({".py", ".yaml", ".js", ".css", ".html", ".json"})


def fingerprint(area: StudyArea, settings: Settings, code: str) -> str:
    """Return a hash of all that a state's result and pages follow from.

    It holds the tables of the study area, the size and time of its rasters, which sources are stale or missing, the
    settings that shape numbers, the languages and looks of pages and the `code`. The date of the run is in it as far
    as the tables show it (a site's quarter).
    """
    looks = f"{','.join(settings.languages)} {settings.maps.online_tiles}"
    digest = hashlib.sha256(f"{code} {settings.digest()} {looks}".encode())
    for part in fields(area):
        if part.name not in _ACCOUNT:
            digest.update(part.name.encode())
            digest.update(table_digest(getattr(area, part.name)))
    for kind, path in zip(area.rasters[col.KIND], area.rasters[col.PATH], strict=True):
        known = Path(path).stat()
        digest.update(f"{kind} {known.st_size} {known.st_mtime_ns}".encode())
    poor = sorted({(use.source, use.freshness) for use in area.sources() if use.freshness in ("stale", "missing")})
    digest.update(repr(poor).encode())
    return digest.hexdigest()


def table_digest(table: pd.DataFrame) -> bytes:
    """Return the SHA-256 of a table's columns, types and values in their order; its index does not count."""
    plain = table.to_wkb() if isinstance(table, gpd.GeoDataFrame) else table
    digest = hashlib.sha256()
    # A table just joined of parts is in chunks, the same table read from its file is not.
    frame = pa.Table.from_pandas(pd.DataFrame(plain), preserve_index=False).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, frame.schema) as stream:
        stream.write_table(frame)
    digest.update(sink.getvalue())
    return digest.digest()


def code_digest(folders: Iterable[Path]) -> str:
    """Return a hash of the program's own files under `folders`: another version computes again."""
    return _code_digest(tuple(folders))


@cache
def _code_digest(folders: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _CODE):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
