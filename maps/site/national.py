"""The nation by county, leading to the pages of the states: one page a language and nothing else to load.

Ranks and tiers are taken within each state; the page shows where in a state the people of its first tracts live
and never compares states. Does not hold the states' own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.states import REGISTRY, State, find_state
from geodata.storage.files import folder_written_aside
from maps.cartography import topology
from maps.interactive.map_view import NATIONAL_SCRIPTS, MapFragments, assembled, static
from maps.interactive.packing import packed, packed_json, whole
from maps.site.addresses import Addresses, file_of
from maps.site.html_pages import isolated, render
from maps.site.views.state_view import definitions_at_hand, records
from maps.texts import load_texts
from maps.wording.words import Words

#: Shares of eligible adults (in hundredths) at which a county takes the next colour; a tenth is a state's average.
EDGES = (5, 10, 20, 40)
TOLERANCE = 0.004
#: The contiguous states: what is shown first where anything lies there.
CONTIGUOUS = (-125.0, 24.3, -66.7, 49.5)
MOST_NAMED = 12
#: The tables of a state's result that the nation is made of.
NATION_TABLES = ("tract_scores", "communities", "counties", "need_parts")
StateFolder = Callable[[str], str | None]


@dataclass(frozen=True)
class StateEntry:
    """What the nation keeps of a state: its counties and a few figures."""

    state: State
    as_of: str
    sample: bool
    industry: dict[str, Any]
    counties: gpd.GeoDataFrame
    communities: int
    adults: float
    gated: int
    tracts: int
    first: dict[str, Any] | None
    definitions: tuple[str, ...]


def entry_of(result: StateResult) -> StateEntry:
    """Return what the nation keeps of a state's result."""
    scores, communities = result.table("tract_scores"), result.table("communities").sort_values(col.RANK)
    top = scores[col.TIER].isin(["A", "B"])
    adults = scores[col.ELIGIBLE_ADULTS].fillna(0.0)
    by_county = pd.DataFrame(
        {
            col.COUNTY_GEOID: scores[col.COUNTY_GEOID],
            "adults": adults,
            "first": adults.where(top, 0.0),
            col.GATED: scores[col.GATED].fillna(False).astype(int),
            "tracts": 1,
        }
    )
    sums = by_county.groupby(col.COUNTY_GEOID).sum()
    counties = result.geo("counties")[[col.COUNTY_GEOID, col.NAME, "geometry"]]
    counties = counties[counties[col.COUNTY_GEOID].isin(sums.index)].merge(sums, on=col.COUNTY_GEOID)
    return StateEntry(
        state=result.state,
        as_of=result.as_of,
        sample=result.sample,
        industry=dict(result.settings.get("industry", {})),
        counties=gpd.GeoDataFrame(counties).sort_values(col.COUNTY_GEOID),
        communities=len(communities),
        adults=float(communities[col.ELIGIBLE_ADULTS].sum(min_count=1)),
        gated=int(sums[col.GATED].sum()) if len(sums) else 0,
        tracts=len(scores),
        first=next(iter(records(communities.head(1))), None),
        definitions=tuple(definitions_at_hand(result)),
    )


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
    land, bounds = _land(entries)
    with folder_written_aside(Path(folder)) as aside:
        for language in languages:
            place = Addresses(language, tuple(languages))
            (aside / place.folder).mkdir(exist_ok=True)
            page = _page(entries, land, bounds, place, state_folder, failed, downloads)
            (aside / place.folder / file_of("overview")).write_text(page, encoding="utf-8")
    return Path(folder)


def _land(entries: Sequence[StateEntry]) -> tuple[bytes, tuple[float, float, float, float]]:
    frames = [np.asarray(entry.counties.geometry.values) for entry in entries]
    shapes = np.concatenate(frames) if frames else np.zeros(0, dtype=object)
    if not len(shapes):
        return topology.encode(topology.quantised(shapes), 0), CONTIGUOUS
    if np.ptp(shapely.bounds(shapes)[:, [0, 2]]) > 180:
        shapes = topology.moved_west(shapes)
    coded = topology.encode(topology.quantised(topology.simplified(shapes, TOLERANCE), STEP), len(shapes))
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return coded, (west, south, east, north)


STEP = 0.001


