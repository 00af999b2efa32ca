"""Travel minutes written out pair by pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geodata.travel.minutes import TravelMinutes


def travel_minutes(
    origin: ArrayLike, destination: ArrayLike, minutes: ArrayLike, n_origins: int, n_destinations: int
) -> TravelMinutes:
    """Return the minutes of pairs given in any order, none twice."""
    rows, columns = np.asarray(origin, dtype=np.int32), np.asarray(destination, dtype=np.int32)
    order = np.lexsort((columns, rows))
    values = np.asarray(minutes, dtype=np.float64)[order]
    return TravelMinutes(rows[order], columns[order], values, n_origins, n_destinations, "by hand", "1")
