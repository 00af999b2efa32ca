"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event

from geodata.fetching.client.clock import Clock
from geodata.fetching.client.http import Fetcher
from tests.support.publisher_server import Publisher

# The same examples on every run, and no clock: first calls compile, and machines are shared.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent


@event.listens_for(Engine, "connect")
def no_waiting_for_the_disk(connection: object, _: object) -> None:
    """Let SQLite not wait until the disk has each event of a run: what a test wrote need not survive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with long tests first, so that no worker begins one when the others are done."""
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("services")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real public files, which is not part of the project."""
    folder = Path(os.environ.get("ONRAMP_REALDATA", ROOT.parent / "shared" / "realdata"))
    if not folder.is_dir():
        pytest.skip(f"real public files are not here: {folder.name} is absent beside the checkout")
    return folder


class FakeTime:
    """A calendar and a stopwatch that move only when somebody sleeps or a test says so."""

    def __init__(self) -> None:
        self.today = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        self.passed = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def forward(self, **amount: float) -> None:
        self.passed += timedelta(**amount).total_seconds()

    def clock(self) -> Clock:
        return Clock(
            now=lambda: self.today + timedelta(seconds=self.passed),
            monotonic=lambda: self.passed,
            sleep=self.sleep,
            random=lambda: 0.5,
        )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@pytest.fixture
def fetcher(fake_time: FakeTime) -> Iterator[Fetcher]:
    with Fetcher(clock=fake_time.clock(), private_redirects=True) as client:
        yield client
