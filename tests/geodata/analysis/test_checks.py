"""What the checks of the steps let pass, what they doubt and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.analysis import checks
from geodata.settings import Communities, Need

TRACTS = pd.DataFrame({"geoid": ["01001020100", "01001020200"]})


def scores(**columns: list[object]) -> pd.DataFrame:
    """Two tracts, one listed and one without residents."""
    known: dict[str, list[object]] = {
        "rank": [1, None],
        "unranked_reason": ["", "no_residents"],
        "points_need": [20.0, np.nan],
        "points_training_gap": [20.0, np.nan],
        "points_opportunity": [10.0, np.nan],
        "priority": [50.0, np.nan],
        "need": [60.0, np.nan],
        "training_gap": [40.0, np.nan],
        "opportunity": [30.0, np.nan],
        "gated": [True, False],
        "cut_tier": ["A", "none"],
    }
    return TRACTS.assign(**{**known, **columns})


def test_a_weight_without_values_is_reported() -> None:
    parts = pd.DataFrame({"definition": ["svi", "svi", "workforce"]})
    weights = {"svi": 1.0, "heat": 1.0, "cejst": 0.0}
    verdict = checks.weighted_definitions_found(parts, Need(weights=weights))
    assert verdict == (False, "Without heat; Need rests on svi.")
    assert checks.weighted_definitions_found(parts, Need(weights={"svi": 1.0})).passed


def test_a_tract_needs_a_rank_or_a_reason_and_none_may_vanish() -> None:
    assert checks.every_tract_listed(scores(), TRACTS) == (True, "2 of 2 tracts; 0 without rank or reason.")
    assert not checks.every_tract_listed(scores(unranked_reason=["", ""]), TRACTS).passed
    assert not checks.every_tract_listed(scores().iloc[:1], TRACTS).passed


def test_points_must_sum_to_priority() -> None:
    assert checks.points_sum_to_priority(scores()).passed
    assert not checks.points_sum_to_priority(scores(priority=[50.1, np.nan])).passed


def test_a_pillar_unknown_everywhere_is_named() -> None:
    assert checks.pillars_present(scores()) == (True, "All three are there.")
    nothing = scores(opportunity=[np.nan, np.nan])
    assert checks.pillars_present(nothing) == (False, "Unknown for every tract: opportunity.")


def test_the_least_settled_state_decides() -> None:
    halves = "tiers_that_differ_between_halves"
    assert checks.draws_settled({"RI": {halves: 0.01}, "KS": {}}).passed
    verdict = checks.draws_settled({"RI": {halves: 0.01}, "KS": {halves: 0.08}})
    assert not verdict.passed and verdict.sentence.startswith("8.0% of tiers differ")


def test_a_listed_tract_is_in_one_community() -> None:
    settings = Communities()
    member = pd.DataFrame({"geoid": ["01001020100"], "community_id": ["a"]})
    assert checks.every_listed_tract_grouped(scores(), member, settings).passed
    assert not checks.every_listed_tract_grouped(scores(), member.iloc[:0], settings).passed
    twice = pd.concat([member, member.assign(community_id="b")])
    assert not checks.every_listed_tract_grouped(scores(), twice, settings).passed
