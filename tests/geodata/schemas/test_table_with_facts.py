"""A table keeps the figures that were found with it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.schemas.table_with_facts import TableWithFacts, facts_file
from geodata.storage.parquet import read_table


def test_table_and_facts_are_read_back_and_the_table_can_be_read_alone(tmp_path: Path) -> None:
    table = pd.DataFrame({"geoid": ["01001020100"], "rank": [1]})
    facts = {"AL": {"draws": 1000, "moran_i": float("nan"), "travel_data": None}}
    path = tmp_path / "AL.parquet"
    TableWithFacts(table, facts).save(path)
    found = TableWithFacts.load(path)
    pd.testing.assert_frame_equal(found.table, read_table(path))
    assert found.table["geoid"].tolist() == ["01001020100"]
    assert found.facts["AL"]["draws"] == 1000 and found.facts["AL"]["travel_data"] is None
    assert pd.isna(found.facts["AL"]["moran_i"])
    assert {file.name for file in tmp_path.iterdir()} == {"AL.parquet", facts_file(path).name}
