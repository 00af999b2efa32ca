"""All settings of a run, and where their values come from.

Values come, strongest first, from arguments (run config), the environment (`ONRAMP_NEED__REFERENCE_AREA=nation`)
and a YAML file. The sections are in `geodata.settings.sections`. A run stores the settings it used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from geodata.errors import SettingsError
from geodata.settings.error_messages import sentences
from geodata.settings.sections import (
    Access,
    Alerts,
    Barriers,
    Communities,
    Diagnostics,
    Equity,
    Evidence,
    Files,
    Hubs,
    Industry,
    Maps,
    Need,
    Operations,
    Opportunity,
    Priority,
    Sources,
    Storage,
    Training,
    Travel,
    Uncertainty,
    Web,
)
from geodata.states import find_state

Values = dict[str, Any]
"""Settings by name, in sections: as YAML, the environment and run config give them."""

#: Environment variable that names the settings file of a deployment.
SETTINGS_FILE = "ONRAMP_SETTINGS"

#: Settings, and whole sections, that name folders, hosts, environment variables or storage, or bound what a file may
#: take. They are the deployment's: a run launched from a web page cannot bring its own.
DEPLOYMENT_ONLY = frozenset(
    {
        *("home", "files", "alerts", "operations", "storage", "web"),
        *("sources.folder", "sources.folders", "sources.also", "sources.cache", "sources.afdc_host"),
        *("sources.contact", "sources.private_redirects", "sources.baseline_url", "sources.baseline_sha256"),
        *("travel.roads_file", "travel.server_url", "travel.cache"),
    }
)

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Settings(BaseSettings):
    """All settings of a run."""

    model_config = SettingsConfigDict(
        env_prefix="ONRAMP_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    states: tuple[str, ...] = Field(
        (), description="Postal codes of the states to compute; empty means those asked for."
    )
    as_of: str | None = Field(
        None, description="Date the run speaks for, YYYY-MM-DD; none means the newest day its sources name."
    )
    home: Path = Field(CHECKOUT / "data", description="Folder for tables, products and run history.")
    languages: tuple[str, ...] = Field(("en", "es"), description="Languages of the pages.")
    need: Need = Need()
    opportunity: Opportunity = Opportunity()
    training: Training = Training()
    access: Access = Access()
    travel: Travel = Travel()
    priority: Priority = Priority()
    uncertainty: Uncertainty = Uncertainty()
    communities: Communities = Communities()
    barriers: Barriers = Barriers()
    hubs: Hubs = Hubs()
    equity: Equity = Equity()
    evidence: Evidence = Evidence()
    diagnostics: Diagnostics = Diagnostics()
    sources: Sources = Sources()
    files: Files = Files()
    industry: Industry = Industry()
    maps: Maps = Maps()
    alerts: Alerts = Alerts()
    operations: Operations = Operations()
    storage: Storage = Storage()
    web: Web = Web()

    @field_validator("as_of", mode="before")
    @classmethod
    def _a_date(cls, value: object) -> object:
        if value is None:
            return None
        try:
            # YAML reads a date as a date; the library also takes 20260930, which people would sort wrongly.
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or str(value) != f"{day:%Y-%m-%d}":
            raise ValueError("must be a date written YYYY-MM-DD, such as 2026-09-30")
        return str(value)

    @model_validator(mode="after")
    def _known_states(self) -> Settings:
        for text in self.states:
            find_state(text)
        return self

    @model_validator(mode="after")
    def _worded(self) -> Settings:
        words = self.industry.words
        silent = [language for language in self.languages if words and language not in words]
        if silent:
            raise ValueError(f"industry.words has no words in the language “{silent[0]}” of the setting languages")
        for language, own in words.items():
            if set(own.kinds) != set(self.opportunity.kinds):
                raise ValueError(
                    f"industry.words.{language}.kinds must name the kinds of opportunity.job_years_per_unit: "
                    f"{', '.join(self.opportunity.kinds)}"
                )
        return self

    @classmethod
    def settings_customise_sources(  # codespell:ignore customise
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments and the environment only; the YAML file arrives through `load_settings`."""
        return (init_settings, env_settings)

    def method(self) -> Values:
        """Return the settings that shape numbers, as plain values, to be stored with every output.

        Where files lie on a machine, who is asked for, languages and looks of pages and how a deployment is kept are
        left out.
        """
        values = self.model_dump(mode="json", exclude=_NOT_OF_NUMBERS)
        roads = self.travel.roads_file
        values["travel"]["roads_file"] = None if roads is None else roads.name
        return values

    def digest(self) -> str:
        """Return a short hash of `method()`, for provenance and change detection."""
        text = json.dumps(self.method(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def with_changes(self, changes: Values) -> Settings:
        """Return a copy with nested `changes` applied, checked like any other settings."""
        return _checked(_merged(self.model_dump(), changes))


def load_settings(file: Path | None = None, changes: Values | None = None) -> Settings:
    """Return the settings of a YAML `file`, the environment and `changes`, the last one strongest.

    Raises SettingsError with one sentence for each value that cannot be used.
    """
    values: Values = {}
    if file is not None:
        try:
            values = yaml.safe_load(Path(file).read_text(encoding="utf-8")) or {}
        except OSError as error:
            raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}.") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            where = "" if mark is None else f", line {mark.line + 1}"
            remedy = "Check the indents, colons and quotes there."
            raise SettingsError(f"{Path(file).name}{where}: this is not YAML. {remedy}") from None
        except ValueError as error:
            # YAML makes a date of 2026-13-01, and fails.
            raise SettingsError(f"{Path(file).name}: a date there does not exist ({error}).") from None
        if not isinstance(values, dict):
            raise SettingsError(f"The settings file {Path(file).name} must hold names and values.")
    surroundings = _from_environment()
    return _checked(_merged(_merged(values, surroundings), changes or {}))


def of_the_deployment(changes: Mapping[str, object], before: str = "") -> list[str]:
    """Return the dotted names of those settings in nested `changes` that only the deployment may set."""
    found: list[str] = []
    for name, value in changes.items():
        dotted = before + name
        if dotted in DEPLOYMENT_ONLY:
            found.append(dotted)
        elif isinstance(value, Mapping):
            found += of_the_deployment(value, f"{dotted}.")
    return found


def _from_environment() -> Values:
    try:
        return Settings().model_dump(exclude_unset=True)
    except ValidationError as error:
        raise SettingsError(sentences(error, Settings)) from None


def _checked(values: Values) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(sentences(error, Settings)) from None


def _merged(base: Values, over: Values) -> Values:
    out = dict(base)
    for name, value in over.items():
        keep = isinstance(value, dict) and isinstance(out.get(name), dict) and name not in _WHOLE
        out[name] = _merged(out[name], value) if keep else value
    return out


# Tables of weights are replaced whole: merging would keep a definition the person left out.
_WHOLE = frozenset({"weights"})


_NOT_OF_NUMBERS = {
    *("home", "states", "languages", "sources", "files", "maps", "alerts", "operations", "storage", "web"),
}
