"""What the results are held up to: evenness, agreement of definitions, clusters, and the areas that own budgets.

Joins the modules that hold each of these. Does not hold their arithmetic, or the reruns of `geodata.sensitivity`.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.agreement import agreement_table, overall
from geodata.areas import point_areas, tract_areas
from geodata.clusters import clusters
from geodata.contiguity import contacts
from geodata.decisions import Decisions
from geodata.equity import equity_curves, equity_table, shortfall_lines
from geodata.rollups import rollups
from geodata.settings import Settings
from geodata.study import StudyArea

Lines = dict[str, dict[str, float]]


def examine(
    area: StudyArea, scores: pd.DataFrame, parts: pd.DataFrame, settings: Settings, lines: Lines | None = None
) -> Decisions:
    """Return equity, equity_curve, agreement, clusters and rollups of the decided `scores`, and the facts.

    The facts count the providers and sites the scores rest on, those beyond the border included, and those among
    them whose size is assumed: a training gap that rests on assumed seats alone is a gap of distance.

    `lines` are the shortfall lines of another run, for a comparison with it; without them they are this run's.
    """
    lines = lines or shortfall_lines(scores, settings.equity)
    polygons = gpd.GeoDataFrame(area.polygons)
    areas = tract_areas(scores, area.counties, area.places, area.area_members)
    touching = contacts(polygons, settings.communities.shared_border_m)
    local, moran = clusters(scores, touching, settings.diagnostics, settings.uncertainty.seed)
    states = sorted(lines)
    tables = {
        "equity": equity_table(scores, areas, lines),
        "equity_curve": equity_curves(scores),
        "agreement": pd.concat([agreement_table(parts, state) for state in states], ignore_index=True),
        "clusters": local,
        "rollups": rollups(
            scores,
            areas,
            point_areas(area.sites, areas, polygons, area.places),
            point_areas(area.providers, areas, polygons, area.places),
            area.sites,
        ),
    }
    supply = {
        "providers_counted": len(area.providers),
        "providers_with_assumed_seats": int(area.providers["seats_assumed"].astype(bool).sum()),
        "sites_counted": len(area.sites),
        "sites_with_assumed_units": int(area.sites["assumed_units"].astype(bool).sum()),
    }
    facts = {
        state: {
            **moran.get(state, {}),
            **overall(parts, state),
            **{f"{subject}_line": line for subject, line in lines[state].items()},
            **supply,
        }
        for state in states
    }
    return Decisions(tables, facts)
