"""The page of sources, downloads, refused rows, and the tables behind every mark of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from maps.interactive.map_points import kinds_counted, quarter_of
from maps.site.html_pages import bdi
from maps.site.views.common import SiteView
from maps.site.views.downloads import downloads, list_table
from maps.site.views.state_view import records
from maps.wording.words import is_missing

#: Rows of a table on this page; all are in the downloads.
MOST_ROWS = 300
#: A sentence in the notes of so many sources, and of most, is said once below the table.
MANY_NOTES = 4


def data(view: SiteView) -> dict[str, Any]:
    """Return the context of the data page."""
    t, w = view.texts, view.words
    scores = view.state.scores
    reasons = scores[col.UNRANKED_REASON].dropna()
    reasons = reasons[reasons != ""].value_counts().sort_index()
    sources, note = _common_note(_sources(view))
    return {
        **view.page("data", t("site.data.title")),
        "downloads": downloads(view),
        "sources": sources,
        "sources_note": note,
        "rejects": _rejects(view),
        "unranked": [
            {"reason": w.code("unranked_reason", code), "tracts": w.number(count)} for code, count in reasons.items()
        ],
        "undrawn": view.undrawn(),
        **marks(view),
    }


def _sources(view: SiteView) -> list[dict[str, Any]]:
    t, w = view.texts, view.words
    rows = []
    for use in view.result.sources:
        left_out = {"refused": use.rows_rejected, "not_asked": sum(use.rows_out_of_scope.values())}
        rows.append(
            {
                "title": use.title,
                "publisher": use.publisher,
                "vintage": use.vintage or "",
                "state": t.word("codes.freshness", use.freshness),
                "freshness": use.freshness,
                "archived": use.archived,
                "retrieved": "" if use.retrieved_at is None else w.date(use.retrieved_at),
                "rows": w.number(use.rows_kept),
                "unused": "; ".join(view.count(f"site.data.{why}", n) for why, n in left_out.items() if n),
                "hash": (use.sha256 or "")[:12],
                "note": use.note,
            }
        )
    return rows


def _common_note(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Return the rows without the sentence most of their notes share, and that sentence, to be said once."""
    counted = Counter(sentence for row in rows for sentence in _sentences(row["note"]))
    common, n = counted.most_common(1)[0] if counted else ("", 0)
    if 2 * n <= len(rows) or n < MANY_NOTES:
        return rows, ""
    told = [{**row, "note": " ".join(one for one in _sentences(row["note"]) if one != common)} for row in rows]
    return told, common


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


def marks(view: SiteView) -> dict[str, dict[str, Any]]:
    """Return the tables of planned sites, providers, job centres and hubs: rows, and a word where they are cut.

    Each row leads to its mark on the map, so that every mark is reached without a pointer.
    """
    w, result = view.words, view.result
    sites = result.table("sites")
    sites = sites[sites[col.STATUS].isin(["planned", "temporary"])].sort_values([col.EXPECTED_DATE, col.SITE_ID])
    kinds = kinds_counted(sites)
    quarters = quarter_of(sites[col.EXPECTED_DATE], result.as_of)
    providers = result.table("providers").sort_values([col.NAME, col.PROVIDER_ID])
    centers = result.table("job_centers").sort_values([col.NAME, col.CENTER_ID])
    hubs = result.table("hubs").sort_values([col.P, col.ORDER])
    return {
        "sites": _table(
            view,
            "sites",
            [
                {
                    **_place(view, "sites", row[col.SITE_ID], row),
                    "opening": w.quarter(quarter),
                    "units": [w.number(row[UNITS + kind]) for kind in kinds],
                }
                for row, quarter in zip(records(sites[:MOST_ROWS]), quarters[:MOST_ROWS], strict=True)
            ],
            len(sites),
            kinds=[w.code("units", kind) for kind in kinds],
        ),
        "providers": _table(
            view,
            "providers",
            [
                {
                    **_place(view, "providers", row[col.PROVIDER_ID], row),
                    "stage": w.code("entry_stage", row[col.ENTRY_STAGE]),
                    "kind": w.code("kind", row[col.KIND]),
                    "seats": w.number(row[col.SEATS]),
                    "basis": w.code("seats_basis", row[col.SEATS_BASIS]),
                }
                for row in records(providers[:MOST_ROWS])
            ],
            len(providers),
        ),
        "centers": _table(
            view,
            "job_centers",
            [
                {**_place(view, "centers", row[col.CENTER_ID], row), "kind": w.code("kind", row[col.KIND])}
                for row in records(centers[:MOST_ROWS])
            ],
            len(centers),
        ),
        "hubs": _table(
            view,
            "hubs",
            [
                {
                    **_place(view, "hubs", f"{row['p']}.{row['candidate_id']}", {**row, "city": None}),
                    "count": w.number(row[col.P]),
                    "share": w.percent(row[col.COVERED_SHARE]),
                    "adults": w.about(row[col.COVERED_ADULTS]),
                }
                for row in records(hubs[:MOST_ROWS])
            ],
            len(hubs),
        ),
    }


def _place(view: SiteView, kind: str, ident: str, row: Mapping[str, Any]) -> dict[str, str]:
    page = "" if view.standalone else view.to("overview")
    drawn = not is_missing(row[col.LATITUDE]) and not is_missing(row[col.LONGITUDE])
    return {
        "name": view.texts("map.card.unnamed_site") if is_missing(row[col.NAME]) else str(row[col.NAME]),
        "city": "" if is_missing(row[col.CITY]) else bdi(row[col.CITY]),
        "href": f"{page}#at={quote(f'{kind}.{ident}', safe='.')}" if drawn else "",
    }


def _table(
    view: SiteView, name: str, rows: list[dict[str, Any]], total: int, kinds: Sequence[str] = ()
) -> dict[str, Any]:
    w = view.words
    cut = (
        view.texts("site.data.shown_of", shown=w.number(len(rows)), total=w.number(total)) if len(rows) < total else ""
    )
    return {"rows": rows, "total": w.number(total), "cut": cut, "table_href": list_table(view, name), "kinds": kinds}
