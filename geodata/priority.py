"""Priority: the gate, the weighted mean of the pillars, and the points each adds.

Takes one table with the pillars. Does not hold how they are measured, or how sure they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.settings import Priority

PILLARS = ("need", "training_gap", "opportunity")


def gate(scores: pd.DataFrame, settings: Priority) -> pd.DataFrame:
    """Return [gated, gate_reason] for rows with `need` and `designated_by`.

    A tract is listed as underserved when its Need reaches the gate or, if the settings say so, at least one
    official definition designates it. `gate_reason` is need, designation, both, or empty.
    """
    by_need = (scores["need"] >= settings.gate_need).fillna(False).astype(bool)
    by_name = scores["designated_by"].fillna("").ne("") & settings.gate_designations
    reason = np.select([by_need & by_name, by_need, by_name], ["both", "need", "designation"], default="")
    return pd.DataFrame({"gated": by_need | by_name, "gate_reason": pd.Series(reason, index=scores.index)})


def combine(pillars: pd.DataFrame, settings: Priority) -> pd.DataFrame:
    """Return [priority, points_need, points_training_gap, points_opportunity] for a table of the pillars.

    The arithmetic mean adds weight × pillar. The geometric mean shares its score by each pillar's part of the
    logarithm's distance below 100, taken off the pillar's weight in points, so that points sum to the score
    there too (a zero pillar makes the score zero and all points zero). A missing pillar renormalises the weights
    of the others; Need itself must be there, for without it nothing says a tract is underserved.
    """
    values = pillars[list(PILLARS)].astype("float64")
    weight = np.where(values.notna(), [settings.weights[name] for name in PILLARS], 0.0)
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    filled = values.fillna(0.0).to_numpy()
    if settings.aggregation == "arithmetic":
        points = share * filled
    else:
        points = _geometric_points(share, filled)
    known = values["need"].notna().to_numpy() & (total[:, 0] > 0)
    points = np.where(known[:, None] & values.notna().to_numpy(), points, np.nan)
    out = pd.DataFrame(points, columns=[f"points_{name}" for name in PILLARS], index=pillars.index)
    out.insert(0, "priority", out.sum(axis=1).where(known))
    return out


def _geometric_points(share: np.ndarray, values: np.ndarray) -> np.ndarray:
    logs = np.log(np.maximum(values, 1e-300) / 100.0)
    score = 100.0 * np.exp((share * logs).sum(axis=1, keepdims=True))
    lost = -share * logs
    total_lost = lost.sum(axis=1, keepdims=True)
    part = np.divide(lost, total_lost, out=np.zeros_like(lost), where=total_lost > 0)
    return 100.0 * share - (100.0 - score) * part


def unranked_reasons(scores: pd.DataFrame) -> pd.Series:
    """Return why a tract has no rank, or an empty string; the first reason that holds is given."""
    nobody = scores["population"].isna() | (scores["population"] == 0)
    reasons = [
        (nobody, "no_residents"),
        (scores["need"].isna(), "no_index"),
        (scores["latitude"].isna(), "no_origin"),
        (~scores["gated"], "not_gated"),
    ]
    conditions = [condition.fillna(False).astype(bool) for condition, _ in reasons]
    chosen = np.select(conditions, [reason for _, reason in reasons], default="")
    return pd.Series(chosen, index=scores.index)


def ranks(scores: pd.DataFrame) -> pd.Series:
    """Return the rank of each listed tract within its state, 1 first; empty for the others.

    By Priority, ties broken by eligible adults (more first; unknown last), then by GEOID, so that no two tracts
    share a rank and the order never depends on the order of the rows.
    """
    listed = scores[scores["unranked_reason"] == ""]
    order = listed.sort_values(
        ["priority", "eligible_adults", "geoid"], ascending=[False, False, True], na_position="last", kind="stable"
    )
    return (order.groupby("state").cumcount() + 1).reindex(scores.index).astype("Int64")
