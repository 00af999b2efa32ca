"""How sure the rank of each tract is, how far it hangs on the weights, and what the tract calls for.

Does not hold the draws (`geodata.uncertainty.certainty`) or the communities (`geodata.decisions.communities`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.decisions.actions import actions, state_medians
from geodata.schemas import columns as col
from geodata.schemas.computed import TRACT_SCORES
from geodata.schemas.table_with_facts import TableWithFacts
from geodata.settings import Settings
from geodata.uncertainty.certainty import RANK_COLUMNS, DrawnTracts, certainty, holding_ranks
from geodata.uncertainty.weights import tracts_among_first

UNSURE = "too_uncertain"
SCORE_COLUMNS = [*RANK_COLUMNS, col.P_GATED, col.TIER, col.CUT_TIER]


def ranked_tracts(scores: pd.DataFrame, drawn: Sequence[DrawnTracts], settings: Settings) -> TableWithFacts:
    """Return `tract_scores` with rank ranges, chances, tiers and actions, and what is to know of the draws.

    `scores` are the point estimates. The column `community_id` is still empty: communities are grouped from the tiers
    (`grouped_tracts` fills it in).
    """
    certain = certainty(drawn, settings.uncertainty)
    sure = certain.tracts[[col.GEOID, *SCORE_COLUMNS]]
    table = scores.drop(columns=SCORE_COLUMNS).merge(sure, on=col.GEOID, how="left")
    table = holding_ranks(table)
    for name in (col.TIER, col.CUT_TIER):
        table[name] = table[name].fillna("none")
    unsure = table[col.RANK].notna() & table[col.RANK_HIGH].notna() & table[col.P_TOP_SHARE].isna()
    table.loc[unsure, col.FLAGS] = [f"{flags} {UNSURE}".strip() for flags in table.loc[unsure, col.FLAGS].fillna("")]
    table[col.TOP_IN_WEIGHT_SETS] = tracts_among_first(table, settings)
    table = TRACT_SCORES.validate(table)
    table[col.ACTION] = actions(table, state_medians(table))
    return TableWithFacts(TRACT_SCORES.validate(table), certain.facts)


def grouped_tracts(ranked: pd.DataFrame, community_tracts: pd.DataFrame) -> pd.DataFrame:
    """Return `ranked` tracts with the community each is in."""
    community_of = community_tracts.set_index(col.GEOID)[col.COMMUNITY_ID]
    return TRACT_SCORES.validate(ranked.assign(community_id=ranked[col.GEOID].map(community_of)))
