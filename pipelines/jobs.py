"""The jobs a person or a schedule launches.

`state` is the one to press: everything for one state, sources included. `refresh_sources` reaches the network
and is apart from `analysis`, so that a slow publisher never blocks states that only compute.
"""

from __future__ import annotations

from typing import Any

from dagster import AssetSelection, define_asset_job, in_process_executor

from assets import scenarios, sources, tables
from assets import upkeep as upkeep_assets
from pipelines.upkeep import upkeep

SOURCES = AssetSelection.groups(sources.GROUP)
TABLES = AssetSelection.groups(tables.GROUP)
SCENARIOS = AssetSelection.groups(scenarios.GROUP)
UPKEEP = AssetSelection.groups(upkeep_assets.GROUP)
WALK = AssetSelection.all() - SCENARIOS - UPKEEP

state_job = define_asset_job(
    "state",
    selection=WALK,
    description="Everything for one state: read its sources, compute, write maps and lists. Start here.",
    executor_def=in_process_executor,
)
refresh_sources_job = define_asset_job(
    "refresh_sources",
    selection=SOURCES | TABLES,
    description="Obtain all sources and bring them into canonical tables.",
    executor_def=in_process_executor,
)
analysis_job = define_asset_job(
    "analysis",
    selection=WALK - SOURCES - TABLES,
    description="Compute one state from the canonical tables at hand; nothing is fetched.",
    executor_def=in_process_executor,
)
scenario_job = define_asset_job(
    "scenario",
    selection=SCENARIOS,
    description="Run a scenario file beside the last result of a state; name the file in the run config.",
    executor_def=in_process_executor,
)
check_ages_job = define_asset_job(
    "check_ages",
    selection=UPKEEP,
    description="See how long ago each state of the settings was computed, and name those overdue.",
    executor_def=in_process_executor,
)
JOBS: list[Any] = [
    state_job,
    refresh_sources_job,
    analysis_job,
    scenario_job,
    check_ages_job,
    upkeep,
]
