"""Continuing a download that broke: what is kept beside the bytes, and when a continuation may be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.storage.files import write_text


@dataclass(frozen=True)
class Kept:
    """What an earlier attempt left: `size` and announced `total` in bytes, and the validator of those bytes."""

    size: int = 0
    validator: str | None = None
    total: int | None = None


def _note_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.resume")


def note(part: Path, url: str, headers: Mapping[str, str]) -> None:
    """Write down what is needed to continue `part` later; nothing when the publisher gives no way to be sure.

    A weak ETag does not promise the same bytes and an encoded body cannot be cut by its own bytes (RFC 9110,
    sections 8.8.1 and 14.2), so neither is continued.
    """
    etag = headers.get("ETag", "")
    validator = headers.get("Last-Modified") if not etag else None if etag.startswith("W/") else etag
    if validator is None or "Content-Encoding" in headers or headers.get("Accept-Ranges", "").lower() == "none":
        _note_path(part).unlink(missing_ok=True)
        return
    length = headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else None
    write_text(_note_path(part), json.dumps({"url": url, "validator": validator, "total": total}))


def kept(part: Path, url: str) -> Kept:
    """Return what can be continued of the (redacted) `url` at `part`; empty when nothing can."""
    try:
        said = json.loads(_note_path(part).read_text(encoding="utf-8"))
        count = part.stat().st_size
        total = said["total"]
        if said["url"] != url or count == 0 or (total is not None and count >= total):
            return Kept()
        return Kept(count, str(said["validator"]), total)
    except (OSError, ValueError, KeyError, TypeError):
        return Kept()


def continues(begun: Kept, headers: Mapping[str, str]) -> bool:
    """Return whether a partial answer (206) goes on exactly where `begun` stops, in the same file."""
    span = span_of(headers)
    if span is None or span[0] != begun.size:
        return False
    if None not in (span[2], begun.total) and span[2] != begun.total:
        return False
    now = headers.get("ETag") or headers.get("Last-Modified")
    return now is None or now == begun.validator or headers.get("Last-Modified") == begun.validator


def span_of(headers: Mapping[str, str]) -> tuple[int, int, int | None] | None:
    """Return the first byte, the last and the number of all (None where unknown) of a partial answer."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", headers.get("Content-Range", "").strip())
    if not found:
        return None
    first, last, total = found.groups()
    return int(first), int(last), None if total == "*" else int(total)


def settle(part: Path) -> None:
    """The download is whole: forget how to continue it."""
    _note_path(part).unlink(missing_ok=True)


def forget(part: Path) -> None:
    """Remove the bytes and the note."""
    part.unlink(missing_ok=True)
    settle(part)
