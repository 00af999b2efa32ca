"""Scored tracts with their chances, tiers, actions and communities, on the grid."""

from __future__ import annotations

import pandas as pd

from geodata.analysis.step import Walk
from geodata.decisions.ranked_tracts import grouped_tracts, ranked_tracts
from tests.geodata.small_world import SETTINGS


def test_point_estimates_stay_and_what_draws_say_is_added(small_walk: Walk) -> None:
    scores = small_walk.value("tract_scores")
    made = ranked_tracts(scores, small_walk.value("drawn_tracts"), SETTINGS)
    pd.testing.assert_frame_equal(made.table[["geoid", "need", "rank"]], scores[["geoid", "need", "rank"]])
    listed = made.table["rank"].notna()
    assert made.table.loc[listed, "rank_median"].notna().all()
    assert (made.table.loc[~listed, "tier"] == "none").all()
    assert made.table["community_id"].isna().all()
    assert made.facts["XL"]["draws"] == SETTINGS.uncertainty.draws


def test_tracts_name_the_community_they_are_in(small_walk: Walk) -> None:
    ranked = small_walk.value("ranked_tracts")
    first, second = ranked["geoid"][:2]
    members = pd.DataFrame({"geoid": [first, second], "community_id": ["x", "y"]})
    table = grouped_tracts(ranked, members)
    assert table["community_id"].tolist()[:2] == ["x", "y"]
    assert table["community_id"].isna().sum() == len(ranked) - 2
