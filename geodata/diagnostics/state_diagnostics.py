"""The diagnostics of every state of a study area: agreement of definitions, clusters and areas that own budgets.

Joins the modules that hold each of these. Does not hold their arithmetic, or the reruns of
`geodata.diagnostics.sensitivity`.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from geodata.communities.rollups import rollups
from geodata.diagnostics.agreement import agreement_table, overall
from geodata.diagnostics.clusters import clusters
from geodata.geography.areas import point_areas, tract_areas
from geodata.schemas import columns as col
from geodata.schemas.rows import by_state
from geodata.schemas.table_with_facts import Facts, TableWithFacts
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings


def agreement_of_states(parts: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the `agreement` table of each state of `scores`; `parts` is the table `need_parts`."""
    own = by_state(parts, states_of(scores))
    return pd.concat([agreement_table(of_state, state) for state, of_state in own.items()], ignore_index=True)


def overall_agreement(parts: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Facts]:
    """Return, by state of `scores`, how all definitions together agree."""
    return {state: overall(of_state, state) for state, of_state in by_state(parts, states_of(scores)).items()}


def tract_clusters(scores: pd.DataFrame, contacts: pd.DataFrame, settings: Settings) -> TableWithFacts:
    """Return the `clusters` table, and Moran's I of each state."""
    table, moran = clusters(scores, contacts, settings.diagnostics, settings.uncertainty.seed)
    return TableWithFacts(table, {state: dict(facts) for state, facts in moran.items()})


def areas_of_tracts(scores: pd.DataFrame, area: StudyArea) -> pd.DataFrame:
    """Return which areas that own a budget each tract lies in (`geodata.geography.areas.tract_areas`)."""
    return tract_areas(scores, area.counties, area.places, area.area_members)


def rollup_table(scores: pd.DataFrame, areas: pd.DataFrame, area: StudyArea, known: pd.DataFrame) -> pd.DataFrame:
    """Return the `rollups` table; `scores` name the community of each tract, `areas` are of `areas_of_tracts`."""
    outlines = (gpd.GeoDataFrame(area.polygons), area.counties, area.places)
    site_areas, provider_areas = (point_areas(points, areas, *outlines) for points in (area.sites, area.providers))
    return rollups(scores, areas, site_areas, provider_areas, area.sites, known)


def states_of(scores: pd.DataFrame) -> Sequence[str]:
    """Return the postal codes of the states of `scores`."""
    return sorted(scores[col.STATE].unique())
