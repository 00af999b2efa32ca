"""What the commands of `onramp` have in common: their options, and the settings that these and `--set` make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import BaseModel

from geodata.errors import SettingsError
from geodata.settings import SETTINGS_FILE, Settings
from geodata.states import REGISTRY, SAMPLE_STATE

#: Panels the commands are grouped in by `onramp --help`.
COMPUTE, LOOK, SOURCES = "Compute", "Look at results", "Sources and files"
PORTS = {"min": 1, "max": 65535}


def complete_state(begun: str) -> Iterator[tuple[str, str]]:
    """Offer the postal codes that begin with what is typed, with the names of their states."""
    for state in REGISTRY:
        if state.usps.startswith(begun.upper()):
            # Shells drop what does not begin with the letters that are there already.
            yield begun + state.usps[len(begun) :], state.name


def complete_setting(begun: str) -> list[str]:
    """Offer the names of settings that begin with what is typed, each with its equals sign."""
    return [f"{name}=" for name in setting_names(Settings) if name.startswith(begun)]


def setting_names(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Yield the dotted names of all settings."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from setting_names(field.annotation, f"{before}{name}.")
        else:
            yield before + name


_STATE_HELP = "Postal code, FIPS code or name."
_SET_HELP = "One setting, such as need.reference_area=nation; see docs/settings.md. Repeatable."
StateOption = Annotated[
    str, typer.Option("--state", "-s", help=_STATE_HELP, autocompletion=complete_state, show_default=True)
]
OneStateOption = Annotated[
    str | None,
    typer.Option(
        "--state",
        "-s",
        help=f"{_STATE_HELP} Else the one state of the settings file, or the invented {SAMPLE_STATE}.",
        autocompletion=complete_state,
    ),
]
StatesOption = Annotated[
    list[str] | None,
    typer.Option("--state", "-s", help=f"{_STATE_HELP} Repeatable.", autocompletion=complete_state),
]
SourcesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--sources", help="Folder of downloaded files; without it, the publishers' files are fetched. Repeatable."
    ),
]
LiveOption = Annotated[bool, typer.Option("--live", help="With --sources: ask the publishers for what no folder has.")]
FileOption = Annotated[
    Path | None, typer.Option("--settings", envvar=SETTINGS_FILE, show_envvar=True, help="YAML file of settings.")
]
SetOption = Annotated[list[str] | None, typer.Option("--set", help=_SET_HELP, autocompletion=complete_setting)]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show each request as it is made.")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder for tables, products and run history.")]


def settings_changes(
    assignments: list[str] | None,
    *,
    sources: Sequence[Path] | None = None,
    live: bool = False,
    home: Path | None = None,
    as_of: str | None = None,
) -> dict[str, object]:
    """Return nested settings from `name.name=value` texts and the options that have a name of their own."""
    out: dict[str, object] = {}
    for text in assignments or []:
        name, found, value = text.partition("=")
        if not found or not name.strip():
            raise SettingsError(f"“{text}” is not a setting: write name=value, such as need.reference_area=nation.")
        _put(out, name.strip(), _read(name.strip(), value))
    if sources:
        first, *others = [str(folder.resolve()) for folder in sources]
        _put(out, "sources.folder", first)
        _put(out, "sources.also", others)
    if live:
        _put(out, "sources.fill_up", True)
    if home is not None:
        out["home"] = str(home.resolve())
    if as_of is not None:
        out["as_of"] = as_of
    return out


def _read(name: str, text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # a date that does not exist is the latter
        message = (
            f"the value {text} cannot be read. Write a number, a word, a list [a, b] or names and values {{a: 1}}."
        )
        raise SettingsError(f"Setting “{name}”: {message}") from None


def _put(tree: dict[str, object], dotted: str, value: object) -> None:
    *path, last = dotted.split(".")
    for name in path:
        branch = tree.setdefault(name, {})
        if not isinstance(branch, dict):
            raise SettingsError(f"“{dotted}” and “{name}” are both set; give one of them.")
        tree = branch
    tree[last] = value
