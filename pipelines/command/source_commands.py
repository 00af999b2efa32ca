"""The commands about sources: fill a folder, say what a run would find, tidy the cache."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from geodata.errors import SettingsError
from geodata.fetching.acquire import NATION, FoldersAcquirer
from geodata.fetching.baseline import fetch_baseline, states_in, unpack_baseline, write_baseline
from geodata.fetching.choose_acquirer import acquirer_for
from geodata.fetching.client.clock import utc_now
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import size
from geodata.fetching.client.progress import download_bars
from geodata.fetching.geocode_file import fill_coordinates
from geodata.fetching.live import BASELINE_FOLDER, cache_folder, live_acquirer
from geodata.fetching.mirror import Mirrored
from geodata.fetching.mirror import mirror as fill_folder
from geodata.fetching.planned_requests import PlannedRequest, planned_requests
from geodata.fetching.publishers.geocoder import geocode as ask_geocoder
from geodata.ingest.doctor import Diagnosis, diagnose
from geodata.ingest.preflight import usable_settings
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.formats.unread import unread_sentence
from geodata.sources.mapped_columns import settings_lines, settings_of
from geodata.sources.spec import turned_off
from geodata.states import State, find_state
from geodata.storage.settings_file import add_to_file
from pipelines.command.options import SOURCES as PANEL
from pipelines.command.options import FileOption, SetOption, SourcesOption, StatesOption, settings_changes
from pipelines.command.report import report_unread
from pipelines.command.terminal import Terminal

commands = typer.Typer()
console = Terminal()

_SHORT = {"none needed": "–", "not asked": "–", "set, not tried": "not tried"}
_COLORS = {
    "not asked": "dim",
    "not brought": "dim",
    "live": "green",
    "cached": "green",
    "folder": "green",
    "stale": "yellow",
    "off": "dim",
}


@commands.command(
    rich_help_panel=PANEL,
    epilog="Examples:  onramp mirror downloads --state RI --state CT   |   onramp mirror baseline.zip --baseline "
    "--state RI",
)
def mirror(
    folder: Annotated[Path, typer.Argument(help="Folder to fill, whose files are renewed; or the bundle to write.")],
    states: StatesOption = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Write a small bundle of what rarely changes, from what is here.")
    ] = False,
    sources: SourcesOption = None,
    settings_file: FileOption = None,
    changes: SetOption = None,
) -> None:
    """Fill a folder with the publishers' files, for places without internet."""
    if sources and not baseline:
        raise SettingsError("--sources goes with --baseline: a folder is filled from the publishers.")
    settings = _settings(settings_file, changes, sources)
    if baseline:
        _write_bundle(folder, _states(states, settings), settings)
        return
    wanted = [source.spec for source in SOURCES.values() if not turned_off(source.spec, settings)]
    places = _states(states, settings)
    with download_bars(console):
        live = live_acquirer(settings, places, refresh=True)
        rows = fill_folder(live, wanted, places, folder)
    console.print(_mirror_table(rows, folder))
    _say((row.source, row.scope, row.note) for row in rows if row.note)
    required = {spec.name for spec in wanted if spec.required}
    if any(row.path is None and row.source in required for row in rows):
        raise typer.Exit(1)


