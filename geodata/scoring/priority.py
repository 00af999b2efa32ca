"""Priority: the gate, the weighted mean of the pillars, and the points each adds.

Takes one table with the pillars. Does not hold how they are measured, or how sure they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.settings import Priority
from geodata.statistics.ranks import rounded_up

FloatArray = NDArray[np.float64]

PILLARS = (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY)


def gate(scores: pd.DataFrame, settings: Priority) -> pd.DataFrame:
    """Return [gated, gate_reason] for rows with `need` and `designated_by`.

    A tract is listed as underserved when its Need reaches the gate or, if the settings say so, at least one
    official definition designates it. `gate_reason` is need, designation, both, or empty.
    """
    by_need = (scores[col.NEED] >= settings.gate_need).fillna(False).astype(bool)
    by_name = scores[col.DESIGNATED_BY].fillna("").ne("") & settings.gate_designations
    reason = np.select([by_need & by_name, by_need, by_name], ["both", "need", "designation"], default="")
    return pd.DataFrame({col.GATED: by_need | by_name, col.GATE_REASON: pd.Series(reason, index=scores.index)})


def combine(pillars: pd.DataFrame, settings: Priority) -> pd.DataFrame:
    """Return [priority, points_need, points_training_gap, points_opportunity] for a table of the pillars.

    The arithmetic mean adds weight × pillar; those are the points. The points of the geometric mean share its
    score in the same proportions, so that points sum to the score there too. A missing pillar renormalizes the
    weights of the others; Need itself must be there, for without it nothing says a tract is underserved.
    """
    values = pillars[list(PILLARS)].astype("float64").to_numpy()
    weights = np.array([settings.weights[name] for name in PILLARS])
    added = points(values, weights, settings.aggregation == "geometric")
    known = ~np.isnan(values)
    scored = known[:, 0] & ((known * weights).sum(axis=1) > 0)
    table = np.where(scored[:, None] & known, added, np.nan)
    out = pd.DataFrame(table, columns=[f"points_{name}" for name in PILLARS], index=pillars.index)
    out.insert(0, "priority", out.sum(axis=1).where(scored))
    return out


def points(values: FloatArray, weights: FloatArray, geometric: bool) -> FloatArray:
    """Return the points that each pillar adds to Priority: float64[n, 3], zero for one that is missing.

    `values` float64[n, 3] are the pillars, `weights` float64[3] need not sum to 1.
    """
    weight = np.where(np.isnan(values), 0.0, weights)
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    filled = np.nan_to_num(values)
    added = share * filled
    if geometric:
        added = added * _geometric_over_arithmetic(share, filled, added.sum(axis=1))[:, None]
    return np.asarray(added)


def _geometric_over_arithmetic(share: FloatArray, values: FloatArray, arithmetic: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        logs = np.where(share > 0, np.log(values), 0.0)
    geometric = np.exp((share * logs).sum(axis=1))
    return np.asarray(np.divide(geometric, arithmetic, out=np.zeros_like(geometric), where=arithmetic > 0))


def unranked_reasons(scores: pd.DataFrame, settings: Priority) -> pd.Series:
    """Return why a tract has no rank, or an empty string; the first reason that holds is given.

    Where most residents live in institutions, dormitories or barracks, the survey's shares speak of the few others.
    Such a tract is passed over before the gate, so that no draw ranks it either.
    """
    elsewhere = scores[col.GROUP_QUARTERS_SHARE].astype("float64") > settings.group_quarters_above
    nobody = scores[col.POPULATION].isna() | (scores[col.POPULATION] == 0)
    reasons = [
        (nobody, "no_residents"),
        (scores[col.NEED].isna(), "no_index"),
        (scores[col.LATITUDE].isna(), "no_origin"),
        (elsewhere, "group_quarters"),
        (~scores[col.GATED], "not_gated"),
    ]
    conditions = [condition.fillna(False).astype(bool) for condition, _ in reasons]
    chosen = np.select(conditions, [reason for _, reason in reasons], default="")
    return pd.Series(chosen, index=scores.index)


def ranks(scores: pd.DataFrame) -> pd.Series:
    """Return the rank of each listed tract within its state, 1 first; empty for the others.

    By Priority, ties broken by eligible adults (more first; unknown last), then by GEOID, so that no two tracts
    share a rank and the order never depends on the order of the rows.
    """
    listed = scores[scores[col.UNRANKED_REASON] == ""]
    order = listed.sort_values(
        [col.PRIORITY, col.ELIGIBLE_ADULTS, col.GEOID],
        ascending=[False, False, True],
        na_position="last",
        kind="stable",
    )
    return (order.groupby(col.STATE).cumcount() + 1).reindex(scores.index).astype("Int64")


def scored(scores: pd.DataFrame) -> pd.Series:
    """Return which tracts are in the list the draws rank: those with a rank, or without for the gate alone."""
    return scores[col.UNRANKED_REASON].fillna("").isin(["", "not_gated"])


def compared(scores: pd.DataFrame) -> pd.Series:
    """Return which tracts the draws take percentiles among: the scored, and those passed over for group quarters.

    The estimates' percentiles take in those without an index or an origin as well, as far as they are known.
    """
    return scored(scores) | (scores[col.UNRANKED_REASON].fillna("") == "group_quarters")


def first_places(scores: pd.DataFrame, share: float) -> dict[str, int]:
    """Return, by state, how many places the top share of the list has: of all scored tracts, rounded up."""
    sizes = scores[scored(scores)].groupby(col.STATE).size()
    return {str(state): int(rounded_up(share, size)) for state, size in sizes.items()}
