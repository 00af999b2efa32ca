"""Launching the jobs from a terminal, in this process, with the same instance the UI shows."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dagster import Definitions, MetadataValue
from rich.console import Console

from assets.partitions import STATES
from assets.products import MAKERS, product_paths
from assets.resources import ChoiceRefused
from geodata.errors import OnrampError, SettingsError
from geodata.fetching.to_get import keys_not_set
from geodata.settings import SETTINGS_FILE, Settings
from geodata.sources.reader import reading_process
from geodata.states import SAMPLE_STATE, State, find_state
from pipelines.build import build_defs
from pipelines.command.closing_list import entries_of, print_list, write_list
from pipelines.command.console import LINES, progress
from pipelines.command.stopping import STOPS
from pipelines.failures import sentences
from pipelines.instance import instance
from pipelines.jobs import ALL_STATES, nation_job, state_job


@dataclass(frozen=True)
class Folders:
    """Where a state's result and products lie."""

    result: Path
    products: dict[str, Path]

    @property
    def page(self) -> Path:
        """The page to open first."""
        return self.products["map"]


def folders(state: State, home: Path) -> Folders:
    """Return where the result and the products of `state` are kept under `home`."""
    return Folders(home / "tables" / "state_result" / state.usps, product_paths(home, state.usps))


def again() -> str:
    """Return the command as it was typed, to be repeated."""
    return shlex.join(["onramp", *sys.argv[1:]])


def launch_state(
    state: State, settings: Settings, settings_file: Path | None, changes: Mapping[str, object], console: Console
) -> Folders:
    """Run the job `state` for one state and return where its products are; see `launch`."""
    launch(state_job.name, state, settings, settings_file, {"other": changes}, console)
    return folders(state, settings.home)


def launch_nation(
    settings: Settings,
    settings_file: Path | None,
    changes: Mapping[str, object],
    products: Sequence[str],
    console: Console,
) -> Mapping[str, MetadataValue]:
    """Run the job `nation` for the states of the settings, or all, and return the metadata of the national product."""
    states = list(settings.states) or ALL_STATES
    other = {**changes, "states": states}
    steps = {"all_states": {"config": {name: name in products for name in MAKERS}}}
    return launch(nation_job.name, None, settings, settings_file, {"other": other}, console, steps)["national"]


def launch(
    job: str,
    state: State | None,
    settings: Settings,
    settings_file: Path | None,
    choices: Mapping[str, object],
    console: Console,
    steps: Mapping[str, object] | None = None,
) -> dict[str, Mapping[str, MetadataValue]]:
    """Run a job, for a state or none, with the run config `choices`; return the metadata of what it made, by asset.

    OnrampError, with the sentence of every step that failed, where something could not be computed; SettingsError
    for a state no run can be launched for.
    """
    if state is not None and state.usps not in STATES.get_partition_keys():
        raise SettingsError(
            f"{state.name} belongs to the invented nation used for benchmarks and cannot be run by itself; the "
            f"sample state to run is {SAMPLE_STATE}."
        )
    # It loads its libraries while this program loads its own.
    reading_process().begin()
    if settings_file is not None:
        os.environ[SETTINGS_FILE] = str(settings_file.resolve())
    definitions = Definitions.merge(build_defs(settings), progress(console))
    config = {"resources": {"choices": {"config": choices}}, "loggers": {LINES: {}}, "ops": dict(steps or {})}
    try:
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance(settings.home),
            partition_key=None if state is None else state.usps,
            run_config=config,
            raise_on_error=False,
        )
    except ChoiceRefused as refused:
        raise SettingsError(str(refused)) from None
    entries = entries_of(result.all_events)
    places = [state] if state is not None else [find_state(text) for text in settings.states]
    invented = bool(places) and all(place.fictional for place in places)
    live = settings.sources.asks_publishers and not invented
    keys = keys_not_set(settings, os.environ) if live else []
    if state is not None or job == nation_job.name:
        place = "nation" if state is None else state.usps
        write_list(entries, settings.home / "tables" / "to_get_by_hand" / place)
    if not result.success:
        if STOPS.last() is not None:
            # That the run was stopped says enough about its steps.
            raise KeyboardInterrupt
        print_list(console, entries, keys, again())
        raise OnrampError(
            "\n".join(sentences(result.all_events)) or "The run did not finish; the Dagster UI shows why."
        )
    real = (job == nation_job.name and live) or (job == state_job.name and state is not None and not state.fictional)
    if real:
        print_list(console, entries, keys, again())
    made = {}
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        made[materialization.asset_key.to_user_string()] = materialization.metadata
    return made
