"""Clearing away what broken-off work left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from geodata.storage.files import LEFTOVER

ABANDONED = timedelta(days=2)


def leftovers(home: Path, now: datetime) -> Iterator[Path]:
    """Yield the files and folders under `home` that were being written aside and never took their place."""
    for path in sorted(home.rglob(".*")):
        if LEFTOVER.fullmatch(path.name) and now.timestamp() - path.lstat().st_mtime > ABANDONED.total_seconds():
            yield path


def clear(home: Path, now: datetime) -> int:
    """Remove the leftovers under `home` and return how many there were."""
    found = list(leftovers(home, now))
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(found)
