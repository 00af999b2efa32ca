"""A state computed alone and the same state computed with others give the same: the others bear on it either way."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from geodata.analysis import analyze
from geodata.comparison.fingerprint import table_digest
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.read_source import read_source
from geodata.sample import write_sample
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.state_result import StateResult
from geodata.scoring.study_area import areas_of, study_area
from geodata.settings import Settings, load_settings
from geodata.sources import SOURCES
from geodata.states import REGISTRY, State

pytestmark = pytest.mark.slow

AS_OF = "2026-09-30"


def canonical_of(folder: Path, states: list[State], settings: Settings) -> CanonicalTables:
    """Return all canonical tables of `states` from a folder of files."""
    acquirer = FolderAcquirer(folder)
    names = sorted({name for feeds in FEEDS.values() for name in feeds})
    reads = {name: read_source(SOURCES[name], acquirer, states, settings) for name in names}
    tables = [table for table in CANONICAL if table.name in FEEDS]
    return CanonicalTables.of(
        {table.name: combine(table, {name: reads[name] for name in FEEDS[table.name]}, settings) for table in tables}
    )


def assert_same(alone: StateResult, together: StateResult) -> None:
    """Hold all tables and facts of two results of a state to each other: equal, sums to rounding."""
    assert set(alone.tables) == set(together.tables)
    for name, table in alone.tables.items():
        one, other = pd.DataFrame(table), pd.DataFrame(together.tables[name])
        pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-12, atol=1e-12, obj=name)
    pd.testing.assert_series_equal(pd.Series(alone.facts), pd.Series(together.facts), rtol=1e-12)


def test_a_state_and_its_neighbor(tmp_path: Path) -> None:
    settings = load_settings(None, {"home": str(tmp_path), "uncertainty": {"draws": 200}})
    states = [state for state in REGISTRY if state.usps in ("XL", "XS")]
    canonical = canonical_of(write_sample(tmp_path / "files", tracts=100), states, settings)
    together = analyze(canonical, ["XL", "XS"], settings, AS_OF)
    for result in together.values():
        assert result.table("tract_scores")["tier"].isin(["A", "B", "C"]).any()
    assert_same(analyze(canonical, ["XL"], settings, AS_OF)["XL"], together["XL"])


@pytest.mark.realdata
def test_real_states_out_of_the_nation(realdata: Path, tmp_path: Path) -> None:
    """Massachusetts competes with Rhode Island for places of both; Alaska has neighbors nowhere."""
    settings = load_settings(None, {"home": str(tmp_path), "uncertainty": {"draws": 100}})
    canonical = canonical_of(realdata, [state for state in REGISTRY if not state.fictional], settings)
    states = ["AK", "MA", "RI"]
    together = analyze(canonical, states, settings, "2020-10-27")
    area = study_area(canonical, states, settings, "2020-10-27")
    cut = areas_of(area, canonical, settings)
    for usps in ("AK", "RI"):
        own = study_area(canonical, [usps], settings, "2020-10-27")
        for part in fields(own):
            assert table_digest(getattr(own, part.name)) == table_digest(getattr(cut[usps], part.name)), part.name
        assert_same(analyze(canonical, [usps], settings, "2020-10-27")[usps], together[usps])
