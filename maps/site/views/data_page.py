"""The page of sources, downloads, refused rows, and the tables behind every mark of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from markupsafe import Markup

from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from geodata.scoring.opportunity import opening_quarters
from maps.interactive.map_points import kinds_counted
from maps.site.html_pages import Context, bdi
from maps.site.views.downloads import downloads, list_table
from maps.site.views.frame import frame
from maps.site.views.site_view import SiteView
from maps.wording.rows import Row, records
from maps.wording.words import is_missing

#: Rows of a table on this page; all are in the downloads.
MOST_ROWS = 300
#: A sentence in the notes of so many sources, and of most, is said once below the table.
MANY_NOTES = 4


@dataclass(frozen=True)
class SourceRow:
    """A source as the table of sources shows it."""

    title: str
    publisher: str
    vintage: str
    state: str
    freshness: str
    retrieved: str
    rows: str
    unused: str
    hash: str
    note: str


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with a note under it."""

    text: Markup | str
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """A mark of the map as a row: its name, where it is on the map, and the cells after the name."""

    name: str
    href: str
    cells: list[Cell]


@dataclass(frozen=True)
class MarkTable:
    """The marks of one kind; `cut` says how many are shown where not all are, `kinds` are heads of further columns."""

    rows: list[Mark]
    total: str
    cut: str
    table_href: str
    kinds: Sequence[str] = ()


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


def _sources(view: SiteView) -> list[SourceRow]:
    rows = []
    for use in view.result.sources:
        left_out = {"refused": use.rows_rejected, "not_asked": sum(use.rows_out_of_scope.values())}
        rows.append(
            SourceRow(
                title=use.title,
                publisher=use.publisher,
                vintage=use.vintage or "",
                state=view.texts.word("codes.freshness", use.freshness),
                freshness=use.freshness,
                retrieved="" if use.retrieved_at is None else view.words.date(use.retrieved_at),
                rows=view.words.number(use.rows_kept),
                unused="; ".join(view.count(f"site.data.{why}", n) for why, n in left_out.items() if n),
                hash=(use.sha256 or "")[:12],
                note=use.note,
            )
        )
    return rows


def _common_note(rows: list[SourceRow]) -> tuple[list[SourceRow], str]:
    """Return the rows without the sentence most of their notes share, and that sentence, to be said once."""
    counted = Counter(sentence for row in rows for sentence in _sentences(row.note))
    common, n = counted.most_common(1)[0] if counted else ("", 0)
    if 2 * n <= len(rows) or n < MANY_NOTES:
        return rows, ""
    return [replace(row, note=" ".join(one for one in _sentences(row.note) if one != common)) for row in rows], common


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


def marks(view: SiteView) -> dict[str, MarkTable]:
    """Return the tables of planned sites, providers, job centers and hubs.

    Each row leads to its mark on the map, so that every mark is reached without a pointer.
    """
    return {"sites": _sites(view), "providers": _providers(view), "centers": _centers(view), "hubs": _hubs(view)}


def _sites(view: SiteView) -> MarkTable:
    w = view.words
    sites = view.result.table("sites")
    sites = sites[sites[col.STATUS].isin(["planned", "temporary"])].sort_values([col.EXPECTED_DATE, col.SITE_ID])
    kinds = kinds_counted(sites)
    quarters = opening_quarters(sites[col.EXPECTED_DATE], view.result.as_of)
    rows = [
        _mark(
            view,
            "sites",
            row[col.SITE_ID],
            row,
            [_city(row), Cell(w.quarter(quarter)), *(Cell(w.number(row[UNITS + kind])) for kind in kinds)],
        )
        for row, quarter in zip(records(sites[:MOST_ROWS]), quarters[:MOST_ROWS], strict=True)
    ]
    return _table(view, "sites", rows, len(sites), [w.code("units", kind) for kind in kinds])


def _providers(view: SiteView) -> MarkTable:
    w = view.words
    providers = view.result.table("providers").sort_values([col.NAME, col.PROVIDER_ID])
    rows = [
        _mark(
            view,
            "providers",
            row[col.PROVIDER_ID],
            row,
            [
                _city(row),
                Cell(w.code("entry_stage", row[col.ENTRY_STAGE])),
                Cell(w.code("kind", row[col.KIND])),
                Cell(w.number(row[col.SEATS]), w.code("seats_basis", row[col.SEATS_BASIS])),
            ],
        )
        for row in records(providers[:MOST_ROWS])
    ]
    return _table(view, "providers", rows, len(providers))


def _centers(view: SiteView) -> MarkTable:
    centers = view.result.table("job_centers").sort_values([col.NAME, col.CENTER_ID])
    rows = [
        _mark(view, "centers", row[col.CENTER_ID], row, [_city(row), Cell(view.words.code("kind", row[col.KIND]))])
        for row in records(centers[:MOST_ROWS])
    ]
    return _table(view, "job_centers", rows, len(centers))


def _hubs(view: SiteView) -> MarkTable:
    w = view.words
    hubs = view.result.table("hubs").sort_values([col.P, col.ORDER])
    rows = []
    for row in records(hubs[:MOST_ROWS]):
        reached = f"{w.percent(row[col.COVERED_SHARE])} ({w.about(row[col.COVERED_ADULTS])})"
        ident = f"{row[col.P]}.{row[col.CANDIDATE_ID]}"
        rows.append(_mark(view, "hubs", ident, row, [Cell(w.number(row[col.P])), Cell(reached)]))
    return _table(view, "hubs", rows, len(hubs))


def _mark(view: SiteView, kind: str, ident: str, row: Row, cells: list[Cell]) -> Mark:
    page = "" if view.standalone else view.to("overview")
    drawn = not is_missing(row[col.LATITUDE]) and not is_missing(row[col.LONGITUDE])
    name = view.texts("map.card.unnamed_site") if is_missing(row[col.NAME]) else str(row[col.NAME])
    return Mark(name, f"{page}#at={quote(f'{kind}.{ident}', safe='.')}" if drawn else "", cells)


def _city(row: Row) -> Cell:
    return Cell("" if is_missing(row[col.CITY]) else bdi(row[col.CITY]))


def _table(view: SiteView, name: str, rows: list[Mark], total: int, kinds: Sequence[str] = ()) -> MarkTable:
    shown, of = view.words.number(len(rows)), view.words.number(total)
    cut = view.texts("site.data.shown_of", shown=shown, total=of) if len(rows) < total else ""
    return MarkTable(rows, of, cut, list_table(view, name), kinds)
