"""The first screen answers with what is known, and says on what the answer is based."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geodata.schemas.state_result import StateResult
from maps.site.views.minute import Answer, common_barriers
from maps.site.views.overview import overview
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView


def test_need_that_rests_on_less_than_was_weighted_says_so(synthetic: StateResult) -> None:
    def sure(result: StateResult) -> str:
        cells = overview(SiteView(StateView(result), "en", ("en",)))["minute"]
        return next(cell.text for cell in cells if cell.title == "How sure we are")

    parts = synthetic.table("need_parts")
    known = sorted(set(parts["definition"]))
    settings = synthetic.settings.with_changes({"need": {"weights": dict.fromkeys(known, 1.0)}})
    whole = replace(synthetic, settings=settings)
    assert "Need is based" not in sure(whole)
    of_one = {**whole.tables, "need_parts": parts[parts["definition"] == "cejst"]}
    text = sure(replace(whole, tables=of_one))
    assert "Need is based on a single definition, " in text
    assert "Climate and Economic Justice Screening Tool" in text.split("no data were supplied for")[0]
    assert "Social Vulnerability Index" in text.split("no data were supplied for")[1]


def test_why_there_counts_residents_where_no_survey_counts_the_adults(synthetic: StateResult) -> None:
    why = _answer(_with_totals(synthetic, eligible_adults_grouped=float("nan")), "Why there")
    assert "the average over the residents of these communities" in why.text


def test_an_unknown_margin_is_said_to_be_unknown(synthetic: StateResult) -> None:
    known = _answer(_with_totals(synthetic, eligible_adults_grouped_moe=1234.0), "Who lives there")
    assert "give or take 1,200" in known.text
    unknown = _answer(_with_totals(synthetic, eligible_adults_grouped_moe=float("nan")), "Who lives there")
    assert "margin of error unknown" in unknown.text and "give or take" not in unknown.text


def _with_totals(result: StateResult, **totals: float) -> StateResult:
    summary = result.table("state_summary").assign(**totals)
    return replace(result, tables={**result.tables, "state_summary": summary})


def _answer(result: StateResult, title: str) -> Answer:
    cells = overview(SiteView(StateView(result), "en", ("en",)))["minute"]
    return next(cell for cell in cells if cell.title == title)


def test_the_most_common_barriers_come_first_and_ties_in_order() -> None:
    found = ["no_internet no_vehicle", "no_vehicle", None, "disability"]
    rows = [{"barriers": codes} for codes in found]
    assert common_barriers(rows) == [("no_vehicle", 2), ("disability", 1), ("no_internet", 1)]


def test_assumed_ports_stand_with_the_word_and_their_range(synthetic: StateResult) -> None:
    totals = {"planned_sites": 14, "units": 35.4, "units_low": 27.9, "units_high": 43.0}
    some = _answer(_with_totals(synthetic, sites_assumed=3, **totals), "How much work").text
    assert "3 of them do not report their ports; they are assumed" in some and "35 ports in all (28 to 43)" in some
    every = _answer(_with_totals(synthetic, sites_assumed=14, **totals), "How much work").text
    assert "None of them reports its ports; 35 ports are assumed from existing ones (28 to 43)." in every
    assert "assumed" not in _answer(_with_totals(synthetic, sites_assumed=0, **totals), "How much work").text


def test_the_true_first_communities_are_told_all_together(synthetic: StateResult) -> None:
    two = synthetic.table("communities")
    communities = pd.concat([two, two.assign(community_id=["XL-003", "XL-004"])])
    settings = synthetic.settings.with_changes({"uncertainty": {"first_count": 2}})

    def sure(members: int) -> str:
        grouped = communities.assign(in_first_set=[n < members for n in range(len(communities))])
        result = replace(synthetic, settings=settings, tables={**synthetic.tables, "communities": grouped})
        return _answer(result, "How sure we are").text

    some = sure(3)
    assert "In at least 90% of simulations the true first 2 are all among these 3: " in some
    assert some.split("among these 3: ")[1].count("\u2068") == 3  # each name keeps its direction
    assert "no smaller set than all of them holds the first 2" in sure(len(communities))
    assert "the true first" not in sure(0)
