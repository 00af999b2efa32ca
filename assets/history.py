"""The last run of a state, kept so that the next one can be compared with it and keep its communities' names.

Files are linked, not copied: a table is written aside and renamed, so an older one lives on under its link and costs
disk only once it differs. Does not hold the comparison (`geodata.changes`).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from assets.tables import TABLE_INS
from geodata.files import folder_written_aside
from geodata.results import StateResult
from geodata.settings import Settings, load_settings
from geodata.sourced import Sourced
from geodata.study import Ground

RESULT = "result"
TABLES = "tables"


@dataclass(frozen=True)
class LastRun:
    """A finished run of one state: its result, and the canonical tables it rests on."""

    folder: Path

    @classmethod
    def find(cls, home: Path, usps: str) -> "LastRun | None":
        """Return the last run of a state under `home`, or None before the first."""
        folder = home / "last" / usps
        return cls(folder) if folder.is_dir() else None

    def result(self) -> StateResult:
        """Return its result."""
        return StateResult.load(self.folder / RESULT)

    def ground(self) -> Ground:
        """Return the canonical tables it was computed from."""
        return ground_at(self.folder / TABLES)

    def settings(self) -> Settings:
        """Return the settings it was computed with."""
        return load_settings(None, self.result().settings)


def ground_at(folder: Path) -> Ground:
    """Return the canonical tables stored in `folder`, each under its name."""
    return Ground.of({name: Sourced.load(folder / name) for name in TABLE_INS if (folder / name).is_dir()})


def keep(home: Path, usps: str) -> None:
    """Keep the run of a state that has just finished as its last one."""
    tables = home / "tables"
    with folder_written_aside(home / "last" / usps) as aside:
        _linked(tables / "state_result" / usps, aside / RESULT)
        for name in TABLE_INS:
            if (tables / name).is_dir():
                _linked(tables / name, aside / TABLES / name)


def _linked(folder: Path, to: Path) -> None:
    to.mkdir(parents=True)
    for path in folder.iterdir():
        os.link(path, to / path.name)
