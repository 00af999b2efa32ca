"""A table together with where it came from, what was refused on the way, and what to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.schemas.provenance import SourceUse
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.storage.sealed_json import read_sealed, sealed


@dataclass
class Sourced:
    """Rows, the rows refused (the rejects table), the files used, and notes for people."""

    table: pd.DataFrame
    rejects: pd.DataFrame
    uses: list[SourceUse] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        """True where a file was wanted and none was found."""
        return bool(self.uses) and all(use.freshness == "missing" for use in self.uses)

    def save(self, folder: Path) -> None:
        """Write to `folder`, which is replaced only when all is written."""
        with folder_written_aside(folder) as aside:
            write_table(self.table, aside / "table.parquet")
            write_table(self.rejects, aside / "rejects.parquet")
            account = {"uses": [use.to_dict() for use in self.uses], "notes": self.notes}
            (aside / "account.json").write_text(sealed(account), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Sourced:
        """Read what `save` wrote."""
        account = read_sealed(folder / "account.json", "the account of this source", "Read the source again.")
        return cls(
            table=read_table(folder / "table.parquet"),
            rejects=read_table(folder / "rejects.parquet"),
            uses=[SourceUse.from_dict(values) for values in account["uses"]],
            notes=account["notes"],
        )


def all_uses(parts: Iterable[Sourced]) -> list[SourceUse]:
    """Return the files behind all `parts`, each once, in the order first met."""
    found = {(use.source, use.file): use for part in parts for use in part.uses}
    return list(found.values())
