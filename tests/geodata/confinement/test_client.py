"""A process that a hostile file has taken over reaches nothing, and ends: every wall, tried from within."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geodata.confinement.client import Confined, Stopped
from geodata.confinement.walls import Limits

LIMITS = Limits(seconds=120, memory_bytes=600_000_000)
SECRET = "secret-of-the-environment"


@pytest.fixture(scope="module")
def process() -> Iterator[Confined]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CENSUS_API_KEY", SECRET)
        confined = Confined("tests.support.hostile_worker:work", {"GIVEN": "on purpose"})
        confined.ask({"deed": "table"}, [], LIMITS)
        yield confined
        confined.close()


def answer_of(process: Confined, deed: str, files: list[Path] | None = None, **more: object) -> object:
    return process.ask({"deed": deed, **more}, files or [], LIMITS).facts["told"]


def test_the_environment_holds_no_secret(process: Confined) -> None:
    environment = answer_of(process, "environment")
    assert isinstance(environment, dict)
    assert SECRET not in str(environment)
    assert environment["GIVEN"] == "on purpose"


def test_no_connection_leaves_it(process: Confined) -> None:
    if not process.promises["network"]:
        pytest.skip("this system lets no process be cut off the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = answer_of(process, "connect", port=server.getsockname()[1])
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert outcome != "done"


def test_it_sees_the_file_it_is_to_read_and_no_other(process: Confined, tmp_path: Path) -> None:
    if not process.promises["files"]:
        pytest.skip("this system cannot hide files from a process")
    for name in ("given.txt", "other.txt"):
        (tmp_path / name).write_text(name)
    given = tmp_path / "given.txt"
    assert answer_of(process, "read", [given], path=str(given)) == "given.txt"
    for path in (tmp_path / "other.txt", Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ")):
        assert answer_of(process, "read", [given], path=str(path)) == ["PermissionError", 13]
    assert answer_of(process, "write", [given], path=str(given)) == ["PermissionError", 13]
    assert answer_of(process, "write", [given], path=str(tmp_path / "new.txt")) == ["PermissionError", 13]


def test_it_starts_no_program_and_reaches_no_other_process(process: Confined) -> None:
    if not process.promises["files"]:
        pytest.skip("this system cannot refuse calls")
    assert answer_of(process, "start") == ["PermissionError", 1]
    assert answer_of(process, "kill", number=os.getpid()) == ["PermissionError", 1]


@pytest.mark.parametrize(
    ("deed", "limits", "end", "by"),
    [
        ("eat", LIMITS, "memory", ""),
        ("talk", Limits(120, 150_000_000), "memory", ""),
        ("loop", Limits(1, 600_000_000), "time", ""),
        ("crash", LIMITS, "broken", "SIGSEGV"),
        ("stumble", LIMITS, "broken", ""),
    ],
)
def test_how_it_ends_is_told(process: Confined, deed: str, limits: Limits, end: str, by: str) -> None:
    with pytest.raises(Stopped) as stopped:
        process.ask({"deed": deed}, [], limits)
    assert (stopped.value.end, stopped.value.signal) == (end, by)
    # The next file is read as if nothing had been.
    assert answer_of(process, "table") == 2


def test_threads_share_it(process: Confined) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: answer_of(process, "table"), range(24))) == [2] * 24


def test_where_it_was_ended_another_takes_its_place(process: Confined) -> None:
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGKILL)
    process._process.wait()
    assert answer_of(process, "table") == 2


def test_without_a_worker_it_does_not_start_and_is_not_waited_for() -> None:
    with pytest.raises(Stopped) as stopped:
        Confined("tests.support.hostile_worker:absent", {}).ask({}, [], LIMITS)
    assert stopped.value.end == "start"
