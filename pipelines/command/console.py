"""What a terminal shows during a run: one line per finished step, and the sentence of one that failed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dagster import DagsterEvent, DagsterEventType, Definitions, InitLoggerContext, LoggerDefinition
from rich.console import Console

from assets.sources import NOT_ASKED, NOT_BROUGHT, OUTCOME
from geodata.fetching.client.http import LOG
from pipelines.command.stopping import STOPS

LINES = "lines"

#: What Dagster says about each step after a failed one, whose own message says enough.
AFTER_A_FAILURE = "Dependencies for step "


class StepLines(logging.Handler):
    """Turns Dagster's events into lines for people."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.DEBUG)
        self.console = console
        # How a source ended by its step, where that is not well.
        self._not_well: dict[str | None, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Show the events a person waits for; leave the rest to the run history."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if isinstance(event, DagsterEvent) and event.is_step_start and STOPS.last() is not None:
            # A library swallowed what Ctrl-C raised.
            raise KeyboardInterrupt
        message = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
        if event is None and record.levelno >= logging.WARNING and not message.startswith(AFTER_A_FAILURE):
            self._print(message, style="yellow", markup=False, soft_wrap=True)
        if isinstance(event, DagsterEvent) and event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            noted = event.asset_check_evaluation_data.metadata.get(OUTCOME)
            if noted is not None and noted.value:
                self._not_well[event.step_key] = str(noted.value)
        if isinstance(event, DagsterEvent) and event.event_type == DagsterEventType.STEP_SUCCESS:
            seconds = event.step_success_data.duration_ms / 1000
            outcome = self._not_well.get(event.step_key)
            style = "dim" if outcome in (NOT_ASKED, NOT_BROUGHT) else "yellow"
            mark = "[green]✓[/green]" if outcome is None else f"[{style}]–[/{style}]"
            word = "" if outcome is None else f": [{style}]{outcome}[/{style}]"
            self._print(f"{mark} {_step_name(event)}{word} [dim]{seconds:.1f} s[/dim]")

    def _print(self, text: str, *, style: str | None = None, markup: bool = True, soft_wrap: bool = False) -> None:
        # A terminal that closed, or a reader that stopped reading, is no reason to stop computing.
        with suppress(OSError, ValueError):
            self.console.print(text, style=style, markup=markup, soft_wrap=soft_wrap, highlight=False)


def _step_name(event: DagsterEvent) -> str:
    return (event.step_key or "").replace("__", " / ").replace("_", " ")


@contextmanager
def telling_requests(console: Console, *, every: bool) -> Iterator[None]:
    """Show what the client waits for and, with `every`, each request as it is made; keys are redacted there."""

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            with suppress(OSError, ValueError):
                style = "yellow" if record.levelno >= logging.WARNING else "dim"
                console.print(record.getMessage(), style=style, markup=False, highlight=False, soft_wrap=True)

    handler, before = Lines(logging.INFO if every else logging.WARNING), LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO if every else logging.WARNING)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before)


def progress(console: Console) -> Definitions:
    """Return definitions that bring a logger called `LINES` that writes to `console`."""

    def lines(context: InitLoggerContext) -> logging.Logger:
        own = logging.Logger("onramp.run", logging.DEBUG)
        own.addHandler(StepLines(console))
        return own

    return Definitions(loggers={LINES: LoggerDefinition(lines, description="One line per step.")})
