from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.analysis import analyse
from geodata.communities.grouping import Previous
from geodata.comparison.changes import attribution, change_report, source_changes, tables_by_cause
from geodata.comparison.reruns import rerun_between
from geodata.errors import InputError
from geodata.schemas.provenance import SourceUse
from geodata.schemas.state_result import StateResult
from geodata.states import find_state
from tests.geodata.scoring import grid
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


def use(source: str, table: str, vintage: str, sha: str) -> SourceUse:
    return SourceUse(source, source, "test", table, "folder", f"{source}.csv", vintage=vintage, sha256=sha)


def result(tables, settings=SETTINGS, uses=(), previous=None) -> StateResult:
    made = analyse(tables, ["XL"], settings, AS_OF, previous)["XL"]
    return replace(made, sources=list(uses))


@pytest.fixture(scope="module")
def baseline() -> StateResult:
    return result(canonical(), uses=[use("a", "sites", "2026", "x")])


def test_nothing_changed_is_an_empty_report(baseline):
    report = change_report(baseline, baseline, rerun=lambda causes: pytest.fail("no rerun is needed"))
    assert len(report.places) == len(report.sources) == len(report.causes) == 0
    assert report.summary["causes"] == []


def test_each_cause_is_separate_and_the_parts_sum(baseline):
    old_uses = [use("afdc", "providers", "2026", "a"), use("svi", "definitions", "2020", "c")]
    new_uses = [use("afdc", "providers", "2026", "b"), use("svi", "definitions", "2022", "d")]
    moved = grid.providers().assign(latitude=grid.place(5)[0], longitude=grid.place(5)[1])
    svi = grid.definition("svi", [n / 10 for n in (9, 2, 3, 4, 5, 6, 7, 8, 1)], [None] * 9, True)
    cejst = grid.definition("cejst", [0, 0, 0, 0, 0, 0, 0, 1, 1], [False] * 7 + [True] * 2, True)
    settings = SETTINGS.with_changes({"priority": {"weights": {"need": 0.3, "training_gap": 0.5, "opportunity": 0.2}}})
    new_ground = canonical(providers=moved, definitions=pd.concat([svi, cejst], ignore_index=True))
    before = replace(baseline, sources=old_uses)
    after = result(new_ground, settings, uses=new_uses)
    sources = source_changes(before.sources, after.sources)
    by_cause = tables_by_cause(sources)
    assert by_cause == {"providers": "data", "definitions": "vintage"}
    rerun = rerun_between((canonical(), SETTINGS, AS_OF), (new_ground, settings, AS_OF), by_cause, "XL")
    # The reruns with nothing and with all changed are the runs themselves.
    for causes, expected in ((frozenset(), before), (frozenset({"data", "vintage", "settings"}), after)):
        again = rerun(causes).set_index("geoid")["priority"]
        np.testing.assert_allclose(again, expected.table("tract_scores").set_index("geoid")["priority"])
    report = change_report(before, after, rerun)
    assert report.summary["causes"] == ["data", "vintage", "settings"]
    parts = report.causes[[f"priority_by_{cause}" for cause in ("data", "vintage", "settings")]]
    np.testing.assert_allclose(parts.sum(axis=1), report.causes["priority_change"], atol=1e-9)
    known = report.causes["rank_by_data"].notna()
    assert known.any()
    ranks = report.causes.loc[known, [f"rank_by_{cause}" for cause in ("data", "vintage", "settings")]].sum(axis=1)
    np.testing.assert_allclose(ranks, report.causes.loc[known, "rank_change"].astype(float), atol=1e-9)
    assert (parts.abs().sum() > 0).all()
    assert report.places.iloc[0][["table", "id", "change"]].tolist() == ["providers", "test:1", "moved"]
    assert report.places.iloc[0]["km"] == pytest.approx(14.0, abs=0.2)


def test_a_single_cause_takes_all_without_a_rerun(baseline):
    settings = SETTINGS.with_changes({"priority": {"aggregation": "geometric"}})
    after = result(canonical(), settings, uses=baseline.sources)
    report = change_report(baseline, after, rerun=lambda causes: pytest.fail("one cause needs no rerun"))
    np.testing.assert_allclose(report.causes["priority_by_settings"], report.causes["priority_change"])


def test_shapley_by_hand():
    def scores(priority: float, rank: int | None = 1) -> pd.DataFrame:
        return pd.DataFrame({"geoid": ["a"], "priority": [priority], "rank": pd.array([rank], dtype="Int64")})

    # Data alone adds 2, settings alone 6, both together 10: each gets the mean of its two ways in.
    alone = {frozenset({"data"}): scores(12.0), frozenset({"settings"}): scores(16.0, None)}
    made = attribution(scores(10.0), scores(20.0), ("data", "settings"), alone.__getitem__).iloc[0]
    assert (made["priority_by_data"], made["priority_by_settings"]) == (3.0, 7.0)
    assert np.isnan(made["rank_by_data"])


def test_places_that_come_go_and_grow(baseline):
    site = grid.sites()
    other = site.assign(site_id="test:2", name="Other plaza")
    before = with_sites(baseline, site, other)
    after = with_sites(baseline, site.assign(units_dc_fast=4), site.assign(site_id="test:3", name="Third plaza"))
    found = change_report(before, after).places.set_index("id")
    assert found["change"].to_dict() == {"test:3": "added", "test:1": "altered", "test:2": "removed"}
    assert found.loc["test:1", "what"] == "units_dc_fast"
    assert found.loc["test:2", "name"] == "Other plaza"


def with_sites(made: StateResult, *sites: pd.DataFrame) -> StateResult:
    return replace(made, tables={**made.tables, "sites": pd.concat(sites, ignore_index=True)})


def test_communities_entering_and_leaving_are_named(baseline):
    previous = Previous(baseline.table("community_tracts"), baseline.table("communities"))
    turned = grid.definition("svi", [n / 10 for n in range(9, 0, -1)], [None] * 9, True)
    measures = grid.measures(no_vehicle=[n / 20 for n in range(9, 0, -1)])
    after = result(canonical(definitions=turned, measures=measures), previous=previous)
    found = change_report(baseline, after).differences.communities
    assert {"left", "entered"} & set(found["change"])
    same = change_report(baseline, result(canonical(), previous=previous)).differences.communities
    assert set(same["change"]) == {"same"}


def test_sources_that_appear_are_a_new_vintage():
    table = source_changes([], [use("a", "sites", "2026", "x")])
    assert table.iloc[0][["source", "change", "after"]].tolist() == ["a", "vintage", "2026"]
    assert table["before"].isna().all()


def test_two_states_cannot_be_compared(baseline):
    with pytest.raises(InputError, match="two runs of one state"):
        change_report(baseline, replace(baseline, state=find_state("RI")))
