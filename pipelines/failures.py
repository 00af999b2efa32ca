"""The messages of a failed run: one sentence for each step that failed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from dagster import DagsterEvent, DagsterEventType

from geodata.fetching.client.redaction import Redactor
from geodata.sources import SOURCES
from pipelines.error_messages import known_sentence


class RecordedError(Protocol):
    """An error as Dagster records it: the name of its class and its text."""

    @property
    def cls_name(self) -> str | None:
        """The name of the class."""

    @property
    def message(self) -> str:
        """The text."""


def sentences(events: Iterable[DagsterEvent]) -> list[str]:
    """Return one sentence for each step that failed, or for the run where none did, without keys of this process."""
    redact = Redactor(secrets())
    messages: list[str] = []
    refused: dict[str | None, list[str]] = {}
    for event in events:
        if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if check.blocking and not check.passed:
                refused.setdefault(event.step_key, []).append(
                    f"the check {check.check_name} failed: {check.description}"
                )
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data
            metadata = data.user_failure_data
            error = data.error.cause or data.error if data.error else None
            sentence = metadata.description if metadata and metadata.description else _sentence(error)
            sentence = " ".join(refused.get(event.step_key, [])) or sentence
            messages.append(redact(f"{(event.step_key or '').replace('__', '/')}: {sentence.strip()}"))
        elif event.event_type == DagsterEventType.PIPELINE_FAILURE and not messages and event.job_failure_data.error:
            # It failed outside its steps; what a log line has reported already is not repeated.
            error = event.job_failure_data.error.cause or event.job_failure_data.error
            messages += filter(None, [known_sentence(error.cls_name or "", error.message)])
    return messages


def _sentence(error: RecordedError | None) -> str:
    if error is None:
        return ""
    return known_sentence(error.cls_name or "", error.message) or error.message


def secrets() -> list[str]:
    """Return the keys of publishers found in the environment."""
    names = {source.spec.key_env for source in SOURCES.values() if source.spec.key_env}
    return [os.environ.get(name, "") for name in (*names, "CAREERONESTOP_USER_ID")]
