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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from geodata.errors import InputError

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.(part(\.\w+)?|old)")
"""Names given below to what is being written or replaced; one that stays is of work that broke off."""
# The unit of st_blocks on every system, and the size from which on holes are looked for.
_BLOCK_BYTES, _HOLES_FROM = 512, 100_000_000
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


def refuse_holes(path: Path) -> None:
    """Raise InputError where a large file is holes but for a hundredth: terabytes of zeros that take hours to read.

    What a file system packs holds more than that of its size.
    """
    known = Path(path).stat()
    enough = known.st_size // 100
    if known.st_size <= _HOLES_FROM or getattr(known, "st_blocks", known.st_size) * _BLOCK_BYTES > enough:
        return
    # Some file systems count no blocks, and say of the file itself that it has no hole.
    held = _bytes_held(path, enough)
    if held < enough:
        raise InputError(
            f"it says that it has {known.st_size:,} bytes and holds {held:,}; the rest are holes",
            file=path,
            remedy="Copy it again from where it came from.",
        )


def _bytes_held(path: Path, enough: int) -> int:
    """Return how many bytes of a file are no hole, counted until there are `enough`."""
    held = end = 0
    with Path(path).open("rb") as file, suppress(OSError):  # there is no data beyond the last
        while held < enough:
            start = os.lseek(file.fileno(), end, os.SEEK_DATA)
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            held += end - start
    return held


def read_yaml(file: Path) -> dict[str, Any]:
    """Return what a YAML file of this project holds."""
    # The compiled loader is as safe and reads a file ten times faster; not every build of PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
