"""Planned work: job-years at sites, by quarter of expected opening.

Turns the canonical `sites` into supply. Does not hold what a site that reports no units is taken to have
(`geodata.scoring.site_priors`), nor travel or access (see `geodata.access.reach`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.access.reach import GroupReach
from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from geodata.scoring.site_priors import JOB_YEARS_VARIANCE, UNITS_VARIANCE, expected_units, site_kinds
from geodata.settings import Opportunity

BOUNDS = ("low", "mid", "high")
PAST, UNKNOWN = "past", "unknown"
# Units of each kind a site is counted with: reported, or expected where it reports none.
COUNTED = "counted_"
ASSUMED_UNITS = "assumed_units"
# Quantile of the normal law for the 5th and 95th percentile of a total.
_Z_90 = 1.645


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


def units_used(sites: pd.DataFrame, priors: pd.DataFrame, settings: Opportunity) -> pd.DataFrame:
    """Return, for each site: units of each kind (`counted_*`), `units`, site_kind, assumed_units and two variances.

    A site that reports no unit of any kind takes those that existing stations of its state and kind are expected to
    have (`priors`, the `site_priors` table), which may be a fraction, and is flagged. Where any kind is reported, a
    kind that is not has none: publishers leave a kind empty that a site lacks. The variances, of the sum of units and
    of the job-years at the middle rates, are zero where units are reported.
    """
    kinds = list(settings.kinds)
    reported = sites.reindex(columns=[UNITS + kind for kind in kinds]).astype("Float64")
    assumed = reported.isna().all(axis=1).to_numpy()
    kind_of_site = site_kinds(sites, settings)
    expected = expected_units(priors, settings).reindex(
        pd.MultiIndex.from_arrays([sites[col.STATE], kind_of_site], names=[col.STATE, col.SITE_KIND])
    )
    used = pd.DataFrame(index=sites.index)
    for kind in kinds:
        given = reported[UNITS + kind].fillna(0.0).to_numpy(dtype="float64")
        used[COUNTED + kind] = np.where(assumed, expected[kind].to_numpy(dtype="float64"), given)
    used[col.UNITS] = used[[COUNTED + kind for kind in kinds]].sum(axis=1)
    used[col.SITE_KIND] = kind_of_site
    used[ASSUMED_UNITS] = assumed
    for name in (UNITS_VARIANCE, JOB_YEARS_VARIANCE):
        used[name] = np.where(assumed, expected[name].to_numpy(dtype="float64"), 0.0)
    return used


def site_work(sites: pd.DataFrame, priors: pd.DataFrame, settings: Opportunity, as_of: str) -> pd.DataFrame:
    """Return `sites` with what `units_used` gives, quarter and job_years_low/mid/high.

    Job-years = Σ over kinds of units × installation job-years per unit + units × upkeep per unit and year ×
    years of upkeep counted. The figures and their sources are in docs/methodology.md. Low and high are those of the
    rates, and of the units where they are assumed.
    """
    used = units_used(sites, priors, settings)
    dated = used.assign(**{col.QUARTER: opening_quarters(sites[col.EXPECTED_DATE], as_of)})
    return pd.concat([sites, dated, work_of_units(used, settings)], axis=1)


def work_of_units(used: pd.DataFrame, settings: Opportunity) -> pd.DataFrame:
    """Return job_years_low/mid/high of sites with the units of `units_used`, by the rule of `site_work`."""
    out = pd.DataFrame(index=used.index)
    for bound in BOUNDS:
        upkeep = getattr(settings.maintenance_job_years_per_unit_year, bound) * settings.maintenance_years
        installed = sum(
            used[COUNTED + kind] * getattr(rate, bound) for kind, rate in settings.job_years_per_unit.items()
        )
        out[f"job_years_{bound}"] = installed + used[col.UNITS] * upkeep
    return out


def work_within(found: GroupReach, sites: pd.DataFrame) -> pd.DataFrame:
    """Return what groups of people have within reach of `sites` (see `site_work`), a row a group.

    [job_years_low, _mid, _high: on average over the people, the spread of assumed units included; sites_within and,
    of them, sites_assumed: reached by anybody; share_reaching_work].
    """
    names = [f"job_years_{bound}" for bound in BOUNDS]
    table = pd.DataFrame(found.mean(sites[names].to_numpy(dtype=float)), columns=names)
    table[JOB_YEARS_VARIANCE] = found.variance(sites[JOB_YEARS_VARIANCE].to_numpy(dtype=float))
    assumed = sites[ASSUMED_UNITS].to_numpy(dtype=bool)
    return with_spread(table).assign(
        sites_within=found.count(), sites_assumed=found.count(assumed), share_reaching_work=found.share
    )


def with_spread(totals: pd.DataFrame) -> pd.DataFrame:
    """Return totals of job-years whose low and high hold the spread of assumed units too, without its variance.

    `totals` has job_years_low/mid/high as summed over sites and `job_years_variance`. What rates leave open is common
    to all sites, what units leave open is each site's own, so the two half-widths add as squares; never below zero.
    """
    low, mid, high = (totals[f"job_years_{bound}"].astype("float64") for bound in BOUNDS)
    own = _Z_90**2 * totals[JOB_YEARS_VARIANCE].astype("float64")
    return totals.assign(
        job_years_low=(mid - np.sqrt((mid - low) ** 2 + own)).clip(lower=0.0),
        job_years_high=mid + np.sqrt((high - mid) ** 2 + own),
    ).drop(columns=JOB_YEARS_VARIANCE)


def units_span(sites: pd.DataFrame) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the units of `sites` together; reported ones are certain."""
    total, half = float(sites[col.UNITS].sum()), _Z_90 * float(np.sqrt(sites[UNITS_VARIANCE].sum()))
    certain = float(sites[col.UNITS][~sites[ASSUMED_UNITS].astype(bool)].sum())
    return max(total - half, certain), total + half


def counted_units(sites: pd.DataFrame, kinds: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the units of each kind that sites are counted with: float64[n_sites, n_kinds]."""
    return np.asarray(sites[[COUNTED + kind for kind in kinds]].to_numpy(dtype="float64"))


def opening_quarters(dates: pd.Series, as_of: str) -> pd.Series:
    """Return each date's quarter such as 2027Q1; "past" before `as_of`, "unknown" where there is no date."""
    known = dates.notna()
    quarter = dates.dt.to_period("Q").astype("str").where(known, UNKNOWN)
    return pd.Series(quarter.mask(known & (dates < pd.Timestamp(as_of)), PAST))
