"""The stage: publishers' files, their server, and the command as a person types it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from geodata.sources import drift
from pipelines.command import cli
from tests.support.rehearsal import Certificates, Rehearsal, Scene
from tests.support.rehearsed_publishers import KEY, lay_out, publishers

KEYS = {
    "NLR_API_KEY": KEY,
    "CENSUS_API_KEY": KEY,
    "CAREERONESTOP_TOKEN": KEY,
    "CAREERONESTOP_USER_ID": "the-user-of-the-rehearsal",
}
# Each scene costs a run. These two end before anything is scored: all that can be refused, and what is asked for.
ALWAYS = ("[a bad day of everybody]", "test_every_request_of_a_run_was_listed_before")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Play the two scenes that say most, and all of them in the campaign `rehearsal` of tests/robustness."""
    if os.environ.get("ONRAMP_REHEARSE"):
        return
    here = Path(__file__).parent
    left = [one for one in items if one.path.parent == here and not one.name.endswith(ALWAYS)]
    items[:] = [one for one in items if one not in left]
    config.hook.pytest_deselected(items=left)


class Ended(NamedTuple):
    """How a command ended: its exit code, the seconds that it waited by the client's clock, and what it said."""

    code: int
    seconds: float
    text: str
    home: Path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return lay_out(tmp_path_factory.mktemp("publishers") / "files", monkeypatch)


@pytest.fixture(scope="session")
def rehearsal(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    certificates = Certificates(tmp_path_factory.mktemp("certificates"))
    with Rehearsal(certificates, publishers(files), files) as play:
        yield play


Command = Callable[..., Ended]


@pytest.fixture
def onramp(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Run a command in a scene, with an own home and cache, and the keys that are given."""
    # The rehearsed nation has two states and a hundred tracts, so the floors of rows cannot hold.
    monkeypatch.setattr(drift, "REFUSED_BELOW", 0.0)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("ONRAMP_HOME", str(tmp_path / "home"))
    for name in (*KEYS, "ONRAMP_SETTINGS"):
        monkeypatch.delenv(name, raising=False)

    def run(scene: Scene, *words: str, keys: dict[str, str] | None = None) -> Ended:
        for name, value in (keys or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["onramp", *words])
        with rehearsal.installed(scene, monkeypatch) as play, pytest.raises(SystemExit) as left:
            cli.main()
        output = capsys.readouterr()
        text = plain(output.out + output.err, tmp_path)
        return Ended(int(left.value.code or 0), play.time.passed, text, tmp_path / "home")

    return run


def plain(text: str, folder: Path) -> str:
    """Return what a terminal showed without what differs between two runs: seconds, folders, blanks at ends."""
    text = re.sub(r"\b\d+\.\d s\b", "… s", text.replace(str(folder), "…"))
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
