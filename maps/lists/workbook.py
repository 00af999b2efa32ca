"""The lists as one Excel workbook: typed cells, frozen headers, sources and data dictionary inside.

Text is always written as text, so no cell can turn into a formula, link or number. Two workbooks of one run
are identical byte for byte: the only date in them is the date of the data.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.schemas.table import Column
from geodata.states import UNITED_STATES
from geodata.storage.files import write_bytes
from maps.lists.column_wording import cell_words, help_of, label_of
from maps.lists.list_tables import ListTable, dictionary
from maps.texts import Texts
from maps.wording.source_lines import missing_sources, old_copies
from maps.wording.words import Words, is_missing

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
NUMBER_FORMATS = {"0–1": "0.0%", "0–100": "0.0", "people": "#,##0", "minutes": "0", "degrees": "0.00000"}
MOST_TEXT = 32_000  # Excel holds 32,767 signs in a cell
WIDE = {
    "why": 90,
    "meaning": 80,
    "note": 50,
    "captions": 60,
    "name": 34,
    "title": 44,
    "tied_with": 30,
    "designated_by": 44,
}
HEADER_FILL, HEADER_TEXT, SAMPLE_FILL = "#12355B", "#FFFFFF", "#FFE08A"


def write_workbook(result: StateResult, tables: Sequence[ListTable], file: Path, texts: Texts) -> Path:
    """Write `tables` with a first sheet that says what they are, and the data dictionary."""
    return write_bytes(file, workbook_bytes(result, tables, texts))


def workbook_bytes(result: StateResult, tables: Sequence[ListTable], texts: Texts) -> bytes:
    """Return the workbook as bytes."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, OPTIONS) as book:
        when = datetime.fromisoformat(result.as_of)
        title = _title(result, texts)
        book.set_properties(
            {
                "title": title,
                "subject": texts("lists.sample") if result.sample else "",
                "comments": texts("lists.as_of", date=Words(texts).date(result.as_of)),
                "created": when,
            }
        )
        formats = _Formats(book)
        _read_me(book, result, tables, texts, formats)
        for table in tables:
            sheet = _sheet(book, result, table.name, texts)
            _table(
                sheet,
                table.rows,
                table.columns,
                [label_of(texts, table.name, c) for c in table.columns],
                texts,
                formats,
            )
        _dictionary(_sheet(book, result, "dictionary", texts), tables, texts, formats)
    return held.getvalue()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.header = book.add_format(
            {"bold": True, "font_color": HEADER_TEXT, "bg_color": HEADER_FILL, "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True})
        self.sample = book.add_format({"bold": True, "bg_color": SAMPLE_FILL, "font_size": 12, "text_wrap": True})

    def number(self, column: Column) -> Any:
        """Return the format of a number by its unit."""
        code = NUMBER_FORMATS.get(column.unit, "0" if column.kind == "integer" else "0.00")
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code, "valign": "top"})
        return self._made[code]


def _title(result: StateResult, texts: Texts) -> str:
    return texts("lists.workbook.title", state=result.state.name)


def _sheet(book: xlsxwriter.Workbook, result: StateResult, name: str, texts: Texts) -> Worksheet:
    sheet = book.add_worksheet(texts(f"lists.sheets.{name}"))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    notice = f"&C{texts('lists.sample')}" if result.sample else ""
    sheet.set_header(f"&L{texts(f'lists.titles.{name}')}{notice}&R{result.as_of}")
    sheet.set_footer("&C&P / &N")
    if result.sample:
        sheet.set_tab_color(SAMPLE_FILL)
    return sheet


