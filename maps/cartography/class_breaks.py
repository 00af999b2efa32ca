"""Where the classes of a map's legend begin and end, the same on every page of a state.

Pillars are percentiles, so their breaks are fixed and mean the same everywhere; 65 is replaced by the gate of
the run. Priority is cut where the list is cut: its first tenth, the next 15 and 25 of a hundred, and the rest.
Does not hold colors.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult

#: Cumulative shares of the listed tracts, from the end of the list to its beginning.
LIST_SHARES = (0.5, 0.75, 0.9)
PILLAR_BREAKS = (50.0, 65.0, 80.0, 90.0)
CROSS_BREAKS = (50.0, 80.0)
MINUTE_BREAKS = (10.0, 20.0, 30.0, 45.0)


def distinct(edges: list[float]) -> list[float]:
    """Return rising edges without repeats: a class between equal edges would hold nothing."""
    kept: list[float] = []
    for edge in sorted(edges):
        if not kept or edge > kept[-1]:
            kept.append(edge)
    return kept


def quantile_edges(values: pd.Series, shares: tuple[float, ...] = LIST_SHARES) -> list[float]:
    """Return inner class edges at the given shares of the values (one decimal), fewer where values repeat.

    An edge equal to the lowest value is dropped: nothing would lie below it.
    """
    known = pd.to_numeric(values, errors="coerce").dropna().to_numpy(dtype=float)
    if not len(known):
        return []
    edges = np.round(np.quantile(known, shares, method="inverted_cdf"), 1)
    return [edge for edge in distinct(edges.tolist()) if edge > np.round(known.min(), 1)]


class Breaks(TypedDict):
    """The inner edges of each numeric layer, and the gate of Need."""

    priority: list[float]
    pillar: list[float]
    cross: list[float]
    minutes: list[float]
    gate: float


def of_state(result: StateResult) -> Breaks:
    """Return the inner edges of each numeric layer of a state's map."""
    scores = result.table("tract_scores")
    gate = result.settings.priority.gate_need
    return {
        "priority": quantile_edges(scores.loc[scores[col.GATED].astype(bool), col.PRIORITY]),
        "pillar": distinct([gate if edge == 65.0 else edge for edge in PILLAR_BREAKS]),
        "cross": list(CROSS_BREAKS),
        "minutes": list(MINUTE_BREAKS),
        "gate": gate,
    }
