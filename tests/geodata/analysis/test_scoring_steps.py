"""The figures that the steps of scoring report, on the grid."""

from __future__ import annotations

import pandas as pd

from geodata.analysis.scoring_steps import score_figures, study_area_figures, travel_engine, travel_figures
from geodata.analysis.step import Walk
from tests.geodata.small_world import SETTINGS


def test_a_study_area_is_counted(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    assert study_area_figures(area) == {
        "tracts": 9,
        "tracts_without_polygon": 0,
        "tracts_without_residents": 0,
        "sites_that_bring_work": 1,
        "providers_that_count": 1,
        "competing_tracts_beyond_the_border": 0,
    }


def test_the_engine_is_that_of_the_settings_and_pairs_are_counted(small_walk: Walk) -> None:
    assert travel_engine(small_walk.value("study_area"), SETTINGS).name == "great_circle"
    travel = small_walk.value("travel")
    figures = travel_figures(travel)
    assert figures["engine"].startswith("great_circle ")
    assert figures["training"] == len(travel.training.minutes) > 0
    assert "origins_off_the_network" not in figures


def test_reasons_are_counted() -> None:
    scores = pd.DataFrame({"unranked_reason": ["", "", "not_gated"], "rank": pd.array([1, 2, None], dtype="Int64")})
    assert score_figures(scores) == {"listed": 2, "reasons": {"listed": 2, "not_gated": 1}}
