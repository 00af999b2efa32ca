"""Putting values into a settings file that a person keeps: what is written there, comments too, stays as it is.

Lines are put in where their section stands; the result is read again and must say what was meant, or nothing is
written. Does not hold what settings there are, or their reading (`geodata.settings.loading`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from geodata.errors import SettingsError
from geodata.storage.files import write_text

STEP = "  "


def add_to_file(path: Path, values: Mapping[str, Any]) -> None:
    """Put `values` (sections of sections) into the YAML file at `path`, which is replaced whole or not at all.

    Raises SettingsError, with the lines to put in by hand, where the file is written in a form that lines cannot be put
    into (`sources: {…}` on one line).
    """
    before = path.read_text(encoding="utf-8")
    after = added(before, values)
    if after is None:
        lines = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=1000)
        raise SettingsError(f"{path.name} has no place where these lines can be put. Put them in by hand:\n\n{lines}")
    write_text(path, after)


def added(text: str, values: Mapping[str, Any]) -> str | None:
    """Return YAML `text` with `values` put in, or None where that cannot be done line by line."""
    try:
        known = yaml.safe_load(text) or {}
        after = "\n".join(_put(text.rstrip("\n").split("\n") if text.strip() else [], values, 0, "")) + "\n"
        said = yaml.safe_load(after)
    except yaml.YAMLError:
        return None
    return after if isinstance(known, dict) and said == _united(known, values) else None


def _united(known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(known)
    for name, value in values.items():
        inner = out.get(name)
        nested = isinstance(value, Mapping) and isinstance(inner, Mapping)
        out[name] = _united(inner, value) if nested else value  # type: ignore[arg-type]
    return out


def _put(lines: list[str], values: Mapping[str, Any], begin: int, indent: str) -> list[str]:
    """Return `lines` with `values` in the section that begins at line `begin` and whose names stand at `indent`."""
    for name, value in values.items():
        end = _end(lines, begin, indent)
        found = [n for n in range(begin, end) if _is_name(lines[n], name, indent)]
        if not found:
            block = yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=1000).rstrip("\n")
            lines = [*lines[:end], *(indent + line for line in block.split("\n")), *lines[end:]]
        elif isinstance(value, Mapping):
            lines = _put(lines, value, found[0] + 1, _indent_within(lines, found[0] + 1, indent))
        else:
            lines = [*lines[: found[0]], indent + yaml.safe_dump({name: value}).strip(), *lines[found[0] + 1 :]]
    return lines


def _is_name(line: str, name: str, indent: str) -> bool:
    return re.fullmatch(rf"{indent}([\"']?){re.escape(name)}\1\s*:(\s.*)?", line) is not None


def _end(lines: list[str], begin: int, indent: str) -> int:
    """Return the line after the last of the section: the next one that stands further out."""
    last = begin
    for n in range(begin, len(lines)):
        line = lines[n]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith(indent):
            break
        last = n + 1
    return last


def _indent_within(lines: list[str], begin: int, outer: str) -> str:
    for line in lines[begin:]:
        if line.strip() and not line.lstrip().startswith("#"):
            own = line[: len(line) - len(line.lstrip())]
            return own if len(own) > len(outer) else outer + STEP
    return outer + STEP
