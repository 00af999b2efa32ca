"""The first screen answers with what is known, and says on what the answer is based."""

from __future__ import annotations

from dataclasses import replace

from geodata.schemas.state_result import StateResult
from maps.site.views.minute import common_barriers
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
    scores = synthetic.table("tract_scores").assign(eligible_adults=float("nan"))
    result = replace(synthetic, tables={**synthetic.tables, "tract_scores": scores})
    cells = overview(SiteView(StateView(result), "en", ("en",)))["minute"]
    why = next(cell for cell in cells if cell.title == "Why there")
    assert "of the residents have no training" in why.text


def test_the_most_common_barriers_come_first_and_ties_in_order() -> None:
    found = ["no_internet no_vehicle", "no_vehicle", None, "disability"]
    rows = [{"barriers": codes} for codes in found]
    assert common_barriers(rows) == [("no_vehicle", 2), ("disability", 1), ("no_internet", 1)]
