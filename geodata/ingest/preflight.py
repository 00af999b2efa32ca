"""Whether settings can be used at all: names that exist, files that are there, engines that have what they need.

What types and ranges cannot tell and a run would find out only minutes later is asked here, before it begins. Does
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
from geodata.sources.spec import ParseContext

DEFINITION_NAMES = (WORKFORCE, *(name for name, source in SOURCES.items() if source.spec.table is DEFINITIONS))


def usable_settings(file: Path | None = None, changes: dict[str, Any] | None = None) -> Settings:
    """Return the settings as `load_settings` does; SettingsError also for what a run could not work with."""
    settings = load_settings(file, changes)
    check(settings)
    return settings


def check(settings: Settings) -> None:
    """Raise SettingsError with one sentence for each name that does not exist and each file that is not there."""
    told = [
        *_unknown("sources.optional", settings.sources.optional, SOURCES),
        *_unknown("sources.off", settings.sources.off, SOURCES),
        *_unknown("need.workforce_measures", settings.need.workforce_measures, MEASURE_NAMES),
        *_unknown("barriers.measures", settings.barriers.measures, MEASURE_NAMES),
        *_engine(settings),
        *_folder(settings),
        *_letters(settings),
    ]
    told += _weights(settings)
    if told:
        raise SettingsError(" ".join(told))


def own_indices(settings: Settings) -> list[Path]:
    """Return the files of indices of one's own at hand; what they call their definitions is known once read."""
    home = settings.home
    folders = [settings.sources.folder] if settings.sources.folder else [home / SUPPLIED_FOLDER, home / "sample"]
    pattern = user_index.SPEC.filenames[0].partition("*")[0] + "*"
    return sorted(path for folder in folders if folder.is_dir() for path in folder.rglob(pattern))


def _weights(settings: Settings) -> list[str]:
    """Tell of weights of definitions nothing gives; files of one's own are read only where their names do not do."""
    files = own_indices(settings)
    known = [*DEFINITION_NAMES, *(user_index.named_by(path) for path in files)]
    told = _unknown("need.weights", settings.need.weights, known)
    if not told:
        return []
    for path in files:
        try:
            known += user_index.parse(path, ParseContext(settings)).table[col.DEFINITION].unique().tolist()
        except (OnrampError, OSError):
            return []  # The run tells what is wrong with the file.
    remedy = " An index of your own is a file index_*.csv in the folder of files."
    return [text + remedy for text in _unknown("need.weights", settings.need.weights, known)]


def _unknown(setting: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    known = list(known)
    told = []
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean “{close[0]}”?" if close else f"there are {', '.join(sorted(set(known)))}."
            told.append(f"Setting “{setting}”: there is no “{name}”; {hint}")
    return told


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
    folder = settings.sources.folder
    if folder is None or folder.is_dir():
        return []
    what = "is a file, not a folder" if folder.exists() else "does not exist"
    remedy = "Fill one with onramp mirror, or give the folder that holds the downloads."
    return [f"Setting “sources.folder”: {folder} {what}. {remedy}"]


def _letters(settings: Settings) -> list[str]:
    """Tell of paths with letters that Python could not decode, and could write down nowhere."""
    told = []
    for name, path in (("home", settings.home), ("sources.folder", settings.sources.folder)):
        if path is not None and not is_text(path):
            shown = str(path).encode("utf-8", "replace").decode()
            told.append(
                f"Setting “{name}”: {shown} has letters that are not in the encoding of this system. Set "
                "LC_ALL=C.UTF-8 (and not PYTHONUTF8=0), or give another folder."
            )
    return told
