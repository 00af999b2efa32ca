"""How sure the rank of each tract is, and what the tract calls for.

Does not hold the draws (`geodata.uncertainty.certainty`) or the communities (`geodata.decisions.communities`).
"""

from __future__ import annotations

import pandas as pd

from geodata.decisions.actions import actions, state_medians
from geodata.schemas import columns as col
from geodata.schemas.computed import TRACT_SCORES
from geodata.schemas.table_with_facts import TableWithFacts
from geodata.settings import Settings
from geodata.uncertainty.certainty import certainty
from geodata.uncertainty.travel_range import TravelAccess

SCORE_COLUMNS = [col.RANK_MEDIAN, col.RANK_LOW, col.RANK_HIGH, col.P_TOP_SHARE, col.P_TOP_COUNT, col.P_GATED, col.TIER]


def ranked_tracts(
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    access: TravelAccess,
    settings: Settings,
) -> TableWithFacts:
    """Return `tract_scores` with rank ranges, chances, tiers and actions, and what is to know of the draws.

    `scores` are the point estimates, `parts` the table `need_parts`, `measures` the canonical table. The column
    `community_id` is still empty: communities are grouped from the tiers (`grouped_tracts` fills it in).
    """
    certain = certainty(scores, parts, measures, access, settings)
    drawn = certain.tracts[[col.GEOID, *SCORE_COLUMNS]]
    table = scores.drop(columns=SCORE_COLUMNS).merge(drawn, on=col.GEOID, how="left")
    table[col.TIER] = table[col.TIER].fillna("none")
    table = TRACT_SCORES.validate(table)
    table[col.ACTION] = actions(table, state_medians(table))
    return TableWithFacts(TRACT_SCORES.validate(table), certain.facts)


def grouped_tracts(ranked: pd.DataFrame, community_tracts: pd.DataFrame) -> pd.DataFrame:
    """Return `ranked` tracts with the community each is in."""
    community_of = community_tracts.set_index(col.GEOID)[col.COMMUNITY_ID]
    return TRACT_SCORES.validate(ranked.assign(community_id=ranked[col.GEOID].map(community_of)))
