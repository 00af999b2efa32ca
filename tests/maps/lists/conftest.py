"""Lists written once for all tests of this folder: plain, and with names that try to break out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.schemas.state_result import StateResult
from maps.lists import write_lists


@dataclass(frozen=True)
class Written:
    """A result and the files written from it."""

    result: StateResult
    folder: Path
    files: list[Path]

    def file(self, name: str) -> Path:
        return self.folder / f"xl-{name}"


@pytest.fixture(scope="session")
def written(synthetic: StateResult, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("lists")
    return Written(synthetic, folder, write_lists(synthetic, folder))


@pytest.fixture(scope="session")
def written_hostile(hostile: StateResult, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("hostile")
    return Written(hostile, folder, write_lists(hostile, folder, languages=("en",)))
