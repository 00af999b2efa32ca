"""Whether settings can be used at all: names that exist, files that are there, engines that have what they need.

What types and ranges do not show, and a run would find out only minutes later, is checked here before it begins. Does
not hold the settings themselves (see `geodata.settings`).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from geodata.errors import OnrampError, SettingsError
from geodata.fetching.folder import is_text
from geodata.fetching.live import SUPPLIED_FOLDER
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS, MEASURE_NAMES, WORKFORCE
from geodata.settings import Settings, load_settings
from geodata.sources import SOURCES, user_index
from geodata.sources.mapped_columns import names_files
from geodata.sources.spec import ParseContext

DEFINITION_NAMES = (WORKFORCE, *(name for name, source in SOURCES.items() if source.spec.table is DEFINITIONS))


def usable_settings(file: Path | None = None, changes: dict[str, Any] | None = None) -> Settings:
    """Return the settings as `load_settings` does; SettingsError also for what a run could not work with."""
    settings = load_settings(file, changes)
    check(settings)
    return settings


def check(settings: Settings) -> None:
    """Raise SettingsError with one sentence for each name that does not exist and each file that is not there."""
    problems = [
        *_unknown("sources.optional", settings.sources.optional, SOURCES),
        *_unknown("sources.off", settings.sources.off, SOURCES),
        *_unknown("need.workforce_measures", settings.need.workforce_measures, MEASURE_NAMES),
        *_unknown("barriers.measures", settings.barriers.measures, MEASURE_NAMES),
        *_engine(settings),
        *_folder(settings),
        *_letters(settings),
    ]
    named = [key for key in settings.sources.columns if not names_files(key)]
    problems += _unknown("sources.columns", named, [name for name, source in SOURCES.items() if source.spec.hand_kept])
    problems += _weights(settings)
    if problems:
        raise SettingsError(" ".join(problems))


def supplied_indices(settings: Settings) -> list[Path]:
    """Return the index files the operator supplied; the names of their definitions are known once they are read."""
    home = settings.home
    folders = list(settings.sources.given_folders) or [home / SUPPLIED_FOLDER, home / "sample"]
    pattern = user_index.SPEC.filenames[0].partition("*")[0] + "*"
    return sorted(path for folder in folders if folder.is_dir() for path in folder.rglob(pattern))


def _weights(settings: Settings) -> list[str]:
    """Return a sentence for each weight of a definition that no source gives.

    The operator's index files are read only where their names do not settle it.
    """
    files = supplied_indices(settings)
    known = [*DEFINITION_NAMES, *(user_index.named_by(path) for path in files)]
    unknown = _unknown("need.weights", settings.need.weights, known)
    if not unknown:
        return []
    for path in files:
        try:
            known += (
                SOURCES[user_index.SPEC.name].read(path, ParseContext(settings)).table[col.DEFINITION].unique().tolist()
            )
        except (OnrampError, OSError):
            return []  # The run says what is wrong with the file.
    remedy = " An index of your own is a file index_*.csv in the folder of files."
    return [text + remedy for text in _unknown("need.weights", settings.need.weights, known)]


def _unknown(setting: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    known = list(known)
    sentences = []
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean “{close[0]}”?" if close else f"there are {', '.join(sorted(set(known)))}."
            sentences.append(f"Setting “{setting}”: there is no “{name}”; {hint}")
    return sentences


def _engine(settings: Settings) -> list[str]:
    travel = settings.travel
    if travel.engine == "roads" and travel.roads_file is None:
        return ["Setting “travel.engine”: roads needs an OpenStreetMap extract; set travel.roads_file."]
    if travel.engine == "roads" and not Path(str(travel.roads_file)).is_file():
        return [f"Setting “travel.roads_file”: there is no file {travel.roads_file}."]
    if travel.engine in ("valhalla", "osrm") and travel.server_url is None:
        return [f"Setting “travel.engine”: {travel.engine} needs the address of a server; set travel.server_url."]
    return []


def _folder(settings: Settings) -> list[str]:
    remedy = "Fill one with onramp mirror, or give the folder that holds the downloads."
    sentences = []
    for folder in settings.sources.given_folders:
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "does not exist"
            name = "sources.folder" if folder == settings.sources.folder else "sources.also"
            sentences.append(f"Setting “{name}”: {folder} {what}. {remedy}")
    return sentences


def _letters(settings: Settings) -> list[str]:
    """Return a sentence for each path with letters that Python could not decode, and so could not store."""
    sentences = []
    for name, path in [("home", settings.home), *(("sources.folder", one) for one in settings.sources.given_folders)]:
        if not is_text(path):
            shown = str(path).encode("utf-8", "replace").decode()
            sentences.append(
                f"Setting “{name}”: {shown} has letters that are not in the encoding of this system. Set "
                "LC_ALL=C.UTF-8 (and not PYTHONUTF8=0), or give another folder."
            )
    return sentences
