"""What a person is asked once, where the answers are kept, and when nobody is asked."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from geodata.settings import SETTINGS_FILE, load_settings
from pipelines.command.first_questions import (
    first_answers,
    may_ask,
    own_keys_file,
    own_settings_file,
    take_own_answers,
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in (SETTINGS_FILE, "NLR_API_KEY", "CENSUS_API_KEY", "CAREERONESTOP_TOKEN", "CAREERONESTOP_USER_ID", "CI"):
        # Set and taken away, so that what the code under test sets goes too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def answering(*answers: str):
    left, asked = list(answers), []

    def ask(question: str, hidden: bool) -> str:
        asked.append((question, hidden))
        return left.pop(0)

    return ask, asked


def test_answers_are_kept_and_taken_by_later_commands() -> None:
    said: list[str] = []
    # A state nobody knows and an address that is none are asked for again; of the two names of one key the first is
    # skipped, and so the second.
    ask, asked = answering("Atlantis", "Rhode Island", "census-key", "nlr-key", "", "the office", "office@ri.example")
    place, file = first_answers(None, ask, said.append, {})
    assert (place.usps, file) == ("RI", own_settings_file())
    assert [hidden for _, hidden in asked] == [False, False, True, True, True, False, False]
    assert any("Atlantis" in one for one in said) and any("https://" in one for one in said)
    assert not any(key in one for one in said for key in ("census-key", "nlr-key"))
    settings = load_settings(own_settings_file())
    assert (settings.states, settings.sources.contact) == (("RI",), "office@ri.example")
    assert "key" not in own_settings_file().read_text()
    assert stat.S_IMODE(own_keys_file().stat().st_mode) == 0o600
    take_own_answers()
    assert os.environ[SETTINGS_FILE] == str(own_settings_file())
    assert sorted([os.environ["CENSUS_API_KEY"], os.environ["NLR_API_KEY"]]) == ["census-key", "nlr-key"]


def test_what_the_environment_says_is_stronger_than_what_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    own_keys_file().parent.mkdir(parents=True)
    own_keys_file().write_text("NLR_API_KEY=old\n")
    own_settings_file().write_text("states: [RI]\n")
    monkeypatch.setenv("NLR_API_KEY", "new")
    monkeypatch.setenv(SETTINGS_FILE, "other.yaml")
    take_own_answers()
    assert (os.environ["NLR_API_KEY"], os.environ[SETTINGS_FILE]) == ("new", "other.yaml")


def test_the_invented_state_needs_no_further_answer_and_leaves_no_file() -> None:
    ask, asked = answering("")
    place, file = first_answers(None, ask, print, {})
    assert (place.fictional, file, len(asked)) == (True, None, 1)
    assert not own_settings_file().exists()


@pytest.mark.parametrize("why", ["no terminal", "CI", "no input", "settings"])
def test_nobody_is_asked(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: why != "no terminal", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert may_ask(no_input=False, settings_file=None) == (why != "no terminal")
    if why == "CI":
        monkeypatch.setenv("CI", "true")
    settings_file = Path("settings.yaml") if why == "settings" else None
    assert not may_ask(no_input=why == "no input", settings_file=settings_file)
