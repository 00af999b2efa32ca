"""The jobs a person or a schedule launches.

`state` is the one to start with: everything for one state, sources included; `nation` is the same for all states at
once. `refresh_sources` reaches the network and is separate from `analysis`, so that a slow publisher never blocks
states that only compute.
"""

from __future__ import annotations

from dagster import AssetSelection, define_asset_job, in_process_executor

from assets import canonical_tables as tables
from assets import nation, scenarios, sources
from assets import result_ages as upkeep_assets
from assets.partitions import STATES
from geodata.states import find_state
from pipelines.housekeeping import upkeep

SOURCES = AssetSelection.groups(sources.GROUP)
TABLES = AssetSelection.groups(tables.GROUP)
SCENARIOS = AssetSelection.groups(scenarios.GROUP)
UPKEEP = AssetSelection.groups(upkeep_assets.GROUP)
NATION = AssetSelection.groups(nation.GROUP)
WALK = AssetSelection.all() - SCENARIOS - UPKEEP - NATION
ALL_STATES = [usps for usps in STATES.get_partition_keys() if not find_state(usps).fictional]

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
    description="Compute one state from the available canonical tables; nothing is fetched.",
    executor_def=in_process_executor,
)
nation_job = define_asset_job(
    "nation",
    selection=SOURCES | TABLES | NATION,
    description="Every state computed together in one run, and the national overview that leads to them.",
    executor_def=in_process_executor,
    config={"resources": {"choices": {"config": {"other": {"states": ALL_STATES}}}}},
)
national_job = define_asset_job(
    "national_overview",
    selection=AssetSelection.assets("national"),
    description="Rebuild the national overview and list from the latest result of each state; nothing is computed.",
    executor_def=in_process_executor,
)
scenario_job = define_asset_job(
    "scenario",
    selection=SCENARIOS,
    description="Compare a scenario file with the last result of a state; name the file in the run config.",
    executor_def=in_process_executor,
)
check_ages_job = define_asset_job(
    "check_ages",
    selection=UPKEEP,
    description="See how long ago each state of the settings was computed, and name those overdue.",
    executor_def=in_process_executor,
)
JOBS = (
    state_job,
    refresh_sources_job,
    analysis_job,
    nation_job,
    national_job,
    scenario_job,
    check_ages_job,
    upkeep,
)
