"""What a site that reports no units is taken to have: the units of the stations that exist, by state and kind of site.

The table holds the distribution itself, not its mean: every combination of units that stations have, with how often.
Point estimates take its expectation, totals its spread, and draws can take a combination by its probability. Where a
state has fewer stations of a kind than the settings ask for, all stations of the run stand in; where those are too
few as well, the settings say what is assumed. The setting `default_units` overrides all of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from geodata.schemas.computed import SITE_PRIORS
from geodata.settings import Opportunity
from geodata.sources.kinds_of_units import told_kinds

ANY_KIND = "any"
# Of a site alone: variance of its units together, and of its job-years at the middle rates.
UNITS_VARIANCE, JOB_YEARS_VARIANCE = "units_variance", "job_years_variance"
ALL_STATIONS, BY_SETTING = "US", "setting"
_EXISTING = ("open", "temporary")


def site_priors(sites: pd.DataFrame, states: Iterable[str], settings: Opportunity) -> pd.DataFrame:
    """Return the `site_priors` table of `states`: for each kind of site the combinations of units and their chances.

    `sites` are all sites of the run; those that are open, or closed for now, and report units are the stations the
    chances are counted from. A site is of a kind if it has units of that kind; `any` is all of them.
    """
    names = [UNITS + kind for kind in settings.kinds]
    known = sites.reindex(columns=[*names, col.STATE, col.STATUS, col.SOURCE, col.AS_OF])
    known = known[known[col.STATUS].isin(_EXISTING) & known[names].notna().any(axis=1)]
    units = known[names].astype("float64").fillna(0.0)
    known = known.assign(**units)[units.sum(axis=1) > 0]
    parts = [
        _combinations(known, state, kind, settings)
        for state in sorted(set(states))
        for kind in (ANY_KIND, *settings.kinds)
    ]
    return SITE_PRIORS.validate(pd.concat(parts, ignore_index=True)) if parts else SITE_PRIORS.empty()


def _combinations(known: pd.DataFrame, state: str, kind: str, settings: Opportunity) -> pd.DataFrame:
    names = [UNITS + name for name in settings.kinds]
    pool, area = known.iloc[:0], BY_SETTING
    if not settings.default_units:
        of_kind = known if kind == ANY_KIND else known[known[UNITS + kind] > 0]
        own = of_kind[of_kind[col.STATE] == state]
        for candidate, of_area in ((own, state), (of_kind, ALL_STATIONS)):
            if len(candidate) >= settings.prior_least_stations:
                pool, area = candidate, of_area
                break
    if area == BY_SETTING:
        taken = settings.default_units or {
            settings.kind_untold if kind == ANY_KIND else kind: settings.units_without_stations
        }
        table = pd.DataFrame([{name: float(taken.get(name.removeprefix(UNITS), 0.0)) for name in names}])
        table = table.assign(stations=0, probability=1.0, source=BY_SETTING, vintage=None)
    else:
        table = pool.groupby(names, sort=True).size().rename(col.STATIONS).reset_index()
        newest = pool[col.AS_OF].max()
        table = table.assign(
            probability=table[col.STATIONS] / len(pool),
            source=" ".join(sorted(pool[col.SOURCE].unique())),
            vintage=None if pd.isna(newest) else str(newest.date()),
        )
    return table.assign(state=state, site_kind=kind, stations_of=area, profile=np.arange(1, len(table) + 1))


def expected_units(priors: pd.DataFrame, settings: Opportunity) -> pd.DataFrame:
    """Return, by (state, site_kind), the expected units of each kind and the spread of a single site.

    Columns: the kinds; `units_variance` of their sum; `job_years_variance` of the work at the middle rates.
    """
    kinds = list(settings.kinds)
    keys = [col.STATE, col.SITE_KIND]
    # Where no list has a site the table has no rows, and none of these columns.
    units = priors.reindex(columns=[UNITS + kind for kind in kinds]).set_axis(kinds, axis=1).astype("float64")
    upkeep = settings.maintenance_job_years_per_unit_year.mid * settings.maintenance_years
    work = sum(
        (units[kind] * (settings.job_years_per_unit[kind].mid + upkeep) for kind in kinds), units.sum(axis=1) * 0
    )
    chance = priors[col.PROBABILITY].astype("float64")
    total = units.sum(axis=1)
    weighted = units.mul(chance, axis=0).assign(
        units_mean=total * chance,
        units_square=total**2 * chance,
        work_mean=work * chance,
        work_square=work**2 * chance,
    )
    sums = weighted.groupby([priors[name] for name in keys]).sum()
    out = sums[kinds].copy()
    out[UNITS_VARIANCE] = (sums["units_square"] - sums["units_mean"] ** 2).clip(lower=0.0)
    out[JOB_YEARS_VARIANCE] = (sums["work_square"] - sums["work_mean"] ** 2).clip(lower=0.0)
    return out


def site_without_units(priors: pd.DataFrame, state: str, settings: Opportunity) -> tuple[dict[str, float], float]:
    """Return the units a site of `state` that reports none is expected to have, and their work in job-years (mid).

    Without a row for the state, which then has no site near it, it is what the settings assume.
    """
    own = priors[(priors[col.STATE] == state) & (priors[col.SITE_KIND] == ANY_KIND)]
    if own.empty:
        own = site_priors(pd.DataFrame(), [state], settings).query(f"{col.SITE_KIND} == @ANY_KIND")
    expected = expected_units(own, settings).iloc[0]
    units = {kind: float(expected[kind]) for kind in settings.kinds}
    upkeep = settings.maintenance_job_years_per_unit_year.mid * settings.maintenance_years
    rates = settings.job_years_per_unit
    work = sum(count * (rates[kind].mid + upkeep) for kind, count in units.items())
    return units, float(work)


def site_kinds(sites: pd.DataFrame, settings: Opportunity) -> pd.Series:
    """Return the kind of each site as its power or its program tells it (the settings say how); else `any`."""
    return told_kinds(sites[col.PROGRAM], sites[col.POWER_KW], settings).fillna(ANY_KIND)
