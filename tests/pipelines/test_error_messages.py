"""What goes wrong outside of Onramp is one sentence and an exit code."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.errors import SettingsError
from pipelines.error_messages import sentence_of
from pipelines.instance import prepare
from tests.conftest import ROOT


def onramp(*arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    program = "from pipelines.command.cli import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (
            OSError(28, "No space left on device", "/srv/onramp/tables/x.parquet"),
            "/srv/onramp/tables/x.parquet: there is no",
        ),
        (OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"), "no room left"),
        (sqlite3.OperationalError("database or disk is full"), "no room left on the disk"),
        (
            sqlite3.OperationalError("disk I/O error"),
            "disk gave an error, which the run history also says of a full one and of a limit",
        ),
        (PermissionError(13, "Permission denied", "/srv/x"), "/srv/x: permission is denied"),
        (OSError(30, "Read-only file system", "/srv/x"), "/srv/x: the disk is read-only"),
        (OSError(27, "File too large"), "does not allow a file as large"),
        (OSError(36, "File name too long", "/" + "d" * 5000), "a path is longer than the system allows"),
        (NotADirectoryError(20, "Not a directory", "/srv/x/dagster"), "a file is where a folder is needed"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("can't start new thread"), "The system allows no more threads. Free memory, or raise the limit"),
        (ValueError("strange\nand more"), "Something happened that was not foreseen: ValueError (strange)."),
    ],
)
def test_an_error_of_the_surroundings_is_one_sentence(problem: Exception, message: str) -> None:
    sentence = sentence_of(problem)
    assert message in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize("name", ["what?", "100%25"])
def test_a_home_the_history_cannot_be_kept_in_is_refused_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="Give another folder with --home"):
        prepare(tmp_path / name)


def test_a_home_with_odd_letters_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert prepare(tmp_path / "a b é'\"#100%&;$x[1]{2}").is_dir()


@pytest.mark.slow
def test_commands_say_one_sentence_where_the_surroundings_are_hostile(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bare = {"PATH": os.environ["PATH"], "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = onramp("run", "--home", str(tmp_path / "file"), env=bare)
    # A home that cannot be one is a wrong setting.
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "cannot be written to (File exists)" in " ".join(ended.stderr.split())
