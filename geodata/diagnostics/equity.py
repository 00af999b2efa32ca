"""How evenly access to training and to work is spread, in a state and in each of its counties and areas.

Everything is weighted by eligible adults. Does not hold the measures (`geodata.statistics.inequality`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import EQUITY, EQUITY_CURVE
from geodata.settings import Equity
from geodata.statistics.inequality import (
    concentration_curve,
    concentration_index,
    erreygers_index,
    gini,
    lorenz_curve,
    palma,
    shortfall,
)

SUBJECTS = (col.TRAINING_ACCESS, col.WORK_ACCESS)
CURVE_POINTS = 101


def shortfall_lines(scores: pd.DataFrame, settings: Equity) -> dict[str, dict[str, float]]:
    """Return, by state and subject, the access below which people are badly served.

    The line of the settings where there is one, else a share of the state's mean access. A line tied to the mean
    falls with it, so that where everybody is badly served nobody is below it: the mean and the share of people
    without any access stand beside it for that reason. A comparison of two runs must use the lines of one.
    """
    fixed = {"training_access": settings.training_line, "work_access": settings.work_line}
    return {
        str(state): {subject: fixed[subject] or settings.share_of_mean * _mean(part, subject) for subject in SUBJECTS}
        for state, part in scores.groupby(col.STATE)
    }


def equity_table(scores: pd.DataFrame, areas: pd.DataFrame, lines: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Return the `equity` table of each state and of each area of `areas` (`geodata.geography.areas.tract_areas`).

    Metrics, over tracts with eligible adults, Need and access: `mean` access; share of people `without_any`;
    `concentration_index` of access over Need (positive: more for tracts of greater need; negative: more for those of
    lesser need); `erreygers_index`, the same for the share of the shortfall line reached, which is bounded by 0 and 1;
    `gini`; `palma`; and the shortfall below the line `fgt0`, `fgt1`, `fgt2`.
    """
    whole = scores[[col.GEOID, col.STATE]].assign(
        area_kind="state", area_id=scores[col.STATE], area_name=scores[col.STATE]
    )
    columns = [col.GEOID, col.STATE, col.AREA_KIND, col.AREA_ID, col.AREA_NAME]
    members = pd.concat([whole[columns], areas[columns]], ignore_index=True)
    members = members.merge(scores[[col.GEOID, col.NEED, col.ELIGIBLE_ADULTS, *SUBJECTS]], on=col.GEOID)
    rows: list[dict[str, object]] = []
    for (state, kind, area), part in members.groupby([col.STATE, col.AREA_KIND, col.AREA_ID]):
        scope = {"scope_kind": kind, "scope_id": area, "scope_name": part[col.AREA_NAME].iloc[0], "state": state}
        for subject in SUBJECTS:
            line = lines[str(state)][subject]
            metrics, tracts = measured(part, subject, line)
            rows.extend(
                {**scope, "subject": subject, "metric": name, "value": value, "line": line, "n_tracts": tracts}
                for name, value in metrics.items()
            )
    return EQUITY.validate(pd.DataFrame(rows, columns=EQUITY.names))


def measured(tracts: pd.DataFrame, subject: str, line: float) -> tuple[dict[str, float], int]:
    """Return the metrics of one group of tracts and how many they rest on."""
    known = tracts[(tracts[col.ELIGIBLE_ADULTS] > 0) & tracts[col.NEED].notna() & tracts[subject].notna()]
    if known.empty:
        return {}, 0
    access, need, adults = (known[name].to_numpy(dtype=float) for name in (subject, "need", "eligible_adults"))
    reached = np.clip(access / line, 0.0, 1.0) if line > 0 else np.zeros(len(access))
    return {
        "mean": float(np.average(access, weights=adults)),
        "without_any": float(adults[access <= 0].sum() / adults.sum()),
        "concentration_index": concentration_index(access, need, adults),
        "erreygers_index": erreygers_index(reached, need, adults) if line > 0 else float("nan"),
        "gini": gini(access, adults),
        "palma": palma(access, adults),
        **{f"fgt{power}": shortfall(access, adults, line, power) for power in (0, 1, 2)},
    }, len(known)


def equity_curves(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the `equity_curve` table: Lorenz and concentration curves of each state, at 101 shares of people.

    People are ordered by access (lorenz) or by Need, least first (concentration).
    """
    frames = []
    at = np.linspace(0.0, 1.0, CURVE_POINTS)
    for state, part in scores.groupby(col.STATE):
        for subject in SUBJECTS:
            known = part[(part[col.ELIGIBLE_ADULTS] > 0) & part[col.NEED].notna() & part[subject].notna()]
            access, need, adults = (known[name].to_numpy(dtype=float) for name in (subject, "need", "eligible_adults"))
            curves = {
                "lorenz": lorenz_curve(access, adults),
                "concentration": concentration_curve(access, need, adults),
            }
            for name, (people, held) in curves.items():
                if not np.isnan(people).any():
                    shares = {"people_share": at, "access_share": np.interp(at, people, held)}
                    frames.append(pd.DataFrame(shares).assign(state=state, subject=subject, curve=name))
    return EQUITY_CURVE.validate(pd.concat(frames, ignore_index=True)) if frames else EQUITY_CURVE.empty()


def _mean(part: pd.DataFrame, subject: str) -> float:
    known = part[(part[col.ELIGIBLE_ADULTS] > 0) & part[col.NEED].notna() & part[subject].notna()]
    return float(np.average(known[subject], weights=known[col.ELIGIBLE_ADULTS])) if len(known) else float("nan")
