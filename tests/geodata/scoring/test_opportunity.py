from __future__ import annotations

import pandas as pd
import pytest

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.opportunity import opening_quarters, site_work
from geodata.settings import Settings
from tests.geodata.scoring.grid import AS_OF


def test_quarters_are_counted_from_the_day_of_the_run() -> None:
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-11-22", "2026-12-31", "2027-04-01", None]))
    assert list(opening_quarters(days, "2026-11-22")) == ["past", "2026Q4", "2026Q4", "2027Q2", "unknown"]


def test_work_at_a_site_is_ports_times_the_cited_rate(canonical: CanonicalTables, settings: Settings) -> None:
    work = site_work(canonical.table("sites"), settings.opportunity, AS_OF).iloc[0]
    assert work["job_years_mid"] == pytest.approx(0.06 + 0.002)
    assert work["quarter"] == "2027Q1"
    assert not work["assumed_units"]


def test_a_site_without_ports_takes_the_default_and_is_flagged(canonical: CanonicalTables, settings: Settings) -> None:
    silent = canonical.table("sites").assign(units_dc_fast=pd.array([None], dtype="Int64"))
    work = site_work(silent, settings.opportunity, AS_OF).iloc[0]
    assert work["assumed_units"]
    assert work["units"] == settings.opportunity.default_units["dc_fast"]