def _read_me(
    book: xlsxwriter.Workbook, result: StateResult, tables: Sequence[ListTable], texts: Texts, formats: _Formats
) -> None:
    sheet = _sheet(book, result, "read_me", texts)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    words, uncertainty = Words(texts), result.settings.get("uncertainty", {})
    sheet.write_string(0, 0, _title(result, texts), formats.title)
    row = 1
    if result.sample:
        sheet.merge_range(row, 0, row, 1, "", formats.sample)
        sheet.write_string(row, 0, texts("lists.sample"), formats.sample)
        row += 1
    steps = {letter: words.percent(uncertainty.get(f"tier_{letter}")) for letter in ("a", "b", "c")}
    lines = [
        *old_copies(result, texts),
        *missing_sources(result, texts),
        texts("lists.as_of", date=words.date(result.as_of)),
        *([texts("lists.nation")] if result.state == UNITED_STATES else []),
        texts("lists.workbook.about"),
        *(texts(f"lists.workbook.use_{n}") for n in (1, 2)),
        texts("lists.workbook.use_3", top=words.top_share(uncertainty), **steps),
        *(texts(f"lists.workbook.use_{n}") for n in (4, 5)),
        texts("lists.workbook.run", run=result.run_id, digest=result.settings_digest),
    ]
    for line in lines:
        sheet.merge_range(row, 0, row, 1, "", formats.wrapped)
        sheet.write_string(row, 0, line, formats.wrapped)
        sheet.set_row(row, 15 * (1 + len(line) // 130))
        row += 1
    row += 1
    sheet.write_string(row, 0, texts("lists.workbook.sheets"), formats.bold)
    for table in tables:
        row += 1
        name = texts(f"lists.sheets.{table.name}")
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        count = texts("lists.workbook.rows", n=words.number(len(table.rows)))
        sheet.write_string(row, 1, f"{texts(f'lists.captions.{table.name}')} ({count})", formats.wrapped)


def _dictionary(sheet: Worksheet, tables: Sequence[ListTable], texts: Texts, formats: _Formats) -> None:
    rows = dictionary(tables, lambda name, column: help_of(texts, name, column))
    columns = {(table.name, column.name): column for table in tables for column in table.columns}
    labels = [
        label_of(texts, name, columns[name, column]) for name, column in zip(rows["list"], rows["column"], strict=True)
    ]
    rows.insert(1, "label", labels)
    rows["list"] = [texts(f"lists.sheets.{name}") for name in rows["list"]]
    order = ("list", "label", "column", "kind", "unit", "meaning")
    heads = [texts(f"lists.workbook.dictionary.{'name' if name == 'column' else name}") for name in order]
    shown = tuple(Column(name, "text", "") for name in order)
    _table(sheet, rows[list(order)], shown, heads, texts, formats)


def _table(
    sheet: Worksheet,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    heads: Sequence[str],
    texts: Texts,
    formats: _Formats,
) -> None:
    sheet.freeze_panes(1, _frozen(columns))
    for place, (column, head) in enumerate(zip(columns, heads, strict=True)):
        sheet.write_string(0, place, head, formats.header)
        values = rows[column.name].tolist()
        _column(sheet, place, column, values, texts, formats)
        sheet.set_column(place, place, _width(column, head, values))
    last = max(len(rows), 1)
    sheet.autofilter(0, 0, last, max(len(columns) - 1, 0))
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})


def _column(sheet: Worksheet, place: int, column: Column, values: list[Any], texts: Texts, formats: _Formats) -> None:
    if column.kind in ("number", "integer"):
        style = formats.number(column)
        for row, value in enumerate(values, start=1):
            if not is_missing(value):
                sheet.write_number(row, place, float(value), style)
    elif column.kind == "date":
        for row, value in enumerate(values, start=1):
            if not is_missing(value):
                sheet.write_datetime(row, place, value.to_pydatetime(), formats.date)
    else:
        style = formats.wrapped if column.name in ("why", "meaning", "note") else formats.text
        for row, value in enumerate(values, start=1):
            if not is_missing(value):
                sheet.write_string(row, place, cell_words(texts, column, value)[:MOST_TEXT], style)


def _frozen(columns: Sequence[Column]) -> int:
    """Columns kept in sight while scrolling: up to the name of the row, where that is near the left."""
    names = [column.name for column in columns[:3]]
    return next((place + 1 for place, name in enumerate(names) if name in (col.GEOID, col.NAME)), 0)


def _width(column: Column, head: str, values: list[Any]) -> float:
    if column.name in WIDE:
        return WIDE[column.name]
    if column.kind in ("number", "integer"):
        return max(9.0, min(16.0, len(head) * 0.7))
    longest = max((len(str(value)) for value in values[:200] if not is_missing(value)), default=0)
    return max(10.0, min(40.0, max(longest * 1.1, len(head) * 0.7)))
