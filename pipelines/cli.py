"""The `onramp` command: what the Dagster UI does, from a terminal, through the same jobs.

Exit codes: 0 done; 1 something could not be computed or obtained; 2 the command or a setting is wrong.
"""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.table import Table

from geodata.errors import OnrampError, SettingsError
from geodata.results import StateResult
from geodata.settings import CHECKOUT, Settings, load_settings
from geodata.states import SAMPLE_STATE, State, find_state
from pipelines.decision_commands import commands as decision_commands
from pipelines.source_commands import commands as source_commands
from pipelines.storage_commands import commands as storage_commands

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Find the communities where recruitment for EV charging, or other clean-economy work, should be concentrated.",
)
console = Console()
errors = Console(stderr=True)

StateOption = Annotated[str, typer.Option("--state", "-s", help="Postal code, FIPS code or name.")]
SourcesOption = Annotated[
    Path | None, typer.Option("--sources", help="Folder of downloaded files; without it, the publishers are asked.")
]
FileOption = Annotated[Path | None, typer.Option("--settings", help="YAML file of settings.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, such as need.reference_area=nation. Repeatable.")
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder for tables, products and run history.")]


@app.command(epilog="Examples:  onramp run   |   onramp run --state RI --sources downloads")
def run(
    state: StateOption = SAMPLE_STATE,
    sources: SourcesOption = None,
    settings_file: FileOption = None,
    changes: SetOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date the run speaks for, YYYY-MM-DD.")] = None,
    home: HomeOption = None,
) -> None:
    """Compute one state: read its sources, score its tracts, write maps and lists."""
    from pipelines.launch import launch_state

    place = find_state(state)
    given = settings_changes(changes, sources=sources, home=home, as_of=as_of)
    settings = load_settings(settings_file, given)
    announce(place, settings)
    folder = launch_state(place, settings, settings_file, given, console)
    report(StateResult.load(folder.result), folder.products)


@app.command()
def dev(home: HomeOption = None, port: Annotated[int, typer.Option(help="Port of the UI.")] = 3000) -> None:
    """Open the Dagster UI with everything loaded and ready to materialise."""
    from pipelines.instance import prepare

    settings = load_settings(None, settings_changes(None, home=home))
    prepare(settings.home)
    os.environ["ONRAMP_HOME"] = str(settings.home)
    console.print(f"The Dagster UI opens at http://127.0.0.1:{port} – Jobs → state → Materialize → {SAMPLE_STATE}.")
    os.chdir(CHECKOUT)
    program = [sys.executable, "-m", "dagster", "dev", "--workspace", "workspace.yaml", "--port", str(port)]
    os.execv(sys.executable, program)  # noqa: S606


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write the fictional files to.")],
    tracts: Annotated[int, typer.Option(help="How many tracts.", min=100)] = 400,
    seed: Annotated[int, typer.Option(help="Another seed is another place.")] = 20,
) -> None:
    """Write the fictional sample state in publishers' formats."""
    from geodata.sample import write_sample

    write_sample(folder, tracts=tracts, seed=seed)
    console.print(f"Fictional files written to {folder}")


@app.command("open")
def open_map(state: StateOption = SAMPLE_STATE, home: HomeOption = None) -> None:
    """Open the map of a state that was computed, in the browser."""
    from pipelines.launch import folders

    page = folders(find_state(state), load_settings(None, settings_changes(None, home=home)).home).page
    if not page.exists():
        raise OnrampError(f"There is no map of {find_state(state).name} yet: compute it with onramp run --state.")
    webbrowser.open(page.as_uri())
    console.print(str(page))


app.add_typer(source_commands)
app.add_typer(decision_commands)
app.add_typer(storage_commands)


@app.command(epilog="Example:  onramp bundle georgia.zip --state GA --language es")
def bundle(
    file: Annotated[Path, typer.Argument(help="Zip file to write.")],
    state: StateOption = SAMPLE_STATE,
    language: Annotated[str, typer.Option(help="Language of the brief: en or es.")] = "en",
    home: HomeOption = None,
) -> None:
    """Pack a state's brief, workbook and map into one zip file small enough for e-mail."""
    from maps.bundle import write_bundle
    from pipelines.launch import folders

    place = find_state(state)
    result = StateResult.load(folders(place, load_settings(None, settings_changes(None, home=home)).home).result)
    written = write_bundle(result, file, language)
    console.print(f"{written}: {written.stat().st_size / 1e6:.1f} MB", soft_wrap=True, highlight=False)


