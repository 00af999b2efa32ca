"""The column names of the publishers' files the sample writes, in the publishers' order."""

from __future__ import annotations

from pathlib import Path

from geodata.storage.files import read_yaml

_TABLES: dict[str, list[str] | str] = read_yaml(Path(__file__).with_suffix(".yaml"))


def published_columns(file: str) -> list[str]:
    """Return the columns of a file: cejst, ipeds_directory, stations, relationship or awards."""
    columns = _TABLES[file]
    return columns.split() if isinstance(columns, str) else columns
