"""Where a number came from: one record a file used, stored with every product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Freshness = Literal["live", "cached", "stale", "folder", "sample", "missing"]


@dataclass(frozen=True)
class SourceUse:
    """One file as it was used by a run, or a source that was looked for and not there.

    Times are ISO 8601 in UTC. `vintage` is what the content speaks for, as far as it is known: 2025-04-12, 2025-04 or
    2025. `unread` are columns nobody reads, each with the column it looks like (empty where none does). `note` is a
    sentence for people (why a copy is stale, what is missing).
    """

    source: str
    title: str
    publisher: str
    table: str
    freshness: Freshness
    file: str | None = None
    url: str | None = None
    page: str | None = None
    licence: str = ""
    vintage: str | None = None
    retrieved_at: str | None = None
    age_days: float | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0
    rows_out_of_scope: dict[str, int] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SourceUse:
        """Return the record that `to_dict` gave."""
        return cls(**values)


def newest_day(uses: Iterable[SourceUse]) -> str | None:
    """Return the ISO date of the newest source among `uses`, the first of the month where no day is known.

    Sources dated by a year alone say too little: they count only where no other is dated, with the year's last day.
    None where nothing is dated.
    """
    dated = sorted(use.vintage for use in uses if use.vintage)
    days = [f"{vintage}-01"[:10] for vintage in dated if len(vintage) > 4]
    if days:
        return max(days)
    return f"{dated[-1]}-12-31" if dated else None
