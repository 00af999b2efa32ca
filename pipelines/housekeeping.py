"""The job that keeps a deployment small: it removes old copies, unfinished files and records of old runs."""

from datetime import UTC, datetime, timedelta

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    OpExecutionContext,
    RunsFilter,
    in_process_executor,
    job,
    op,
)

from assets.resources import Choices
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import cache_folder
from geodata.storage.leftovers import clear
from geodata.storage.shared_home import shared_home

ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
AT_ONCE = 200


@op
def prune_cache(context: OpExecutionContext, choices: Choices) -> None:
    """Keep the newest copies of each source, the last good one always among them."""
    settings = choices.settings
    gone = Cache(cache_folder(settings)).prune(settings.operations.keep_copies, now=datetime.now(UTC))
    context.add_output_metadata({"old_copies_removed": gone.objects, "megabytes_freed": round(gone.freed / 1e6, 1)})


@op
def clear_leftovers(context: OpExecutionContext, choices: Choices) -> None:
    """Remove files that a run left unfinished days ago."""
    shared = shared_home(choices.settings)
    gone = {} if shared is None else {"shared_objects_removed": shared.clear(datetime.now(UTC))}
    context.add_output_metadata({"leftovers_removed": clear(choices.settings.home, datetime.now(UTC)), **gone})


@op
def forget_old_runs(context: OpExecutionContext, choices: Choices) -> None:
    """Remove the records of runs that ended long ago."""
    before = datetime.now(UTC) - timedelta(days=choices.settings.operations.keep_runs_days)
    context.add_output_metadata({"runs_forgotten": forget(context.instance, before)})


def forget(instance: DagsterInstance, before: datetime) -> int:
    """Delete the runs created `before` that have ended, with their events, and return how many."""
    old = RunsFilter(statuses=ENDED, created_before=before)
    count = 0
    while records := instance.get_run_records(old, limit=AT_ONCE):
        for record in records:
            instance.delete_run(record.dagster_run.run_id)
            count += 1
    return count


@job(executor_def=in_process_executor)
def upkeep() -> None:
    """Clear away old copies, unfinished files and records of old runs."""
    prune_cache()
    clear_leftovers()
    forget_old_runs()
