"""Actions: what a place's two access pillars call for, by quadrant around the state's medians.

Does not hold the pillars or what is done with the answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def state_medians(scores: pd.DataFrame) -> dict[str, float]:
    """Return the medians of `opportunity` and `training_gap` over all tracts of `scores` that have them."""
    return {name: float(scores[name].median()) for name in ("opportunity", "training_gap")}


def actions(units: pd.DataFrame, medians: dict[str, float]) -> pd.Series:
    """Return the action of each row of `units` (tracts or communities with the two pillars, 0–100).

    Work is near where Opportunity lies above the state's median, training is near where the gap lies below
    it: "recruit_now" (both near), "bring_training" (work near), "connect_to_work" (training near) and
    "build_both". A place at the median is not near: where most of a state reaches nothing, the median is the
    value of reaching nothing. Empty where a pillar or its median is missing.
    """
    known = units["opportunity"].notna() & units["training_gap"].notna()
    known &= bool(np.isfinite(list(medians.values())).all())
    work = (units["opportunity"] > medians["opportunity"]).fillna(False)
    training = (units["training_gap"] < medians["training_gap"]).fillna(False)
    chosen = np.select(
        [work & training, work, training], ["recruit_now", "bring_training", "connect_to_work"], "build_both"
    )
    return pd.Series(chosen, index=units.index).where(known, None).astype("str")
