"""The headline figures of a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stat:
    """A figure, what it counts, and how sure it is."""

    value: str
    text: str
    note: str = ""
