"""Columns an office calls by other names: the settings say which is which, file by file or for all of a kind.

`sources.columns` holds, for a file (or a pattern of file names) or for a source, our name of a column and the file's
own header; a value such as `=RI` holds for every row. Does not hold the columns themselves (see each source).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from geodata.errors import InputError
from geodata.schemas import columns as col
from geodata.schemas.parsed import Unread
from geodata.settings import Settings
from geodata.sources.formats.text_tables import Text, Wanted
from geodata.sources.formats.values import dates
from geodata.sources.formats.workbooks import read_table
from geodata.sources.spec import ParseContext, SourceSpec

_AS_OF = Wanted("as_of", ("as_of", "data_as_of"), required=False)


def read_mapped(
    path: Path, columns: Sequence[Wanted], spec: SourceSpec, context: ParseContext, *, least: int = 1
) -> Text:
    """Return the wanted columns of an office's table as `read_table` does, under the names its settings give them.

    A column `as_of` dates the list, whatever else it holds.
    """
    dated = columns if any(column.name == col.AS_OF for column in columns) else [*columns, _AS_OF]
    chosen, constants = mapped(dated, mapping_of(spec, path, context.settings), path)
    text = with_constants(read_table(path, chosen, spec.name, least=least), constants)
    days = dates(text.frame[col.AS_OF])
    days = days[days <= pd.Timestamp.now()]
    return replace(text, as_of=days.max().date() if len(days) else None)


def mapping_of(spec: SourceSpec, path: Path, settings: Settings) -> dict[str, str]:
    """Return what the settings say of the columns of this file: of its source first, then of its name.

    What is said of a file goes before what is said of all files of its source.
    """
    sources = settings.sources
    found = dict(sources.planned_sites_mapping) if spec.name == "planned_sites" else {}
    found |= sources.columns.get(spec.name, {})
    for pattern, columns in sources.columns.items():
        if names_files(pattern) and fnmatchcase(path.name.casefold(), pattern.casefold()):
            found |= columns
    return found


def names_files(key: str) -> bool:
    """Return whether a key of `sources.columns` is a file name or a pattern of one, and not the name of a source."""
    return any(sign in key for sign in ".*?")


def mapped(columns: Sequence[Wanted], mapping: Mapping[str, str], path: Path) -> tuple[list[Wanted], dict[str, str]]:
    """Return the columns under the headers the settings give them, and the values that hold for every row.

    A mapped column is required: one that is not there may be misspelled, and what was meant would be lost.
    Raises InputError where the settings name a column that the list does not have.
    """
    names = {said.casefold(): column.name for column in columns for said in (*column.spellings, column.name)}
    unknown = sorted(name for name in mapping if name.casefold() not in names)
    if unknown:
        raise InputError(
            f"the settings (sources.columns, sources.planned_sites_mapping) name {', '.join(unknown)}, "
            "which no list of this kind has",
            file=path,
            remedy=f"The names are: {', '.join(column.spellings[0] for column in columns)}.",
        )
    said = {names[key.casefold()]: value for key, value in mapping.items()}
    constants = {name: value[1:].strip() for name, value in said.items() if value.startswith("=")}
    chosen = [
        replace(column, headers=(said[column.name],), required=True)
        if column.name in said and column.name not in constants
        else replace(column, required=column.required and column.name not in constants)
        for column in columns
    ]
    return chosen, constants


def with_constants(text: Text, constants: Mapping[str, str]) -> Text:
    """Return the text with the values that hold for every row put in place."""
    for name, value in constants.items():
        text.frame[name] = pd.Series(value, index=text.frame.index, dtype="str")
    return replace(text, absent=tuple(name for name in text.absent if name not in constants))


def settings_of(unread: Mapping[str, Iterable[Unread]]) -> dict[str, Any]:
    """Return the settings that accept what is proposed, by file name; empty where nothing is."""
    columns = {file: {one.like: one.header for one in of_file if one.like} for file, of_file in unread.items()}
    columns = {file: of_file for file, of_file in columns.items() if of_file}
    return {"sources": {"columns": columns}} if columns else {}


def settings_lines(unread: Mapping[str, Iterable[Unread]]) -> str:
    """Return `settings_of` as the lines of a settings file."""
    values = settings_of(unread)
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=1000) if values else ""
