"""Running the analysis again with something changed: scenarios, and the causes of a change.

Does not hold what is done with the results (`geodata.comparison.differences`, `geodata.comparison.changes`), or
single choices of method (`geodata.analysis.rescoring`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geodata.analysis import analyze
from geodata.analysis.rescoring import point_scores
from geodata.communities.grouping import Previous
from geodata.comparison.changes import DATA, SETTINGS, VINTAGE, Rerun
from geodata.comparison.differences import Differences, differences
from geodata.comparison.scenarios import Scenario, apply
from geodata.diagnostics.equity import shortfall_lines
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings


def run_scenario(
    canonical: CanonicalTables,
    state: str,
    settings: Settings,
    as_of: str,
    scenario: Scenario,
    before: StateResult | None = None,
) -> tuple[StateResult, StateResult, Differences]:
    """Return the baseline of `state`, the scenario's result, and what differs.

    `before` is the baseline where it is available. The scenario keeps the baseline's shortfall lines, and its
    communities where its tracts barely change.
    """
    if before is None:
        before = analyze(canonical, [state], settings, as_of)[state]
    changed_tables, changed_settings = apply(scenario, canonical, settings)
    previous = Previous(before.table("community_tracts"), before.table("communities"))
    lines = shortfall_lines(before.table("tract_scores"), settings.equity)
    after = analyze(changed_tables, [state], changed_settings, as_of, previous, lines)[state]
    return before, after, differences(before, after)


def rerun_between(
    old: tuple[CanonicalTables, Settings, str],
    new: tuple[CanonicalTables, Settings, str],
    by_cause: Mapping[str, str],
    state: str,
) -> Rerun:
    """Return a callable that scores `state` with the named causes new and the others old.

    `old` and `new` are the tables, settings and date of two runs; `by_cause` the cause each changed table stands for
    (`geodata.comparison.changes.tables_by_cause`). The date goes with the data.
    """

    def rerun(causes: frozenset[str]) -> pd.DataFrame:
        taken = {name for name, cause in by_cause.items() if cause in causes}
        tables = {**old[0].tables, **{name: new[0].tables[name] for name in taken if name in new[0].tables}}
        settings = new[1] if SETTINGS in causes else old[1]
        as_of = new[2] if causes & {DATA, VINTAGE} else old[2]
        return point_scores(replace(old[0], tables=tables), [state], settings, as_of)

    return rerun
