"""A run that is stuck ends and gives back its turn."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from assets.longest_run import ended_after
from assets.run_locks import turn
from tests.assets.test_run_locks import waited


@pytest.mark.timeout(60)
def test_a_stuck_run_that_hears_nothing_gives_back_its_turn(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    go, leave = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with turn(tmp_path, "state", "RI", lambda _: None):
            os.write(writer, b"!")
            os.read(go, 1)
            with ended_after(0.0, lambda sentence: os.write(writer, sentence.encode() + b"\n"), grace=0.0):
                threading.Event().wait()
        os._exit(0)
    assert os.read(reader, 1) == b"!"
    assert waited(tmp_path, "state", "RI")
    os.write(leave, b"!")
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert waited(tmp_path, "state", "RI") == []
    said = os.read(reader, 4096).decode()
    assert "operations.longest_run_hours" in said and "its process is ended" in said


@pytest.mark.timeout(60)
def test_a_run_that_listens_is_interrupted() -> None:
    said: list[str] = []
    # Whoever ran here before may have left a handler of his own.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), ended_after(0.0, said.append):
            threading.Event().wait(30)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(said) == 1


@pytest.mark.timeout(60)
def test_an_interrupt_before_the_run_began_leaves_nobody_to_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def begin(thread: threading.Thread) -> None:
        threads.append(thread)
        start(thread)
        raise KeyboardInterrupt

    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", begin)
    with pytest.raises(KeyboardInterrupt), ended_after(3600.0, lambda _: None):
        pass
    threads[0].join(30)
    assert not threads[0].is_alive()


def test_a_run_that_ends_in_time_is_left_alone() -> None:
    said: list[str] = []
    with ended_after(3600.0, said.append):
        pass
    assert said == []
