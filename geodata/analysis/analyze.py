"""The whole walk in one call: canonical tables in, everything known of each state out.

The Dagster assets take the same steps one by one. This is the way of a notebook, a scenario or a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from geodata.analysis.decision_steps import DECISIONS, Lines
from geodata.analysis.scoring_steps import SCORING
from geodata.analysis.step import Step, Walk
from geodata.communities.grouping import Previous
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITY_TRACTS
from geodata.schemas.rows import by_state
from geodata.schemas.state_result import StateResult
from geodata.schemas.table import Table
from geodata.schemas.table_with_facts import Facts
from geodata.scoring.need import require_need
from geodata.scoring.study_area import StudyArea, areas_of, study_area
from geodata.settings import Settings
from geodata.states import find_state

STEPS: tuple[Step, ...] = (*SCORING, *DECISIONS)
# Result table: the step it comes from, the last of those that return it.
RESULT_STEPS = {step.output.name: step.name for step in STEPS if isinstance(step.output, Table)}
# What a result is put together from.
RESULT_VALUES = frozenset({*RESULT_STEPS.values(), "facts"})
WORK_COLUMNS = ["units", "assumed_units", "site_kind", "quarter", "job_years_low", "job_years_mid", "job_years_high"]


class Run(NamedTuple):
    """What a result is of: the settings, the ISO date it speaks for and the id of the run that made it."""

    settings: Settings
    as_of: str
    run_id: str = ""


def analyze(
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

    `as_of` is the ISO date the run speaks for; for the others see `analyze_area`. Raises OnrampError where nothing says
    where need is.
    """
    area = study_area(canonical, states, settings, as_of)
    require_need(area, settings)
    areas = areas_of(area, canonical, settings)
    return analyze_area(area, areas, Run(settings, as_of), previous, lines, other_choices=other_choices)


def analyze_area(
    area: StudyArea,
    areas: Mapping[str, StudyArea],
    run: Run,
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
    given = {"study_area": area, "settings": run.settings, "as_of": run.as_of, "last_result": previous}
    walk = Walk(STEPS, given if lines is None else {**given, "shortfall_lines": lines})
    tables = result_tables(walk, other_choices=other_choices)
    own = {name: by_state(table, areas) for name, table in tables.items()}
    facts = walk.value("facts")
    return {
        state: state_result(state, of_state, {name: cut[state] for name, cut in own.items()}, facts[state], run)
        for state, of_state in areas.items()
    }


def result_tables(walk: Walk, *, other_choices: bool = True) -> dict[str, pd.DataFrame]:
    """Return the tables of a result by name, taking the steps of `walk` that are still to be taken."""
    wanted = {name: step for name, step in RESULT_STEPS.items() if other_choices or step != "sensitivity"}
    tables = {name: walk.value(step) for name, step in wanted.items()}
    return {**tables, COMMUNITY_TRACTS.name: COMMUNITY_TRACTS.validate(tables[COMMUNITY_TRACTS.name])}


def state_result(
    state: str, area: StudyArea, tables: Mapping[str, pd.DataFrame], facts: Facts, run: Run
) -> StateResult:
    """Return what was computed of one state, with the canonical tables its pages show."""
    return StateResult(
        state=find_state(state),
        as_of=run.as_of,
        tables={
            **tables,
            "tracts": area.polygons,
            "counties": area.counties,
            "places": area.places,
            "area_members": area.area_members,
            "landmarks": area.landmarks,
            "sites": _with_work(area),
            "site_priors": area.site_priors,
            "providers": area.all_providers,
            "job_centers": area.all_job_centers,
            "rejects": area.rejects,
        },
        sources=area.sources(),
        settings=run.settings,
        settings_digest=run.settings.digest(),
        facts={**facts, **_supply_facts(area)},
        run_id=run.run_id,
    )


def _supply_facts(area: StudyArea) -> dict[str, int]:
    """Return how many providers and sites the scores rest on, those beyond the border included; unknown is left out.

    Those among them whose size is assumed are counted too: a training gap that rests on assumed seats alone is a gap
    of distance.
    """
    providers = {
        "providers_counted": len(area.providers),
        "providers_with_assumed_seats": int(area.providers[col.SEATS_ASSUMED].astype(bool).sum()),
    }
    sites = {
        "sites_counted": len(area.sites),
        "sites_with_assumed_units": int(area.sites["assumed_units"].astype(bool).sum()),
    }
    return {**(providers if len(area.providers) else {}), **(sites if len(area.sites) else {})}


def _with_work(area: StudyArea) -> pd.DataFrame:
    """Return all sites near by, with units, quarter and job-years of those that bring work."""
    return area.all_sites.merge(area.sites[[col.SITE_ID, *WORK_COLUMNS]], on=col.SITE_ID, how="left")
