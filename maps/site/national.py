"""The nation by county, leading to the pages of the states: one page a language and nothing else to load.

Ranks and tiers are taken within each state; the page shows where in a state the people of its first tracts live
and never compares states. Does not hold the states' own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from geodata.settings import Industry
from geodata.storage.files import folder_written_aside
from maps.inline_content import own_files
from maps.site.addresses import Addresses, file_of
from maps.site.html_pages import render
from maps.site.nation_map import Land, land_of, nation_map
from maps.site.state_entry import NATION_TABLES, StateEntry, entry_of
from maps.site.views.nation_page import nation_page
from maps.texts import load_texts
from maps.wording.words import Words

__all__ = ["NATION_TABLES", "StateEntry", "build_national", "entry_of"]

StateFolder = Callable[[str], str | None]


def build_national(
    entries: Iterable[StateEntry],
    folder: Path,
    languages: Sequence[str] = ("en", "es"),
    *,
    state_folder: StateFolder = lambda usps: f"{usps}/",
    failed: Sequence[str] = (),
    downloads: Sequence[str] = (),
) -> Path:
    """Write the national overview to `folder` and return it; `entries` are what `entry_of` keeps of each state.

    `state_folder` gives the address of a state's site as seen from the national one's folder, with a slash, or None
    where there is none to lead to. States that have no entry are named on the page, and so are those of `failed`
    (postal codes), whose last run failed. `downloads` are addresses of lists, seen from the national site's folder.
    """
    entries = sorted(entries, key=lambda entry: entry.state.name)
    land = land_of(entries)
    with folder_written_aside(Path(folder)) as aside:
        for language in languages:
            place = Addresses(language, tuple(languages))
            folders = {entry.state.usps: _seen_from(place, state_folder(entry.state.usps)) for entry in entries}
            (aside / place.folder).mkdir(exist_ok=True)
            page = _page(entries, land, place, folders, failed=failed, downloads=downloads)
            (aside / place.folder / file_of("overview")).write_text(page, encoding="utf-8")
    return Path(folder)


def _seen_from(place: Addresses, folder: str | None) -> str | None:
    """Return the address of a state's pages in a language, as seen from the national page in that language."""
    return None if folder is None else place.root + folder + place.folder


def _page(
    entries: Sequence[StateEntry],
    land: Land,
    place: Addresses,
    folders: dict[str, str | None],
    *,
    failed: Sequence[str],
    downloads: Sequence[str],
) -> str:
    words = Words(load_texts(place.language).about(entries[0].industry if entries else Industry()))
    made = nation_map(entries, land, words, folders)
    context = nation_page(entries, words, place, folders, failed=failed, downloads=downloads)
    return render(
        "national.html",
        {**context, "map_id": made.map_id},
        styles=[own_files("page.css"), *made.styles],
        scripts=made.scripts,
        blocks=made.blocks,
    )
