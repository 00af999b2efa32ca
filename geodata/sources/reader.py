"""The one door for files from outside: each is read by its parser in a confined process, and comes back as a table.

`read_confined` asks and says in one sentence what became of it; `work` is what that process does. Whatever opens a
file that an office, a publisher or anybody else made goes through here (`Source.read`, `table_of_text`). Does not hold
the process and its walls (`geodata.confinement`) or the parsers.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geodata.confinement.answers import Answer
from geodata.confinement.client import Confined, Stopped
from geodata.confinement.walls import Limits
from geodata.errors import InputError, OnrampError, SettingsError, SourceUnavailable, first_line
from geodata.schemas.parsed import Parsed, Unread
from geodata.schemas.table import CRS
from geodata.settings import Files, Settings
from geodata.sources.formats.layers import FORMS
from geodata.sources.formats.row_limit import MOST_ROWS
from geodata.states import State, find_state
from geodata.storage.files import refuse_holes

WORKER = "geodata.sources.reader:work"
TABLE_OF_TEXT = "table_of_text"
_GIGABYTE = 1_000_000_000
# What a whole archive of a shapefile consists of, where it is not packed.
_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")
_KINDS: Mapping[str, Callable[[str], OnrampError]] = {
    "SourceUnavailable": SourceUnavailable,
    "SettingsError": SettingsError,
    "OnrampError": OnrampError,
}
_NOT_FOR_PARSERS = {"home", "alerts", "operations", "storage", "web", "maps"}


class Fell(Exception):
    """The parser failed in a way its author did not expect, with an error of the type `kind`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@cache
def reading_process() -> Confined:
    """Return the process that files are read in; one for this program."""
    unwanted = {name for name in pyogrio.list_drivers() if name not in drivers()}
    nowhere = "http://127.0.0.1:9"
    return Confined(
        WORKER,
        {
            # The drivers of rasters that name other files are no drivers of layers, and so not in the list.
            "GDAL_SKIP": ",".join(sorted(unwanted | {"VRT", "DERIVED", "WMS", "WMTS", "WCS"})),
            "GDAL_DRIVER_PATH": "disable",
            "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
            "GDAL_PAM_ENABLED": "NO",
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
            # Where no wall keeps a request in, it goes to a proxy that nobody is.
            "GDAL_HTTP_PROXY": nowhere,
            "GDAL_HTTPS_PROXY": nowhere,
            "http_proxy": nowhere,
            "https_proxy": nowhere,
            "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
            "PROJ_NETWORK": "OFF",
        },
    )


def drivers() -> set[str]:
    """Return GDAL's names of the forms of layers that are read."""
    return {form.driver for form in FORMS.values()}


def read_confined(
    parser: str, path: Path, settings: Settings, state: State | None = None, *, seconds: float | None = None
) -> Parsed:
    """Return what the source called `parser` makes of `path`, under the limits of the section `files` of the settings.

    `seconds` bounds it further. InputError in one sentence where the file is refused, breaks a limit or breaks the
    process that reads it; Fell where the parser did.
    """
    answer = _asked(parser, path, settings, state, seconds)
    try:
        return _parsed(answer)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _broken(path) from None


def table_of_text(path: Path, settings: Settings) -> pd.DataFrame:
    """Return all columns of a delimited file or workbook as text, empty cells as empty strings."""
    answer = _asked(TABLE_OF_TEXT, path, settings, None, None)
    if "table" not in answer.tables:
        raise _broken(path)
    return answer.tables["table"]


def _asked(parser: str, path: Path, settings: Settings, state: State | None, seconds: float | None) -> Answer:
    path, files = Path(path).absolute(), settings.files
    refuse_beyond(path, files)
    limits = Limits(min(seconds or files.seconds, files.seconds), int(files.memory_gb * _GIGABYTE))
    asked = {
        "parser": parser,
        "path": str(path),
        "state": None if state is None else state.usps,
        "settings": settings.model_dump(mode="json", exclude=_NOT_FOR_PARSERS),
    }
    seen = [path, path.resolve(), *(path.with_suffix(ending) for ending in _SHAPEFILE_PARTS)]
    try:
        answer = reading_process().ask(asked, seen, limits)
    except Stopped as stopped:
        raise _sentence(stopped, path, limits, files) from None
    if "error" in answer.facts:
        raise _raised(answer.facts["error"])
    return answer


def refuse_beyond(path: Path, files: Files) -> None:
    """Raise InputError where a file is larger than allowed, or says it is and holds next to nothing."""
    try:
        known = path.stat()
    except OSError:
        raise InputError("the file is not there", file=path, remedy="Check the folder of sources.") from None
    refuse_holes(path)
    if known.st_size > files.size_gb * _GIGABYTE:
        raise InputError(
            f"it has {known.st_size:,} bytes, more than the {files.size_gb:g} GB allowed",
            file=path,
            remedy="Take out what is not wanted, or raise the setting files.size_gb.",
        )


