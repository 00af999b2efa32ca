"""Where a number came from: one record a file used, stored with every product."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Freshness = Literal["live", "cached", "stale", "folder", "sample", "missing"]


@dataclass(frozen=True)
class SourceUse:
    """One file as it was used by a run, or a source that was looked for and not there.

    Times are ISO 8601 in UTC. `note` is a sentence for people (why a copy is stale, what is missing).
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
    archived: bool = False
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SourceUse:
        """Return the record that `to_dict` gave."""
        return cls(**values)