@app.command()
def serve(
    state: StateOption = SAMPLE_STATE,
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8000,
) -> None:
    """Preview a state's site at an address on this machine; stop with Ctrl-C."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from pipelines.launch import folders

    page = folders(find_state(state), load_settings(None, settings_changes(None, home=home)).home).page
    if not page.exists():
        raise OnrampError(f"There is no site of {find_state(state).name} yet: compute it with onramp run --state.")
    handler = partial(SimpleHTTPRequestHandler, directory=str(page.parent.parent))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        console.print(f"http://127.0.0.1:{server.server_port}/site/index.html", highlight=False)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Stopped")


def settings_changes(
    assignments: list[str] | None,
    *,
    sources: Path | None = None,
    home: Path | None = None,
    as_of: str | None = None,
) -> dict[str, Any]:
    """Return nested settings from `name.name=value` texts and the options that have a name of their own."""
    out: dict[str, Any] = {}
    for text in assignments or []:
        name, found, value = text.partition("=")
        if not found or not name.strip():
            raise SettingsError(f"“{text}” is not a setting: write name=value, such as need.reference_area=nation.")
        _put(out, name.strip().split("."), yaml.safe_load(value))
    if sources is not None:
        _put(out, ["sources", "folder"], str(sources.resolve()))
    if home is not None:
        out["home"] = str(home.resolve())
    if as_of is not None:
        out["as_of"] = as_of
    return out


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value


def announce(place: State, settings: Settings) -> None:
    """Say what is about to be computed, and from what."""
    origin = "publishers" if settings.sources.folder is None else f"folder {settings.sources.folder.name}"
    if place.fictional:
        console.print(f"[bold]{place.name}[/bold]: an invented state; nothing of what follows exists.")
    else:
        console.print(f"[bold]{place.name}[/bold] from the {origin}")


def report(result: StateResult, products: dict[str, Path]) -> None:
    """Print what is missing, the ten to start with, and where the products are."""
    for freshness in ("missing", "stale"):
        titles = [use.title for use in result.sources if use.freshness == freshness]
        if titles:
            console.print(f"[yellow]{freshness}[/yellow]: {'; '.join(titles)}", highlight=False)
    console.print(first_ten(result))
    for name, path in products.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)


def first_ten(result: StateResult) -> Table:
    """Return the ten communities to start with, or the ten tracts where there are no communities."""
    communities = result.table("communities")
    by_community = len(communities) > 0
    rows = communities if by_community else result.table("tract_scores")
    rows = rows[rows["rank"].notna()].sort_values("rank").head(10)
    what = "communities" if by_community else "tracts"
    title = f"The {what} to start with, {result.state.name}, {result.as_of}"
    table = Table(title=title, caption="Fictional sample data." if result.sample else None)
    for heading, right in [("#", True), ("Where", False), ("Tier", False), ("Priority", True), ("Adults", True)]:
        table.add_column(heading, justify="right" if right else "left")
    for row in rows.to_dict("records"):
        where = row["name"] if by_community else f"{row['geoid']}, {row['county_name'] or row['county_geoid']}"
        adults = row["eligible_adults"]
        told = "unknown" if adults != adults else f"{adults:,.0f}"
        tier = row["tier"] if isinstance(row["tier"], str) else "–"
        table.add_row(str(row["rank"]), _plain(where), tier, f"{row['priority']:.1f}", told)
    return table


def _plain(text: str) -> str:
    """Return text from data so that the terminal takes none of it for markup or control."""
    return "".join(c if c.isprintable() else "�" for c in text).replace("[", "\\[")


def main() -> None:
    """Run the command; a known error is one sentence and an exit code, never a traceback."""
    try:
        app(standalone_mode=True)
    except SettingsError as error:
        errors.print(str(error), style="red", highlight=False, markup=False)
        raise SystemExit(2) from None
    except OnrampError as error:
        errors.print(str(error), style="red", highlight=False, markup=False)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
