"""Clearing away what broken-off work left."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geodata.storage.files import folder_written_aside, written_aside
from geodata.storage.leftovers import clear

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def aged(path: Path, days: float) -> None:
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_only_old_leftovers_go(tmp_path: Path) -> None:
    with written_aside(tmp_path / "a" / "table.parquet") as file, folder_written_aside(tmp_path / "pages") as folder:
        names = (file.name, folder.name)
        file.write_text("x")
    for days, there in ((1.0, True), (3.0, False)):
        left_file, left_folder = tmp_path / "a" / names[0], tmp_path / names[1]
        left_file.write_text("half")
        left_folder.mkdir()
        for path in (left_file, left_folder):
            aged(path, days)
        assert clear(tmp_path, NOW) == (0 if there else 2)
        assert left_file.exists() == left_folder.exists() == there
        if there:
            left_folder.rmdir()
    keep = [tmp_path / ".gitignore", tmp_path / "a" / ".hidden.part", tmp_path / "a" / "table.parquet"]
    for path in keep:
        path.touch()
        aged(path, 30)
    assert clear(tmp_path, NOW) == 0
    assert all(path.exists() for path in keep)
