"""The queries of docs/duckdb.md, run as they stand over the files a run writes, and held to pandas."""

from __future__ import annotations

import re
import shutil

import duckdb
import pandas as pd
import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "duckdb.md").read_text("utf-8")
QUERIES = re.findall(r"\*\*([^*]+)\*\*(?:(?!\*\*).)*?```sql\n(.*?)```", PAGE, re.S)


@pytest.fixture(scope="module")
def answers(written, tmp_path_factory):
    # A copy, since one query writes a file and one looks for the lists of other states two folders up.
    folder = tmp_path_factory.mktemp("products") / "XL" / "lists"
    shutil.copytree(written.folder, folder, ignore=lambda _, names: [n for n in names if not n.endswith(".parquet")])
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for title, query in QUERIES:
            found[title] = duckdb.sql(query).df()
        found["copy"] = pd.read_csv("my-communities.csv")
    return found


def answer(answers, begin: str) -> pd.DataFrame:
    return next(table for title, table in answers.items() if title.startswith(begin))


def test_every_query_of_the_page_runs_and_finds_something(answers):
    assert len(QUERIES) == len(answers) - 1 == 10
    empty = [title for title, table in answers.items() if table.empty]
    # The window is one of the sample state; these lists are of an invented one elsewhere.
    assert empty == ["What is planned in a window of the map."]


def test_they_say_what_the_result_says(answers, written):
    scores, communities = written.result.table("tract_scores"), written.result.table("communities")
    tiers = answer(answers, "How many people").set_index("tier")
    assert tiers["tracts"].to_dict() == scores["tier"].value_counts().to_dict()
    assert tiers["residents"].sum() == pytest.approx(scores["population"].sum(), abs=len(tiers))
    first = answer(answers, "The ten communities")
    assert first["adults"].tolist() == communities.sort_values("rank")["eligible_adults"].head(10).round().tolist()
    reasons = scores.loc[scores["rank"].isna(), "unranked_reason"].value_counts().to_dict()
    assert answer(answers, "Which tracts").set_index("unranked_reason")["tracts"].to_dict() == reasons
    assert answer(answers, "The account")["adds_up"].all()
    assert answer(answers, "Several states")["communities"].tolist() == [len(communities)]


def test_own_weights_give_the_order_pandas_gives(answers, written):
    scores = written.result.table("tract_scores").dropna(subset=["rank"])
    mine = 0.7 * scores["need"] + 0.2 * scores["training_gap"] + 0.1 * scores["opportunity"]
    assert answer(answers, "Another index")["geoid"].iloc[0] == scores.loc[mine.idxmax(), "geoid"]


def test_the_copy_is_a_table_without_geometry(answers, written):
    copy = answers["copy"]
    assert len(copy) == len(written.result.table("communities")) and "geometry" not in copy
