"""What changes the fingerprint of a state's result, and what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata.analysis.step import Walk
from geodata.comparison.fingerprint import code_digest, fingerprint, table_digest
from geodata.storage.parquet import read_table, write_table
from tests.geodata.small_world import SETTINGS


def test_values_types_names_and_order_count_and_the_index_does_not() -> None:
    table = pd.DataFrame({"a": [1, 2]})
    same = table_digest(table)
    assert table_digest(table.set_axis([7, 8])) == same
    for other in (table.iloc[::-1], table.astype(float), table.rename(columns={"a": "b"}), table + 1):
        assert table_digest(other) != same


def test_a_result_follows_from_tables_settings_looks_and_code(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    same = fingerprint(area, SETTINGS, "code")
    assert fingerprint(area, SETTINGS, "code") == same
    assert fingerprint(replace(area, rejects=pd.DataFrame({"x": [1]})), SETTINGS, "code") == same
    assert fingerprint(replace(area, demand=area.demand.iloc[1:]), SETTINGS, "code") != same
    assert fingerprint(area, SETTINGS.with_changes({"priority": {"gate_need": 41.0}}), "code") != same
    assert fingerprint(area, SETTINGS, "other code") != same


def test_code_is_the_files_of_the_program_alone(tmp_path: Path) -> None:
    digests = set()
    for name, content in (("a.py", "1"), ("a.py", "2"), ("notes.txt", "x")):
        folder = tmp_path / f"{name}{content}"
        folder.mkdir()
        (folder / name).write_text(content)
        digests.add(code_digest([folder]))
    assert len(digests) == 3
    (tmp_path / "a.py1" / "notes.txt").write_text("not code")
    assert code_digest([tmp_path / "a.py1", tmp_path / "notes.txtx"]) in digests


def test_a_table_just_joined_of_parts_is_the_one_read_from_its_file(tmp_path: Path) -> None:
    parts = [pd.DataFrame({"name": pd.Series(names, dtype="str")}) for names in (["a", None], ["b"])]
    joined = pd.concat(parts, ignore_index=True)
    write_table(joined, tmp_path / "joined.parquet")
    assert table_digest(joined) == table_digest(read_table(tmp_path / "joined.parquet"))
