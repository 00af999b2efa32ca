"""A table together with the single figures that were found while it was made, and that no row of it holds.

Such are Moran's I beside the clusters of tracts, or how far the draws settle beside the ranks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from geodata.storage.files import written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.storage.sealed_json import read_sealed, sealed

Facts = dict[str, Any]


class TableWithFacts(NamedTuple):
    """A `table`, and its `facts` by state (postal code): single figures by name."""

    table: pd.DataFrame
    facts: dict[str, Facts]

    def save(self, path: Path) -> None:
        """Write the table to `path` and the facts beside it, the table last: where it is, so are its facts."""
        with written_aside(facts_file(path)) as aside:
            aside.write_text(sealed(self.facts), encoding="utf-8")
        with written_aside(path) as aside:
            write_table(self.table, aside)

    @classmethod
    def load(cls, path: Path) -> TableWithFacts:
        """Read what `save` wrote."""
        return cls(read_table(path), read_sealed(facts_file(path), "what was found beside this table"))


def facts_file(path: Path) -> Path:
    """Return where the facts of the table at `path` stand."""
    return path.with_suffix(".facts.json")
