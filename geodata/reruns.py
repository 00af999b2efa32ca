"""Running the analysis again with something changed: scenarios, and the causes of a change.

Does not hold what is done with the results (`geodata.differences`, `geodata.changes`), or single choices of method
(`geodata.rescoring`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geodata.analysis import analyse
from geodata.changes import DATA, SETTINGS, VINTAGE, Rerun
from geodata.communities import Previous
from geodata.differences import Differences, differences
from geodata.equity import shortfall_lines
from geodata.rescoring import point_scores
from geodata.results import StateResult
from geodata.scenarios import Scenario, apply
from geodata.settings import Settings
from geodata.study import Ground


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