def _sentence(stopped: Stopped, path: Path, limits: Limits, files: Files) -> OnrampError:
    if stopped.end == "start":
        return OnrampError(
            f"The process that files are read in did not start, so {path.name} was not read: this machine may have too "
            "little memory, or permit no further process. ONRAMP_TRACEBACK=1 shows what it says."
        )
    if stopped.end == "time" and limits.seconds < files.seconds:
        return InputError(
            f"reading it took more than the {limits.seconds:g} seconds that a file in the inbox may take",
            file=path,
            remedy="Look at what makes it so long; if it is sound, put it into the folder “supplied” by hand.",
        )
    if stopped.end == "time":
        return InputError(
            f"reading it took more than the {limits.seconds:g} seconds allowed",
            file=path,
            remedy="Look at what makes it so long, or raise the setting files.seconds.",
        )
    if stopped.end == "memory":
        return InputError(
            f"reading it takes more than the {limits.memory_bytes / _GIGABYTE:g} GB of memory allowed",
            file=path,
            remedy="Look at what makes it so large, or raise the setting files.memory_gb.",
        )
    return _broken(path, stopped.signal)


def _broken(path: Path, signal: str = "") -> InputError:
    how = f" ({signal})" if signal else ""
    return InputError(
        f"the process that read it broke down{how}, and nothing of it was taken",
        file=path,
        remedy="Do not use it; get it again from where it came from.",
    )


def _raised(error: Mapping[str, Any]) -> Exception:
    """Return the error that stopped the reading, as it was there."""
    if error["kind"] == "InputError":
        return InputError(
            error["problem"], file=error["file"], row=error["row"], field=error["field"], remedy=error["remedy"]
        )
    make = _KINDS.get(error["kind"])
    return Fell(first_line(Exception(error["kind"]))) if make is None else make(error["sentence"])


def _parsed(answer: Answer) -> Parsed:
    reply = answer.facts
    return Parsed(
        answer.tables["table"],
        answer.tables["rejects"],
        reply["rows_in"],
        reply["rows_kept"],
        reply["out_of_scope"],
        reply["notes"],
        unread=tuple(Unread(header, like) for header, like in reply["unread"]),
        as_of=None if reply["as_of"] is None else date.fromisoformat(reply["as_of"]),
    )


def answer_of(parsed: Parsed) -> Answer:
    """Return what a parser gave as tables and facts."""
    return Answer(
        {"table": parsed.table, "rejects": parsed.rejects},
        {
            "rows_in": int(parsed.rows_in),
            "rows_kept": int(parsed.rows_kept),
            "out_of_scope": {reason: int(count) for reason, count in parsed.out_of_scope.items()},
            "notes": list(parsed.notes),
            "unread": [[one.header, one.like] for one in parsed.unread],
            "as_of": None if parsed.as_of is None else parsed.as_of.isoformat(),
        },
    )


def prepare() -> None:
    """Load what parsers load at their first use, before any file is read; RuntimeError for drivers nobody wants."""
    from geodata.sources import SOURCES

    others = set(pyogrio.list_drivers()) - drivers()
    if others:
        raise RuntimeError(f"GDAL has drivers that nothing here wants: {', '.join(sorted(others))}")
    for table in {id(source.spec.table): source.spec.table for source in SOURCES.values()}.values():
        table.empty()
    gpd.GeoSeries([shapely.Point(-71.5, 41.5)], crs="EPSG:4269").to_crs(CRS)
    for library in ("openpyxl.reader.excel", "pandera.pandas"):
        importlib.import_module(library)


def work(asked: Mapping[str, Any]) -> Answer:
    """Read one file, in the confined process: the answer of its parser, or the error that stopped it as facts."""
    settings = Settings(**asked["settings"])
    MOST_ROWS.set(settings.files.rows)
    state = None if asked["state"] is None else find_state(asked["state"])
    return answered(lambda: _read(asked["parser"], Path(asked["path"]), settings, state))


def answered(read: Callable[[], Answer]) -> Answer:
    """Return what `read` does, or its error as facts; too little memory passes."""
    try:
        return read()
    except InputError as problem:
        names = ("problem", "file", "row", "field", "remedy")
        return Answer(facts={"error": {"kind": "InputError"} | {name: getattr(problem, name) for name in names}})
    except MemoryError:
        raise
    except Exception as problem:
        traceback.print_exc()  # unseen but with ONRAMP_TRACEBACK
        return Answer(facts={"error": {"kind": type(problem).__name__, "sentence": str(problem)}})


def _read(parser: str, path: Path, settings: Settings, state: State | None) -> Answer:
    from geodata.sources import SOURCES  # the sources stand on this module
    from geodata.sources.formats.workbooks import whole_table
    from geodata.sources.spec import ParseContext

    if parser == TABLE_OF_TEXT:
        return Answer({"table": whole_table(path)})
    return answer_of(SOURCES[parser].parse(path, ParseContext(settings, state)))
