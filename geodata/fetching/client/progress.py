"""Showing long downloads in a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from geodata.fetching.client import exchange

# What comes faster than this needs no bar (seconds).
_WORTH_A_BAR_S = 0.5


class DownloadBars:
    """One bar for each file that takes its time, gone when it is over; between downloads nothing is drawn."""

    def __init__(self, console: Console, monotonic: Callable[[], float] = time.monotonic) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._bars = Progress(*columns, console=console, transient=True)
        self._monotonic = monotonic
        self._began: dict[str, float] = {}
        self._shown: dict[str, TaskID] = {}

    def __call__(self, label: str, done: int, whole: int | None) -> None:
        """Show how far `label` is: bytes so far and of the whole, where that is known."""
        if whole is not None and done >= whole:
            self._over(label)
            return
        began = self._began.setdefault(label, self._monotonic())
        if label not in self._shown:
            if self._monotonic() - began < _WORTH_A_BAR_S:
                return
            self._shown[label] = self._bars.add_task(escape(label), total=whole)
            self._bars.start()
        self._bars.update(self._shown[label], completed=done, total=whole)

    def _over(self, label: str) -> None:
        self._began.pop(label, None)
        if label in self._shown:
            self._bars.remove_task(self._shown.pop(label))
            if not self._shown:
                self._bars.stop()

    def close(self) -> None:
        """Take away what is still drawn."""
        self._bars.stop()


@contextmanager
def download_bars(console: Console) -> Iterator[None]:
    """Show the downloads made within as bars on a terminal; elsewhere the client says in lines what it waits for."""
    if not console.is_terminal:
        yield
        return
    bars = DownloadBars(console)
    token = exchange.WATCHER.set(bars)
    try:
        yield
    finally:
        exchange.WATCHER.reset(token)
        bars.close()
