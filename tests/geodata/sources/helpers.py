"""Running a parser on text, as a run would."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import find_state


def parse(name: str, path: Path, *, state: str | None = None, **changes: object) -> Parsed:
    settings = Settings().with_changes(changes) if changes else Settings()
    return SOURCES[name].parse(path, ParseContext(settings, find_state(state) if state else None))


def parse_text(name: str, folder: Path, file: str, text: str | bytes, **options: object) -> Parsed:
    path = folder / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return parse(name, path, **options)


def reasons(parsed: Parsed) -> dict[str, int]:
    return parsed.rejects["reason"].value_counts().to_dict()


SQUARES = [box(-71.5 + i, 41.5, -71.0 + i, 42.0) for i in range(4)]


def layer(
    rows: list[dict[str, object]], shapes: list[object] | None = None, crs: str | None = "EPSG:4269"
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes or SQUARES[: len(rows)], crs=crs)


def zipped_shapefile(folder: Path, name: str, frame: gpd.GeoDataFrame, inside: str = "") -> Path:
    inner = folder / "inner"
    inner.mkdir(exist_ok=True)
    frame.to_file(inner / f"{name}.shp", engine="pyogrio")
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(inner.glob(f"{name}.*")):
            archive.write(part, f"{inside}{part.name}")
    return path
