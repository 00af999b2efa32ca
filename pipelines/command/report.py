"""What `onramp` prints about a state: what is about to be computed, what was missing, where to start."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from geodata.diagnostics.locations import sentence as unlocated_sentence
from geodata.fetching.folder import unread_files
from geodata.fetching.live import SUPPLIED_FOLDER
from geodata.schemas import columns as col
from geodata.schemas.parsed import Unread
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.formats.unread import unread_sentence
from geodata.states import State
from maps.texts import Texts, load_texts
from maps.wording.evidence import cautions
from maps.wording.rows import records
from maps.wording.where_to_start import where_to_start
from maps.wording.words import Words


def announce(console: Console, place: State, settings: Settings) -> None:
    """Say what is about to be computed, and from what."""
    folders = [folder.name for folder in settings.sources.given_folders]
    named = f"folder{'s' if len(folders) > 1 else ''} {', '.join(folders)}"
    publishers = f"{named}, and the publishers for the rest" if folders else "publishers"
    origin = publishers if settings.sources.asks_publishers else named
    if place.fictional:
        console.print(f"[bold]{place.name}[/bold]: an invented state; nothing that follows is real.")
    else:
        console.print(f"[bold]{place.name}[/bold] from the {origin}")


def report_unread(console: Console, settings: Settings, place: State | None) -> None:
    """Name each file of the folder that no source would take, so that a misspelled name is noticed."""
    chosen = settings.sources
    folders = [*chosen.given_folders, *([settings.home / SUPPLIED_FOLDER] if chosen.asks_publishers else [])]
    for folder in filter(Path.is_dir, folders):
        for sentence in unread_files(folder, [source.spec.filenames for source in SOURCES.values()], place):
            console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def report(console: Console, result: StateResult, products: dict[str, Path]) -> None:
    """Print what is missing, columns nobody read, where to start, the first ten, and where the products are."""
    for freshness in ("missing", "stale"):
        titles = [use.title for use in result.sources if use.freshness == freshness]
        if titles:
            console.print(f"[yellow]{freshness}[/yellow]: {'; '.join(titles)}", highlight=False)
    for use in result.sources:
        alike = [Unread(header, like) for header, like in use.unread.items() if like]
        if alike:
            said = f"{use.file}: {unread_sentence(alike)} onramp doctor prints the lines that take them."
            console.print(said, highlight=False, markup=False, soft_wrap=True)
    for sentence in [*evidence_sentences(result), *where_to_start(result, _english(result))]:
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    console.print(first_ten(result))
    report_unlocated(console, result)
    console.print(totals(result), highlight=False, markup=False, soft_wrap=True)
    for name, path in products.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)


def report_unlocated(console: Console, result: StateResult) -> None:
    """Say of each source how many rows have no exact location, and what to type to look up their addresses."""
    titles = {use.source: use.title for use in result.sources}
    table = result.table("locations")
    for row in table[table[col.ROWS] > table[col.LOCATED]].to_dict("records"):
        title = titles.get(row[col.SOURCE], row[col.SOURCE])
        console.print(unlocated_sentence(row, title), highlight=False, markup=False, soft_wrap=True)


def evidence_sentences(result: StateResult) -> list[str]:
    """Return what to check before the list is used, on what Priority rests and what would settle it, in sentences."""
    return cautions(result, _english(result), settle=True)


def totals(result: StateResult) -> str:
    """Return the supply that the list rests on, in one sentence that says what is assumed and what is unknown."""
    texts, known = _english(result), result.summary
    units = texts("lists.columns_of.state_summary.units.label").lower()
    parts = [
        _amount(known, "providers", "training providers for beginners"),
        _amount(known, "seats", "seats a year", known.get(col.SEATS_ASSUMED)),
        _amount(known, "planned_sites", "planned sites"),
        _amount(known, "units", units, known.get(col.UNITS_ASSUMED)),
    ]
    return f"In {result.state.name}: {', '.join(parts)}."


def _english(result: StateResult) -> Texts:
    return load_texts("en").about(result.settings.industry)


def _amount(known: dict[str, object], name: str, what: str, assumed: object = None) -> str:
    value = known.get(name)
    if value is None or value != value or value is pd.NA:
        return f"{what} unknown"
    some = f" ({assumed:,.0f} of them assumed)" if isinstance(assumed, float) and assumed > 0 else ""
    return f"{value:,.0f} {what}{some}"


def first_ten(result: StateResult) -> Table:
    """Return the first ten communities by Priority, or the ten tracts where there are no communities."""
    communities = result.table("communities")
    by_community = len(communities) > 0
    rows = communities if by_community else result.table("tract_scores")
    rows = rows[rows[col.RANK].notna()].sort_values(col.RANK).head(10)
    what = "communities" if by_community else "tracts"
    title = f"The first {what} by priority, {result.state.name}, {result.as_of}"
    table = Table(title=title, caption="Fictional sample data." if result.sample else None)
    for heading, right in [("#", True), ("Where", False), ("Tier", False), ("Priority", True), ("Adults", True)]:
        table.add_column(heading, justify="right" if right else "left")
    words = Words(load_texts("en"))
    for row in records(rows):
        where = words.community(row) if by_community else f"{row['geoid']}, {row['county_name'] or row['county_geoid']}"
        adults = row[col.ELIGIBLE_ADULTS]
        people = "unknown" if adults != adults else f"{adults:,.0f}"
        tier = row[col.TIER] if isinstance(row[col.TIER], str) else "–"
        table.add_row(str(row[col.RANK]), _plain(where), tier, f"{row['priority']:.1f}", people)
    return table


def _plain(text: str) -> str:
    """Return text from data so that the terminal takes none of it for markup or control."""
    return "".join(c if c.isprintable() else "�" for c in text).replace("[", "\\[")
