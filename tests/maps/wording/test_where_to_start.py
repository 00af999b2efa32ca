"""The answer of a state names people and places, sets work beside people, and is silent about what is unknown."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.schemas.state_result import StateResult
from maps.texts import load_texts
from maps.wording.where_to_start import first_named, where_to_start


def _known(result: StateResult, named: list[tuple[str | None, float | None]], **summary: object) -> StateResult:
    communities = result.table("communities").iloc[[0] * len(named)].reset_index(drop=True)
    communities["name"] = communities["community_id"] = [f"Place {letter}" for letter in "ABCDE"[: len(named)]]
    communities["rank"] = range(1, len(named) + 1)
    communities[["place", "compass", "name_basis"]] = None
    communities["named_for"] = [code for code, _ in named]
    communities["eligible_adults"] = communities["likely_adults"] = pd.array([n for _, n in named], dtype="Float64")
    totals = {"eligible_adults_grouped": 9000.0, "job_years_low": 8.0, "job_years_mid": 12.6, "job_years_high": 21.0}
    state = result.table("state_summary").assign(**{**totals, **summary})
    return replace(result, tables={**result.tables, "communities": communities, "state_summary": state})


NAMED = [(None, 500.0), ("most_people", 2000.0), ("strongest_need", 900.0), ("most_people", 5200.0), (None, 400.0)]


def test_people_then_need_then_people_beside_work(synthetic: StateResult) -> None:
    result = _known(synthetic, NAMED)
    start, need, ratio = where_to_start(result, load_texts("en"))
    assert start == "Start in Place D and Place B: about 7,200 eligible adults live there, 80% of those in the 5 " + (
        "communities listed."
    )
    assert need == "Of the other communities, need is strongest in Place C."
    assert ratio.startswith(f"All work planned in {result.state.name} comes to about 13 job-years (8.0 to 21; ")
    assert ratio.endswith("for about 9,000 eligible adults in these communities.")
    assert [row["name"] for row in first_named(result)] == ["Place D", "Place B"]
    assert where_to_start(result, load_texts("es"))[0].startswith("Empiece por Place D y Place B: allí viven unos 7")


@pytest.mark.parametrize("unknown", [None, float("nan"), 0.0])
def test_where_no_people_or_no_work_are_known_neither_is_said(synthetic: StateResult, unknown: float | None) -> None:
    nobody = _known(synthetic, [("highest_priority", None), (None, None)], eligible_adults_grouped=unknown)
    assert where_to_start(nobody, load_texts("en")) == ["Start in Place A.", "In all, 2 communities stand out."]
    no_work = _known(synthetic, NAMED, job_years_mid=unknown)
    assert not any("job-years" in sentence for sentence in where_to_start(no_work, load_texts("en")))


def test_a_lone_community_and_none_at_all(synthetic: StateResult) -> None:
    lone = where_to_start(_known(synthetic, [("most_people", 9000.0)]), load_texts("en"))
    assert lone[0] == "Start in Place A: about 9,000 eligible adults live there."
    assert lone[1] == "No other community stands out."
    none = replace(synthetic, tables={**synthetic.tables, "communities": synthetic.table("communities").head(0)})
    assert where_to_start(none, load_texts("en"))[0].startswith("No community stands out clearly.")
