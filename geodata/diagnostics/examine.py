"""What the results are held up to: evenness, agreement of definitions, clusters, and the areas that own budgets.

Joins the modules that hold each of these. Does not hold their arithmetic, or the reruns of
`geodata.diagnostics.sensitivity`.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.communities.rollups import rollups
from geodata.decisions.decide import Decisions
from geodata.diagnostics.agreement import agreement_table, overall
from geodata.diagnostics.clusters import clusters
from geodata.diagnostics.equity import equity_curves, equity_table, shortfall_lines
from geodata.geography.areas import point_areas, tract_areas
from geodata.geography.contiguity import contacts
from geodata.schemas.rows import by_state
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings

Lines = dict[str, dict[str, float]]


def examine(
    area: StudyArea,
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    settings: Settings,
    lines: Lines | None = None,
    touching: pd.DataFrame | None = None,
) -> Decisions:
    """Return equity, equity_curve, agreement, clusters and rollups of the decided `scores`, and the facts.

    `lines` are the shortfall lines of another run, for a comparison with it; without them they are this run's.
    `touching` are the contacts of the tracts where they are at hand.
    """
    lines = lines or shortfall_lines(scores, settings.equity)
    polygons = gpd.GeoDataFrame(area.polygons)
    areas = tract_areas(scores, area.counties, area.places, area.area_members)
    touching = contacts(polygons, settings.communities.shared_border_m) if touching is None else touching
    local, moran = clusters(scores, touching, settings.diagnostics, settings.uncertainty.seed)
    states = sorted(lines)
    own = by_state(parts, states)
    tables = {
        "equity": equity_table(scores, areas, lines),
        "equity_curve": equity_curves(scores),
        "agreement": pd.concat([agreement_table(own[state], state) for state in states], ignore_index=True),
        "clusters": local,
        "rollups": rollups(
            scores,
            areas,
            point_areas(area.sites, areas, polygons, area.counties, area.places),
            point_areas(area.providers, areas, polygons, area.counties, area.places),
            area.sites,
        ),
    }
    facts = {
        state: {
            **moran.get(state, {}),
            **overall(own[state], state),
            **{f"{subject}_line": line for subject, line in lines[state].items()},
        }
        for state in states
    }
    return Decisions(tables, facts)
