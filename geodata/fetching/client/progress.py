"""Showing long downloads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from geodata.fetching.client import exchange


@contextmanager
def download_bars(console: Console) -> Iterator[exchange.Progress]:
    """Yield what a Fetcher reports to; one bar for each file, gone when all is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(label: str, done: int, whole: int | None) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(escape(label), total=whole)
            bars.update(tasks[label], completed=done, total=whole)

        yield report
