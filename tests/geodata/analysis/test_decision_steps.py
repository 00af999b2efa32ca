"""The figures that the steps of decisions report."""

from __future__ import annotations

import pandas as pd

from geodata.analysis.decision_steps import DECISIONS, facts, hub_figures, tract_contacts
from geodata.analysis.step import Walk
from tests.geodata.lattice import geoid, tracts


def test_the_largest_gap_is_reported_and_none_without_hubs() -> None:
    assert hub_figures(pd.DataFrame({"gap": [0.0, 0.02]})) == {"largest_gap_to_the_optimum": 0.02}
    assert hub_figures(pd.DataFrame({"gap": []})) == {"largest_gap_to_the_optimum": 0.0}


def test_tracts_touch_along_the_border_they_share() -> None:
    table = tract_contacts(tracts(2, 1), 50.0)
    assert table[["geoid_a", "geoid_b"]].to_numpy().tolist() == [[geoid(0, 0), geoid(1, 0)]]


def test_facts_of_a_state_come_from_all_that_know_one(small_walk: Walk) -> None:
    known = small_walk.value("facts")["XL"]
    assert {"engine", "draws", "median_opportunity", "median_training_gap"} <= set(known)
    assert any(name.endswith("_line") for name in known)
    bare = facts(
        small_walk.value("tract_scores"), small_walk.value("need_parts"), {"engine": "x"}, {}, {}, {"XL": {"a": 2.0}}
    )["XL"]
    assert (bare["engine"], bare["a_line"]) == ("x", 2.0)
    assert "draws" not in bare


def test_every_step_of_decisions_is_of_that_stage() -> None:
    assert {step.stage for step in DECISIONS} <= {"decisions", "diagnostics"}
