"""The whole walk in one call: canonical tables in, everything known of each state out.

The Dagster assets take the same steps one by one. This is the way of a notebook, a scenario or a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.communities import Previous
from geodata.decisions import decide, hub_table
from geodata.examine import Lines, examine
from geodata.need import need_parts
from geodata.results import StateResult
from geodata.scoring import tract_scores, training_access, travel, work_access
from geodata.settings import Settings
from geodata.states import find_state
from geodata.study import Ground, StudyArea, study_area
from geodata.travel.choose import engine_for
from geodata.travel_range import travel_access

WORK_COLUMNS = ["units", "assumed_units", "quarter", "job_years_low", "job_years_mid", "job_years_high"]


def analyse(
    ground: Ground,
    states: Sequence[str],
    settings: Settings,
    as_of: str,
    previous: Previous | None = None,
    lines: Lines | None = None,
) -> dict[str, StateResult]:
    """Return the result of each of `states` (postal codes), computed together.

    `as_of` is the ISO date the run speaks for; `previous` an earlier grouping whose community names and ids are
    kept where the tracts barely changed; `lines` the shortfall lines of a run this one is compared with.
    """
    area = study_area(ground, states, settings, as_of)
    engine = engine_for(settings.travel, area.raster("friction"))
    reached = travel(area, engine, settings)
    parts = need_parts(area.definitions, area.measures, area.reference, settings.need)
    training = training_access(area, reached.training, settings)
    work = work_access(area, reached.work, settings)
    scores = tract_scores(area, parts, training, work, settings)
    decided = decide(area, reached, scores, parts, travel_access(area, engine, settings), settings, previous)
    ranked = decided.tables["tract_scores"]
    examined = examine(area, ranked, parts, settings, lines)
    hubs = hub_table(area, ranked, engine, settings)
    minutes = reached.training.minutes
    facts = {"engine": minutes.engine, "engine_version": minutes.engine_version, "travel_data": minutes.data_date}
    tables = {"need_parts": parts, "hubs": hubs, **decided.tables, **examined.tables}
    own_facts = {state: {**facts, **decided.state_facts[state], **examined.state_facts[state]} for state in states}
    return {state: state_result(state, area, tables, own_facts[state], settings, as_of) for state in states}


def state_result(
    state: str,
    area: StudyArea,
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    settings: Settings,
    as_of: str,
    run_id: str = "",
) -> StateResult:
    """Return one state's part of what was computed, with the canonical tables its pages show."""
    own = {name: _of_state(table, state) for name, table in tables.items()}
    shown = {
        "tracts": area.polygons,
        "counties": area.counties,
        "places": area.places,
        "area_members": area.area_members,
    }
    return StateResult(
        state=find_state(state),
        as_of=as_of,
        tables={
            **own,
            **{name: _of_state(table, state) for name, table in shown.items()},
            "landmarks": area.landmarks,
            "sites": _with_work(area),
            "providers": area.all_providers,
            "job_centers": area.job_centers,
            "rejects": area.rejects,
        },
        sources=area.sources(),
        settings=settings.method(),
        settings_digest=settings.digest(),
        facts=dict(facts),
        run_id=run_id,
    )


def _of_state(table: pd.DataFrame, state: str) -> pd.DataFrame:
    return table[table["state"] == state].reset_index(drop=True)


def _with_work(area: StudyArea) -> pd.DataFrame:
    """Return all sites near by, with units, quarter and job-years of those that bring work."""
    return area.all_sites.merge(area.sites[["site_id", *WORK_COLUMNS]], on="site_id", how="left")
