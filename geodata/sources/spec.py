"""What is known of a source before its file is opened: names, addresses, license, size, and who parses it.

A source is one module in this package with a `SPEC` and a `parse(path, context)` that returns `Parsed`.
Does not hold fetching (see `geodata.fetching`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from geodata.errors import InputError, OnrampError
from geodata.schemas.parsed import Parsed
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.states import State

Scope = Literal["nation", "state"]
Transport = Literal["file", "afdc", "arcgis", "census_api", "acs_summary_file", "career_one_stop", "raster_window"]


@dataclass(frozen=True)
class ParseContext:
    """What a parser may need beside the file: the settings, and the state a state file is for."""

    settings: Settings
    state: State | None = None


@dataclass(frozen=True)
class Expected:
    """What a whole file looks like, so that a wrong one is noticed before it reaches a table."""

    least_rows: int = 1
    most_rows: int | None = None
    least_states: int = 1


@dataclass(frozen=True)
class SourceSpec:
    """A publisher's product.

    `filenames` are glob patterns (case-insensitive; `{fips}`, `{usps}` and `{state_name}` are filled in,
    blanks in names removed) by which a copy is recognized in a folder, the preferred first. `urls` are
    templates with the same fields and `{year}`. A file of scope "nation" serves every state; a source may
    list a state-scoped pattern too, used where the national file is absent.
    """

    name: str
    title: str
    publisher: str
    table: Table
    scope: Scope
    filenames: tuple[str, ...]
    page: str
    licence: str
    cadence: str
    urls: tuple[str, ...] = ()
    year: int | None = None
    tract_vintage: Literal[2010, 2020] | None = None
    media: Literal["csv", "json", "zip", "xlsx", "tiff", "any"] = "any"
    key_env: str | None = None
    key_page: str | None = None
    required: bool = False
    optional: bool = False
    archived: bool = False
    sha256: tuple[str, ...] = ()
    expected: Expected = field(default_factory=Expected)
    transport: Transport = "file"
    file_of: str | None = None


@dataclass(frozen=True)
class Source:
    """A spec and its parser."""

    spec: SourceSpec
    parse: Callable[[Path, ParseContext], Parsed]

    def read(self, path: Path, context: ParseContext) -> Parsed:
        """Return the parsed file; InputError also where the parser fails in a way its author did not expect."""
        try:
            return self.parse(path, context)
        except OnrampError:
            raise
        except Exception as problem:
            raise InputError(
                f"this cannot be read as “{self.spec.title}” ({type(problem).__name__})",
                file=path,
                remedy="Save or download it again in one of the forms of docs/sources.md.",
            ) from problem


def turned_off(spec: SourceSpec, settings: Settings) -> bool:
    """Return whether the settings name this source, or the one whose copy it reads, as not wanted."""
    return bool({spec.name, spec.file_of} & set(settings.sources.off))
