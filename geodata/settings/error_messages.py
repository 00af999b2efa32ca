"""Error messages for settings that cannot be used: one sentence for each value, with the nearest name that exists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError

LONGEST_VALUE = 60


def sentences(error: ValidationError, model: type[BaseModel]) -> str:
    """Return one sentence for each value of `model` that was refused."""
    found = []
    for problem in error.errors():
        place = [str(part) for part in problem["loc"]]
        name = ".".join(place) or "settings"
        if problem["type"] == "extra_forbidden":
            found.append(f"There is no setting “{name}”{_nearest(place, model)} docs/settings.md lists them all.")
            continue
        found.append(f"Setting “{name}”: {_plain(problem['msg'])} (given: {_short(problem.get('input'))}).")
    return " ".join(found)


def _plain(message: str) -> str:
    """Return a message of the validator in plain words, without a full stop."""
    text = message.removeprefix("Value error, ").rstrip(".")
    if "dictionary" in text:
        return "must be names and values, such as {name: value}"
    if "should match pattern" in text:
        return "is not written as docs/settings.md says"
    text = text.partition(", unable to parse")[0].replace("Input should be", "must be", 1)
    return text[0].lower() + text[1:]


def _nearest(place: Sequence[str], model: type[BaseModel]) -> str:
    """Return “; did you mean …?” with the setting whose name is near the last part of `place`, or a full stop."""
    section: type[BaseModel] = model
    for part in place[:-1]:
        field = section.model_fields.get(part)
        kind = None if field is None else field.annotation
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return "."
        section = kind
    close = get_close_matches(place[-1], list(section.model_fields), n=1, cutoff=0.5)
    return f"; did you mean “{'.'.join([*place[:-1], close[0]])}”?" if close else "."


def _short(value: object) -> str:
    # An address may hold a user and a password where none belong.
    text = re.sub(r"//[^/\s]*@", "//…@", repr(value))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
