"""The commands that compare: a scenario with a state's last result, and one result with another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from geodata.comparison.changes import place_changes
from geodata.comparison.differences import differences
from geodata.comparison.scenarios import load_scenario
from geodata.ingest.preflight import usable_settings
from geodata.schemas.state_result import StateResult
from geodata.states import SAMPLE_STATE, find_state
from pipelines.command.options import (
    COMPUTE,
    LOOK,
    FileOption,
    HomeOption,
    SourcesOption,
    StateOption,
    settings_changes,
)
from pipelines.command.terminal import Terminal

commands = typer.Typer()
console = Terminal()


@commands.command(
    rich_help_panel=COMPUTE, epilog="Example:  onramp scenario new-college.yaml --state RI --sources downloads"
)
def scenario(
    file: Annotated[Path, typer.Argument(help="YAML file of what opens, closes or changes.")],
    state: StateOption = SAMPLE_STATE,
    sources: SourcesOption = None,
    settings_file: FileOption = None,
    home: HomeOption = None,
) -> None:
    """Run a scenario beside the state's last result and print what differs."""
    from assets.scenarios import scenario_folder
    from pipelines.command.launch import launch
    from pipelines.jobs import scenario_job

    place, changes = find_state(state), settings_changes(None, sources=sources, home=home)
    settings = usable_settings(settings_file, changes)
    name = load_scenario(file).name
    chosen = {"other": changes, "scenario": str(file.resolve())}
    metadata = launch(scenario_job.name, place, settings, settings_file, chosen, console)["scenario_differences"]
    console.print(_summary(name, {key: value.value for key, value in metadata.items()}))
    console.print(f"tables: {scenario_folder(settings.home, place.usps, name)}", soft_wrap=True, highlight=False)


@commands.command(rich_help_panel=LOOK, epilog="Example:  onramp compare runs/october runs/november")
def compare(
    before: Annotated[Path, typer.Argument(help="Folder of an earlier result (tables/state_result/XX).")],
    after: Annotated[Path, typer.Argument(help="Folder of a later result of the same state.")],
) -> None:
    """Print what differs between two results of one state."""
    one, other = StateResult.load(before), StateResult.load(after)
    found = differences(one, other)
    places = place_changes(one, other)
    counts = (places["table"] + "_" + places["change"]).value_counts().sort_index()
    by_change = {str(name): int(count) for name, count in counts.items()}
    console.print(_summary(f"{one.state.name}, {one.as_of} → {other.as_of}", {**found.summary, **by_change}))


def _summary(title: str, figures: Mapping[str, object]) -> Table:
    table = Table(title=title, show_header=False)
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, value in figures.items():
        if isinstance(value, int | float) and value:
            table.add_row(name.replace("_", " "), f"{value:,.0f}")
    if not table.rows:
        table.add_row("nothing differs", "")
    return table
