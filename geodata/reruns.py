"""Running the analysis again with something changed: scenarios, sensitivity, and the causes of a change.

Does not hold what is done with the results (`geodata.differences`, `geodata.sensitivity`, `geodata.changes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from geodata.analysis import analyse
from geodata.changes import DATA, SETTINGS, VINTAGE, Rerun
from geodata.communities import Previous
from geodata.differences import Differences, differences
from geodata.equity import shortfall_lines
from geodata.need import need_parts
from geodata.reach import Travel
from geodata.results import StateResult
from geodata.scenarios import Scenario, apply
from geodata.scoring import tract_scores, training_access, travel, work_access
from geodata.sensitivity import Changes, alternatives, sensitivity
from geodata.settings import Settings
from geodata.study import Ground, StudyArea, study_area
from geodata.travel.choose import engine_for

# A nation is at hand where definitions and the survey speak of at least this many states.
NATION = 45


def point_scores(ground: Ground, states: Sequence[str], settings: Settings, as_of: str) -> pd.DataFrame:
    """Return `tract_scores` of `states` with its ranks and without their uncertainty."""
    area = study_area(ground, states, settings, as_of)
    return _scores(area, None, settings)


def _scores(area: StudyArea, reached: Travel | None, settings: Settings) -> pd.DataFrame:
    if reached is None:
        reached = travel(area, engine_for(settings.travel, area.raster("friction")), settings)
    parts = need_parts(area.definitions, area.measures, area.reference, settings.need)
    training = training_access(area, reached.training, settings)
    return tract_scores(area, parts, training, work_access(area, reached.work, settings), settings)


def sensitivity_of(
    area: StudyArea,
    reached: Travel,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    as_of: str,
    ground: Ground | None = None,
) -> pd.DataFrame:
    """Return the `sensitivity` table of decided `tables` (tract_scores, communities, community_tracts).

    Travel is measured again only where a choice concerns it. A national reference area is tried where `ground` holds
    a nation.
    """
    used = reached.training.minutes.engine
    raster = area.raster("friction")
    engines = tuple(name for name in ("great_circle", "friction") if name != used and (name != "friction" or raster))
    national = ground is not None and _holds_a_nation(ground)
    states = sorted(tables["tract_scores"]["state"].unique())

    def rerun(changes: Changes) -> pd.DataFrame:
        changed = settings.with_changes(changes)
        if ground is not None and "reference_area" in changes.get("need", {}):
            return _scores(study_area(ground, states, changed, as_of), reached, changed)
        moved = "travel" in changes or "catchment_minutes" in changes.get("access", {})
        return _scores(area, None if moved else reached, changed)

    return sensitivity(
        tables["tract_scores"],
        tables["communities"],
        tables["community_tracts"],
        alternatives(settings, engines, national),
        rerun,
        settings,
    )


def _holds_a_nation(ground: Ground) -> bool:
    return min(ground.table(name)["state"].nunique() for name in ("definitions", "measures")) >= NATION


def run_scenario(
    ground: Ground, state: str, settings: Settings, as_of: str, scenario: Scenario, before: StateResult | None = None
) -> tuple[StateResult, StateResult, Differences]:
    """Return the baseline of `state`, the scenario's result, and what differs.

    `before` is the baseline where it is at hand. The scenario keeps the baseline's shortfall lines, and its
    communities where its tracts barely change.
    """
    if before is None:
        before = analyse(ground, [state], settings, as_of)[state]
    changed_ground, changed_settings = apply(scenario, ground, settings)
    previous = Previous(before.table("community_tracts"), before.table("communities"))
    lines = shortfall_lines(before.table("tract_scores"), settings.equity)
    after = analyse(changed_ground, [state], changed_settings, as_of, previous, lines)[state]
    return before, after, differences(before, after)


def rerun_between(
    old: tuple[Ground, Settings, str],
    new: tuple[Ground, Settings, str],
    by_cause: Mapping[str, str],
    state: str,
) -> Rerun:
    """Return a callable that scores `state` with the named causes new and the others old.

    `old` and `new` are the tables, settings and date of two runs; `by_cause` the cause each changed table stands for
    (`geodata.changes.tables_by_cause`). The date goes with the data.
    """

    def rerun(causes: frozenset[str]) -> pd.DataFrame:
        taken = {name for name, cause in by_cause.items() if cause in causes}
        tables = {**old[0].tables, **{name: new[0].tables[name] for name in taken if name in new[0].tables}}
        settings = new[1] if SETTINGS in causes else old[1]
        as_of = new[2] if causes & {DATA, VINTAGE} else old[2]
        return point_scores(replace(old[0], tables=tables), [state], settings, as_of)

    return rerun
