from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.access.reach import GroupReach, Reach
from geodata.errors import SettingsError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import STATUSES, STATUSES_AHEAD
from geodata.scoring.opportunity import (
    counted_units,
    opening_quarters,
    site_work,
    units_span,
    with_spread,
    work_within,
    working_sites,
)
from geodata.scoring.site_priors import site_priors
from geodata.settings import Settings
from tests.geodata.scoring.grid import AS_OF
from tests.geodata.travel_pairs import travel_minutes

SILENT = {f"units_{kind}": pd.array([None], dtype="Int64") for kind in ("level1", "level2", "dc_fast")}


def work(sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    priors = site_priors(sites, sites["state"], settings.opportunity)
    return site_work(sites, priors, settings.opportunity, AS_OF)


def test_quarters_are_counted_from_the_day_of_the_run() -> None:
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-11-22", "2026-12-31", "2027-04-01", None]))
    assert list(opening_quarters(days, "2026-11-22")) == ["past", "2026Q4", "2026Q4", "2027Q2", "unknown"]


def test_work_at_a_site_is_ports_times_the_cited_rate(canonical: CanonicalTables, settings: Settings) -> None:
    site = work(canonical.table("sites"), settings).iloc[0]
    assert [site[f"job_years_{bound}"] for bound in ("low", "mid", "high")] == pytest.approx([0.051, 0.122, 0.274])
    assert (site["quarter"], site["units"]) == ("2027Q1", 1)
    assert not site["assumed_units"]
    assert site["units_variance"] == site["job_years_variance"] == 0


def test_a_site_without_ports_is_flagged_and_its_ports_are_not_stored_as_reported(
    canonical: CanonicalTables, settings: Settings
) -> None:
    silent = canonical.table("sites").assign(**SILENT)
    site = work(silent, settings).iloc[0]
    assert site["assumed_units"]
    assert site[[*SILENT]].isna().all()
    assert site["units"] == site["counted_level2"] == settings.opportunity.units_without_stations


def test_the_default_of_the_settings_overrides_existing_stations(
    canonical: CanonicalTables, settings: Settings
) -> None:
    chosen = settings.with_changes({"opportunity": {"default_units": {"dc_fast": 4}}})
    site = work(canonical.table("sites").assign(**SILENT), chosen).iloc[0]
    assert (site["units"], site["counted_dc_fast"], site["assumed_units"]) == (4, 4, True)
    assert site["job_years_mid"] == pytest.approx(4 * 0.122)


def test_statuses_ahead_bring_work_and_rescinded_never_does(canonical: CanonicalTables, settings: Settings) -> None:
    one = canonical.table("sites")
    sites = pd.concat([one.assign(status=status, site_id=status) for status in STATUSES], ignore_index=True)
    assert working_sites(sites, settings.opportunity, AS_OF)["status"].tolist() == list(STATUSES_AHEAD)
    only = settings.with_changes({"opportunity": {"statuses": ["under_construction", "open"]}}).opportunity
    assert working_sites(sites, only, AS_OF)["status"].tolist() == ["under_construction", "open"]
    with pytest.raises(SettingsError, match="rescinded"):
        settings.with_changes({"opportunity": {"statuses": ["rescinded"]}})


def test_dates_that_passed_are_kept_unless_the_settings_drop_them(
    canonical: CanonicalTables, settings: Settings
) -> None:
    days = ["2026-09-29", AS_OF, "2026-10-01", None]
    one = canonical.table("sites")
    sites = pd.concat([one.assign(expected_date=pd.to_datetime([day]).astype("datetime64[s]")) for day in days])
    sites = sites.assign(site_id=["past", "today", "ahead", "undated"])
    assert working_sites(sites, settings.opportunity, AS_OF)["site_id"].tolist() == [
        "past",
        "today",
        "ahead",
        "undated",
    ]
    drop = settings.with_changes({"opportunity": {"past_expected_dates": "drop"}}).opportunity
    assert working_sites(sites, drop, AS_OF)["site_id"].tolist() == ["today", "ahead", "undated"]


def test_a_total_holds_the_spread_of_assumed_units_beside_that_of_rates() -> None:
    totals = pd.DataFrame(
        {
            "job_years_low": [1.0, 1.0],
            "job_years_mid": [4.0, 4.0],
            "job_years_high": [8.0, 8.0],
            "job_years_variance": [0.0, 4.0],
        }
    )
    found = with_spread(totals)
    assert found["job_years_low"].tolist() == pytest.approx([1.0, max(0.0, 4 - np.hypot(3, 1.645 * 2))])
    assert found["job_years_high"].tolist() == pytest.approx([8.0, 4 + np.hypot(4, 1.645 * 2)])
    assert "job_years_variance" not in found


def test_units_together_are_certain_where_they_are_reported() -> None:
    sites = pd.DataFrame(
        {"units": [6.0, 3.0, 3.0], "units_variance": [0.0, 2.0, 2.0], "assumed_units": [False, True, True]}
    )
    assert units_span(sites) == pytest.approx((12 - 1.645 * 2, 12 + 1.645 * 2))
    assert units_span(sites.assign(units_variance=[0.0, 50.0, 50.0]))[0] == 6.0
    assert units_span(sites.iloc[:1]) == (6.0, 6.0)


def test_units_by_kind_stand_in_the_order_of_the_settings(canonical: CanonicalTables, settings: Settings) -> None:
    kinds = settings.opportunity.kinds
    assert counted_units(work(canonical.table("sites"), settings), kinds).tolist() == [[0.0, 0.0, 1.0]]


def test_upkeep_is_counted_for_every_unit_and_year(canonical: CanonicalTables, settings: Settings) -> None:
    chosen = settings.with_changes(
        {
            "opportunity": {
                "maintenance_years": 5,
                "maintenance_job_years_per_unit_year": {"low": 0.01, "mid": 0.02, "high": 0.04},
            }
        }
    )
    sites = canonical.table("sites").assign(units_level2=pd.array([3], dtype="Int64"))
    site = work(sites, chosen).iloc[0]
    rates = chosen.opportunity.job_years_per_unit
    for bound, upkeep in (("low", 0.05), ("mid", 0.1), ("high", 0.2)):
        expected = getattr(rates["dc_fast"], bound) + 3 * getattr(rates["level2"], bound) + 4 * upkeep
        assert site[f"job_years_{bound}"] == pytest.approx(expected)


def test_chosen_sites_are_numbered_anew_and_those_without_a_point_left_out(
    canonical: CanonicalTables, settings: Settings
) -> None:
    one = canonical.table("sites")
    sites = pd.concat([one.assign(status="open"), one.assign(location_quality="zip"), one], ignore_index=True)
    chosen = working_sites(sites, settings.opportunity, AS_OF)
    assert (
        chosen.columns.tolist() == sites.columns.tolist()
        and chosen.index.tolist() == [0]
        and chosen["status"].tolist() == ["planned"]
    )


def test_what_a_group_has_within_reach_is_a_mean_over_its_people() -> None:
    """Of two people one reaches both sites, the other the first; only the units of the second site are assumed."""
    minutes = travel_minutes([0, 0, 1], [0, 1, 0], [5.0, 5.0, 5.0], 2, 2)
    reached = Reach(
        minutes=minutes,
        tract_of_origin=np.zeros(2, dtype=np.int64),
        weight=np.array([0.5, 0.5]),
        geoids=pd.Index(["a"]),
        catchment=np.full(2, 30.0),
        supply=pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 0.0]}),
    )
    sites = pd.DataFrame(
        {
            "job_years_low": [1.0, 2.0],
            "job_years_mid": [2.0, 4.0],
            "job_years_high": [4.0, 8.0],
            "job_years_variance": [0.0, 4.0],
            "assumed_units": [False, True],
        }
    )
    found = GroupReach.of(reached, np.zeros(2, dtype=np.int64), np.array([0.5, 0.5]), 1)
    row = work_within(found, sites).iloc[0]
    assert (row["sites_within"], row["sites_assumed"], row["share_reaching_work"]) == (2, 1, 1.0)
    # Mid 2 + half of 4; its low is 2 below, its high 4 above; the second site's variance counts with half squared.
    assert row["job_years_mid"] == pytest.approx(4.0)
    assert row["job_years_low"] == pytest.approx(4.0 - np.hypot(2.0, 1.645 * 1.0))
    assert row["job_years_high"] == pytest.approx(4.0 + np.hypot(4.0, 1.645 * 1.0))


def test_units_are_at_least_those_that_are_reported() -> None:
    sites = pd.DataFrame({"units": [4.0, 2.0], "assumed_units": [False, True], "units_variance": [0.0, 100.0]})
    assert units_span(sites) == (4.0, pytest.approx(6 + 1.645 * 10))
