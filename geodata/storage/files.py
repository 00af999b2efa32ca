"""Writing files so that a reader never meets half of one: write aside, then rename."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.(part(\.\w+)?|old)")
"""Names given below to what is being written or replaced; one that stays is of work that broke off."""
# Of renameat2(2): the present directory, and "exchange the two".
_HERE, _EXCHANGE = -100, 2


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it takes the place of `path` only if the block succeeds.

    The name aside is unique, so two writers of one file cannot meet; the later rename wins whole.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part{path.suffix}")
    try:
        yield aside
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def folder_written_aside(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside `folder` to fill; it replaces `folder` only if the block succeeds."""
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.part")
    aside.mkdir()
    try:
        yield aside
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put_in_place(aside: Path, folder: Path) -> None:
    """Give `aside` the name `folder`; what had it before has the name of `aside` then, or is gone."""
    if _exchanged(aside, folder):
        return
    previous = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.old")
    if folder.exists():
        folder.replace(previous)
    aside.replace(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step, so that neither is ever missing; False where the system cannot (yet).

    Two renames leave a moment without the folder, and a process that dies in it leaves none at all.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    return rename is not None and not rename(
        _HERE, ctypes.c_char_p(os.fsencode(one)), _HERE, ctypes.c_char_p(os.fsencode(other)), _EXCHANGE
    )


def write_bytes(path: Path, content: bytes) -> Path:
    """Write `content` to `path` atomically and return `path`."""
    with written_aside(path) as aside:
        aside.write_bytes(content)
    return Path(path)


def write_text(path: Path, content: str) -> Path:
    """Write UTF-8 `content` to `path` atomically and return `path`."""
    return write_bytes(path, content.encode("utf-8"))


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read in blocks."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_yaml(file: Path) -> dict[str, Any]:
    """Return what a YAML file of this project holds."""
    # The compiled loader is as safe and reads a file ten times faster; not every build of PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
