"""The resource `choices`: the settings of a run, as an analyst fills them in.

`Choices` is the form of the launchpad; every field is optional and documented, and a bad value
stops the run before its first step with one sentence. Does not hold storage (see `pipelines.storage`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from dagster import (
    ConfigurableResource,
    DagsterError,
    Failure,
    InitResourceContext,
    ResourceDefinition,
)
from pydantic import Field

from assets.longest_run import ended_after
from assets.run_locks import turn
from geodata.comparison.scenarios import load_scenario
from geodata.errors import OnrampError, SettingsError
from geodata.fetching.acquire import Acquirer
from geodata.fetching.choose_acquirer import acquirer_for
from geodata.ingest.preflight import check
from geodata.schemas import columns as col
from geodata.schemas.provenance import SourceUse, newest_day
from geodata.settings import SETTINGS_FILE, Settings, load_settings, of_the_deployment
from geodata.states import State
from maps.texts import languages

MAX_RUNTIME_TAG = "dagster/max_runtime"
MAX_RETRIES_TAG = "dagster/max_retries"
PARTITION_NAME_TAG = "dagster/partition"
#: Folder under home in which scenario files lie.
SCENARIOS = "scenarios"


ReferenceArea = StrEnum("ReferenceArea", ["state", "nation"])
Aggregation = StrEnum("Aggregation", ["arithmetic", "geometric"])
Measure = StrEnum("Measure", ["e2sfca", "2sfca", "3sfca", "gravity", "cumulative"])
Decay = StrEnum("Decay", ["gaussian", "step", "flat"])
Engine = StrEnum("Engine", ["auto", "great_circle", "friction", "roads", "valhalla", "osrm"])
for choice in (ReferenceArea, Aggregation, Measure, Decay, Engine):
    # The name is what the launchpad shows of a choice, and what it says of a wrong one.
    choice.__name__ = " | ".join(choice)


class ChoiceRefused(DagsterError):
    """The choices cannot be used, so no run is created from them."""

    # The UI shows the full name in front of the sentence; the module says nothing to a person.
    __module__ = "builtins"


class Choices(ConfigurableResource["Choices"]):
    """The settings of a run: those of the deployment, changed by whatever is filled in here.

    Which state is computed is the partition. docs/settings.md lists all settings with their defaults.
    """

    sources_folder: str | None = Field(
        default=None,
        description="Name of a folder of downloaded files to compute from, one of the setting sources.folders; without "
        "it the deployment's own folder, or the publishers.",
    )
    optional_sources: list[str] | None = Field(
        default=None, description="Optional sources to download as well, such as [ejscreen]; see docs/sources.md."
    )
    need_weights: dict[str, float] | None = Field(
        default=None,
        description="Weight of each definition of disadvantage, such as {svi: 1, cejst: 1, workforce: 1}. Zero or "
        "leaving one out does not count it; an index of your own goes by its name.",
    )
    reference_area: ReferenceArea | None = Field(default=None, description="Area within which need is ranked.")
    pillar_weights: dict[str, float] | None = Field(
        default=None,
        description="Weights of the pillars in Priority, such as {need: 0.5, training_gap: 0.3, opportunity: 0.2}.",
    )
    aggregation: Aggregation | None = Field(default=None, description="Mean of the pillars.")
    gate_need: float | None = Field(default=None, description="Need (0–100) at which a tract is listed as underserved.")
    access_measure: Measure | None = Field(
        default=None, description="Access measure: floating catchments, gravity, or all that is within reach."
    )
    decay: Decay | None = Field(default=None, description="How access falls with travel minutes.")
    catchment_minutes: float | None = Field(
        default=None, description="Farthest travel that counts, urban tracts (minutes; 30 unless the settings differ)."
    )
    rural_catchment_minutes: float | None = Field(
        default=None, description="The same for rural tracts (minutes; 60 unless the settings differ)."
    )
    travel_engine: Engine | None = Field(
        default=None,
        description="How travel is measured. auto takes a friction raster where there is one, else great circles; "
        "roads needs travel.roads_file, valhalla and osrm need travel.server_url in the deployment's settings.",
    )
    draws: int | None = Field(
        default=None, description="Monte Carlo draws that show how sure ranks are; 0 turns them off."
    )
    as_of: str | None = Field(
        default=None, description="Date the run speaks for, YYYY-MM-DD; when empty, the newest day its sources name."
    )
    scenario: str | None = Field(
        default=None,
        description="Name of a file in the folder scenarios under home, for the job scenario; see docs/scenarios.md.",
    )
    only_if_changed: bool = Field(
        default=False,
        description="Leave a state as it is where nothing that bears on it changed since its last finished run.",
    )
    other: dict[str, Any] = Field(
        default={},
        description="Any other setting, nested as in docs/settings.md, such as {hubs: {most: 5}}; but for those that "
        "name folders, hosts, environment variables or storage, which the deployment alone sets.",
    )

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Check everything once more where the run is executed: another machine may lack a file."""
        try:
            self.check()
        except OnrampError as error:
            # Logged on a line of its own, and not retried: the settings would be the same.
            if context.log:
                context.log.error(str(error))
            if context.run and context.instance:
                context.instance.add_run_tags(context.run.run_id, {MAX_RETRIES_TAG: "0"})
            raise Failure(description=str(error), allow_retries=False) from None

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Self]:
        """Check the choices, wait for the turn of the run, and hold it until the run ends, or is too long."""
        self.setup_for_execution(context)
        run, log = context.run, context.log
        if run is None or log is None:
            yield self
            return
        longest = self.settings.operations.longest_run_hours * 3600
        if context.instance and MAX_RUNTIME_TAG not in run.tags:
            # Dagster's monitoring stops it then, and the UI shows how long it may take.
            context.instance.add_run_tags(run.run_id, {MAX_RUNTIME_TAG: f"{longest:.0f}"})
        with ExitStack() as held:
            try:
                held.enter_context(
                    turn(self.settings.home, run.job_name, run.tags.get(PARTITION_NAME_TAG), log.warning)
                )
            except OnrampError as error:
                log.error(str(error))
                raise Failure(description=str(error), allow_retries=False) from None
            held.enter_context(ended_after(longest, log.error))
            yield self

    def check(self) -> None:
        """Raise OnrampError where the run could not work with the choices."""
        settings = self.settings
        check(settings)
        if strange := sorted(set(settings.languages) - set(languages())):
            available = ", ".join(languages())
            raise SettingsError(f"Setting “languages”: there are no texts in “{strange[0]}”; there are {available}.")
        if (file := self.scenario_file) is not None:
            load_scenario(file)

    @property
    def scenario_file(self) -> Path | None:
        """The scenario file, in the folder scenarios under home unless the path is a whole one; None without one."""
        return None if self.scenario is None else self.settings.home / SCENARIOS / self.scenario

    @cached_property
    def settings(self) -> Settings:
        """The settings of the run."""
        given = load_settings(deployment_file(), self._changes())
        if self.sources_folder is None:
            return given
        folders = given.sources.folders
        if self.sources_folder not in folders:
            names = f"it has {', '.join(sorted(folders))}" if folders else "it is empty"
            raise SettingsError(
                f"sources_folder: the setting sources.folders has no folder “{self.sources_folder}”; {names}."
            )
        return given.with_changes({"sources": {"folder": folders[self.sources_folder]}})

    def refuse_what_is_the_deployments(self) -> None:
        """Raise SettingsError where the choices name what whoever can reach the web pages must not choose."""
        if names := of_the_deployment(self.other):
            raise SettingsError(
                f"Setting “{names[0]}” cannot be chosen for a run: folders, hosts, environment variables and storage "
                "are set in the deployment's settings file or environment."
            )
        if self.scenario is not None and Path(self.scenario).name != self.scenario:
            raise SettingsError(f"scenario: give the name of a file in the folder {SCENARIOS} under home, not a path.")

    def date_of(self, uses: Iterable[SourceUse]) -> str:
        """Return the ISO date the run speaks for: the one asked for, else the newest its sources `uses` speak of.

        Where no source has a date it is today.
        """
        return self.settings.as_of or newest_day(uses) or datetime.now(UTC).date().isoformat()

    @cached_property
    def _acquirers(self) -> dict[tuple[State, ...], Acquirer]:
        """One for each set of states, so that a run has one pool of connections and one memory of refusals."""
        return {}

    def acquirer(self, states: Sequence[State]) -> Acquirer:
        """Return the way to obtain files for `states` that all sources of this run share."""
        return self._acquirers.setdefault(tuple(states), acquirer_for(self.settings, states))

    def _changes(self) -> dict[str, object]:
        named: dict[str, dict[str, object]] = {
            "need": {"weights": self.need_weights, "reference_area": self.reference_area},
            "priority": {
                "weights": self.pillar_weights,
                "aggregation": self.aggregation,
                "gate_need": self.gate_need,
            },
            "access": {
                "measure": self.access_measure,
                "decay": self.decay,
                "catchment_minutes": self.catchment_minutes,
                "rural_catchment_minutes": self.rural_catchment_minutes,
            },
            "travel": {"engine": self.travel_engine},
            "sources": {"optional": self.optional_sources},
            "uncertainty": {"draws": self.draws},
        }
        changes: dict[str, object] = dict(self.other)
        for name, section in named.items():
            given = {key: value for key, value in section.items() if value is not None}
            if given:
                changes[name] = {**self.other.get(name, {}), **given}
        if self.as_of is not None:
            changes[col.AS_OF] = self.as_of
        return changes


def choices_checked_at_launch(*, by_operator: bool) -> ResourceDefinition:
    """Return the resource `choices`, which refuses choices that cannot be used before a run is created.

    Whoever launches is the operator of the deployment at a terminal, who may choose everything, or whoever can reach
    its web pages, who may not choose what `DEPLOYMENT_ONLY` names.

    Dagster calls the function of a configured resource while it plans a run. What it raises is shown where the run
    was asked for, and nothing is marked as failed.
    """
    resource = Choices.configure_at_launch().get_resource_definition()

    def checked(config: dict[str, Any]) -> dict[str, Any]:
        try:
            choices = Choices(**config)
            if not by_operator:
                choices.refuse_what_is_the_deployments()
            choices.check()
        except OnrampError as error:
            raise ChoiceRefused(str(error)) from None
        return config

    return resource.configured(checked, config_schema=resource.config_schema, description=Choices.__doc__)


def deployment_file() -> Path | None:
    """Return the settings file of the deployment, named by ONRAMP_SETTINGS, if there is one."""
    named = os.environ.get(SETTINGS_FILE)
    return Path(named) if named else None
