"""Rows of tables as sentences, pages and lists read them. Does not hold what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata.schemas import columns as col

#: A row of a table by the names of its columns. The schema of its table says what each holds; pandas cannot.
Row = Mapping[str, Any]


def records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a table, in order."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def row_of(series: pd.Series) -> Row:
    """Return a row that came as a series."""
    return {str(name): value for name, value in series.items()}


def is_unlocated(row: Row) -> bool:
    """Return whether training is known in the place or county of a tract or community without an exact location."""
    known, where = row.get(col.UNLOCATED_PROVIDERS), row.get(col.UNLOCATED_WHERE)
    return isinstance(where, str) and bool(pd.notna(known)) and int(known or 0) > 0


def codes_in(value: object) -> list[str]:
    """Return the codes of a cell that holds several, separated by blanks; none where it is empty."""
    return value.split() if isinstance(value, str) else []