def _home(
    entries: Sequence[StateEntry], bounds: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Return what is shown first: the contiguous states, or all there is where little of it lies there."""
    inside = [
        entry
        for entry in entries
        if len(entry.counties) and shapely.box(*CONTIGUOUS).intersects(shapely.box(*entry.counties.total_bounds))
    ]
    if len(inside) < 5:
        return bounds
    drawn = np.array([entry.counties.total_bounds for entry in inside])
    west, south = np.maximum(drawn[:, :2].min(axis=0), CONTIGUOUS[:2])
    east, north = np.minimum(drawn[:, 2:].max(axis=0), CONTIGUOUS[2:])
    return (float(west), float(south), float(east), float(north))


def _page(
    entries: Sequence[StateEntry],
    land: bytes,
    bounds: tuple[float, float, float, float],
    place: Addresses,
    state_folder: StateFolder,
    failed: Sequence[str],
    downloads: Sequence[str],
) -> str:
    industry = entries[0].industry if entries else {}
    texts = load_texts(place.language).about(industry)
    words = Words(texts)
    counties = pd.concat([entry.counties.drop(columns="geometry") for entry in entries]) if entries else _NO_COUNTIES
    owner = np.repeat(np.arange(len(entries)), [len(entry.counties) for entry in entries]).tolist()
    home: dict[str, str | None] = {}
    for entry in entries:
        folder = state_folder(entry.state.usps)
        home[entry.state.usps] = None if folder is None else place.root + folder + place.folder
    facts = {
        "bounds": [round(value, 4) for value in bounds],
        "home": [round(value, 4) for value in _home(entries, bounds)],
        "step": STEP,
        "edges": list(EDGES),
        "layers": [{"name": "counties", "size": len(land)}],
        "counties": {
            "id": list(counties[col.COUNTY_GEOID]),
            "name": list(counties[col.NAME]),
            "state": owner,
            **{name: whole(counties[name]) for name in ("adults", "first", "gated", "tracts")},
        },
        "states": [
            {
                "name": entry.state.name,
                "communities": entry.communities,
                "first": None if entry.first is None else words.community(entry.first),
                "href": _inside(home[entry.state.usps], file_of("overview")),
                "county": _inside(home[entry.state.usps], "county-{county}.html"),
            }
            for entry in entries
        ],
    }
    made: MapFragments = assembled(
        bounds, texts, NATIONAL_SCRIPTS, {"map-facts": packed_json(facts), "map-land": packed(land)}, settings={}
    )
    return render(
        "national.html",
        {**_context(entries, words, place, home, failed, downloads), "map_id": made.map_id},
        styles=[static("page.css"), *made.styles],
        scripts=made.scripts,
        blocks=made.blocks,
    )


_NO_COUNTIES = pd.DataFrame({name: [] for name in ("county_geoid", "name", "adults", "first", "gated", "tracts")})


def _adults(counts: Sequence[float], words: Words) -> str:
    """Return the sum of the counts that are known, in words; no value where none is."""
    known = [count for count in counts if not np.isnan(count)]
    return words.about(sum(known)) if known else words.missing


def _lead(entries: Sequence[StateEntry], words: Words) -> str:
    """Return how many communities and people there are, and of how many states the people are known."""
    t = words.texts
    if not entries:
        return t("site.national.lead_none")
    lead = t(
        "site.national.lead",
        n=len(entries),
        communities=t("site.community_word", n=sum(entry.communities for entry in entries)),
        adults=_adults([entry.adults for entry in entries], words),
    )
    # A state without communities has nobody in them to be unknown.
    unknown = sum(entry.communities > 0 and np.isnan(entry.adults) for entry in entries)
    return f"{lead} {t('site.national.known', n=len(entries) - unknown)}" if unknown else lead


def _inside(folder: str | None, name: str) -> str:
    """Return the address of a page of a state's site; empty where there is none."""
    return "" if folder is None else folder + name


def _told_definitions(entries: Sequence[StateEntry], words: Words) -> list[str]:
    """Return, for each definition of disadvantage, which states it tells of, by the shorter of two lists."""
    t, told = words.texts, []
    for code in sorted({code for entry in entries for code in entry.definitions}):
        having = [isolated(entry.state.name) for entry in entries if code in entry.definitions]
        without = [isolated(entry.state.name) for entry in entries if code not in entry.definitions]
        key, names = ("only", having) if len(having) <= len(without) else ("without", without)
        key = key if without else "all"
        name = t.word("codes.definition", code)
        told.append(t(f"site.national.definitions.{key}", name=name, names=words.listed(names)))
    return told


def _context(
    entries: Sequence[StateEntry],
    words: Words,
    place: Addresses,
    home: dict[str, str | None],
    failed: Sequence[str],
    downloads: Sequence[str],
) -> dict[str, Any]:
    t = words.texts
    real = [state for state in REGISTRY if not state.fictional]
    found = {entry.state for entry in entries}
    missing = [state.name for state in real if state not in found]
    named = [isolated(name) for name in missing[:MOST_NAMED]]
    if len(missing) > MOST_NAMED:
        named.append(t("site.national.more", n=len(missing) - MOST_NAMED))
    sample = any(entry.sample for entry in entries)
    banners = [{"kind": "sample", "text": t("site.sample")}] if sample else []
    switch = [
        {
            "text": load_texts(code)("lists.page.language"),
            "code": code,
            "href": place.other(code, "overview"),
            "here": code == place.language,
        }
        for code in place.languages
    ]
    dates = sorted({entry.as_of for entry in entries})
    return {
        "t": t,
        "language": place.language,
        "title": t("site.national.title"),
        "state_name": "",
        "nav": [],
        "switch": switch,
        "home": "#top",
        "banners": banners,
        "as_of": t("site.as_of", date=words.listed([words.date(day) for day in dates]) if dates else words.missing),
        "footer": t("site.national.footer"),
        "standalone": False,
        "lead": _lead(entries, words),
        "missing": t("site.national.missing", n=len(missing), names=words.listed(named))
        if missing and not sample
        else "",
        "failed": t(
            "site.national.failed",
            n=len(failed),
            names=words.listed([isolated(find_state(usps).name) for usps in failed]),
        )
        if failed
        else "",
        "definitions": _told_definitions(entries, words),
        "downloads": [{"name": address.rsplit("/", 1)[-1], "href": place.root + address} for address in downloads],
        "rows": [
            {
                "name": entry.state.name,
                "href": _inside(home[entry.state.usps], file_of("overview")),
                "communities": words.number(entry.communities),
                "adults": _adults([entry.adults], words),
                "tracts": f"{words.number(entry.gated)} / {words.number(entry.tracts)}",
                "first": "" if entry.first is None else words.community(entry.first),
                "definitions": words.number(len(entry.definitions)),
                "as_of": words.date(entry.as_of),
            }
            for entry in entries
        ],
    }
