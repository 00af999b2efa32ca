"""Sensors: states are computed after their sources change, files are taken from the inbox folder."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dagster import (
    DagsterRunStatus,
    RunRequest,
    RunStatusSensorContext,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_status_sensor,
    sensor,
)

from assets.resources import deployment_file
from geodata.fetching.choose_acquirer import operator_folder
from geodata.fetching.live import SUPPLIED_FOLDER
from geodata.ingest.inbox import look
from geodata.settings import load_settings
from geodata.states import find_state
from geodata.storage.shared_home import sync
from pipelines.alerts import alerts
from pipelines.jobs import analysis_job, refresh_sources_job

LOOK_EVERY_SECONDS = 60
IF_CHANGED = {"resources": {"choices": {"config": {"only_if_changed": True}}}}


@run_status_sensor(
    run_status=DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh_sources_job],
    request_job=analysis_job,
    description="Once sources are obtained, compute the states of the settings whose inputs have changed.",
)
def states_after_sources(context: RunStatusSensorContext) -> Iterator[RunRequest | SkipReason]:
    """Ask for one run a state."""
    states = load_settings(deployment_file()).states
    if not states:
        yield SkipReason("No states are named in the settings; name them to have them follow their sources.")
    for text in states:
        usps = find_state(text).usps
        yield RunRequest(run_key=f"{usps}-{context.dagster_run.run_id}", partition_key=usps, run_config=IF_CHANGED)


def _seen_before(cursor: str | None) -> dict[str, tuple[int, int]]:
    """Return what the last look noted of files that came; nothing where that cannot be read: it looks once more."""
    try:
        return {name: (size, changed) for name, (size, changed) in json.loads(cursor or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


@sensor(
    job=refresh_sources_job,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    description="Take in files dropped into the inbox folder; a bad one is moved to “rejected” with a report.",
)
def inbox(context: SensorEvaluationContext) -> SensorResult:
    """Look into the inbox, and ask for a refresh where a file was taken in."""
    settings = load_settings(deployment_file())
    folder = settings.operations.inbox or settings.home / "inbox"
    before = _seen_before(context.cursor)
    sync(settings, SUPPLIED_FOLDER, settings.home / SUPPLIED_FOLDER)
    found = look(folder, operator_folder(settings), settings, before)
    for outcome in found.outcomes:
        context.log.info(outcome.sentence)
    cursor = json.dumps(found.waiting)
    good = [outcome for outcome in found.outcomes if outcome.accepted]
    if good:
        sync(settings, SUPPLIED_FOLDER, settings.home / SUPPLIED_FOLDER)
        # What came and when: the same file brought back after another one is new again.
        key = f"inbox-{'-'.join(outcome.hash[:12] for outcome in good)}-{context.last_tick_completion_time or 0:.0f}"
        return SensorResult([RunRequest(run_key=key, tags={"files": str(len(good))})], cursor=cursor)
    message = " ".join(outcome.sentence for outcome in found.outcomes)
    if found.waiting:
        message = f"{message} {len(found.waiting)} file(s) wait until they are complete.".strip()
    return SensorResult(skip_reason=SkipReason(message or "Nothing new in the inbox."), cursor=cursor)


SENSORS = [states_after_sources, inbox, alerts]
