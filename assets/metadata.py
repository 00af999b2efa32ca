"""Metadata of tables for the Dagster UI: rows, columns with units, a preview, provenance.

Does not hold what the tables mean (see `geodata.schemas`).
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pandas as pd
from dagster import (
    BetaWarning,
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableRecord,
    TableSchema,
)

from geodata.schemas import columns as col
from geodata.schemas.provenance import SourceUse
from geodata.schemas.table import Table
from geodata.settings import CHECKOUT

MetadataEntry: TypeAlias = (
    MetadataValue | TableSchema | str | float | list[str] | dict[str, int] | dict[str, str] | None
)
Metadata: TypeAlias = dict[str, MetadataEntry]

PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 12
LONGEST_CELL = 60


def column_schema(table: Table) -> TableSchema:
    """Return a table's columns with their kinds, meanings and units, as the UI shows them."""
    return TableSchema(
        columns=[
            TableColumn(
                name=column.name,
                type=column.kind,
                description=f"{column.meaning} ({column.unit})" if column.unit else column.meaning,
                constraints=TableColumnConstraints(nullable=column.nullable, unique=table.key == (column.name,)),
            )
            for column in table.columns
        ]
    )


def preview(frame: pd.DataFrame) -> MetadataValue:
    """Return the first rows as a small table: wide tables are cut, long texts shortened, geometry left out."""
    shown = frame.drop(columns=[name for name in frame.columns if name == "geometry"])
    shown = pd.DataFrame(shown).head(PREVIEW_ROWS).iloc[:, :PREVIEW_COLUMNS]
    records = [
        TableRecord({str(name): _cell(value) for name, value in row.items()}) for row in shown.to_dict("records")
    ]
    columns = [TableColumn(name=str(name), type="string") for name in shown.columns]
    return MetadataValue.table(records=records, schema=TableSchema(columns=columns))


def _cell(value: float | str | None) -> str:
    if pd.isna(value):
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def table_metadata(frame: pd.DataFrame, table: Table) -> Metadata:
    """Return row count, column schema and preview of a table."""
    return {**rows_metadata(frame), "dagster/column_schema": column_schema(table)}


def rows_metadata(frame: pd.DataFrame) -> Metadata:
    """Return row count and preview of a table that has no schema of its own."""
    return {"dagster/row_count": len(frame), "preview": preview(frame)}


def docs(page: str) -> Metadata:
    """Return the path of the page in docs/ that explains an asset."""
    return {"docs": MetadataValue.path(CHECKOUT / "docs" / page)}


def code(function: Callable[..., object]) -> Metadata:
    """Return the link to the function that does an asset's work, for the UI."""
    function = inspect.unwrap(function.func if isinstance(function, partial) else function)
    with warnings.catch_warnings():
        # The links are new in Dagster and may change; without them an asset loses nothing but its link.
        warnings.simplefilter("ignore", BetaWarning)
        place = LocalFileCodeReference(
            file_path=str(Path(inspect.getfile(function)).resolve()),
            line_number=inspect.getsourcelines(function)[1],
            label=f"{function.__module__}.{function.__qualname__}",
        )
        return {"dagster/code_references": CodeReferencesMetadataValue(code_references=[place])}


def provenance_metadata(uses: Iterable[SourceUse]) -> Metadata:
    """Return the provenance of the rows: one line per file, and the totals of rows."""
    uses = list(uses)
    records = [
        TableRecord(
            {
                "source": use.source,
                "file": use.file or "",
                "freshness": use.freshness,
                "vintage": use.vintage or "",
                "license": use.licence[:80],
                "retrieved": use.retrieved_at or "",
                "age_days": "" if use.age_days is None else f"{use.age_days:g}",
                "sha256": (use.sha256 or "")[:16],
                "rows_in": use.rows_in,
                "kept": use.rows_kept,
                "rejected": use.rows_rejected,
                "out_of_scope": sum(use.rows_out_of_scope.values()),
                "columns_not_used": ", ".join(
                    f"{header} ({like}?)" if like else header for header, like in use.unread.items()
                ),
                "note": use.note[:300],
            }
        )
        for use in uses
    ]
    if not records:
        return {}
    return {
        "provenance": MetadataValue.table(records=records),
        "rows_in": sum(use.rows_in for use in uses),
        "rows_kept": sum(use.rows_kept for use in uses),
        "rows_rejected": sum(use.rows_rejected for use in uses),
    }


def _table(frame: pd.DataFrame) -> MetadataValue:
    rows = frame.to_dict("records")
    return MetadataValue.table(records=[TableRecord({str(name): value for name, value in row.items()}) for row in rows])


def rejects_by_reason(rejects: pd.DataFrame) -> Metadata:
    """Return how many rows were refused for each reason."""
    if rejects.empty:
        return {}
    counts = rejects.groupby([col.SOURCE, col.REASON]).size().reset_index(name="rows")
    return {"rejects_by_reason": _table(counts)}