def _write_bundle(bundle: Path, places: list[State], settings: Settings) -> None:
    """Write a baseline from the cache of earlier runs, or the folders of the settings, and say how to use it."""
    if not places:
        raise SettingsError("Name the states with --state, such as --state RI: boundaries come by state.")
    if bundle.suffix != ".zip":
        raise SettingsError(f"A baseline is one file: call it {bundle.name}.zip.")
    rows, sha256 = write_baseline(acquirer_for(settings, places), places, bundle)
    console.print(_mirror_table(rows, bundle))
    for line in (
        f"{bundle}, {size(bundle.stat().st_size)}; its SHA-256 is {sha256}",
        "Where it is wanted: onramp baseline FILE, or set sources.baseline_url and sources.baseline_sha256.",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@commands.command(
    rich_help_panel=PANEL, epilog="Examples:  onramp baseline /media/stick/baseline.zip   |   onramp baseline"
)
def baseline(
    bundle: Annotated[
        Path | None, typer.Argument(help="Bundle to take; without it, the one at sources.baseline_url is fetched.")
    ] = None,
    settings_file: FileOption = None,
    changes: SetOption = None,
) -> None:
    """Take a baseline: what rarely changes, used where its publisher refuses."""
    settings = _settings(settings_file, changes)
    target, chosen = settings.home / BASELINE_FOLDER, settings.sources
    if bundle is not None:
        files = unpack_baseline(bundle, target, chosen.baseline_sha256)
    elif chosen.baseline_url is None:
        raise SettingsError("Name the bundle, or set sources.baseline_url to its address.")
    else:
        private = chosen.private_redirects
        with download_bars(console), Fetcher(contact=chosen.contact, private_redirects=private) as fetcher:
            files = fetch_baseline(fetcher, chosen.baseline_url, target, chosen.baseline_sha256)
    own = ", ".join(states_in(files)) or "the nation"
    said = f"{len(files)} files for {own} are in {target} and serve where a publisher gives nothing."
    console.print(said, markup=False, highlight=False, soft_wrap=True)


@commands.command(
    rich_help_panel=PANEL, epilog="Examples:  onramp doctor --state RI   |   onramp doctor --sources downloads"
)
def doctor(
    states: StatesOption = None,
    sources: SourcesOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no publisher.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Read no files, so count no rows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Write the columns that are proposed into the settings file.")
    ] = False,
    settings_file: FileOption = None,
    changes: SetOption = None,
) -> None:
    """Say per source whether it can be reached, with which key, how old it is, and what a run would use."""
    if accept and (settings_file is None or quick):
        raise SettingsError("--accept reads the files and writes into a settings file: name it with --settings FILE.")
    settings = _settings(settings_file, changes, sources)
    places = _states(states, settings)
    named = settings.sources.given_folders
    live = settings.sources.asks_publishers
    acquirer = acquirer_for(settings, places) if places else live_acquirer(settings) if live else FoldersAcquirer(named)
    specs = [source.spec for source in SOURCES.values()]
    rows = diagnose(acquirer, specs, places, settings, online=not offline, count_rows=not quick)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=1, default=str, ensure_ascii=False))
    else:
        console.print(_doctor_table(rows, live=live))
        _say((row.source, row.scope, row.said) for row in rows if row.said and row.use in ("nothing", "stale", "live"))
        _say((row.source, row.scope, row.said) for row in rows if row.path and row.rows is None and not quick)
        _say_unused(rows, proposed=not accept)
        report_unread(console, settings, places[0] if len(places) == 1 else None)
    values = settings_of({row.path.name: row.unread for row in rows if row.path})
    if accept and settings_file is not None and values:
        add_to_file(settings_file, values)
        for file, columns in values["sources"]["columns"].items():
            said = ", ".join(f"“{header}” is {name}" for name, header in columns.items())
            console.print(f"{settings_file.name}, {file}: {said}", highlight=False, markup=False, soft_wrap=True)
    if any(row.stops or (row.required and row.use == "nothing") for row in rows):
        raise typer.Exit(1)


