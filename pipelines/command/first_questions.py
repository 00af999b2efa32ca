"""What a person is asked once, at the first run on a terminal: the state, free keys, whom publishers may write to.

Answers are kept in the user's configuration folder: settings in a file like any other, which every later command of
this user takes where no other is named, and keys in a file that only this user can read. Nothing is asked without a
terminal, in CI, with `--no-input` or where there is a settings file.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from platformdirs import user_config_path

from geodata.errors import SettingsError
from geodata.fetching.to_get import keys_not_set
from geodata.settings import SETTINGS_FILE, Settings
from geodata.settings.sections import MAIL_ADDRESS
from geodata.states import SAMPLE_STATE, State, find_state

Ask = Callable[[str, bool], str]
"""Returns what is answered to a question, empty for nothing; the flag says that the answer is not shown."""
Say = Callable[[str], None]


def own_settings_file() -> Path:
    """Return the settings file of this user."""
    return user_config_path("onramp", appauthor=False) / "settings.yaml"


def own_keys_file() -> Path:
    """Return the file of this user's keys: a line NAME=value each."""
    return own_settings_file().with_name("keys.env")


def take_own_answers() -> None:
    """Put the user's settings file and keys into the environment, where it does not say otherwise."""
    if own_settings_file().is_file():
        os.environ.setdefault(SETTINGS_FILE, str(own_settings_file()))
    if own_keys_file().is_file():
        for line in own_keys_file().read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not os.environ.get(name.strip(), "").strip():
                os.environ[name.strip()] = value.strip()


def may_ask(*, no_input: bool, settings_file: Path | None) -> bool:
    """Return whether there is somebody to ask, and nothing was answered or set before."""
    there = sys.stdin.isatty() and sys.stdout.isatty()
    return there and not no_input and not os.environ.get("CI") and settings_file is None


def first_answers(state: str | None, ask: Ask, say: Say, environ: Mapping[str, str]) -> tuple[State, Path | None]:
    """Ask, keep the answers, and return the state and the settings file; None for the invented state.

    `state` is the one that was typed, which is not asked for again. Every question but that may be skipped.
    """
    place = _state(state, ask, say)
    if place.fictional:
        return place, None
    keys: dict[str, str] = {}
    say("Publishers give these keys free of charge. Press Enter to go on without one.")
    for names, brings, page in keys_not_set(Settings(), environ):
        say(f"{brings}: ask at {page}")
        for name in names:
            answer = ask(name, True).strip()
            if not answer:
                break
            keys[name] = answer
    contact = _contact(ask, say)
    values: dict[str, object] = {"states": [place.usps]}
    if contact:
        values["sources"] = {"contact": contact}
    file = own_settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    said = f"Kept in {file}"
    if keys:
        own_keys_file().touch(mode=0o600)
        own_keys_file().chmod(0o600)
        own_keys_file().write_text("".join(f"{name}={value}\n" for name, value in keys.items()), encoding="utf-8")
        said += f", keys in {own_keys_file()}, which only you can read"
    say(f"{said}. Change them there; you are not asked again.")
    return place, file


def _state(typed: str | None, ask: Ask, say: Say) -> State:
    if typed is not None:
        return find_state(typed)
    while True:
        answer = ask("Which state? Its postal code or name (Enter for an invented state, as an example)", False).strip()
        try:
            return find_state(answer or SAMPLE_STATE)
        except SettingsError as problem:
            say(str(problem))


def _contact(ask: Ask, say: Say) -> str:
    while True:
        question = "Mail address that publishers may write to about this program's requests (Enter for none)"
        answer = ask(question, False).strip()
        if not answer or re.search(MAIL_ADDRESS, answer):
            return answer
        say(f"“{answer}” is no mail address.")
