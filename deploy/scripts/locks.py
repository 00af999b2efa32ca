"""What stands in a lock with hashes: packages, versions, hashes. Does not hold what is installed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

_PACKAGE = re.compile(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*(?:\\?)$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One package at one version, hashes its files may have, and where it is installed (a marker, or everywhere)."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: Marker | None = None

    @property
    def purl(self) -> str:
        """Return the package's address as package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(file: Path) -> list[Locked]:
    """Return the packages of a lock in their order; ValueError where a line is none it knows."""
    text = file.read_text(encoding="utf-8")
    found = list(_PACKAGE.finditer(text))
    lines = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    if not lines or len(lines) != len(found):
        odd = next((line for line in lines if not _PACKAGE.match(line)), "nothing")
        raise ValueError(f"{file.name} is no lock: it holds {odd!r}.")
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        Locked(
            canonicalize_name(one[1]),
            one[2],
            tuple(_HASH.findall(text[one.end() : end])),
            Marker(one[3]) if one[3] else None,
        )
        for one, end in zip(found, ends, strict=True)
    ]
