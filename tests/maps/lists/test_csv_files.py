"""CSV: no live formula, no lost number, identifiers as text, provenance in every row and beside."""

from __future__ import annotations

import csv
import dataclasses
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.lists import LISTS, list_table
from maps.lists.csv_files import FORMULA_STARTS, harmless, write_csv
from maps.lists.file_provenance import provenances
from maps.lists.list_specs import LONG_LISTS
from maps.texts import load_texts


def read(file):
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1-800-555", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\ufeff=1", "＝1+1"],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@given(st.text())
def test_no_text_starts_like_a_formula_and_none_is_lost(text):
    out = harmless(text)
    assert not out.lstrip(" ").startswith(FORMULA_STARTS)
    assert out.removeprefix("'") == text or out == text


@pytest.mark.parametrize("name", LISTS)
def test_every_row_and_column_is_written(written, name):
    rows = read(written.file(f"{name}.csv"))
    source = written.result.sources if name == "sources" else written.result.table(LISTS[name].table.name)
    assert len(rows) == len(source)
    expected = {column.name for column in LISTS[name].table.columns if column.kind != "geometry" and not column.family}
    assert expected <= set(rows[0])
    assert {"units_level2", "units_dc_fast"} <= set(rows[0]) or name != "sites"


def test_numbers_are_the_numbers_of_the_table(written):
    rows = {row["geoid"]: row for row in read(written.file("tracts.csv"))}
    for source in written.result.table("tract_scores").to_dict("records"):
        for name in ("need", "priority", "eligible_adults", "latitude", "rank"):
            cell = rows[source["geoid"]][name]
            if pd.isna(source[name]):
                assert cell == ""
            else:
                assert float(cell) == pytest.approx(float(source[name]), rel=1e-9)


def test_negative_numbers_are_left_alone(written):
    longitude = read(written.file("tracts.csv"))[0]["longitude"]
    assert longitude.startswith("-")
    assert float(longitude) < 0


def test_leading_zeros_survive(synthetic, tmp_path):
    scores = synthetic.table("tract_scores").copy()
    for name in ("geoid", "county_geoid"):
        scores[name] = "01" + scores[name].str[2:]
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "tract_scores": scores})
    texts = load_texts("en")
    provenance = provenances(result, texts, ["tracts"])["tracts"]
    write_csv(list_table(result, "tracts"), tmp_path / "xl-tracts.csv", provenance, texts)
    rows = read(tmp_path / "xl-tracts.csv")
    assert all(row["geoid"].startswith("01") and len(row["geoid"]) == 11 for row in rows)
    declared = json.loads((tmp_path / "xl-tracts.csv-metadata.json").read_text(encoding="utf-8"))
    types = {column["name"]: column["datatype"] for column in declared["tableSchema"]["columns"]}
    assert types["geoid"] == types["county_geoid"] == "string"


def test_hostile_names_are_text_in_every_list(written_hostile):
    for name in LISTS:
        for row in read(written_hostile.file(f"{name}.csv")):
            for column, cell in row.items():
                if cell and not _is_number(cell):
                    assert not cell.lstrip(" ").startswith(FORMULA_STARTS), (name, column, cell)
    names = {row["name"].removeprefix("'") for row in read(written_hostile.file("sites.csv"))}
    assert set(written_hostile.result.table("sites")["name"]) == names


def test_every_row_says_what_it_is(written):
    for name in LISTS:
        row = read(written.file(f"{name}.csv"))[0]
        assert row["data_as_of"] == "2026-11-22"
        assert row["data_kind"] == "fictional sample data"
        if name not in LONG_LISTS:
            assert "svi 2022" in row["data_sources"]


def test_the_metadata_file_states_types_sources_and_that_it_is_fictional(written):
    metadata = json.loads(written.file("tracts.csv-metadata.json").read_text(encoding="utf-8"))
    header = written.file("tracts.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == header
    assert "Fictional" in metadata["dc:description"]
    assert metadata["dc:date"] == "2026-11-22"
    sums = [use.sha256 for use in written.result.sources]
    assert [source.get("schema:sha256") for source in metadata["dc:source"]] == sums
    assert metadata["tableSchema"]["primaryKey"] == ["geoid"]


def test_excel_gets_the_encoding(written):
    assert written.file("areas.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
