"""Storage of asset results: GeoParquet under the home folder, written aside and renamed.

`<home>/tables/<asset>` for tables of all places, with a file or folder a partition for those of a state. Where the
settings name a storage that machines share, each is sent there and brought from there (see
`geodata.storage.shared_home`). Does not hold the products people open (see `assets.products`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from dagster import ConfigurableIOManager, InputContext, OutputContext

from geodata.access.reach import TravelResult
from geodata.errors import SourceUnavailable
from geodata.schemas import columns as col
from geodata.schemas.sourced import Sourced
from geodata.schemas.state_result import StateResult
from geodata.schemas.table_with_facts import TableWithFacts, facts_file
from geodata.scoring.study_area import StudyArea
from geodata.storage.files import written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.storage.shared_home import shared_at

COMPOSITES = (Sourced, StudyArea, TravelResult, StateResult)


class TableStorage(ConfigurableIOManager):
    """Keeps tables as GeoParquet files, and the composite objects of the walk as folders of them."""

    home: str
    url: str | None = None

    def handle_output(self, context: OutputContext, obj: object) -> None:
        """Store what an asset returned."""
        path = self._path(context)
        if isinstance(obj, COMPOSITES):
            obj.save(path)
        elif isinstance(obj, TableWithFacts):
            path = table_file(path)
            obj.save(path)
        elif isinstance(obj, pd.DataFrame):
            path = table_file(path)
            with written_aside(path) as aside:
                write_table(obj, aside)
        elif obj is not None:
            raise TypeError(f"There is no way to store a {type(obj).__name__}.")
        if obj is not None and (shared := shared_at(Path(self.home), self.url)):
            shared.publish(shared.inside(path), path, *files_beside(obj, path))
        context.add_output_metadata({"path": str(path)})

    def load_input(self, context: InputContext) -> Any:
        """Read what an upstream asset stored, as the type its consumer names."""
        path = self._path(context)
        kind = context.dagster_type.typing_type
        table = table_file(path)
        if shared := shared_at(Path(self.home), self.url):
            shared.fetch(shared.inside(path if kind in COMPOSITES else table))
        if not (path.is_dir() if kind in COMPOSITES else table.exists()):
            raise SourceUnavailable(f"“{'/'.join(context.asset_key.path)}” has not been computed yet: do that first.")
        if kind is TableWithFacts:
            return TableWithFacts.load(table)
        return kind.load(path) if kind in COMPOSITES else read_table(table)

    def _path(self, context: InputContext | OutputContext) -> Path:
        path = Path(self.home, "tables", *context.asset_key.path)
        return path / context.asset_partition_key if context.has_asset_partitions else path


def table_file(path: Path) -> Path:
    """Return the file of a table that is kept at `path`."""
    return path.with_name(f"{path.name}.parquet")


def files_beside(obj: object, path: Path) -> list[Path]:
    """Return the files stored together with `obj`: its facts, or the rasters that its rows name."""
    if isinstance(obj, TableWithFacts):
        return [facts_file(path)]
    if not isinstance(obj, Sourced) or "path" not in obj.table:
        return []
    return [Path(path) for path in obj.table[col.PATH].dropna().unique()]
