"""Decisions for a state: how sure the ranks are, communities, barriers, hubs. One partition a state."""

import json
from collections.abc import Iterator

import pandas as pd
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetOut,
    Output,
    asset,
    multi_asset,
)

from assets.history import LastRun
from assets.metadata import docs, table_metadata
from assets.partitions import STATES
from assets.resources import Choices
from geodata.access.reach import TravelResult
from geodata.communities.grouping import Previous
from geodata.decisions.decide import decide, hub_table
from geodata.schemas import columns as col
from geodata.schemas.computed import BARRIERS, COMMUNITIES, COMMUNITY_TRACTS, HUBS, TRACT_SCORES, WORK_BY_QUARTER
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from geodata.travel.choose_engine import engine_for
from geodata.uncertainty.travel_range import travel_access

GROUP = "4_decisions"
OWNERS = ["team:analysis"]
# Asset name: result table. The scores have their certainty here, hence the other name.
DECIDED = {
    "ranked_tracts": TRACT_SCORES,
    "communities": COMMUNITIES,
    "community_tracts": COMMUNITY_TRACTS,
    "barriers": BARRIERS,
    "work_by_quarter": WORK_BY_QUARTER,
}
SETTLED = 0.05


def decision_out(description: str) -> AssetOut:
    """Return how an asset of this stage is shown."""
    return AssetOut(description=description, owners=OWNERS, kinds={"pandas"}, metadata=docs("methodology.md"))


@multi_asset(
    name="decide",
    group_name=GROUP,
    partitions_def=STATES,
    outs={
        **{name: decision_out(table.meaning) for name, table in DECIDED.items()},
        "facts": decision_out("Single figures of the run, such as how far the draws settle."),
    },
    check_specs=[
        AssetCheckSpec(
            "every_listed_tract_grouped",
            asset="community_tracts",
            blocking=True,
            description="Each tract of the grouped tiers is in one community, and in one only. Stops what follows.",
        ),
        AssetCheckSpec(
            "draws_settled",
            asset="ranked_tracts",
            description="Few tiers hang on the number of draws. Warns only: more draws would settle them.",
        ),
    ],
)
def decided(
    context: AssetExecutionContext,
    choices: Choices,
    study_area: StudyArea,
    travel: TravelResult,
    tract_scores: pd.DataFrame,
    need_parts: pd.DataFrame,
) -> Iterator[Output[pd.DataFrame] | AssetCheckResult]:
    """Draw the ranks, group tracts into communities, find barriers, actions and work by quarter."""
    settings = choices.settings
    engine = engine_for(settings.travel, study_area.raster("friction"))
    access = travel_access(study_area, engine, settings)
    made = decide(
        study_area, travel, tract_scores, need_parts, access, settings, earlier(settings, context.partition_key)
    )
    for name, table in DECIDED.items():
        frame = made.tables[table.name]
        yield Output(frame, output_name=name, metadata=table_metadata(frame, table))
    facts = {**travel.facts, **made.facts}
    told = {name: value for name, value in facts.items() if value is not None}
    yield Output(facts_table(facts), output_name="facts", metadata=told)
    yield grouped_once(made.tables["tract_scores"], made.tables["community_tracts"], settings)
    yield draws_settled(facts)


def earlier(settings: Settings, usps: str) -> Previous | None:
    """Return the communities of the state's last run, whose names and ids are kept where tracts barely change."""
    last = LastRun.find(settings, usps)
    if last is None:
        return None
    result = last.result()
    return Previous(result.table("community_tracts"), result.table("communities"))


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"highs"})
def hubs(choices: Choices, study_area: StudyArea, ranked_tracts: pd.DataFrame) -> Output[pd.DataFrame]:
    """Where one to ten recruitment hubs reach most of the people of tiers A and B, solved exactly."""
    engine = engine_for(choices.settings.travel, study_area.raster("friction"))
    table = hub_table(study_area, ranked_tracts, engine, choices.settings)
    gap = float(table[col.GAP].max()) if len(table) else 0.0
    return Output(table, metadata={**table_metadata(table, HUBS), "largest_gap_to_the_optimum": gap})


def facts_table(facts: dict[str, object]) -> pd.DataFrame:
    """Return facts as [fact, value], each value as JSON so that it comes back as what it was."""
    return pd.DataFrame({"fact": list(facts), col.VALUE: [json.dumps(value) for value in facts.values()]}, dtype="str")


def facts_of(table: pd.DataFrame) -> dict[str, object]:
    """Return the facts that `facts_table` wrote."""
    return {name: json.loads(value) for name, value in zip(table["fact"], table[col.VALUE], strict=True)}


def grouped_once(scores: pd.DataFrame, members: pd.DataFrame, settings: Settings) -> AssetCheckResult:
    """Fail where a listed tract of the grouped tiers is in no community, or in two."""
    meant = set(scores.loc[scores[col.GATED] & scores[col.TIER].isin(settings.communities.tiers), col.GEOID])
    once = not members[col.GEOID].duplicated().any() and set(members[col.GEOID]) == meant
    return AssetCheckResult(
        asset_key="community_tracts",
        check_name="every_listed_tract_grouped",
        passed=once,
        description=f"{len(members)} of {len(meant)} tracts of tiers {', '.join(settings.communities.tiers)} grouped.",
    )


def draws_settled(facts: dict[str, object]) -> AssetCheckResult:
    """Warn where more than one tier in twenty differs between the two halves of the draws."""
    share = float(str(facts.get("tiers_that_differ_between_halves", 0.0)))
    return AssetCheckResult(
        asset_key="ranked_tracts",
        check_name="draws_settled",
        passed=share <= SETTLED,
        severity=AssetCheckSeverity.WARN,
        description=f"{share:.1%} of tiers differ between the halves of the draws; more draws would settle them.",
    )


DECISION_ASSETS = [decided, hubs]
