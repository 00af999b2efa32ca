"""Scoring the grid again gives what was scored before, and another choice something else."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.analysis import rescoring
from geodata.analysis.rescoring import point_scores, sensitivity
from geodata.analysis.step import Walk
from geodata.diagnostics.other_choices import Alternative
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


def test_point_scores_are_those_of_the_walk(small_walk: Walk) -> None:
    again = point_scores(canonical(), ["XL"], SETTINGS, AS_OF)
    pd.testing.assert_frame_equal(again, small_walk.value("tract_scores"))


def test_every_other_choice_is_scored_with_the_travel_there_is(small_walk: Walk) -> None:
    wanted = ("study_area", "travel", "ranked_tracts", "communities", "community_tracts")
    table = sensitivity(*(small_walk.value(name) for name in wanted), SETTINGS)
    assert {"priority.aggregation", "access.catchment_minutes", "access.decay", "need.weights"} <= set(table["setting"])
    assert "travel.engine" not in set(table["setting"]), "there is no friction raster"
    assert (table["kept"] <= table["top"]).all()
    communities = table[table["unit_kind"] == "community"]
    left = communities["left_top"].fillna("").str.split().str.len()
    assert (left == communities["top"] - communities["kept"]).all()


def test_where_nothing_changes_nothing_leaves(small_walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "alternatives", lambda *given: [Alternative("nothing", "same")])
    wanted = ("study_area", "travel", "ranked_tracts", "communities", "community_tracts")
    table = sensitivity(*(small_walk.value(name) for name in wanted), SETTINGS)
    assert (table["kept"] == table["top"]).all()
    assert table["rank_correlation"].dropna().tolist() == pytest.approx([1.0] * table["rank_correlation"].count())
