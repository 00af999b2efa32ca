"""What runs by itself: every night the sources and the states of the deployment."""

from __future__ import annotations

from collections.abc import Iterator

from dagster import RunRequest, ScheduleEvaluationContext, SkipReason, schedule

from assets.resources import deployment_file
from geodata.settings import load_settings
from geodata.states import find_state
from pipelines.jobs import refresh_sources_job, state_job

NIGHTLY = "30 2 * * *"


@schedule(job=refresh_sources_job, cron_schedule=NIGHTLY, execution_timezone="UTC")
def nightly_sources(context: ScheduleEvaluationContext) -> RunRequest:
    """Obtain all sources every night; what has not changed at its publisher is not downloaded again."""
    return RunRequest(run_key=f"sources-{context.scheduled_execution_time:%Y-%m-%d}")


@schedule(job=state_job, cron_schedule="30 3 * * *", execution_timezone="UTC")
def nightly_states(context: ScheduleEvaluationContext) -> Iterator[RunRequest | SkipReason]:
    """Compute every state of the deployment an hour later, one run a state."""
    states = load_settings(deployment_file()).states
    if not states:
        yield SkipReason("No states are named in the settings; name them to have them computed every night.")
    for text in states:
        usps = find_state(text).usps
        yield RunRequest(run_key=f"{usps}-{context.scheduled_execution_time:%Y-%m-%d}", partition_key=usps)


SCHEDULES = [nightly_sources, nightly_states]
