"""Runs in one home folder take turns."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assets.run_locks import turn
from geodata.errors import OnrampError


@contextmanager
def another_process(home: Path, job: str, usps: str | None) -> Iterator[int]:
    """A process that has its turn until it is killed; the number is its id."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with turn(home, job, usps, lambda _: None):
            os.write(writer, b"!")
            time.sleep(60)
        os._exit(0)
    try:
        os.read(reader, 1)
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


def waited(home: Path, job: str, usps: str | None) -> list[str]:
    """Try to have a turn now and return what was said of waiting."""
    said: list[str] = []
    try:
        with turn(home, job, usps, said.append, longest=0.0):
            pass
    except OnrampError as problem:
        return [*said, str(problem)]
    return said


def test_a_run_that_obtains_is_alone_and_runs_that_compute_go_side_by_side(tmp_path: Path) -> None:
    home = tmp_path / "a home with blanks"
    with another_process(home, "state", "RI"):
        for job, usps in (("state", "GA"), ("refresh_sources", None), ("analysis", "GA")):
            said = waited(home, job, usps)
            assert said[0] == "Another run uses the tables in a home with blanks; this one waits until it ends."
            assert "give this run a home folder of its own" in said[1]
        assert waited(home, "upkeep", None) == []
    with another_process(home, "analysis", "RI"):
        assert waited(home, "analysis", "GA") == []
        assert waited(home, "analysis", "RI")[0].startswith("Another run computes RI")
        assert waited(home, "state", "GA")[0].startswith("Another run uses the tables")


def test_the_turn_of_a_process_that_was_killed_is_over(tmp_path: Path) -> None:
    with another_process(tmp_path, "state", "RI"):
        pass
    assert waited(tmp_path, "state", "RI") == []


def test_one_waits_until_the_other_ends(tmp_path: Path) -> None:
    said: list[str] = []
    with another_process(tmp_path, "state", "RI") as child:

        def let_it_end(sentence: str) -> None:
            said.append(sentence)
            os.kill(child, signal.SIGKILL)

        with turn(tmp_path, "analysis", "RI", let_it_end, longest=30.0):
            pass
    assert len(said) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OnrampError, match="cannot be written"), turn(tmp_path / "file", "state", "RI", print):
        pass
