"""Scoring tracts again without their uncertainty: with other tables, or with one choice of method changed.

Does not hold what is done with the scores (`geodata.diagnostics.sensitivity`, `geodata.comparison.changes`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.access.reach import TravelResult
from geodata.analysis.scoring_steps import SCORING
from geodata.analysis.step import Walk
from geodata.diagnostics import sensitivity as comparison
from geodata.diagnostics.other_choices import Alternative, alternatives
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings


def point_scores(canonical: CanonicalTables, states: Sequence[str], settings: Settings, as_of: str) -> pd.DataFrame:
    """Return `tract_scores` of `states` with its ranks and without their uncertainty."""
    given = {"canonical": canonical, "states": states, "settings": settings, "as_of": as_of}
    return pd.DataFrame(Walk(SCORING, given).result("tract_scores"))


def sensitivity(
    area: StudyArea,
    travel: TravelResult,
    scores: pd.DataFrame,
    communities: pd.DataFrame,
    community_tracts: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Return the `sensitivity` table: the tracts of `area` scored again under each other choice of method.

    `travel`, `scores`, `communities` and `community_tracts` are those of the run. Travel is measured again only where
    a choice concerns it.
    """
    used, raster = travel.training.minutes.engine, area.raster("friction")
    engines = tuple(name for name in ("great_circle", "friction") if name != used and (name != "friction" or raster))

    def rescored(choice: Alternative) -> pd.DataFrame:
        given = {"study_area": choice.area(area), "settings": settings.with_changes(choice.changes)}
        walk = Walk(SCORING, given if choice.measures_travel else {**given, "travel": travel})
        return choice.scores(pd.DataFrame(walk.result("tract_scores")))

    choices = alternatives(settings, area, engines)
    return comparison.sensitivity(scores, communities, community_tracts, choices, rescored, settings)
