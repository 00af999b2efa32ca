"""States where something is missing altogether: the walk ends, and what cannot be known stays empty."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.analysis import analyze
from geodata.schemas.canonical import JOB_CENTERS, MEASURES, PROVIDERS, SITES, TRACTS
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


def run(settings: Settings = SETTINGS, **tables: pd.DataFrame) -> StateResult:
    return analyze(canonical(**tables), ["XL"], settings, AS_OF)["XL"]


def test_nobody_is_listed():
    closed = SETTINGS.with_changes({"priority": {"gate_need": 100.0, "gate_designations": False}})
    result = run(closed)
    assert result.table("tract_scores")["rank"].isna().all()
    assert set(result.table("tract_scores")["tier"]) == {"none"}
    for name in ("communities", "community_tracts", "hubs"):
        assert len(result.table(name)) == 0
    assert len(result.table("rollups")) == 1
    assert set(result.table("barriers")["unit_kind"]) == {"tract", "state"}


def test_no_draws():
    result = run(SETTINGS.with_changes({"uncertainty": {"draws": 0}}))
    communities = result.table("communities")
    assert len(communities)
    assert communities["rank_low"].isna().all()
    assert communities["tied_with"].isna().all()
    assert set(communities["tier"]) == {"A"}


@pytest.mark.parametrize("missing", ["providers", "sites", "job_centers", "tracts"])
def test_a_table_is_missing(missing):
    empty = {"providers": PROVIDERS, "sites": SITES, "job_centers": JOB_CENTERS, "tracts": TRACTS}[missing].empty()
    result = run(**{missing: empty})
    scores, communities = result.table("tract_scores"), result.table("communities")
    assert len(communities)
    if missing == "providers":
        assert scores["training_gap"].isna().all()
        assert communities["action"].isna().all()
        assert communities["nearest_provider_id"].isna().all()
    if missing == "sites":
        assert scores["opportunity"].isna().all()
        assert len(result.table("work_by_quarter")) == 0
    if missing == "tracts":
        assert set(communities["single_reason"]) == {"no_polygon"}
        assert result.table("clusters")["local_i"].isna().all()


def test_no_survey_at_all():
    result = run(measures=MEASURES.empty())
    scores = result.table("tract_scores")
    assert scores["eligible_adults"].isna().all()
    assert scores["rank"].notna().any()
    assert len(result.table("communities"))
    assert len(result.table("equity")) == 0
    assert result.table("barriers")["share"].isna().all()
