"""How many recruitment hubs the pages recommend, out of the solutions for each number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.geography.coordinates import Points
from geodata.geography.sphere import great_circle_km
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.wording.rows import Row, row_of
from maps.wording.words import is_missing

#: A further hub must reach at least this share of the people who count, or it is not recommended.
WORTHWHILE_SHARE = 0.05


def recommended_hubs(result: StateResult) -> pd.DataFrame:
    """Return the rows of `hubs` of the recommended number, in order: the last before a hub adds too little."""
    return recommended_of(result.table("hubs"))


def recommended_of(hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the recommended number of a table of hubs, in order."""
    shares = hubs.groupby(col.P)[col.COVERED_SHARE].first().dropna().sort_index()
    if shares.empty:
        return hubs.iloc[0:0]
    gains = shares.diff().fillna(shares)
    short = gains.index[(gains < WORTHWHILE_SHARE).to_numpy()]
    before = shares.index[shares.index < short[0]] if len(short) else shares.index
    chosen = before[-1] if len(before) else shares.index[0]
    recommended: pd.DataFrame = hubs[hubs[col.P] == chosen]
    return recommended.sort_values(col.ORDER).reset_index(drop=True)


def nearest_hub(hubs: pd.DataFrame, place: Row) -> tuple[Row, float] | None:
    """Return the hub nearest to a place and the km to it in a straight line.

    None where no hub, or not the place, has coordinates.
    """
    located = hubs[hubs[col.LATITUDE].notna() & hubs[col.LONGITUDE].notna()]
    if located.empty or is_missing(place[col.LATITUDE]):
        return None
    at_hubs = Points(located[col.LATITUDE].to_numpy(float), located[col.LONGITUDE].to_numpy(float))
    here = Points(np.full(len(located), place[col.LATITUDE]), np.full(len(located), place[col.LONGITUDE]))
    away = great_circle_km(here, at_hubs)
    nearest = int(away.argmin())
    return row_of(located.iloc[nearest]), float(away[nearest])
