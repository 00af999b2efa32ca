"""Eligible adults: the people the work is meant to reach, and the demand of every access measure.

Does not hold the survey (see `geodata.sources`) or travel.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.statistics.margins import product_margin, root_sum_of_squares

MEASURES_USED = ("population", "under_18", "over_64", "poverty_150")


def wide(measures: pd.DataFrame, names: tuple[str, ...], value: str) -> pd.DataFrame:
    """Return one row a geoid with a column a measure of `names`, holding `value` ("count", "share", …).

    Only rows whose status is "value" count; a measure nobody reports is a column of NaN.
    """
    used = measures[measures[col.MEASURE].isin(names) & (measures[col.STATUS] == "value")]
    table = used.pivot(index=col.GEOID, columns=col.MEASURE, values=value)
    return table.reindex(columns=list(names)).rename_axis(columns=None)


def eligible_adults(measures: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, population, working_age, eligible_adults, eligible_adults_moe], one row a tract.

    Eligible adults = working-age residents (total - under 18 - 65 and over) × share below 150 % of poverty.
    An approximation: the poverty share is that of all ages, and unemployed people above the line are left out because
    the survey files do not cross the two. The 90 % margin follows the rules for sums and products
    (`geodata.statistics.margins`). A tract with no residents has none; one with a missing part is NaN.
    """
    count = wide(measures, MEASURES_USED, "count")
    moe = wide(measures, MEASURES_USED, "count_moe").reindex(count.index)
    share = wide(measures, ("poverty_150",), "share")["poverty_150"].reindex(count.index)
    share_moe = wide(measures, ("poverty_150",), "share_moe")["poverty_150"].reindex(count.index)
    population = count[col.POPULATION]
    working_age = (population - count["under_18"] - count["over_64"]).clip(lower=0)
    working_moe = root_sum_of_squares(*(moe[name].to_numpy() for name in (col.POPULATION, "under_18", "over_64")))
    adults = working_age * share
    adults_moe = product_margin(working_age.to_numpy(), working_moe, share.to_numpy(), share_moe.to_numpy())
    nobody = population == 0
    return pd.DataFrame(
        {
            col.POPULATION: population,
            col.WORKING_AGE: working_age.mask(nobody, 0.0),
            col.ELIGIBLE_ADULTS: adults.mask(nobody, 0.0),
            col.ELIGIBLE_ADULTS_MOE: np.where(nobody, 0.0, adults_moe),
        }
    ).reset_index()


def demand(tracts: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, demand, demand_basis] for `tracts` [geoid, state, population, eligible_adults].

    A tract whose eligible adults are not measured (beyond the border of a state's file, say) still competes for
    the same places. Its demand is its population times the eligible share of the measured tracts of its state,
    or of all where its state has none, and `demand_basis` says "imputed" instead of "measured". Without any
    measured tract the share taken is 1. A tract whose population is unknown too adds no demand: "unknown".
    """
    measured = tracts[col.ELIGIBLE_ADULTS].notna() & tracts[col.POPULATION].notna()
    sums = tracts[measured].groupby(col.STATE)[[col.ELIGIBLE_ADULTS, col.POPULATION]].sum()
    people = sums[col.POPULATION].sum()
    overall = sums[col.ELIGIBLE_ADULTS].sum() / people if people > 0 else 1.0
    by_state = (sums[col.ELIGIBLE_ADULTS] / sums[col.POPULATION]).where(sums[col.POPULATION] > 0)
    imputed = tracts[col.POPULATION] * tracts[col.STATE].map(by_state).astype("float64").fillna(overall)
    basis = np.select([tracts[col.ELIGIBLE_ADULTS].notna(), imputed.notna()], ["measured", "imputed"], "unknown")
    return pd.DataFrame(
        {
            col.GEOID: tracts[col.GEOID],
            "demand": tracts[col.ELIGIBLE_ADULTS].fillna(imputed).fillna(0.0),
            "demand_basis": basis,
        }
    )
