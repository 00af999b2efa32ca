"""One list as an accessible HTML table, with every row, for a page to embed.

Whole without scripts; `maps/static/tables.js` adds sorting and filters and `tables.css` the looks. Rendered by
Jinja with escaping on, and nothing of the data is ever read as a template, address or script. The cells of a
row are not closed: HTML allows it and a state of 9,100 tracts is a megabyte smaller for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from geodata.schemas.state_result import StateResult
from geodata.schemas.table import Column
from maps.lists.column_wording import cell_words, help_of, label_of
from maps.lists.file_provenance import plain_records
from maps.lists.list_specs import LISTS
from maps.lists.list_tables import list_table
from maps.templating import standing_alone
from maps.texts import Texts
from maps.wording.rows import Row
from maps.wording.words import Words, is_missing

DASH = "\N{EN DASH}"
DIGITS = {"degrees": 4}
#: Columns of long text, which would otherwise make a row as high as a page.
WIDE = frozenset({"barriers", "note", "remedy", "title", "licence", "page", "sha256"})
Link = Callable[[Row], str | None]


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and where it leads if anywhere."""

    text: str
    href: str | None = None


def html_table(result: StateResult, name: str, texts: Texts, link: Link | None = None) -> str:
    """Return the list `name` as an HTML fragment.

    `link` gives for a row (its columns by name) the address its name leads to, or None. KeyError where there
    is no such list.
    """
    words, spec = Words(texts), LISTS[name]
    table = list_table(result, name, community_name=words.community)
    columns = table.shown
    rows = [
        [_cell(column, row, column.name == spec.row_header, texts, words, link) for column in columns]
        for row in plain_records(table.rows)
    ]
    total = words.number(len(rows))
    showing = texts("lists.showing", shown="{shown}", total="{total}")
    return standing_alone("list_table.html.j2").render(
        name=name,
        t=texts,
        sample=result.sample,
        rows=rows,
        columns=[
            {
                "label": label_of(texts, name, column),
                "kind": "number" if column.kind in ("number", "integer") else column.kind,
                "wide": column.name in WIDE,
                "help": help_of(texts, name, column).rstrip(".") + ".",
                "unit": texts("lists.unit", unit=column.unit) + "." if column.unit else "",
            }
            for column in columns
        ],
        row_header=[column.name for column in columns].index(spec.row_header),
        filters=[
            {"label": label_of(texts, name, column), "column": place}
            for place, column in enumerate(columns)
            if column.name in spec.filters.split()
        ],
        showing=showing,
        showing_all=showing.replace("{shown}", total).replace("{total}", total),
    )


def safe_web_address(text: str) -> str | None:
    """Return an address that a browser may follow: http or https with a host, else None."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    return text.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def _cell(column: Column, row: Row, is_header: bool, texts: Texts, words: Words, link: Link | None) -> Cell:
    value = row[column.name]
    if is_missing(value):
        shown = Cell(DASH)
    elif column.kind in ("number", "integer"):
        shown = Cell(_number(column, value, words))
    else:
        text = cell_words(texts, column, value)
        text = text[:10] if column.name == "retrieved_at" else text
        shown = Cell(text, safe_web_address(text) if column.name in ("url", "page") else None)
    if is_header:
        return Cell(shown.text, link(row) if link else None)
    return shown


def _number(column: Column, value: float, words: Words) -> str:
    if column.unit == "0–1":
        return words.percent(value)
    if column.unit == "job-years":
        return words.job_years(value)
    if column.unit == "year" or column.name == "row":
        return str(int(value))
    return words.number(value, DIGITS.get(column.unit, 0 if column.unit else _digits(value)))


def _digits(value: float) -> int:
    return 0 if float(value).is_integer() else 2
