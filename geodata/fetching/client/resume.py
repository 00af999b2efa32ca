"""Continuing a download that broke: what is kept beside the bytes, and when a continuation may be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from geodata.storage.files import write_text

Headers = Mapping[str, str]


class Begun(NamedTuple):
    """What an earlier attempt left: `size` and announced `total` in bytes, and the validator of those bytes."""

    size: int = 0
    validator: str = ""
    total: int | None = None

    def continued_by(self, headers: Headers) -> bool:
        """Return whether a partial answer (206) goes on exactly where this stops, in the same file."""
        span = span_of(headers)
        if span is None or span.first != self.size or (span.total and self.total and span.total != self.total):
            return False
        now = headers.get("ETag") or headers.get("Last-Modified")
        return now is None or self.validator in (now, headers.get("Last-Modified"))


class PartialFile:
    """A download under way at `path`, from the (redacted) `url`, with a note beside it of how it may be continued."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self._url = url
        self._note = path.with_name(f"{path.name}.resume")

    def begun(self) -> Begun:
        """Return what can be continued; empty when nothing can."""
        try:
            noted = json.loads(self._note.read_text(encoding="utf-8"))
            count, total = self.path.stat().st_size, noted["total"]
            if noted["url"] != self._url or count == 0 or (total is not None and count >= total):
                return Begun()
            return Begun(count, str(noted["validator"]), total)
        except (OSError, ValueError, KeyError, TypeError):
            return Begun()

    def note(self, headers: Headers) -> None:
        """Write down what is needed to continue later; nothing when the publisher gives no way to be sure.

        A weak ETag does not promise the same bytes and an encoded body cannot be cut by its own bytes (RFC 9110,
        sections 8.8.1 and 14.2), so neither is continued.
        """
        etag = headers.get("ETag", "")
        validator = headers.get("Last-Modified") if not etag else None if etag.startswith("W/") else etag
        if validator is None or "Content-Encoding" in headers or headers.get("Accept-Ranges", "").lower() == "none":
            self.settle()
            return
        length = headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
        write_text(self._note, json.dumps({"url": self._url, "validator": validator, "total": total}))

    def settle(self) -> None:
        """The download is whole: forget how to continue it."""
        self._note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self.settle()


class Span(NamedTuple):
    """The first byte, the last and the number of all (None where unknown) of a partial answer."""

    first: int
    last: int
    total: int | None


def span_of(headers: Headers) -> Span | None:
    """Return which bytes a partial answer holds, or None where it does not say."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", headers.get("Content-Range", "").strip())
    if not found:
        return None
    first, last, total = found.groups()
    return Span(int(first), int(last), None if total == "*" else int(total))
