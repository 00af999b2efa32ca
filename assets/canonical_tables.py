"""Canonical tables: the sources of each kind combined, one asset per table, for all places."""

from collections.abc import Iterator, Mapping

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    AssetsDefinition,
    Output,
    PythonObjectDagsterType,
    asset,
)

from assets.metadata import Metadata, code, docs, rejects_by_reason, table_metadata
from assets.resources import Choices
from assets.sources import source_key
from geodata.ingest.combine import FEEDS, combine, own_feeds
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.sourced import Sourced
from geodata.schemas.table import Table

GROUP = "2_tables"
SOURCED = PythonObjectDagsterType(Sourced)


def table_asset(table: Table, sources: tuple[str, ...]) -> AssetsDefinition:
    """Return the asset of one canonical table, fed by `sources`."""

    @asset(
        name=table.name,
        group_name=GROUP,
        ins={name: AssetIn(source_key(name), dagster_type=SOURCED) for name in sources},
        kinds={"geoparquet" if table.spatial else "parquet"},
        owners=["team:data"],
        description=f"{table.meaning}. Covers all available places; from: {', '.join(sources)}.",
        metadata={**docs("data-dictionary.md"), **code(combine)},
        check_specs=[
            AssetCheckSpec(
                "has_rows",
                asset=table.name,
                description="At least one source gave rows. Warns only: results say what is missing.",
            ),
            AssetCheckSpec(
                "key_is_unique",
                asset=table.name,
                blocking=True,
                description="No row appears twice. Stops what follows: such a row would be counted twice.",
            ),
        ],
    )
    def combined(choices: Choices, **reads: Sourced) -> Iterator[Output[Sourced] | AssetCheckResult]:
        made = combine(table, reads, choices.settings)
        yield Output(made, metadata=_metadata(made, table, reads))
        yield has_rows(made, table, reads)
        yield key_is_unique(made, table)

    return combined


def key_is_unique(made: Sourced, table: Table) -> AssetCheckResult:
    """Fail where two rows of a table have the same key."""
    repeated = int(made.table.duplicated(list(table.key)).sum()) if table.key else 0
    doubled = f"{repeated} rows repeat the {' and '.join(table.key)} of another."
    return AssetCheckResult(
        asset_key=table.name,
        check_name="key_is_unique",
        passed=repeated == 0,
        description=doubled if repeated else "No row appears twice.",
        metadata={"repeated": repeated},
    )


def has_rows(made: Sourced, table: Table, reads: Mapping[str, Sourced]) -> AssetCheckResult:
    """Warn of a table no source gave a row for, unless it rests on optional sources alone and none was asked for."""
    own = {name: reads[name] for name in own_feeds(table)}
    missing = [name for name, read in own.items() if read.missing]
    asked = any(read.uses for read in own.values())
    rows = f"{len(made.table)} rows"
    return AssetCheckResult(
        asset_key=table.name,
        check_name="has_rows",
        passed=len(made.table) > 0 or not asked,
        severity=AssetCheckSeverity.WARN,
        description=(
            f"{rows}; without {', '.join(missing)}."
            if missing
            else f"{rows} from all sources."
            if asked
            else "No rows: its sources are optional, and none is here."
        ),
    )


def _metadata(made: Sourced, table: Table, reads: Mapping[str, Sourced]) -> Metadata:
    counts = {f"rows_from/{name}": len(read.table) for name, read in reads.items()}
    notes = {"notes": "; ".join(made.notes)} if made.notes else {}
    return {**table_metadata(made.table, table), **counts, **rejects_by_reason(made.rejects), **notes}


TABLE_ASSETS = [table_asset(table, FEEDS[table.name]) for table in CANONICAL if table.name in FEEDS]
TABLE_INS = {name: AssetIn(name, dagster_type=SOURCED) for name in FEEDS if name != "relationship"}
