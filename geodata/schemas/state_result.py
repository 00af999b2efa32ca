"""All that a run knows of one state, in one object that pages and lists are made from.

Holds reading and writing of that object as a folder of GeoParquet tables and one JSON manifest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from geodata.errors import InputError, SettingsError
from geodata.schemas import columns as col
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.computed import RESULT_TABLES
from geodata.schemas.provenance import SourceUse
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.settings.error_messages import sentences
from geodata.states import UNITED_STATES, State, find_state
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.storage.sealed_json import read_sealed, sealed

_TABLES: dict[str, Table] = {table.name: table for table in (*CANONICAL, *RESULT_TABLES)}
MANIFEST = "run.json"


@dataclass
class StateResult:
    """One state's tables, sources and settings.

    `tables` holds the result tables of `geodata.schemas.computed` and, of the canonical ones, those a page
    shows: tracts, counties, places, landmarks, sites, providers, job_centers, area_members, rejects; all
    cut to the state and, for sites and providers, to the reach of its largest catchment beyond the border.
    A table that could not be computed is present without rows. `facts` are single values by name, such as
    the travel engine, Moran's I and the number of draws. `as_of` is the ISO date the run speaks for.
    """

    state: State
    as_of: str
    tables: dict[str, pd.DataFrame]
    sources: list[SourceUse] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    settings_digest: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    run_id: str = ""

    @property
    def sample(self) -> bool:
        """True where the data are fictional."""
        return self.state.fictional or any(use.freshness == "sample" for use in self.sources)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, without rows where the run has none of that name."""
        if name in self.tables:
            return self.tables[name]
        return _TABLES[name].empty()

    @property
    def summary(self) -> dict[str, Any]:
        """The totals of the state: its row of `state_summary`. Empty for a result of before there was that table."""
        rows = self.table("state_summary").to_dict("records")
        return {str(name): value for name, value in rows[0].items()} if rows else {}

    def geo(self, name: str) -> gpd.GeoDataFrame:
        """Return a table with geometry (EPSG:4326)."""
        table = self.table(name)
        if not isinstance(table, gpd.GeoDataFrame):
            raise InputError(f"table “{name}” has no geometry")
        return table

    def save(self, folder: Path) -> Path:
        """Write the result to `folder`, which is replaced only when all is written."""
        with folder_written_aside(folder) as aside:
            for name, table in sorted(self.tables.items()):
                write_table(table, aside / f"{name}.parquet")
            manifest = {
                "state": self.state.usps,
                "as_of": self.as_of,
                "run_id": self.run_id,
                "settings": self.settings.method(),
                "settings_digest": self.settings_digest,
                "facts": self.facts,
                "sources": [use.to_dict() for use in self.sources],
                "tables": {name: len(table) for name, table in sorted(self.tables.items())},
            }
            (aside / MANIFEST).write_text(sealed(dict(sorted(manifest.items()))), encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: Path, only: Collection[str] | None = None) -> StateResult:
        """Read a result that `save` wrote; InputError where the folder does not hold one, SettingsError where another
        version of the program wrote it whose settings this one does not know.

        `only` names the tables wanted where not all are.
        """
        folder = Path(folder)
        if not (folder / MANIFEST).exists():
            raise InputError(
                "this folder does not hold a finished run", file=folder, remedy="Give the folder of a state's run."
            )
        manifest = read_sealed(folder / MANIFEST, "the record of this run")
        tables = {
            name: read_table(folder / f"{name}.parquet") for name in manifest["tables"] if only is None or name in only
        }
        return cls(
            state=find_state(manifest[col.STATE]),
            as_of=manifest[col.AS_OF],
            tables=tables,
            sources=[SourceUse.from_dict(values) for values in manifest[col.SOURCES]],
            settings=_settings_of(manifest["settings"], folder),
            settings_digest=manifest["settings_digest"],
            facts=manifest["facts"],
            run_id=manifest["run_id"],
        )


def _settings_of(values: object, folder: Path) -> Settings:
    """Return the settings of a manifest; those it does not name, such as where files lie, are the defaults."""
    if not isinstance(values, dict):
        raise SettingsError(f"The run in {folder} does not say with which settings it was computed: compute it again.")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        strange = sentences(error, Settings)
        raise SettingsError(f"The run in {folder} has settings this version does not know: {strange}") from None


def gathered(results: Sequence[StateResult]) -> StateResult:
    """Return the communities of several states, and every source behind them, as the result of the nation.

    Ranks stay those within each state. It speaks for the latest of their dates; its settings are those of the first.
    """
    sources = {(use.source, use.file, use.sha256): use for result in results for use in result.sources}
    communities = [result.table("communities") for result in results]
    return StateResult(
        state=UNITED_STATES,
        as_of=max(result.as_of for result in results),
        tables={"communities": pd.concat(communities, ignore_index=True)},
        sources=[use for _, use in sorted(sources.items(), key=lambda item: tuple(map(str, item[0])))],
        settings=results[0].settings,
        settings_digest=", ".join(sorted({result.settings_digest for result in results})),
        run_id=", ".join(sorted({result.run_id for result in results})),
    )
