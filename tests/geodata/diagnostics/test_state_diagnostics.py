"""Diagnostics of each state of a table, on the grid as one state and as two."""

from __future__ import annotations

import pandas as pd

from geodata.analysis.step import Walk
from geodata.diagnostics.agreement import agreement_table
from geodata.diagnostics.state_diagnostics import (
    agreement_of_states,
    areas_of_tracts,
    overall_agreement,
    rollup_table,
    states_of,
    tract_clusters,
)
from tests.geodata.small_world import SETTINGS


def test_each_state_is_looked_at_alone(small_walk: Walk) -> None:
    scores, parts = small_walk.value("tract_scores"), small_walk.value("need_parts")
    beyond = scores["geoid"][6:]
    both = [table.assign(state=table["state"].mask(table["geoid"].isin(beyond), "XS")) for table in (parts, scores)]
    assert states_of(both[1]) == ["XL", "XS"]
    table = agreement_of_states(*both)
    assert set(table["state"]) == {"XL", "XS"} == set(overall_agreement(*both))
    alone = agreement_table(both[0][both[0]["state"] == "XS"].reset_index(drop=True), "XS")
    pd.testing.assert_frame_equal(table[table["state"] == "XS"].reset_index(drop=True), alone)


def test_clusters_bring_the_index_of_the_whole_state(small_walk: Walk) -> None:
    made = tract_clusters(small_walk.value("ranked_tracts"), small_walk.value("contacts"), SETTINGS)
    assert set(made.table["geoid"]) <= set(small_walk.value("ranked_tracts")["geoid"])
    assert set(made.facts) == {"XL"}


def test_areas_hold_all_the_people_of_their_tracts(small_walk: Walk) -> None:
    scores, area = small_walk.value("grouped_tracts"), small_walk.value("study_area")
    areas = areas_of_tracts(scores, area)
    table = rollup_table(scores, areas, area, small_walk.value("known_supplies"))
    county = table[table["area_kind"] == "county"]
    assert county["population"].sum() == scores["population"].sum()
