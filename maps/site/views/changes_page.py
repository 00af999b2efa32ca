"""The page of what changed since the last run: communities, ranks and their causes, places and sources."""

from __future__ import annotations

import pandas as pd

from geodata.comparison.changes import CAUSES, ChangeReport
from geodata.schemas import columns as col
from maps.site.html_pages import Context
from maps.site.views.frame import frame
from maps.site.views.site_view import SiteView
from maps.wording.rows import records
from maps.wording.words import Number, is_missing

MOST_TRACTS = 25
MOST_PLACES = 60
SENTENCES = (
    "communities_entered",
    "communities_left",
    "tracts_up_a_tier",
    "tracts_down_a_tier",
    "tracts_listed_anew",
    "tracts_no_longer_listed",
    "adults_who_gain_a_first_provider",
    "adults_who_lose_their_last_provider",
)


def changes(view: SiteView, report: ChangeReport | None) -> Context:
    """Return the context of the page; without a report it says that there is nothing to compare with."""
    page = frame(view, "changes", view.texts("site.changes.title"))
    return {**page, "report": None if report is None else _report(view, report)}


def _report(view: SiteView, report: ChangeReport) -> Context:
    summary, causes = report.summary, _causes(report.causes)
    return {
        "sentences": [
            _count(view, f"site.changes.summary.{name}", summary[name]) for name in SENTENCES if summary.get(name)
        ],
        "because": view.words.listed([view.texts(f"site.changes.cause.{name}") for name in summary["causes"]]),
        "communities": _communities(view, report.differences.communities),
        "tracts": _tracts(view, report.causes, causes),
        "causes": [view.texts(f"site.changes.cause.{name}") for name in causes],
        "places": _places(view, report.places),
        "more_places": max(0, len(report.places) - MOST_PLACES),
        "sources": _sources(view, report.sources),
    }


def _count(view: SiteView, key: str, value: float) -> str:
    whole = round(value)
    return view.texts(key, n=1 if whole == 1 else view.words.about(whole, 3))


def _communities(view: SiteView, table: pd.DataFrame) -> list[dict[str, str]]:
    rows = []
    for row in records(table[table["change"] != "same"]):
        known = view.state.community_index.get(row[col.COMMUNITY_ID])
        name = row["name_before"] if known is None else view.words.community(known)
        rows.append(
            {
                "name": str(name),
                "href": "" if known is None else view.community_address(row[col.COMMUNITY_ID]),
                "change": view.texts(f"site.changes.kind.{row['change']}"),
                "rank": _from_to(view, row["rank_before"], row["rank_after"]),
                "tier": " → ".join(_tier(view, row[f"tier_{when}"]) for when in ("before", "after")),
            }
        )
    return rows


def _tier(view: SiteView, tier: object) -> str:
    return "–" if is_missing(tier) else view.words.code("tier_short", tier)


def _from_to(view: SiteView, before: Number, after: Number) -> str:
    return " → ".join("–" if is_missing(value) else view.words.number(value) for value in (before, after))


def _causes(table: pd.DataFrame) -> list[str]:
    """Return the causes whose part in each move is known."""
    return [name for name in CAUSES if f"rank_by_{name}" in table.columns]


def _tracts(view: SiteView, table: pd.DataFrame, causes: list[str]) -> list[Context]:
    """Return the tracts whose rank moved most, with the part of each cause."""
    if table.empty:
        return []
    moved = table.dropna(subset=["rank_change"])
    order = moved["rank_change"].abs().sort_values(ascending=False, kind="stable").index[:MOST_TRACTS]
    names = view.state.scores.set_index(col.GEOID)[col.NAME]
    return [
        {
            "name": view.texts("map.card.tract", name=names.get(row[col.GEOID], row[col.GEOID])),
            "geoid": row[col.GEOID],
            "rank": _from_to(view, row["rank_before"], row["rank_after"]),
            "parts": [view.words.number(row[f"rank_by_{name}"], 1) for name in causes],
        }
        for row in records(moved.loc[order])
    ]


def _places(view: SiteView, table: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {
            "name": "" if is_missing(row[col.NAME]) else str(row[col.NAME]),
            "table": view.texts(f"site.changes.table.{row['table']}"),
            "change": view.texts(f"site.changes.place.{row['change']}"),
            "km": "" if is_missing(row["km"]) else f"{view.words.number(row['km'], 1)} km",
        }
        for row in records(table.head(MOST_PLACES))
    ]


def _sources(view: SiteView, table: pd.DataFrame) -> list[dict[str, str]]:
    titles = {use.source: use.title for use in view.result.sources}
    return [
        {
            "title": titles.get(row[col.SOURCE], str(row[col.SOURCE])),
            "change": view.texts(f"site.changes.cause.{row['change']}"),
            "before": "–" if is_missing(row["before"]) else str(row["before"]),
            "after": "–" if is_missing(row["after"]) else str(row["after"]),
        }
        for row in records(table)
    ]
