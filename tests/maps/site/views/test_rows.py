"""Rows of tables: every community, tract and area of a state, unknown values said as unknown."""

from __future__ import annotations

import pytest

from geodata.schemas.state_result import StateResult
from maps.site.views.rows import area_rows, community_row, quarter_rows, rank_text, tract_row
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView
from maps.wording.rows import records


@pytest.fixture
def view(synthetic: StateResult) -> SiteView:
    return SiteView(StateView(synthetic), "en", ("en", "es"))


def test_every_community_leads_to_its_page(view: SiteView) -> None:
    for row in records(view.state.communities):
        shown = community_row(view, row)
        assert shown["href"] == view.to("community", row["community_id"])
        assert str(row["rank"]) == shown["rank"]


def test_a_community_without_simulations_shows_no_range(view: SiteView) -> None:
    row = {**records(view.state.communities)[0], "rank_low": None, "rank_high": None, "p_top_share": None}
    shown = community_row(view, row)
    assert (shown["interval"], shown["chance"], shown["range"]) == ("", "", shown["rank"])
    assert rank_text(view, row) == ""


def test_a_tract_of_which_nothing_is_known_is_still_a_row(view: SiteView) -> None:
    row = dict.fromkeys(view.state.scores.columns) | {"geoid": "97001000100"}
    shown = tract_row(view, row)
    assert (shown["rank"], shown["range"], shown["where"]) == ("–", "", "97001000100")
    assert shown["minutes"] == view.texts("format.unknown")
    assert not any("None" in str(value) or "nan" in str(value) for value in shown.values() if value != shown["minutes"])


def test_areas_of_a_kind_are_all_there(view: SiteView, synthetic: StateResult) -> None:
    kinds = synthetic.table("rollups")["area_kind"]
    assert len(area_rows(view, "county")) == (kinds == "county").sum()


def test_no_work_is_no_row(view: SiteView) -> None:
    assert quarter_rows(view, None) == []


@pytest.mark.parametrize(("assumed", "shown"), [(0, "12"), (2, "12 (assumed)")])
def test_units_of_a_quarter_stand_with_the_word_assumed_where_they_are(
    view: SiteView, assumed: int, shown: str
) -> None:
    table = view.result.table("work_by_quarter").head(1).assign(units=12.0, sites_assumed=assumed)
    assert quarter_rows(view, table)[0]["units"] == shown
