"""Eligible adults: the people the work is meant to reach, and the demand of every access measure.

Does not hold the survey (see `geodata.sources`) or travel.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.statistics.margins import product_margin, root_sum_of_squares, share_margin

_AGES = (col.POPULATION, "under_18", "over_64")
# The index gives shares in tenths of a percent.
_SHARE_ROUNDING = 0.0005


def wide(measures: pd.DataFrame, names: tuple[str, ...], value: str) -> pd.DataFrame:
    """Return one row a geoid with a column a measure of `names`, holding `value` ("count", "share", …).

    Only rows whose status is "value" count; a measure nobody reports is a column of NaN.
    """
    used = measures[measures[col.MEASURE].isin(names) & (measures[col.STATUS] == "value")]
    table = used.pivot(index=col.GEOID, columns=col.MEASURE, values=value)
    return table.reindex(columns=list(names)).rename_axis(columns=None)


def eligible_adults(measures: pd.DataFrame) -> pd.DataFrame:
    """Return one row a tract: residents, those of working age, eligible adults with margin and basis, group quarters.

    Columns: geoid, population, working_age, eligible_adults, eligible_adults_moe, eligible_adults_basis,
    group_quarters_share. Eligible adults are people of 18 to 64 below 150 % of the poverty line, as the survey counts
    them (table B17024): "counted". Where it is not at hand they are working-age residents (total - under 18 - 65 and
    over) × share below 150 %, "estimated", and never more than the people below 150 % × the adult share of residents,
    "capped": the share leaves institutions out, the residents do not. Where only the share below 100 % is known, the
    same is made of that: "below_100", an undercount. Margins are of 90 % (`geodata.statistics.margins`), unknown where
    one of a part is. A tract with no residents has none; one with a missing part is NaN.
    """
    count = wide(measures, (*_AGES, "adults_poverty_150", "group_quarters"), "count")
    moe = wide(measures, (*_AGES, "adults_poverty_150"), "count_moe").reindex(count.index)
    population = count[col.POPULATION]
    working = (population - count["under_18"] - count["over_64"]).clip(lower=0)
    working_moe = pd.Series(root_sum_of_squares(*(moe[name].to_numpy() for name in _AGES)), index=count.index)
    ages = pd.DataFrame({"all": population, "all_moe": moe[col.POPULATION], "adult": working, "adult_moe": working_moe})
    found = pd.DataFrame(
        {"adults": count["adults_poverty_150"], "moe": moe["adults_poverty_150"], "basis": "counted"}, index=count.index
    )
    for measure, basis in (("poverty_150", None), ("poverty_100", "below_100")):
        made = _of_shares(measures, measure, ages)
        if basis:
            made[col.BASIS] = basis
        found = found.where(found["adults"].notna(), made)
    nobody = population == 0
    quarters = count["group_quarters"] / population.where(population > 0)
    return pd.DataFrame(
        {
            col.POPULATION: population,
            col.WORKING_AGE: working.mask(nobody, 0.0),
            col.ELIGIBLE_ADULTS: found["adults"].mask(nobody, 0.0),
            col.ELIGIBLE_ADULTS_MOE: found["moe"].mask(nobody, 0.0),
            col.ELIGIBLE_ADULTS_BASIS: found[col.BASIS].where(found["adults"].notna() & ~nobody),
            col.GROUP_QUARTERS_SHARE: quarters.clip(upper=1.0),
        }
    ).reset_index()


def _of_shares(measures: pd.DataFrame, measure: str, ages: pd.DataFrame) -> pd.DataFrame:
    """Return [adults, moe, basis] by the share of people in `measure`, capped by their count × the adult share.

    `ages` is [all, all_moe, adult, adult_moe] by geoid: residents and those of working age, with 90 % margins.
    """
    poor, poor_moe, share, share_moe = (
        wide(measures, (measure,), value)[measure].reindex(ages.index).to_numpy(dtype=float)
        for value in ("count", "count_moe", "share", "share_moe")
    )
    everybody, all_moe, adult, adult_moe = (ages[name].to_numpy(dtype=float) for name in ages)
    estimate = adult * share
    adult_share = np.divide(adult, everybody, out=np.full(len(ages), np.nan), where=everybody > 0)
    cap = poor * adult_share
    capped = cap < estimate
    margin = np.where(
        capped,
        product_margin(poor, poor_moe, adult_share, share_margin(adult, adult_moe, everybody, all_moe)),
        product_margin(adult, adult_moe, share, share_moe),
    )
    beyond_rounding = cap < estimate - _SHARE_ROUNDING * adult
    return pd.DataFrame(
        {
            "adults": np.where(capped, cap, estimate),
            "moe": margin,
            "basis": np.where(beyond_rounding, "capped", "estimated"),
        },
        index=ages.index,
    )


def demand(tracts: pd.DataFrame, census: pd.Series) -> pd.DataFrame:
    """Return [geoid, demand, demand_moe, demand_basis] for `tracts` [geoid, state, population, eligible_adults, …_moe].

    A tract whose eligible adults are not measured (beyond the border of a state's file, say) still competes for
    the same places. Its demand is its residents at the census (`census`, by geoid; the survey's where it has no count
    there) times the eligible share of the measured tracts of its state, or of all where its state has none, and
    `demand_basis` says "imputed" instead of "measured". Without any measured tract the share taken is 1. A tract whose
    residents are unknown too adds no demand: "unknown". `demand_moe` is the 90 % margin of what is measured.
    """
    residents = tracts[col.GEOID].map(census).astype("float64").fillna(tracts[col.POPULATION])
    measured = tracts[col.ELIGIBLE_ADULTS].notna() & tracts[col.POPULATION].notna()
    sums = tracts[measured].groupby(col.STATE)[[col.ELIGIBLE_ADULTS, col.POPULATION]].sum()
    people = sums[col.POPULATION].sum()
    overall = sums[col.ELIGIBLE_ADULTS].sum() / people if people > 0 else 1.0
    by_state = (sums[col.ELIGIBLE_ADULTS] / sums[col.POPULATION]).where(sums[col.POPULATION] > 0)
    imputed = residents * tracts[col.STATE].map(by_state).astype("float64").fillna(overall)
    basis = np.select([tracts[col.ELIGIBLE_ADULTS].notna(), imputed.notna()], ["measured", "imputed"], "unknown")
    return pd.DataFrame(
        {
            col.GEOID: tracts[col.GEOID],
            "demand": tracts[col.ELIGIBLE_ADULTS].fillna(imputed).fillna(0.0),
            "demand_moe": tracts[col.ELIGIBLE_ADULTS_MOE].where(tracts[col.ELIGIBLE_ADULTS].notna()),
            "demand_basis": basis,
        }
    )
