"""Planned work: job-years at sites, by quarter of expected opening.

Turns the canonical `sites` into supply. Does not hold travel or access (see `geodata.reach`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.settings import Opportunity

LEVELS = ("level1", "level2", "dc_fast")
BOUNDS = ("low", "mid", "high")
PAST, UNKNOWN = "past", "unknown"


def working_sites(sites: pd.DataFrame, settings: Opportunity, as_of: str) -> pd.DataFrame:
    """Return the sites that bring work and can be placed: right status, exact coordinates.

    Sites located only by area (a city, a ZIP code) are kept off tract measures. A planned site whose expected
    date is past is kept (dates slip) unless the settings say otherwise.
    """
    placed = sites["location_quality"].isin(["point", "street"]) & sites["latitude"].notna()
    chosen = sites[placed & sites["status"].isin(settings.statuses)]
    if settings.past_expected_dates == "drop":
        chosen = chosen[~(chosen["expected_date"] < pd.Timestamp(as_of))]
    return chosen.reset_index(drop=True)


def ports_used(sites: pd.DataFrame, settings: Opportunity) -> pd.DataFrame:
    """Return [level1, level2, dc_fast, ports, assumed] for each site.

    A site that reports no port of any level takes the stated default and is flagged `assumed`. Where any
    level is reported, a level that is not has none: publishers leave a level empty that a site lacks.
    """
    reported = sites[[f"ports_{level}" for level in LEVELS]].astype("Float64")
    reported.columns = list(LEVELS)
    assumed = reported.isna().all(axis=1).to_numpy()
    used = pd.DataFrame(
        {
            level: np.where(assumed, float(settings.default_ports.get(level, 0)), reported[level].fillna(0.0))
            for level in LEVELS
        },
        index=sites.index,
    ).astype("float64")
    used["ports"] = used[list(LEVELS)].sum(axis=1)
    used["assumed"] = assumed
    return used


def site_work(sites: pd.DataFrame, settings: Opportunity, as_of: str) -> pd.DataFrame:
    """Return `sites` with ports, ports_assumed, quarter and job_years_low/mid/high.

    Job-years = Σ over levels of ports × installation job-years per port + ports × upkeep per port-year ×
    years of upkeep counted. The figures and their sources are in docs/methodology.md.
    """
    used = ports_used(sites, settings)
    out = sites.copy()
    out["ports"] = used["ports"]
    out["ports_assumed"] = used["assumed"]
    out["quarter"] = quarters(sites["expected_date"], as_of)
    for bound in BOUNDS:
        upkeep = getattr(settings.maintenance_job_years_per_port_year, bound) * settings.maintenance_years
        installed = sum(used[level] * getattr(settings.job_years_per_port[level], bound) for level in LEVELS)
        out[f"job_years_{bound}"] = installed + used["ports"] * upkeep
    return out


def quarters(dates: pd.Series, as_of: str) -> pd.Series:
    """Return each date's quarter such as 2027Q1; "past" before `as_of`, "unknown" where there is no date."""
    known = dates.notna()
    quarter = dates.dt.to_period("Q").astype("str").where(known, UNKNOWN)
    return quarter.mask(known & (dates < pd.Timestamp(as_of)), PAST)
