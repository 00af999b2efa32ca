"""Communities of a state: which tracts they are made of, how sure their ranks are, and all that is known of them.

Joins the modules that hold each of these. Does not hold the grouping (`geodata.communities.grouping`), names or sums
(`geodata.communities.community_table`).
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.access.reach import Reach, TravelResult
from geodata.communities import community_table
from geodata.communities.community_table import Supplies, Supply
from geodata.communities.grouping import Previous, group
from geodata.decisions.actions import actions, state_medians
from geodata.decisions.barriers import barrier_lists
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITIES, GROUPED_TRACTS
from geodata.scoring.known_supplies import masked
from geodata.settings import Communities, Settings
from geodata.uncertainty.certainty import certainty
from geodata.uncertainty.travel_range import TravelAccess


def community_tracts(
    ranked: pd.DataFrame,
    polygons: pd.DataFrame,
    contacts: pd.DataFrame,
    settings: Communities,
    previous: Previous | None = None,
) -> pd.DataFrame:
    """Return which tract is in which community, and why a tract stands alone (`geodata.communities.grouping.group`)."""
    return GROUPED_TRACTS.validate(group(ranked, gpd.GeoDataFrame(polygons), contacts, settings, previous))


def community_ranks(
    ranked: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    access: TravelAccess,
    settings: Settings,
    community_tracts: pd.DataFrame,
) -> pd.DataFrame | None:
    """Return how sure the ranks of communities are, by community_id; None where there are none.

    These are the draws that ranked the tracts, by the same seed, made again for the communities the tracts form.
    """
    if not len(community_tracts):
        return None
    return certainty(ranked, parts, measures, access, settings, community_tracts).communities


def communities(
    ranked: pd.DataFrame,
    community_tracts: pd.DataFrame,
    polygons: pd.DataFrame,
    travel: TravelResult,
    barriers: pd.DataFrame,
    ranks: pd.DataFrame | None,
    known: pd.DataFrame,
    previous: Previous | None = None,
) -> gpd.GeoDataFrame:
    """Return the `communities` table.

    `polygons` [geoid, geometry] are those of all tracts, `travel` says what is within reach, `barriers` is the table of
    that name, `ranks` is from `community_ranks`; `known` says which supplies are known
    (`geodata.scoring.known_supplies.known_supplies`); `previous` is an earlier run whose names are kept where tracts
    barely changed.
    """
    table = community_table.communities_table(
        ranked,
        community_tracts,
        gpd.GeoDataFrame(polygons),
        Supplies(
            Supply.of(travel.training, col.PROVIDER_ID),
            Supply.of(travel.work, col.SITE_ID),
            Supply.of(travel.job_centers, col.CENTER_ID),
        ),
        barriers=barrier_lists(barriers, "community"),
        ranks=ranks,
        previous=None if previous is None else previous.communities,
    )
    table[col.ACTION] = actions(table, state_medians(ranked))
    located: gpd.GeoDataFrame = COMMUNITIES.validate(masked(table, known))
    return located


def work_by_quarter(work: Reach, ranked: pd.DataFrame, community_tracts: pd.DataFrame) -> pd.DataFrame:
    """Return the `work_by_quarter` table; `work` is the travel to planned sites."""
    return community_table.work_by_quarter(Supply.of(work, col.SITE_ID), ranked, community_tracts)
