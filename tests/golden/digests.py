"""Digests of what a run produces: a hash for each table, page, list, brief and figure, by name.

A digest changes where a value or a word does, and not with the machine: numbers count to seven significant digits,
compressed blocks and archives by what they hold, and fonts and pictures (PDF, PNG) not at all.

`python -m tests.golden.digests` writes the files beside this module again; review what they say changed, and name it in
the changelog.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from geodata.analysis import analyze
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.gather import gather
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings, load_settings
from maps.briefs import write_briefs
from maps.figures import write_figures
from maps.lists import write_lists
from maps.site.build import build_site

HERE = Path(__file__).resolve().parent
AS_OF = "2026-11-30"
RETRIEVED = "2026-11-30T06:00:00+00:00"
DRAWN = {".pdf", ".png"}
BLOCK = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
NUMBER = re.compile(r"-?\d+\.\d{6,}(?:e[-+]?\d+)?")


def golden(usps: str) -> dict[str, str]:
    """Return the digests that were recorded for a state."""
    found: dict[str, str] = json.loads((HERE / f"{usps}.json").read_text(encoding="utf-8"))
    return found


def differing(found: dict[str, str], known: dict[str, str]) -> list[str]:
    """Return the names whose digests differ, or that are in one of the two alone."""
    return sorted(name for name in found.keys() | known.keys() if found.get(name) != known.get(name))


def settings_of(usps: str, home: Path, realdata: Path | None) -> Settings:
    """Return the settings a golden run has: the defaults, and where its files are."""
    sources = {} if realdata is None else {"sources": {"folder": str(realdata)}}
    return load_settings(None, {"states": [usps], "home": str(home), "as_of": AS_OF, **sources})


def result_of(usps: str, settings: Settings, canonical: CanonicalTables) -> StateResult:
    """Return the result of a state, its sources as if all had been retrieved at one time."""
    result = analyze(canonical, [usps], settings, AS_OF, other_choices=True)[usps]
    # Other files of the folder have no part in the result, so a newer set of real files changes nothing here.
    uses = [use if use.retrieved_at is None else replace(use, retrieved_at=RETRIEVED) for use in result.sources]
    result.sources = [use if use.age_days is None else replace(use, age_days=0.0) for use in uses]
    result.run_id = "golden"
    return result


def products_of(result: StateResult, folder: Path, languages: tuple[str, ...]) -> Path:
    """Write everything people open of a state to `folder` and return it."""
    build_site(result, folder / "site", languages)
    write_lists(result, folder / "lists", languages)
    write_briefs(result, folder / "briefs", languages)
    write_figures(result, folder / "figures", languages)
    return folder


def digests(usps: str, work: Path, realdata: Path | None = None) -> dict[str, str]:
    """Return a digest for each table and each product of a state, by name, computed under the folder `work`."""
    settings = settings_of(usps, work / "home", realdata)
    return digests_of(result_of(usps, settings, gather([usps], settings)), work)


def digests_of(result: StateResult, work: Path) -> dict[str, str]:
    """Return the digests of a result, its products written under the folder `work`."""
    folder = products_of(result, work / "products", result.settings.languages)
    tables = {f"tables/{name}": table_digest(table) for name, table in result.tables.items()}
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    products = {name: file_digest(path) for name, path in files.items() if path.suffix not in DRAWN}
    return dict(sorted({**tables, "facts": _hash(_plain_text(_facts(result))), **products}.items()))


def _facts(result: StateResult) -> str:
    return json.dumps({"facts": result.facts, "digest": result.settings_digest}, sort_keys=True, default=str)


def table_digest(table: pd.DataFrame) -> str:
    """Return a digest of a table's columns, types and values, its numbers to seven significant digits."""
    digest = hashlib.sha256()
    for name, column in table.items():
        digest.update(f"{name}:{column.dtype}".encode())
        if isinstance(column, gpd.GeoSeries):
            values = [_plain_text(str(text)) for text in column.to_wkt(rounding_precision=7)]
        elif pd.api.types.is_float_dtype(column.dtype):
            values = [f"{value:.7g}" for value in column.to_numpy(dtype=float, na_value=np.nan) + 0.0]
        else:
            values = ["" if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)]
        digest.update("\x1f".join(values).encode())
    return digest.hexdigest()[:16]


def file_digest(path: Path) -> str:
    """Return a digest of what a file holds, whatever it is packed with."""
    if path.suffix == ".parquet":
        read = gpd.read_parquet if _spatial(path) else pd.read_parquet
        return table_digest(read(path))
    if path.suffix == ".gpkg":
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        return _hash(" ".join(f"{name} {table_digest(gpd.read_file(path, layer=name))}" for name in layers))
    return _content_digest(path.suffix, path.read_bytes())


def _spatial(path: Path) -> bool:
    return b"geo" in (pq.read_schema(path).metadata or {})


def _content_digest(suffix: str, data: bytes) -> str:
    if suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
        kept = {name: part for name, part in members.items() if Path(name).suffix not in DRAWN}
        return _hash(" ".join(f"{name} {_content_digest(Path(name).suffix, part)}" for name, part in kept.items()))
    return _hash(_plain_text(BLOCK.sub(_unpacked, data.decode("utf-8"))))


def _unpacked(block: re.Match[str]) -> str:
    """Return what a block of base64 holds where it is packed text, else the block: packers differ, contents do not."""
    try:
        return gzip.decompress(base64.b64decode(block.group(), validate=True)).decode("utf-8")
    except (ValueError, OSError, EOFError, zlib.error):
        return block.group()


def _plain_text(text: str) -> str:
    return NUMBER.sub(lambda number: f"{float(number.group()):.7g}", text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> None:
    """Write the golden digests of the sample state and, where real files are here, of Rhode Island."""
    realdata = Path(os.environ.get("ONRAMP_REALDATA", HERE.parents[2] / "shared" / "realdata"))
    for usps, folder in (("XL", None), ("RI", realdata)):
        if folder is not None and not folder.is_dir():
            continue
        with tempfile.TemporaryDirectory() as work:
            found = digests(usps, Path(work), folder)
        (HERE / f"{usps}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
