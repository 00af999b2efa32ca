"""Rows of tables by the names of their columns."""

from __future__ import annotations

import pandas as pd

from maps.wording.rows import codes_in, records, row_of


def test_rows_come_in_order_with_the_values_of_their_columns() -> None:
    table = pd.DataFrame({"geoid": ["1", "2"], "need": [1.5, None]}, index=[7, 3])
    rows = records(table)
    assert [row["geoid"] for row in rows] == ["1", "2"]
    assert rows[0] == row_of(table.iloc[0]) == {"geoid": "1", "need": 1.5}
    assert records(table.iloc[:0]) == []


def test_codes_in_a_cell() -> None:
    assert codes_in("no_vehicle disability") == ["no_vehicle", "disability"]
    assert codes_in(None) == codes_in(float("nan")) == codes_in("") == []
