"""Communities of the grid: members, ranks, and what is known of them."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.analysis.step import Walk
from geodata.communities.grouping import Previous
from geodata.decisions.communities import communities, community_ranks, community_tracts, work_by_quarter
from tests.geodata.small_world import SETTINGS


def values(walk: Walk, *names: str) -> list[pd.DataFrame]:
    return [walk.value(name) for name in names]


def test_members_keep_their_community_in_another_run(small_walk: Walk) -> None:
    ranked, polygons, contacts = values(small_walk, "ranked_tracts", "study_area.polygons", "contacts")
    members = community_tracts(ranked, polygons, contacts, SETTINGS.communities)
    assert set(members["geoid"]) == set(ranked.loc[ranked["gated"] & ranked["cut_tier"].isin(["A", "B"]), "geoid"])
    renamed = members.assign(community_id="XL-kept")
    previous = Previous(renamed, pd.DataFrame({"community_id": ["XL-kept"]}))
    again = community_tracts(ranked, polygons, contacts, SETTINGS.communities, previous)
    assert "XL-kept" in set(again["community_id"])


def test_without_members_nothing_is_ranked(small_walk: Walk) -> None:
    drawn, members = values(small_walk, "drawn_tracts", "community_tracts")
    assert community_ranks(drawn, members.iloc[:0], SETTINGS.uncertainty) is None
    ranks = community_ranks(drawn, members, SETTINGS.uncertainty)
    assert ranks is not None
    assert set(ranks["community_id"]) == set(members["community_id"])


def test_a_community_is_the_sum_of_its_tracts_and_calls_for_an_action(small_walk: Walk) -> None:
    ranked, members, area, travel, barriers, ranks = values(
        small_walk, "ranked_tracts", "community_tracts", "study_area", "travel", "barriers", "community_ranks"
    )
    table = communities(ranked, members, area, travel, barriers, ranks, SETTINGS).set_index("community_id")
    adults = members.merge(ranked, on="geoid", suffixes=("", "_of_tract")).groupby("community_id")["eligible_adults"]
    assert table["eligible_adults"].to_dict() == pytest.approx(adults.sum().to_dict())
    assert set(table["action"].dropna()) <= {"recruit_now", "bring_training", "connect_to_work", "build_both"}


def test_work_is_counted_by_quarter_for_tracts_communities_and_the_state(small_walk: Walk) -> None:
    work, ranked, members = values(small_walk, "travel.work", "ranked_tracts", "community_tracts")
    table = work_by_quarter(work, ranked, members)
    assert set(table["unit_kind"]) == {"tract", "community", "state"}
    assert set(table["quarter"]) == {"2027Q1"}
