"""The analysis of a state: study area, travel, need, access, scores. One partition a state.

Each asset unpacks, calls one pure function of `geodata` and says what came out.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    Output,
    asset,
)

from assets.canonical_tables import TABLE_INS
from assets.last_finished import last_finished, mark_of
from assets.metadata import docs, rows_metadata, table_metadata
from assets.partitions import STATES
from assets.resources import Choices
from geodata.access.reach import TravelResult
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas import columns as col
from geodata.schemas.canonical import TRACTS
from geodata.schemas.computed import NEED_PARTS, TRACT_SCORES
from geodata.schemas.sourced import Sourced
from geodata.scoring import tract_scores as scoring
from geodata.scoring.need import need_parts as parts_of_need
from geodata.scoring.study_area import StudyArea
from geodata.scoring.study_area import study_area as cut_study_area
from geodata.settings import Need
from geodata.travel.choose_engine import engine_for

GROUP = "3_analysis"
POINTS_TOLERANCE = 1e-6
state_asset = partial(
    asset, group_name=GROUP, partitions_def=STATES, owners=["team:analysis"], metadata=docs("methodology.md")
)


@state_asset(
    ins=TABLE_INS,
    kinds={"geoparquet"},
    output_required=False,
)
def study_area(context: AssetExecutionContext, choices: Choices, **tables: Sourced) -> Iterator[Output[StudyArea]]:
    """The state's tracts, and the sites, providers and people beyond its border that matter to them.

    Where the run asks for it and nothing that bears on the state has changed since its last finished run, the run
    ends here and all that follows is skipped.
    """
    area = cut_study_area(CanonicalTables.of(tables), [context.partition_key], choices.settings, choices.date)
    counts = {
        "tracts": len(area.tracts),
        "tracts_without_polygon": int((~area.tracts[col.HAS_POLYGON]).sum()),
        "tracts_without_residents": int((area.tracts[col.POPULATION] == 0).sum()),
        "sites_that_bring_work": len(area.sites),
        "providers_that_count": len(area.providers),
        "competing_tracts_beyond_the_border": int(area.origins[col.GEOID].nunique() - len(area.tracts)),
    }
    last = last_finished(context.instance, context.partition_key) if choices.only_if_changed else None
    if last is not None and last.fingerprint == mark_of(area, choices.settings):
        context.log.info(f"{context.partition_key}: nothing changed since the last finished run; it stays as it is.")
        return
    yield Output(area, metadata={**counts, **table_metadata(area.tracts, TRACTS)})


@state_asset(
    kinds={"numba"},
)
def travel(choices: Choices, study_area: StudyArea) -> Output[TravelResult]:
    """Minutes from where people live to providers, planned sites and job centres within the catchment."""
    engine = engine_for(choices.settings.travel, study_area.raster("friction"))
    reached = scoring.travel(study_area, engine, choices.settings)
    minutes = reached.training.minutes
    pairs = {name: len(getattr(reached, name).minutes) for name in ("training", "work", "job_centers")}
    cut_off = {} if minutes.snap_km is None else {"origins_off_the_network": int(np.isnan(minutes.snap_km).sum())}
    return Output(reached, metadata={"engine": f"{minutes.engine} {minutes.engine_version}", **pairs, **cut_off})


@state_asset(
    kinds={"pandas"},
    check_specs=[
        AssetCheckSpec(
            "weighted_definitions_found",
            asset="need_parts",
            description="Every definition with a weight has values here. Warns only: Need then rests on the others.",
        ),
    ],
)
def need_parts(choices: Choices, study_area: StudyArea) -> Iterator[Output[pd.DataFrame] | AssetCheckResult]:
    """How every definition of disadvantage ranks every tract."""
    area, settings = study_area, choices.settings.need
    table = parts_of_need(area.definitions, area.measures, area.reference, settings)
    yield Output(table, metadata=table_metadata(table, NEED_PARTS))
    yield definitions_found(table, settings)


def definitions_found(parts: pd.DataFrame, settings: Need) -> AssetCheckResult:
    """Warn of a definition that has a weight and no value for any tract."""
    weighted = {name for name, weight in settings.weights.items() if weight > 0}
    silent = sorted(weighted - set(parts[col.DEFINITION]))
    used = ", ".join(sorted(weighted - set(silent)))
    told = f"Without {', '.join(silent)}; Need rests on {used or 'nothing'}." if silent else f"Need rests on {used}."
    return AssetCheckResult(
        check_name="weighted_definitions_found",
        passed=not silent,
        severity=AssetCheckSeverity.WARN,
        description=told,
    )


@state_asset(
    kinds={"pandas"},
)
def training_access(choices: Choices, study_area: StudyArea, travel: TravelResult) -> Output[pd.DataFrame]:
    """Access to entry-level training: yearly seats within reach of each tract, shared among who competes."""
    table = scoring.training_access(study_area, travel.training, choices.settings)
    return Output(table, metadata=rows_metadata(table))


@state_asset(
    kinds={"pandas"},
)
def work_access(choices: Choices, study_area: StudyArea, travel: TravelResult) -> Output[pd.DataFrame]:
    """Access to planned work: job-years within reach of each tract, shared among who competes."""
    table = scoring.work_access(study_area, travel.work, choices.settings)
    return Output(table, metadata=rows_metadata(table))


@state_asset(
    kinds={"pandas"},
    check_specs=[
        AssetCheckSpec(
            "every_tract_listed",
            asset="tract_scores",
            blocking=True,
            description="Each tract has a rank, or a reason why it has none. Stops what follows.",
        ),
        AssetCheckSpec(
            "points_sum_to_priority",
            asset="tract_scores",
            blocking=True,
            description="The points of Need, Training gap and Opportunity sum to Priority. Stops what follows.",
        ),
        AssetCheckSpec(
            "pillars_present",
            asset="tract_scores",
            description="All three pillars could be measured. Warns only: Priority then rests on the others.",
        ),
    ],
)
def tract_scores(
    choices: Choices,
    study_area: StudyArea,
    need_parts: pd.DataFrame,
    training_access: pd.DataFrame,
    work_access: pd.DataFrame,
) -> Iterator[Output[pd.DataFrame] | AssetCheckResult]:
    """Need, Opportunity, Training gap, the gate and Priority of every tract, as point estimates."""
    table = scoring.tract_scores(study_area, need_parts, training_access, work_access, choices.settings)
    listed = int(table[col.RANK].notna().sum())
    reasons = table[col.UNRANKED_REASON].replace("", "listed").value_counts().to_dict()
    yield Output(table, metadata={**table_metadata(table, TRACT_SCORES), "listed": listed, "reasons": reasons})
    yield every_tract_listed(table, study_area)
    yield points_sum(table)
    yield pillars_present(table)


def every_tract_listed(table: pd.DataFrame, area: StudyArea) -> AssetCheckResult:
    """Fail where a tract vanished, or has neither rank nor reason."""
    unexplained = table[col.RANK].isna() == (table[col.UNRANKED_REASON].fillna("") == "")
    same = set(table[col.GEOID]) == set(area.tracts[col.GEOID])
    return AssetCheckResult(
        check_name="every_tract_listed",
        passed=same and not unexplained.any(),
        description=f"{len(table)} of {len(area.tracts)} tracts; {int(unexplained.sum())} without rank or reason.",
    )


def points_sum(table: pd.DataFrame) -> AssetCheckResult:
    """Fail where the points of a tract do not sum to its Priority."""
    points = table[[col.POINTS_NEED, col.POINTS_TRAINING_GAP, col.POINTS_OPPORTUNITY]].sum(axis=1)
    worst = (points - table[col.PRIORITY]).abs().max()
    return AssetCheckResult(
        check_name="points_sum_to_priority",
        passed=bool(pd.isna(worst) or worst <= POINTS_TOLERANCE),
        description=f"The largest difference is {worst:.2g} points.",
    )


def pillars_present(table: pd.DataFrame) -> AssetCheckResult:
    """Warn where a pillar is unknown for all tracts, so that Priority rests on the others."""
    unknown = [name for name in (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY) if table[name].isna().all()]
    told = "All three are there." if not unknown else f"Unknown for every tract: {', '.join(unknown)}."
    return AssetCheckResult(
        check_name="pillars_present", passed=not unknown, severity=AssetCheckSeverity.WARN, description=told
    )


WALK_ASSETS = [study_area, travel, need_parts, training_access, work_access, tract_scores]
