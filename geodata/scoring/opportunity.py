"""Planned work: job-years at sites, by quarter of expected opening.

Turns the canonical `sites` into supply. Does not hold travel or access (see `geodata.access.reach`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from geodata.settings import Opportunity

BOUNDS = ("low", "mid", "high")
PAST, UNKNOWN = "past", "unknown"


def working_sites(sites: pd.DataFrame, settings: Opportunity, as_of: str) -> pd.DataFrame:
    """Return the sites that bring work and can be placed: right status, exact coordinates.

    Sites located only by area (a city, a ZIP code) are kept off tract measures. A planned site whose expected
    date is past is kept (dates slip) unless the settings say otherwise.
    """
    placed = located(sites)
    chosen = sites[placed & sites[col.STATUS].isin(settings.statuses)]
    if settings.past_expected_dates == "drop":
        chosen = chosen[~(chosen[col.EXPECTED_DATE] < pd.Timestamp(as_of))]
    return chosen.reset_index(drop=True)


def units_used(sites: pd.DataFrame, settings: Opportunity) -> pd.DataFrame:
    """Return the units of each kind, their sum `units`, and whether they are `assumed`, for each site.

    A site that reports no unit of any kind takes the stated default and is flagged. Where any kind is reported,
    a kind that is not has none: publishers leave a kind empty that a site lacks.
    """
    kinds = list(settings.kinds)
    reported = sites.reindex(columns=[UNITS + kind for kind in kinds]).astype("Float64")
    reported.columns = kinds
    assumed = reported.isna().all(axis=1).to_numpy()
    used = pd.DataFrame(
        {
            kind: np.where(assumed, float(settings.default_units.get(kind, 0)), reported[kind].fillna(0.0))
            for kind in kinds
        },
        index=sites.index,
    ).astype("float64")
    used[col.UNITS] = used[kinds].sum(axis=1)
    used["assumed"] = assumed
    return used


def site_work(sites: pd.DataFrame, settings: Opportunity, as_of: str) -> pd.DataFrame:
    """Return `sites` with units, assumed_units, quarter and job_years_low/mid/high.

    Job-years = Σ over kinds of units × installation job-years per unit + units × upkeep per unit and year ×
    years of upkeep counted. The figures and their sources are in docs/methodology.md.
    """
    used = units_used(sites, settings)
    out = sites.copy()
    out[col.UNITS] = used[col.UNITS]
    out["assumed_units"] = used["assumed"]
    out[col.QUARTER] = opening_quarters(sites[col.EXPECTED_DATE], as_of)
    for bound in BOUNDS:
        upkeep = getattr(settings.maintenance_job_years_per_unit_year, bound) * settings.maintenance_years
        installed = sum(used[kind] * getattr(rate, bound) for kind, rate in settings.job_years_per_unit.items())
        out[f"job_years_{bound}"] = installed + used[col.UNITS] * upkeep
    return out


def default_site(settings: Opportunity) -> tuple[dict[str, int], float]:
    """Return the units a site that reports none is taken to have, and their work in job-years (mid).

    Without such an assumption it is one unit of the first kind.
    """
    units = dict(settings.default_units) or {settings.kinds[0]: 1}
    upkeep = settings.maintenance_job_years_per_unit_year.mid * settings.maintenance_years
    rates = settings.job_years_per_unit
    return units, sum(count * (rates[kind].mid + upkeep) for kind, count in units.items())


def opening_quarters(dates: pd.Series, as_of: str) -> pd.Series:
    """Return each date's quarter such as 2027Q1; "past" before `as_of`, "unknown" where there is no date."""
    known = dates.notna()
    quarter = dates.dt.to_period("Q").astype("str").where(known, UNKNOWN)
    return pd.Series(quarter.mask(known & (dates < pd.Timestamp(as_of)), PAST))
