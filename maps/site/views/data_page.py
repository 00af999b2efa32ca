"""The page of sources, downloads, refused rows, and the tables behind every mark of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from geodata.schemas import columns as col
from geodata.schemas.canonical import STATUSES_AHEAD, UNITS
from geodata.scoring.opportunity import opening_quarters
from maps.interactive.map_points import kinds_counted
from maps.site.html_pages import Context, bdi
from maps.site.views.downloads import downloads, list_table
from maps.site.views.frame import frame
from maps.site.views.site_view import SiteView
from maps.wording.rows import Row, records
from maps.wording.trades import trades_listed
from maps.wording.words import is_missing

#: Rows of a table on this page; all are in the downloads.
MOST_ROWS = 300
#: A sentence in the notes of so many sources, and of most, is said once below the table.
MANY_NOTES = 4
#: A cell of a table, and a note under it where there is one.
Cell = tuple[Markup | str, ...]


def data(view: SiteView) -> Context:
    """Return the context of the data page."""
    t, w = view.texts, view.words
    reasons = view.state.scores[col.UNRANKED_REASON].dropna()
    reasons = reasons[reasons != ""].value_counts().sort_index()
    sources, note = _common_note(_sources(view))
    return {
        **frame(view, "data", t("site.data.title")),
        "downloads": downloads(view),
        "sources": sources,
        "sources_note": note,
        "rejects": _rejects(view),
        "unranked": [
            {"reason": w.code("unranked_reason", code), "tracts": w.number(count)} for code, count in reasons.items()
        ],
        "undrawn": view.undrawn,
        **marks(view),
    }


def _sources(view: SiteView) -> list[dict[str, str]]:
    rows = []
    for use in view.result.sources:
        lost, counted, command = unlocated_of(view, use.source)
        left_out = {
            "refused": use.rows_rejected,
            "not_asked": sum(use.rows_out_of_scope.values()),
            "unlocated": lost,
        }
        said = [view.count("site.data.counted_by_zip", counted)] if counted else []
        said += [view.texts("site.data.geocode", command=command)] if (lost or counted) and command else []
        rows.append(
            {
                "title": use.title,
                "publisher": use.publisher,
                "vintage": use.vintage or "",
                "state": view.texts.word("codes.freshness", use.freshness),
                "freshness": use.freshness,
                "retrieved": "" if use.retrieved_at is None else view.words.date(use.retrieved_at),
                "rows": view.words.number(use.rows_kept),
                "unused": "; ".join(view.count(f"site.data.{why}", n) for why, n in left_out.items() if n),
                "hash": (use.sha256 or "")[:12],
                "note": " ".join([use.note, *said]).strip(),
            }
        )
    return rows


def unlocated_of(view: SiteView, source: str) -> tuple[int, int, str]:
    """Return how many rows of a source no travel is measured to for want of an exact location, how many campuses count
    from their ZIP code instead, and what to type to look up the addresses of both.
    """
    table = view.result.table("locations")
    rows = table[table[col.SOURCE] == source]
    command = rows[col.REMEDY].dropna()
    counted = int(rows[col.COUNTED_BY_ZIP].sum())
    lost = int((rows[col.ROWS] - rows[col.LOCATED]).sum()) - counted
    return lost, counted, str(command.iloc[0]) if len(command) else ""


def _common_note(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], str]:
    """Return the rows without the sentence most of their notes share, and that sentence, to be said once."""
    counted = Counter(sentence for row in rows for sentence in _sentences(row["note"]))
    common, n = counted.most_common(1)[0] if counted else ("", 0)
    if 2 * n <= len(rows) or n < MANY_NOTES:
        return rows, ""
    others = [" ".join(one for one in _sentences(row["note"]) if one != common) for row in rows]
    return [{**row, "note": note} for row, note in zip(rows, others, strict=True)], common


def _sentences(text: str) -> list[str]:
    return [f"{part.rstrip('.')}." for part in text.split(". ") if part]


def _rejects(view: SiteView) -> list[dict[str, str]]:
    table = view.result.table("rejects")
    titles = {use.source: use.title for use in view.result.sources}
    rows = []
    for (source, reason), group in table.groupby([col.SOURCE, col.REASON], dropna=False):
        first = group.iloc[0]
        rows.append(
            {
                "source": titles.get(str(source), str(source)),
                "reason": str(reason).replace("_", " "),
                "rows": view.words.number(len(group)),
                "example": "" if is_missing(first[col.KEY]) else str(first[col.KEY]),
                "remedy": "" if is_missing(first[col.REMEDY]) else str(first[col.REMEDY]),
            }
        )
    return rows


def marks(view: SiteView) -> Context:
    """Return the tables of planned sites, providers, job centers and hubs.

    Each row leads to its mark on the map, so that every mark is reached without a pointer.
    """
    return {"sites": _sites(view), "providers": _providers(view), "centers": _centers(view), "hubs": _hubs(view)}


def _sites(view: SiteView) -> Context:
    w, sites = view.words, view.result.table("sites")
    sites = sites[sites[col.STATUS].isin([*STATUSES_AHEAD, "temporary"])].sort_values([col.EXPECTED_DATE, col.SITE_ID])
    sites = sites.assign(quarter=opening_quarters(sites[col.EXPECTED_DATE], view.result.as_of))
    kinds = kinds_counted(sites)

    def cells(row: Row) -> list[Cell]:
        return [_city(row), (w.quarter(row[col.QUARTER]),), *((w.number(row[UNITS + kind]),) for kind in kinds)]

    made = _table(view, "sites", "sites.{site_id}", sites, cells)
    return {**made, "kinds": [w.code("units", kind) for kind in kinds]}


def _providers(view: SiteView) -> Context:
    w, providers = view.words, view.result.table("providers").sort_values([col.NAME, col.PROVIDER_ID])

    def cells(row: Row) -> list[Cell]:
        stage, kind = w.code("entry_stage", row[col.ENTRY_STAGE]), w.code("kind", row[col.KIND])
        basis, trades = (
            w.code("seats_basis", row[col.SEATS_BASIS]),
            trades_listed(row[col.SEATS_BY_PROGRAM], view.texts),
        )
        note = f"{basis}: {trades}" if trades else basis
        return [_city(row), (stage,), (kind,), (w.number(row[col.SEATS]), note)]

    return _table(view, "providers", "providers.{provider_id}", providers, cells)


def _centers(view: SiteView) -> Context:
    centers = view.result.table("job_centers").sort_values([col.NAME, col.CENTER_ID])

    def cells(row: Row) -> list[Cell]:
        return [_city(row), (view.words.code("kind", row[col.KIND]),)]

    return _table(view, "job_centers", "centers.{center_id}", centers, cells)


def _hubs(view: SiteView) -> Context:
    w, hubs = view.words, view.result.table("hubs").sort_values([col.P, col.ORDER])

    def cells(row: Row) -> list[Cell]:
        reached = f"{w.percent(row[col.COVERED_SHARE])} ({w.about(row[col.COVERED_ADULTS])})"
        return [(w.number(row[col.P]),), (reached,)]

    return _table(view, "hubs", "hubs.{p}.{candidate_id}", hubs, cells)


def _table(
    view: SiteView, name: str, mark: str, table: pd.DataFrame, cells: Callable[[Row], list[Cell]]
) -> dict[str, object]:
    """Return the marks of one kind: rows with their cells after the name, and how many are shown where not all are.

    `mark` is how the map calls the mark of a row, by the row's columns; a row without a place leads nowhere.
    """
    page = "" if view.standalone else view.to("overview")
    unnamed = view.texts("map.card.unnamed_site")
    rows = [
        {
            "name": unnamed if is_missing(row[col.NAME]) else str(row[col.NAME]),
            "href": ""
            if is_missing(row[col.LATITUDE]) or is_missing(row[col.LONGITUDE])
            else f"{page}#at={quote(mark.format(**row), safe='.')}",
            "cells": cells(row),
        }
        for row in records(table[:MOST_ROWS])
    ]
    shown, total = view.words.number(len(rows)), view.words.number(len(table))
    cut = view.texts("site.data.shown_of", shown=shown, total=total) if len(rows) < len(table) else ""
    return {"rows": rows, "total": total, "cut": cut, "table_href": list_table(view, name), "kinds": []}


def _city(row: Row) -> Cell:
    return ("" if is_missing(row[col.CITY]) else bdi(row[col.CITY]),)
