"""How many recruitment hubs the pages speak of, out of the solutions for each number."""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult

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
    return hubs[hubs[col.P] == chosen].sort_values(col.ORDER).reset_index(drop=True)
