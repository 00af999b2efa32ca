"""Which rows and columns a list has, in which order, and that every column is worded."""

from __future__ import annotations

import dataclasses

import pytest

from geodata.schemas.provenance import SourceUse
from maps.lists import LISTS, list_table
from maps.lists.list_tables import sources_table
from maps.texts import load_texts


def _columns():
    return [
        pytest.param(name, column, id=f"{name}-{column.name}")
        for name, spec in LISTS.items()
        for column in (*spec.table.columns, *spec.added)
        if column.kind != "geometry" and not column.family
    ]


@pytest.mark.parametrize(("name", "column"), _columns())
def test_every_column_is_worded_in_every_language(name, column):
    for language in ("en", "es"):
        texts = load_texts(language)
        found = texts.find(f"lists.columns_of.{name}.{column.name}") or texts.find(f"lists.columns.{column.name}")
        assert found and found["label"], f"{column.name} has no label in {language}"
    assert found.get("help"), f"{column.name} has no help in Spanish"


@pytest.mark.parametrize("name", LISTS)
def test_titles_and_captions_are_there_in_every_language(name):
    for language in ("en", "es"):
        texts = load_texts(language)
        assert texts(f"lists.titles.{name}")
        assert texts(f"lists.captions.{name}")


def test_every_code_of_the_schemas_has_a_word_in_every_language():
    groups = {"tier", "action", "status", "entry_stage", "location_quality", "seats_basis", "unit_kind", "measure"}
    for spec in LISTS.values():
        for column in spec.table.columns:
            if column.one_of and column.name in groups | {"single_reason"}:
                for language in ("en", "es"):
                    words = load_texts(language).find(f"codes.{column.name}")
                    assert set(column.one_of) <= set(words), (language, column.name)


@pytest.mark.parametrize("name", [name for name in LISTS if name != "sources"])
def test_a_list_holds_every_row_of_its_table(synthetic, name):
    table = list_table(synthetic, name)
    source = synthetic.table(LISTS[name].table.name)
    assert len(table.rows) == len(source)
    key = list(LISTS[name].table.key)
    if key:
        assert set(map(tuple, table.rows[key].to_numpy())) == set(map(tuple, source[key].to_numpy()))


def test_tracts_stand_in_order_of_rank_and_unranked_ones_last(synthetic):
    ranks = list_table(synthetic, "tracts").rows["rank"]
    ranked = ranks.dropna().tolist()
    assert ranked == sorted(ranked)
    assert ranks.iloc[: len(ranked)].notna().all()
    assert len(ranked) < len(ranks)


def test_points_without_coordinates_stay_in_the_list(synthetic):
    sites = synthetic.table("sites").copy()
    sites.loc[sites.index[0], ["latitude", "longitude"]] = None
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "sites": sites})
    table = list_table(result, "sites")
    assert len(table.rows) == len(sites)
    assert table.geometry.isna().sum() == 1


def test_columns_beyond_the_schema_are_kept_and_typed(synthetic):
    scores = synthetic.table("tract_scores").assign(extra_share=0.5, extra_text="x")
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "tract_scores": scores})
    kinds = {column.name: column.kind for column in list_table(result, "tracts").columns}
    assert kinds["extra_share"] == "number"
    assert kinds["extra_text"] == "text"


def test_sources_name_files_without_folders(synthetic):
    use = SourceUse(
        "a", "A", "B", "sites", "folder", file="/home/someone/secret/a.csv", rows_out_of_scope={"x": 2, "y": 3}
    )
    result = dataclasses.replace(synthetic, sources=[use])
    row = sources_table(result).iloc[0]
    assert row["file"] == "a.csv"
    assert row["rows_out_of_scope"] == 5


def test_an_unknown_list_is_a_key_error(synthetic):
    with pytest.raises(KeyError):
        list_table(synthetic, "nonsense")


def test_a_result_of_an_earlier_version_has_its_lists(synthetic):
    scores = synthetic.table("tract_scores").drop(columns="p_gated")
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "tract_scores": scores})
    table = list_table(result, "tracts")
    assert "p_gated" not in table.rows.columns
    assert len(table.rows) == len(scores)
