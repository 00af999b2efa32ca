"""Actions: what a place's two access pillars call for, by quadrant around the state's medians.

Does not hold the pillars or what is done with the answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col

# A mean of equal values may differ from them in the last digits, which puts nobody above the median.
ROUNDING = 1e-9


def state_medians(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the medians of `opportunity` and `training_gap` over each state's tracts that have them, by state."""
    return scores.groupby(col.STATE)[[col.OPPORTUNITY, col.TRAINING_GAP]].median().astype("float64")


def actions(units: pd.DataFrame, medians: pd.DataFrame) -> pd.Series:
    """Return the action of each row of `units` (tracts or communities with state and the two pillars, 0–100).

    Work is near where Opportunity lies above the state's median, training is near where the gap lies below
    it: "recruit_now" (both near), "bring_training" (work near), "connect_to_work" (training near) and
    "build_both". A place at the median is not near: where most of a state reaches nothing, the median is the
    value of reaching nothing. Empty where a pillar or its median is missing.
    """
    if units.empty:
        return pd.Series(index=units.index, dtype="str")
    middle = {name: units[col.STATE].map(medians[name]) for name in medians}
    known = pd.concat([units[list(middle)], *middle.values()], axis=1).notna().all(axis=1)
    work = (units[col.OPPORTUNITY] > middle[col.OPPORTUNITY] + ROUNDING).fillna(False)
    training = (units[col.TRAINING_GAP] < middle[col.TRAINING_GAP] - ROUNDING).fillna(False)
    chosen = np.select(
        [work & training, work, training], ["recruit_now", "bring_training", "connect_to_work"], "build_both"
    )
    return pd.Series(chosen, index=units.index).where(known, None).astype("str")
