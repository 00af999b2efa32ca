"""What `onramp` prints about a state: what is about to be computed, what was missing, the ten to start with."""

from __future__ import annotations

from pathlib import Path

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


def announce(console: Console, place: State, settings: Settings) -> None:
    """Say what is about to be computed, and from what."""
    origin = "publishers" if settings.sources.folder is None else f"folder {settings.sources.folder.name}"
    if place.fictional:
        console.print(f"[bold]{place.name}[/bold]: an invented state; nothing that follows is real.")
    else:
        console.print(f"[bold]{place.name}[/bold] from the {origin}")


def report_unread(console: Console, settings: Settings, place: State | None) -> None:
    """Name each file of the folder that no source would take, so that a misspelled name is noticed."""
    folder = settings.sources.folder or settings.home / SUPPLIED_FOLDER
    if not folder.is_dir():
        return
    for sentence in unread_files(folder, [source.spec.filenames for source in SOURCES.values()], place):
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def report(console: Console, result: StateResult, products: dict[str, Path]) -> None:
    """Print what is missing, columns nobody read, the ten to start with, and where the products are."""
    for freshness in ("missing", "stale"):
        titles = [use.title for use in result.sources if use.freshness == freshness]
        if titles:
            console.print(f"[yellow]{freshness}[/yellow]: {'; '.join(titles)}", highlight=False)
    for use in result.sources:
        alike = [Unread(header, like) for header, like in use.unread.items() if like]
        if alike:
            said = f"{use.file}: {unread_sentence(alike)} onramp doctor prints the lines that take them."
            console.print(said, highlight=False, markup=False, soft_wrap=True)
    console.print(first_ten(result))
    report_unlocated(console, result)
    for name, path in products.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)


def report_unlocated(console: Console, result: StateResult) -> None:
    """Say of each source how many rows have no exact location, and what to type to look up their addresses."""
    titles = {use.source: use.title for use in result.sources}
    table = result.table("locations")
    for row in table[table[col.ROWS] > table[col.LOCATED]].to_dict("records"):
        title = titles.get(row[col.SOURCE], row[col.SOURCE])
        console.print(unlocated_sentence(row, title), highlight=False, markup=False, soft_wrap=True)


def first_ten(result: StateResult) -> Table:
    """Return the ten communities to start with, or the ten tracts where there are no communities."""
    communities = result.table("communities")
    by_community = len(communities) > 0
    rows = communities if by_community else result.table("tract_scores")
    rows = rows[rows[col.RANK].notna()].sort_values(col.RANK).head(10)
    what = "communities" if by_community else "tracts"
    title = f"The {what} to start with, {result.state.name}, {result.as_of}"
    table = Table(title=title, caption="Fictional sample data." if result.sample else None)
    for heading, right in [("#", True), ("Where", False), ("Tier", False), ("Priority", True), ("Adults", True)]:
        table.add_column(heading, justify="right" if right else "left")
    for row in rows.to_dict("records"):
        where = row[col.NAME] if by_community else f"{row['geoid']}, {row['county_name'] or row['county_geoid']}"
        adults = row[col.ELIGIBLE_ADULTS]
        people = "unknown" if adults != adults else f"{adults:,.0f}"
        tier = row[col.TIER] if isinstance(row[col.TIER], str) else "–"
        table.add_row(str(row[col.RANK]), _plain(where), tier, f"{row['priority']:.1f}", people)
    return table


def _plain(text: str) -> str:
    """Return text from data so that the terminal takes none of it for markup or control."""
    return "".join(c if c.isprintable() else "�" for c in text).replace("[", "\\[")
