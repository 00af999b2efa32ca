"""Bars on a terminal for what takes its time, gone when it is over; nothing of them where there is no terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from geodata.fetching.client.exchange import WATCHER, Limits, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.progress import DownloadBars, download_bars
from tests.support.publisher_server import Reply, file_of

ROWS = b"id,name\n" * 20_000


class Watched(DownloadBars):
    """Bars drawn whenever they move, with what stood in them."""

    def __init__(self, console: Console) -> None:
        self.time, self.drawn = 0.0, list[list[tuple[str, float, float | None]]]()
        super().__init__(console, lambda: self.time)

    def __call__(self, label: str, done: int, whole: int | None) -> None:
        super().__call__(label, done, whole)
        self.drawn.append([(task.description, task.completed, task.total) for task in self._bars.tasks])


def a_terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80)


def test_what_comes_at_once_has_no_bar_and_what_takes_its_time_has_one_until_it_is_over() -> None:
    bars = Watched(a_terminal())
    bars("Tracts [small]", 10, 100)
    assert bars.drawn[-1] == []
    bars.time = 1.0
    bars("Tracts [small]", 40, 100)
    bars("Roads", 5, None)
    assert bars.drawn[-1] == [(r"Tracts \[small]", 40, 100)]
    bars.time = 2.0
    bars("Roads", 6, None)
    assert bars.drawn[-1] == [(r"Tracts \[small]", 40, 100), ("Roads", 6, None)]
    bars("Tracts [small]", 100, 100)
    assert bars.drawn[-1] == [("Roads", 6, None)]
    bars("Roads", 6, 6)
    assert bars.drawn[-1] == []
    bars("Roads", 1, None)
    assert bars.drawn[-1] == []


def test_a_download_within_is_watched_on_a_terminal_and_nowhere_else(publisher, fake_time, tmp_path) -> None:
    url = publisher.script("/rows.csv", file_of(ROWS))
    with download_bars(a_terminal()):
        assert isinstance(WATCHER.get(), DownloadBars)
        Fetcher(clock=fake_time.clock()).download(Request(url), tmp_path / "part")
    assert WATCHER.get() is None
    with download_bars(Console(file=io.StringIO())):
        assert WATCHER.get() is None


@pytest.mark.parametrize("cut", [None, 100_000])
def test_a_bar_goes_whether_the_file_came_or_was_given_up(publisher, fake_time, tmp_path, cut) -> None:
    bars = Watched(a_terminal())

    def slowly(label: str, done: int, whole: int | None) -> None:
        bars.time += 1.0
        bars(label, done, whole)

    url = publisher.script("/rows.csv", Reply(ROWS, headers={"ETag": '"1"'}, cut_after=cut))
    fetcher = Fetcher(clock=fake_time.clock(), limits=Limits(attempts=1), progress=slowly)
    try:
        fetcher.download(Request(url, label="Rows"), tmp_path / "part")
    except FetchError:
        assert cut
    assert any(one and one[0][0] == "Rows" for one in bars.drawn)
    assert bars.drawn[-1] == []
