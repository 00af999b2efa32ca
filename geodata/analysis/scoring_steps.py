"""The steps from the canonical tables to a score for every tract: point estimates, nothing of their uncertainty.

Scoring again, with other tables or another choice of method, takes these steps alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.access.reach import TravelResult
from geodata.analysis import checks
from geodata.analysis.step import Check, Step
from geodata.schemas import columns as col
from geodata.schemas.computed import NEED_PARTS, TRACT_SCORES
from geodata.scoring import tract_scores as scores
from geodata.scoring.need import need_parts
from geodata.scoring.study_area import StudyArea, study_area
from geodata.settings import Settings
from geodata.travel.choose_engine import engine_for
from geodata.travel.minutes import TravelEngine


def travel_engine(area: StudyArea, settings: Settings) -> TravelEngine:
    """Return the engine that measures travel in `area`."""
    return engine_for(settings.travel, area.raster("friction"))


def study_area_figures(area: StudyArea) -> dict[str, Any]:
    """Return how much of everything a study area holds."""
    return {
        "tracts": len(area.tracts),
        "tracts_without_polygon": int((~area.tracts[col.HAS_POLYGON]).sum()),
        "tracts_without_residents": int((area.tracts[col.POPULATION] == 0).sum()),
        "sites_that_bring_work": len(area.sites),
        "providers_that_count": len(area.providers),
        "competing_tracts_beyond_the_border": int(area.origins[col.GEOID].nunique() - len(area.tracts)),
    }


def travel_figures(travel: TravelResult) -> dict[str, Any]:
    """Return what measured the travel, and how many pairs of origins and places are within reach."""
    minutes = travel.training.minutes
    pairs = {name: len(getattr(travel, name).minutes) for name in ("training", "work", "job_centers")}
    cut_off = {} if minutes.snap_km is None else {"origins_off_the_network": int(np.isnan(minutes.snap_km).sum())}
    return {"engine": f"{minutes.engine} {minutes.engine_version}", **pairs, **cut_off}


def score_figures(table: pd.DataFrame) -> dict[str, Any]:
    """Return how many tracts are listed, and for how many each reason stands why they are not."""
    reasons = table[col.UNRANKED_REASON].replace("", "listed").value_counts().to_dict()
    return {"listed": int(table[col.RANK].notna().sum()), "reasons": reasons}


STUDY_AREA = Step(
    "study_area",
    study_area,
    ("canonical", "states", "settings", "as_of"),
    StudyArea,
    "scoring",
    "The state's tracts, and the sites, providers and people beyond its border that matter to them.",
    kinds=frozenset({"geoparquet"}),
    figures=study_area_figures,
)
SCORING: tuple[Step, ...] = (
    STUDY_AREA,
    Step("travel_engine", travel_engine, ("study_area", "settings"), TravelEngine, "scoring", stored=False),
    Step(
        "travel",
        scores.travel,
        ("study_area", "travel_engine", "settings"),
        TravelResult,
        "scoring",
        "Minutes from where people live to providers, planned sites and job centers within the catchment.",
        kinds=frozenset({"numba"}),
        figures=travel_figures,
    ),
    Step(
        "need_parts",
        need_parts,
        ("study_area.definitions", "study_area.measures", "study_area.reference", "settings.need"),
        NEED_PARTS,
        "scoring",
        "How every definition of disadvantage ranks every tract.",
        checks=(
            Check(
                "weighted_definitions_found",
                "Every definition with a weight has values here. Warns only: Need then rests on the others.",
                checks.weighted_definitions_found,
                ("need_parts", "settings.need"),
            ),
        ),
    ),
    Step(
        "training_access",
        scores.training_access,
        ("study_area", "travel.training", "settings"),
        pd.DataFrame,
        "scoring",
        "Access to entry-level training: yearly seats within reach of each tract, shared among who competes.",
    ),
    Step(
        "work_access",
        scores.work_access,
        ("study_area", "travel.work", "settings"),
        pd.DataFrame,
        "scoring",
        "Access to planned work: job-years within reach of each tract, shared among who competes.",
    ),
    Step(
        "tract_scores",
        scores.tract_scores,
        ("study_area", "need_parts", "training_access", "work_access", "settings"),
        TRACT_SCORES,
        "scoring",
        "Need, Opportunity, Training gap, the gate and Priority of every tract, as point estimates.",
        checks=(
            Check(
                "every_tract_listed",
                "Each tract has a rank, or a reason why it has none. Stops what follows.",
                checks.every_tract_listed,
                ("tract_scores", "study_area.tracts"),
                blocking=True,
            ),
            Check(
                "points_sum_to_priority",
                "The points of Need, Training gap and Opportunity sum to Priority. Stops what follows.",
                checks.points_sum_to_priority,
                ("tract_scores",),
                blocking=True,
            ),
            Check(
                "pillars_present",
                "All three pillars could be measured. Warns only: Priority then rests on the others.",
                checks.pillars_present,
                ("tract_scores",),
            ),
        ),
        figures=score_figures,
    ),
)
