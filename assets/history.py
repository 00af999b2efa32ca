"""The last run of a state, kept so that the next one can be compared with it and keep its communities' names.

Files are linked, not copied: a table is written aside and renamed, so the older version stays under its link and
takes disk space only once it differs. Does not hold the comparison (`geodata.comparison.changes`).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from assets.canonical_tables import TABLE_INS
from geodata.communities.grouping import Previous
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.sourced import Sourced
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table
from geodata.storage.shared_home import fetch, publish

# The asset that represents the last run of a state.
LAST_RESULT = "last_result"
RESULT = "result"
TABLES = "tables"


@dataclass(frozen=True)
class LastRun:
    """A finished run of one state: its result, and the canonical tables it is based on."""

    folder: Path

    @classmethod
    def find(cls, settings: Settings, usps: str) -> "LastRun | None":
        """Return the last run of a state under the home folder, or None before the first."""
        fetch(settings, f"last/{usps}")
        folder = settings.home / "last" / usps
        return cls(folder) if folder.is_dir() else None

    def result(self) -> StateResult:
        """Return its result."""
        return StateResult.load(self.folder / RESULT)

    def canonical(self) -> CanonicalTables:
        """Return the canonical tables it was computed from."""
        return canonical_at(self.folder / TABLES)

    def communities(self) -> Previous:
        """Return its communities, whichever version of the program made them."""
        names = ("community_tracts", "communities")
        return Previous(*(read_table(self.folder / RESULT / f"{name}.parquet") for name in names))


def earlier(settings: Settings, usps: str) -> Previous | None:
    """Return the communities of the state's last run, whose names and ids are kept where tracts barely change."""
    last = LastRun.find(settings, usps)
    return None if last is None else last.communities()


def canonical_at(folder: Path) -> CanonicalTables:
    """Return the canonical tables stored in `folder`, each under its name."""
    return CanonicalTables.of({name: Sourced.load(folder / name) for name in TABLE_INS if (folder / name).is_dir()})


def canonical_now(settings: Settings) -> CanonicalTables:
    """Return the canonical tables of the deployment as they are now."""
    for name in TABLE_INS:
        fetch(settings, f"{TABLES}/{name}")
    return canonical_at(settings.home / TABLES)


def keep(settings: Settings, usps: str) -> None:
    """Keep the run of a state that has just finished as its last one."""
    tables, last = settings.home / TABLES, settings.home / "last" / usps
    with folder_written_aside(last) as aside:
        _linked(tables / "state_result" / usps, aside / RESULT)
        for name in TABLE_INS:
            if (tables / name).is_dir():
                _linked(tables / name, aside / TABLES / name)
    publish(settings, f"last/{usps}", last)


def _linked(folder: Path, to: Path) -> None:
    to.mkdir(parents=True)
    for path in folder.iterdir():
        os.link(path, to / path.name)
