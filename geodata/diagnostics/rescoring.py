"""Scoring tracts again without their uncertainty: with other tables, or with one choice of method changed.

Does not hold what is done with the scores (`geodata.diagnostics.sensitivity`, `geodata.comparison.changes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geodata.access.reach import TravelResult
from geodata.diagnostics.sensitivity import Changes, alternatives, sensitivity
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas import columns as col
from geodata.scoring.need import need_parts
from geodata.scoring.study_area import StudyArea, study_area
from geodata.scoring.tract_scores import tract_scores, training_access, travel, work_access
from geodata.settings import Settings
from geodata.travel.choose_engine import engine_for

# A nation is at hand where definitions and the survey speak of at least this many states.
NATION = 45


def point_scores(canonical: CanonicalTables, states: Sequence[str], settings: Settings, as_of: str) -> pd.DataFrame:
    """Return `tract_scores` of `states` with its ranks and without their uncertainty."""
    area = study_area(canonical, states, settings, as_of)
    return _scores(area, None, settings)


def _scores(area: StudyArea, reached: TravelResult | None, settings: Settings) -> pd.DataFrame:
    if reached is None:
        reached = travel(area, engine_for(settings.travel, area.raster("friction")), settings)
    parts = need_parts(area.definitions, area.measures, area.reference, settings.need)
    training = training_access(area, reached.training, settings)
    return tract_scores(area, parts, training, work_access(area, reached.work, settings), settings)


def sensitivity_of(
    area: StudyArea,
    reached: TravelResult,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    as_of: str,
    canonical: CanonicalTables | None = None,
) -> pd.DataFrame:
    """Return the `sensitivity` table of decided `tables` (tract_scores, communities, community_tracts).

    Travel is measured again only where a choice concerns it. A national reference area is tried where `canonical` holds
    a nation.
    """
    used = reached.training.minutes.engine
    raster = area.raster("friction")
    engines = tuple(name for name in ("great_circle", "friction") if name != used and (name != "friction" or raster))
    national = canonical is not None and _holds_a_nation(canonical)
    states = sorted(tables["tract_scores"][col.STATE].unique())

    def rerun(changes: Changes) -> pd.DataFrame:
        changed = settings.with_changes(changes)
        if canonical is not None and "reference_area" in changes.get("need", {}):
            return _scores(study_area(canonical, states, changed, as_of), reached, changed)
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


def _holds_a_nation(canonical: CanonicalTables) -> bool:
    return min(canonical.table(name)[col.STATE].nunique() for name in ("definitions", "measures")) >= NATION
