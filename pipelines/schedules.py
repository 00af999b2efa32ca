"""Schedules: the sources every night, all states again every week.

After the nightly sources, the states whose inputs changed are computed by a sensor (see `pipelines.sensors`).
"""

from __future__ import annotations

from collections.abc import Iterator

from dagster import RunRequest, ScheduleDefinition, ScheduleEvaluationContext, SkipReason, schedule

from assets.resources import deployment_file
from geodata.settings import load_settings
from geodata.states import find_state
from pipelines.housekeeping import upkeep
from pipelines.jobs import analysis_job, check_ages_job, refresh_sources_job

NIGHTLY = "30 2 * * *"
WEEKLY = "30 6 * * 0"


@schedule(
    job=refresh_sources_job,
    cron_schedule=NIGHTLY,
    execution_timezone="UTC",
    description="Obtain all sources every night; what has not changed at its publisher is not downloaded again.",
)
def nightly_sources(context: ScheduleEvaluationContext) -> RunRequest:
    """Ask for one refresh a night."""
    return RunRequest(run_key=f"sources-{context.scheduled_execution_time:%Y-%m-%d}")


@schedule(
    job=analysis_job,
    cron_schedule=WEEKLY,
    execution_timezone="UTC",
    description="Compute every state of the settings once a week, changed or not, one run a state.",
)
def weekly_states(context: ScheduleEvaluationContext) -> Iterator[RunRequest | SkipReason]:
    """Ask for one run a state."""
    states = load_settings(deployment_file()).states
    if not states:
        yield SkipReason("No states are named in the settings; name them to have them computed every week.")
    for text in states:
        usps = find_state(text).usps
        yield RunRequest(run_key=f"{usps}-{context.scheduled_execution_time:%Y-%m-%d}", partition_key=usps)


daily_ages = ScheduleDefinition(
    name="daily_ages",
    job=check_ages_job,
    cron_schedule="0 7 * * *",
    execution_timezone="UTC",
    description="Look every morning for states that have not been computed recently.",
)
weekly_upkeep = ScheduleDefinition(
    name="weekly_upkeep",
    job=upkeep,
    cron_schedule="0 1 * * 6",
    execution_timezone="UTC",
    description="Clear away old copies, broken-off files and records of old runs every week.",
)
SCHEDULES = [nightly_sources, weekly_states, daily_ages, weekly_upkeep]
