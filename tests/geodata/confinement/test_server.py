"""The process ends with the program that started it, and a child with whoever waits for its answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.confinement.walls import clean_environment

Started = tuple[subprocess.Popen[bytes], socket.socket]
LOOP = b'{"asked": {"deed": "loop"}, "files": [], "limits": {"seconds": 600, "memory_bytes": 1000000000}}'


@pytest.fixture
def server() -> Iterator[Started]:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "geodata.confinement.server",
                str(theirs.fileno()),
                "tests.support.hostile_worker:work",
            ],
            env=clean_environment({}),
            pass_fds=(theirs.fileno(),),
        )
    with ours, ours.makefile("rb") as lines:
        assert lines.readline().startswith(b'{"network"')
        yield process, ours
    process.kill()
    process.wait()


def children(process: subprocess.Popen[bytes]) -> list[str]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process")
    return listed.read_text().split()


def until(true: object) -> None:
    """Wait for a condition, a minute at most."""
    ends = time.monotonic() + 60
    while not true() and time.monotonic() < ends:  # type: ignore[operator]
        os.sched_yield()
    assert true()  # type: ignore[operator]


def ask(channel: socket.socket) -> socket.socket:
    """Ask for a loop without end; return the connection on which its end would be reported."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as file, theirs:
        file.write(LOOP)
        file.flush()
        file.seek(0)
        socket.send_fds(channel, [b"?"], [file.fileno(), theirs.fileno()])
    return ours


def test_it_ends_with_the_program(server: Started) -> None:
    process, channel = server
    asked = ask(channel)
    until(lambda: children(process))
    (child,) = children(process)
    channel.shutdown(socket.SHUT_RDWR)
    assert process.wait(timeout=60) == 0
    until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())
    asked.close()


def test_a_child_ends_when_nobody_waits_for_it(server: Started) -> None:
    process, channel = server
    asked = ask(channel)
    until(lambda: children(process))
    asked.close()
    until(lambda: not children(process))
    assert process.poll() is None
