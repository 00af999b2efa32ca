"""The whole walk in one call: canonical tables in, everything known of each state out.

The Dagster assets take the same steps one by one. This is the way of a notebook, a scenario or a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.communities.grouping import Previous
from geodata.decisions.decide import decide, hub_table
from geodata.diagnostics.examine import Lines, examine
from geodata.diagnostics.rescoring import sensitivity_of
from geodata.geography.contiguity import contacts
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas import columns as col
from geodata.schemas.rows import by_state
from geodata.schemas.state_result import StateResult
from geodata.scoring.need import need_parts
from geodata.scoring.study_area import StudyArea, areas_of, study_area
from geodata.scoring.tract_scores import tract_scores, training_access, travel, work_access
from geodata.settings import Settings
from geodata.states import find_state
from geodata.travel.choose_engine import engine_for
from geodata.uncertainty.travel_range import travel_access

WORK_COLUMNS = ["units", "assumed_units", "quarter", "job_years_low", "job_years_mid", "job_years_high"]


def analyse(
    canonical: CanonicalTables,
    states: Sequence[str],
    settings: Settings,
    as_of: str,
    previous: Previous | None = None,
    lines: Lines | None = None,
    *,
    other_choices: bool = False,
) -> dict[str, StateResult]:
    """Return the result of each of `states` (postal codes), computed together.

    `as_of` is the ISO date the run speaks for; for the others see `analyse_area`.
    """
    area = study_area(canonical, states, settings, as_of)
    areas = areas_of(area, canonical, settings)
    return analyse_area(area, areas, settings, as_of, previous, lines, other_choices=other_choices)


def analyse_area(
    area: StudyArea,
    areas: Mapping[str, StudyArea],
    settings: Settings,
    as_of: str,
    previous: Previous | None = None,
    lines: Lines | None = None,
    *,
    other_choices: bool = False,
) -> dict[str, StateResult]:
    """Return the result of each state of `area`; `areas` are the states' own study areas
    (`geodata.scoring.study_area.areas_of`).

    `previous` is an earlier grouping whose community names and ids are kept where the tracts barely changed; `lines`
    the shortfall lines of a run this one is compared with. With `other_choices` the scores are also taken under other
    choices of method, for the table `sensitivity`.
    """
    engine = engine_for(settings.travel, area.raster("friction"))
    reached = travel(area, engine, settings)
    parts = need_parts(area.definitions, area.measures, area.reference, settings.need)
    training = training_access(area, reached.training, settings)
    work = work_access(area, reached.work, settings)
    scores = tract_scores(area, parts, training, work, settings)
    touching = contacts(gpd.GeoDataFrame(area.polygons), settings.communities.shared_border_m)
    access = travel_access(area, engine, settings)
    decided = decide(area, reached, scores, parts, access, settings, previous, touching)
    ranked = decided.tables["tract_scores"]
    examined = examine(area, ranked, parts, settings, lines, touching)
    hubs = hub_table(area, ranked, engine, settings)
    tables = {"need_parts": parts, "hubs": hubs, **decided.tables, **examined.tables}
    if other_choices:
        tables["sensitivity"] = sensitivity_of(area, reached, decided.tables, settings, as_of)
    own = {name: by_state(table, areas) for name, table in tables.items()}
    return {
        state: state_result(
            state,
            of_state,
            {name: cut[state] for name, cut in own.items()},
            {**reached.facts, **decided.state_facts[state], **examined.state_facts[state]},
            settings,
            as_of,
        )
        for state, of_state in areas.items()
    }


def state_result(
    state: str,
    area: StudyArea,
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    settings: Settings,
    as_of: str,
    run_id: str = "",
) -> StateResult:
    """Return what was computed of one state, with the canonical tables its pages show."""
    return StateResult(
        state=find_state(state),
        as_of=as_of,
        tables={
            **tables,
            "tracts": area.polygons,
            "counties": area.counties,
            "places": area.places,
            "area_members": area.area_members,
            "landmarks": area.landmarks,
            "sites": _with_work(area),
            "providers": area.all_providers,
            "job_centers": area.job_centers,
            "rejects": area.rejects,
        },
        sources=area.sources(),
        settings=settings.method(),
        settings_digest=settings.digest(),
        facts={**facts, **_supply_facts(area)},
        run_id=run_id,
    )


def _supply_facts(area: StudyArea) -> dict[str, int]:
    """Return how many providers and sites the scores rest on, those beyond the border included.

    Those among them whose size is assumed are counted too: a training gap that rests on assumed seats alone is a gap
    of distance.
    """
    return {
        "providers_counted": len(area.providers),
        "providers_with_assumed_seats": int(area.providers["seats_assumed"].astype(bool).sum()),
        "sites_counted": len(area.sites),
        "sites_with_assumed_units": int(area.sites["assumed_units"].astype(bool).sum()),
    }


def _with_work(area: StudyArea) -> pd.DataFrame:
    """Return all sites near by, with units, quarter and job-years of those that bring work."""
    return area.all_sites.merge(area.sites[[col.SITE_ID, *WORK_COLUMNS]], on=col.SITE_ID, how="left")
