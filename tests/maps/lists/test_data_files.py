"""JSON and GeoParquet: every row, exact text, sources inside; and the whole folder the same bytes twice."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest

from maps.lists import LISTS, list_files, write_lists


@pytest.mark.parametrize("name", LISTS)
def test_json_holds_rows_columns_and_sources(written, name):
    content = json.loads(written.file(f"{name}.json").read_text(encoding="utf-8"))
    source = written.result.sources if name == "sources" else written.result.table(LISTS[name].table.name)
    assert len(content["rows"]) == len(source)
    assert [column["name"] for column in content["columns"]] == list(content["rows"][0])
    assert content["fictional_sample"] is True
    assert {use["source"] for use in content["sources"]} == {use.source for use in written.result.sources}


def test_json_keeps_missing_apart_from_zero(written):
    rows = json.loads(written.file("tracts.json").read_text(encoding="utf-8"))["rows"]
    scores = written.result.table("tract_scores").set_index("geoid")
    for row in rows:
        assert (row["need"] is None) == bool(pd.isna(scores.loc[row["geoid"], "need"]))
        assert isinstance(row["geoid"], str)
        assert isinstance(row["gated"], bool)


@pytest.mark.parametrize("name", LISTS)
def test_parquet_holds_the_table_itself_and_its_sources(written, name):
    file = written.file(f"{name}.parquet")
    metadata = json.loads(pq.read_schema(file).metadata[b"onramp"])
    assert metadata["fictional_sample"] is True
    assert metadata["sources"][0]["vintage"] == written.result.sources[0].vintage
    if LISTS[name].geometry:
        frame = gpd.read_parquet(file)
        assert frame.crs.to_epsg() == 4326
        assert len(frame) == len(written.result.table(LISTS[name].table.name))


def test_parquet_text_is_untouched(written_hostile):
    frame = gpd.read_parquet(written_hostile.file("sites.parquet"))
    assert set(frame["name"]) == set(written_hostile.result.table("sites")["name"])


def test_each_tract_says_why(written):
    rows = json.loads(written.file("tracts.json").read_text(encoding="utf-8"))["rows"]
    assert all(row["why"] for row in rows)
    assert any("eligible adults live here" in row["why"] for row in rows)


def test_the_same_result_gives_the_same_bytes(written, tmp_path):
    again = write_lists(written.result, tmp_path)
    assert [file.name for file in again] == [file.name for file in written.files]
    different = [
        file.name for file, before in zip(again, written.files, strict=True) if file.read_bytes() != before.read_bytes()
    ]
    assert different == []


def test_the_names_listed_are_the_files_written(written):
    described = {
        name for language in ("en", "es") for files in list_files(written.result, language).values() for name in files
    }
    beside = {file.name for file in written.files if file.name.endswith(".csv-metadata.json")}
    assert described == {file.name for file in written.files} - beside
