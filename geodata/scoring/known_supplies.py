"""Which supplies are known around a state, and the one mask of all that cannot be said where one is not.

A supply nobody reported is unknown, not zero: where no provider that counts is known in or near a state, its training
gap, minutes, providers, seats, actions and shares “without training” are all missing, in every table. Does not hold
how a missing value is worded or drawn.
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.scoring.study_area import StudyArea, supplied
from geodata.settings import Settings

# Supply: the columns of result tables that say something of it.
RESTS_ON: dict[str, tuple[str, ...]] = {
    "training": (
        col.TRAINING_GAP,
        col.TRAINING_ACCESS,
        col.SHARE_REACHING_TRAINING,
        col.SHARE_OVER_WATER,
        col.NEAREST_PROVIDER_ID,
        col.NEAREST_PROVIDER_NAME,
        col.NEAREST_PROVIDER_MINUTES,
        col.PROVIDERS_WITHIN,
        col.SEATS_WITHIN,
        col.SEATS_WITHIN_ASSUMED,
        col.POINTS_TRAINING_GAP,
        col.ACTION,
        col.NO_TRAINING_SHARE_GROUPED,
        "providers",
        col.PROVIDERS_ADVANCED,
        col.PROVIDERS_ASSUMED,
        col.SEATS,
        col.SEATS_ASSUMED,
        col.SEATS_BY_PROGRAM,
        col.UNLOCATED_SHARE_GROUPED,
    ),
    "work": (
        col.OPPORTUNITY,
        col.WORK_ACCESS,
        col.SHARE_REACHING_WORK,
        col.SITES_WITHIN,
        col.JOB_YEARS_LOW,
        col.JOB_YEARS_MID,
        col.JOB_YEARS_HIGH,
        col.POINTS_OPPORTUNITY,
        col.ACTION,
        col.WORK_SHARE_GROUPED,
        col.PLANNED_SITES,
        col.SITES_ASSUMED,
        col.UNITS,
        col.UNITS_ASSUMED,
        col.UNITS_LOW,
        col.UNITS_HIGH,
    ),
    "job_centers": (
        col.NEAREST_JOB_CENTER_ID,
        col.NEAREST_JOB_CENTER_NAME,
        col.NEAREST_JOB_CENTER_MINUTES,
    ),
}


def known_supplies(area: StudyArea, settings: Settings) -> pd.DataFrame:
    """Return [state, training, work, job_centers]: whether any row of each supply lies in or near the state.

    Near is as far as anything can bear on a tract (`geodata.scoring.study_area.reach_of`), and only rows that count
    are seen: training for beginners, planned sites.
    """
    supplies = {"training": area.providers, "work": area.sites, "job_centers": area.job_centers}
    by_tract = {name: supplied(area, supply, settings) for name, supply in supplies.items()}
    table = pd.DataFrame({col.STATE: area.tracts[col.STATE], **by_tract})
    return table.groupby(col.STATE, as_index=False).any()


def masked(table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a column `state`, what rests on an unknown supply missing; `known` is `known_supplies`.

    A value that is missing already stays so. Sums, shares and counts of nothing known become missing too.
    """
    by_state, out = known.set_index(col.STATE), table.copy()
    for supply, columns in RESTS_ON.items():
        unknown = ~out[col.STATE].map(by_state[supply]).astype("boolean").fillna(False).to_numpy(dtype=bool)
        if unknown.any():
            for name in out.columns.intersection(list(columns)):
                # A column of whole numbers or texts has no place for a missing value until its type allows one.
                wide = out[name].astype("Int64") if pd.api.types.is_integer_dtype(out[name]) else out[name]
                out[name] = wide.mask(unknown)
    return out
