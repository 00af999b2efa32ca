"""From scored tracts to decisions: how sure, which communities, what stands in the way, what to do, where to stand.

Joins the modules that hold each of these. Does not hold their arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.access.reach import TravelResult, reach
from geodata.communities.community_table import Supplies, Supply, communities_table, work_by_quarter
from geodata.communities.grouping import Previous, group
from geodata.decisions.actions import actions, state_medians
from geodata.decisions.barriers import barrier_lists, barriers
from geodata.decisions.hubs import candidates, hubs, people_to_reach
from geodata.geography.contiguity import contacts
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITY_TRACTS, TRACT_SCORES
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from geodata.travel.minutes import TravelEngine
from geodata.uncertainty.certainty import Certainty, certainty
from geodata.uncertainty.travel_range import TravelAccess

SCORE_COLUMNS = [col.RANK_MEDIAN, col.RANK_LOW, col.RANK_HIGH, col.P_TOP_SHARE, col.P_TOP_COUNT, col.P_GATED, col.TIER]


@dataclass(frozen=True)
class Decisions:
    """The decision tables of a study area, by name, and single facts by state."""

    tables: dict[str, pd.DataFrame]
    state_facts: dict[str, dict[str, Any]]

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of a study area of one state."""
        (facts,) = self.state_facts.values()
        return facts


def ranked(scores: pd.DataFrame, certain: Certainty) -> pd.DataFrame:
    """Return `tract_scores` with the columns of `certain` filled in."""
    table = scores.drop(columns=SCORE_COLUMNS).merge(
        certain.tracts[[col.GEOID, *SCORE_COLUMNS]], on=col.GEOID, how="left"
    )
    table[col.TIER] = table[col.TIER].fillna("none")
    return TRACT_SCORES.validate(table)


def decide(
    area: StudyArea,
    reached: TravelResult,
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    access: TravelAccess,
    settings: Settings,
    previous: Previous | None = None,
    touching: pd.DataFrame | None = None,
) -> Decisions:
    """Return tract_scores completed, communities, community_tracts, barriers and work_by_quarter, and the facts.

    Draws are made twice: the first gives tracts the tiers communities are grouped by, the second ranks those
    communities. The same seed gives tracts the same ranks both times. `touching` are the contacts of the tracts where
    they are at hand.
    """
    first = certainty(scores, parts, area.measures, access, settings)
    table = ranked(scores, first)
    medians = state_medians(table)
    polygons = gpd.GeoDataFrame(area.polygons)
    touching = contacts(polygons, settings.communities.shared_border_m) if touching is None else touching
    grouping = group(table, polygons, touching, settings.communities, previous)
    second = certainty(scores, parts, area.measures, access, settings, grouping) if len(grouping) else first
    found = barriers(area.measures, area.tracts, grouping, settings.barriers)
    sites = Supply.of(reached.work, col.SITE_ID)
    providers, centers = Supply.of(reached.training, col.PROVIDER_ID), Supply.of(reached.job_centers, col.CENTER_ID)
    made = communities_table(
        table,
        grouping,
        polygons,
        Supplies(providers, sites, centers),
        barriers=barrier_lists(found, "community"),
        ranks=second.communities,
        previous=None if previous is None else previous.communities,
    )
    table[col.COMMUNITY_ID] = table[col.GEOID].map(grouping.set_index(col.GEOID)[col.COMMUNITY_ID])
    made[col.ACTION] = actions(made, medians)
    table[col.ACTION] = actions(table, medians)
    return Decisions(
        {
            "tract_scores": TRACT_SCORES.validate(table),
            "communities": made,
            "community_tracts": COMMUNITY_TRACTS.validate(grouping),
            "barriers": found,
            "work_by_quarter": work_by_quarter(sites, table, grouping),
        },
        {state: {**first.facts.get(state, {}), **middle} for state, middle in _middles(medians).items()},
    )


def _middles(medians: pd.DataFrame) -> dict[str, dict[str, float]]:
    named = medians.add_prefix("median_")
    return {str(state): {str(name): float(value) for name, value in row.items()} for state, row in named.iterrows()}


def hub_table(area: StudyArea, scores: pd.DataFrame, engine: TravelEngine, settings: Settings) -> pd.DataFrame:
    """Return the `hubs` table of every state of `scores`: where p hubs reach most people of tiers A and B."""
    places = candidates(area.job_centers, area.all_providers, settings.hubs)
    people = people_to_reach(scores)
    cover = settings.hubs.cover_minutes
    catchment = settings.access.model_copy(update={"catchment_minutes": cover, "rural_catchment_minutes": cover})
    origins = area.origins[area.origins[col.GEOID].isin(people[col.GEOID])].reset_index(drop=True)
    pairs = Supply.of(reach(origins, places, engine, catchment), "candidate_id").reached_from(people[[col.GEOID]])
    pairs[col.CANDIDATE_ID] = places[col.CANDIDATE_ID].to_numpy()[pairs[col.PLACE]]
    minutes = pairs[[col.GEOID, col.CANDIDATE_ID, "minutes"]]
    made = [hubs(part, places, minutes, settings.hubs, str(state)) for state, part in people.groupby(col.STATE)]
    return pd.concat(made, ignore_index=True) if made else hubs(people, places, minutes, settings.hubs, "")