@commands.command("sources", rich_help_panel=PANEL, epilog="Example:  onramp sources --requests --state RI")
def list_sources(
    states: StatesOption = None,
    requests: Annotated[
        bool, typer.Option("--requests", help="Every request that a run would make, none of which is made.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    settings_file: FileOption = None,
    changes: SetOption = None,
) -> None:
    """List the sources and their publishers, or every request that a run would make of them; asks nobody."""
    settings = _settings(settings_file, changes)
    specs = [source.spec for source in SOURCES.values()]
    if not requests:
        rows: list[dict[str, object]] = [
            {"source": spec.name, "title": spec.title, "publisher": spec.publisher, "required": spec.required}
            for spec in specs
        ]
        lines = [f"{row['source']}: {row['title']}, by {row['publisher']}" for row in rows]
    else:
        places = _states(states, settings)
        if not places:
            raise SettingsError("Name the state with --state, such as --state RI: most requests are about one.")
        planned = planned_requests(live_acquirer(settings, places), specs, places, settings)
        rows = [asdict(one) for one in planned]
        lines = [_request_line(one) for one in planned]
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _request_line(planned: PlannedRequest) -> str:
    """Return a request on one line: source, need, turn, method, address, size, keys."""
    need = "required" if planned.required else "wanted"
    turn = "first" if planned.turn == 1 else f"if not, {planned.turn - 1}"
    weight = f", about {size(planned.size_bytes)}" if planned.size_bytes else ""
    names = " and ".join(planned.keys)
    keys = f", with {names}{'' if planned.keys_set else ' (not set: not asked)'}" if names else ""
    more = f", {planned.more}" if planned.more else ""
    return f"{planned.source} ({need}, {turn}): {planned.method} {planned.address}{weight}{keys}{more}"


@commands.command(rich_help_panel=PANEL, epilog="Example:  onramp geocode awards.xlsx planned_sites_awards.csv")
def geocode(
    source: Annotated[Path, typer.Argument(help="CSV or XLSX with addresses.")],
    target: Annotated[Path, typer.Argument(help="CSV to write, with latitude and longitude filled in.")],
    states: Annotated[
        list[str] | None, typer.Option("--state", "-s", help="Look up the rows of this state alone. Repeatable.")
    ] = None,
    settings_file: FileOption = None,
) -> None:
    """Find the coordinates of addresses in a list, through the Census geocoder; rows that have some keep them."""
    wanted = [find_state(name).usps for name in states or ()]
    settings = _settings(settings_file, None)
    with Fetcher(contact=settings.sources.contact) as fetcher:
        filled = fill_coordinates(source, target, partial(ask_geocoder, fetcher), settings, wanted)
    console.print(f"{filled.rows} rows, {filled.had} of them with coordinates before", highlight=False)
    for outcome, count in filled.outcomes.items():
        console.print(f"  {count} {outcome.replace('_', ' ')}", highlight=False)
    console.print(f"Look at {target} before you use it", soft_wrap=True, markup=False)


@commands.command(rich_help_panel=PANEL, epilog="Example:  onramp prune --keep 3")
def prune(
    keep: Annotated[int, typer.Option(help="Copies of each source to keep.", min=1)] = 2,
    settings_file: FileOption = None,
    changes: SetOption = None,
) -> None:
    """Remove older copies from the download cache; the last good one always stays."""
    folder = cache_folder(_settings(settings_file, changes))
    gone = Cache(folder).prune(keep, now=utc_now())
    files = "file" if gone.objects == 1 else "files"
    console.print(f"{gone.objects} {files} removed, {size(gone.freed)} freed, from {folder}", soft_wrap=True)


def _settings(file: Path | None, changes: list[str] | None, sources: list[Path] | None = None) -> Settings:
    return usable_settings(file, settings_changes(changes, sources=sources))


def _states(texts: list[str] | None, settings: Settings) -> list[State]:
    return [find_state(text) for text in (texts or settings.states)]


def _say(rows: Iterable[tuple[str, str, str]]) -> None:
    """Print one line for each source: its name, the places it is about, and the first sentence said of it."""
    by_source: dict[str, list[tuple[str, str]]] = {}
    for source, scope, said in rows:
        by_source.setdefault(source, []).append((scope, said))
    for source, notes in by_source.items():
        places = ", ".join(scope for scope, _ in notes if scope != NATION)
        where = f" ({places})" if places else ""
        console.print(f"[bold]{source}[/bold]{where}: {escape(notes[0][1])}", highlight=False)


def _say_unused(rows: list[Diagnosis], *, proposed: bool) -> None:
    """Name files and columns that nobody reads, and print the lines of settings that take the columns `proposed`."""
    for row in rows:
        for sentence in row.passed_over:
            console.print(f"[bold]{row.source}[/bold]: {escape(sentence)}", highlight=False, soft_wrap=True)
    named = {row.path.name: row.unread for row in rows if row.path and row.unread}
    for file, unread in named.items():
        console.print(f"{file}: {unread_sentence(unread)}", highlight=False, markup=False, soft_wrap=True)
    if proposed and (lines := settings_lines(named)):
        how = "To take the columns proposed, use --accept, or put these lines into the settings file:"
        console.print(how, soft_wrap=True)
        console.print(lines, highlight=False, markup=False, soft_wrap=True)


def _mirror_table(rows: list[Mirrored], folder: Path) -> Table:
    table = Table(title=f"Files in {escape(folder.name)}")
    for heading in ("Source", "For", "Found", "File"):
        table.add_column(heading)
    table.add_column("Size", justify="right")
    for row in rows:
        name = "–" if row.path is None else row.path.name
        weight = size(row.size) if row.path else "–"
        table.add_row(row.source, row.scope, _colored(row.status), escape(name), weight)
    return table


def _doctor_table(rows: list[Diagnosis], *, live: bool) -> Table:
    """Return the table of the doctor, which fits 80 columns; hashes and tables that are fed are in its JSON."""
    table = Table(
        title="Sources",
        caption="* nothing can be computed without it",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    for heading in ("Source", "For", "Today", *(("Reached", "Key") if live else ())):
        table.add_column(heading)
    for heading in ("Days", "Rows"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.source + (" *" if row.required else ""),
            row.scope,
            _colored(outcome(row)),
            *((_SHORT.get(row.reachable, row.reachable), _SHORT.get(row.key, row.key)) if live else ()),
            "–" if row.age_days is None else str(row.age_days),
            "–" if row.rows is None else f"{row.rows:,}",
        )
    return table


def outcome(row: Diagnosis) -> str:
    """Return in a word or two what a run has of a source today: refused is another thing than never asked."""
    if row.use != "nothing":
        return row.use
    if row.stops:
        return "unreadable"
    if row.key in ("missing", "refused"):
        return f"key {row.key}"
    if row.reachable == "no":
        return "refused"
    spec = SOURCES[row.source].spec
    return "not asked" if spec.urls or spec.others else "not brought"


def _colored(use: str) -> str:
    return f"[{_COLORS.get(use, 'red')}]{use}[/]"
