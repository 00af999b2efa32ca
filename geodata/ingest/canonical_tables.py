"""The canonical tables of all places together, on which every run rests.

Does not hold how they are read or combined, or what is cut from them for a run (see `geodata.scoring.study_area`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.geography.crosswalk import align_connecticut
from geodata.schemas import columns as col
from geodata.schemas.canonical import CANONICAL, REJECTS
from geodata.schemas.provenance import SourceUse
from geodata.schemas.sourced import Sourced, all_uses

_EMPTY = {table.name: table for table in CANONICAL}


@dataclass(frozen=True)
class CanonicalTables:
    """What all runs rest on: the canonical tables of all places that were read.

    Tables are as the schemas say, definitions on 2020 tracts already; one that no source gave is absent.
    """

    tables: dict[str, pd.DataFrame]
    rejects: pd.DataFrame = field(default_factory=REJECTS.empty)
    uses: list[SourceUse] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Mapping[str, Sourced]) -> CanonicalTables:
        """Return the ground of canonical tables by name, Connecticut's tracts under one scheme in all of them."""
        rejects = [part.rejects for part in parts.values() if len(part.rejects)]
        return cls(
            align_connecticut({name: part.table for name, part in parts.items()}),
            pd.concat(rejects, ignore_index=True).drop_duplicates() if rejects else REJECTS.empty(),
            all_uses(parts.values()),
        )

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, without rows where there is none."""
        return self.tables[name] if name in self.tables else _EMPTY[name].empty()

    def raster(self, kind: str) -> Path | None:
        """Return the file of a raster, "population" or "friction", or None where no source gave one."""
        return raster_file(self.table("rasters"), kind)


def raster_file(rasters: pd.DataFrame, kind: str) -> Path | None:
    """Return the file of a kind of raster from the canonical `rasters` table, or None."""
    rows = rasters[rasters[col.KIND] == kind]
    return Path(rows[col.PATH].iloc[0]) if len(rows) else None
