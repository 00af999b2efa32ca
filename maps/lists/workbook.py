"""The lists as one Excel workbook: typed cells, frozen headers, sources and data dictionary inside.

Text is always written as text, so no cell can turn into a formula, link or number. Two workbooks of one run
are identical byte for byte: the only date in them is the date of the data.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
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
        book.set_properties(
            {
                "title": _title(result, texts),
                "subject": texts("lists.sample") if result.sample else "",
                "comments": texts("lists.as_of", date=Words(texts).date(result.as_of)),
                "created": datetime.fromisoformat(result.as_of),
            }
        )
        writer = _Writer(book, result, texts, _Formats(book))
        writer.read_me(tables)
        for table in tables:
            heads = [label_of(texts, table.name, column) for column in table.columns]
            writer.table(writer.sheet(table.name), table.rows, table.columns, heads)
        writer.dictionary(tables)
    return held.getvalue()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.header = book.add_format(
            {"bold": True, "font_color": HEADER_TEXT, "bg_color": HEADER_FILL, "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True})
        self.sample = book.add_format({"bold": True, "bg_color": SAMPLE_FILL, "font_size": 12, "text_wrap": True})

    def number(self, column: Column) -> Format:
        """Return the format of a number by its unit."""
        code = NUMBER_FORMATS.get(column.unit, "0" if column.kind == "integer" else "0.00")
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code, "valign": "top"})
        return self._made[code]


def _title(result: StateResult, texts: Texts) -> str:
    return texts("lists.workbook.title", state=result.state.name)


@dataclass(frozen=True)
class _Writer:
    """Writes the sheets of one workbook."""

    book: xlsxwriter.Workbook
    result: StateResult
    texts: Texts
    formats: _Formats

    def sheet(self, name: str) -> Worksheet:
        """Return a new sheet, set up for print, named as its list."""
        sheet = self.book.add_worksheet(self.texts(f"lists.sheets.{name}"))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        notice = f"&C{self.texts('lists.sample')}" if self.result.sample else ""
        sheet.set_header(f"&L{self.texts(f'lists.titles.{name}')}{notice}&R{self.result.as_of}")
        sheet.set_footer("&C&P / &N")
        if self.result.sample:
            sheet.set_tab_color(SAMPLE_FILL)
        return sheet

    def read_me(self, tables: Sequence[ListTable]) -> None:
        """Write the first sheet: what the workbook is, how to use it, and its sheets."""
        sheet = self.sheet("read_me")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, _title(self.result, self.texts), self.formats.title)
        row = 1
        if self.result.sample:
            sheet.merge_range(row, 0, row, 1, "", self.formats.sample)
            sheet.write_string(row, 0, self.texts("lists.sample"), self.formats.sample)
            row += 1
        for line in self._guidance():
            sheet.merge_range(row, 0, row, 1, "", self.formats.wrapped)
            sheet.write_string(row, 0, line, self.formats.wrapped)
            sheet.set_row(row, 15 * (1 + len(line) // 130))
            row += 1
        row += 1
        sheet.write_string(row, 0, self.texts("lists.workbook.sheets"), self.formats.bold)
        words = Words(self.texts)
        for table in tables:
            row += 1
            name = self.texts(f"lists.sheets.{table.name}")
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
            count = self.texts("lists.workbook.rows", n=words.number(len(table.rows)))
            caption = self.texts(f"lists.captions.{table.name}")
            sheet.write_string(row, 1, f"{caption} ({count})", self.formats.wrapped)

    def _guidance(self) -> list[str]:
        result, texts = self.result, self.texts
        words, uncertainty = Words(texts), result.settings.uncertainty
        steps = {letter: words.percent(getattr(uncertainty, f"tier_{letter}")) for letter in ("a", "b", "c")}
        return [
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

    def dictionary(self, tables: Sequence[ListTable]) -> None:
        """Write the sheet of what each column means."""
        texts = self.texts
        sheet = self.sheet("dictionary")
        rows = dictionary(tables, lambda name, column: help_of(texts, name, column))
        columns = {(table.name, column.name): column for table in tables for column in table.columns}
        labels = [
            label_of(texts, name, columns[name, column])
            for name, column in zip(rows["list"], rows["column"], strict=True)
        ]
        rows.insert(1, "label", labels)
        rows["list"] = [texts(f"lists.sheets.{name}") for name in rows["list"]]
        order = ("list", "label", "column", "kind", "unit", "meaning")
        heads = [texts(f"lists.workbook.dictionary.{'name' if name == 'column' else name}") for name in order]
        self.table(sheet, rows[list(order)], tuple(Column(name, "text", "") for name in order), heads)

    def table(self, sheet: Worksheet, rows: pd.DataFrame, columns: Sequence[Column], heads: Sequence[str]) -> None:
        """Write rows under their heads, with the heads kept in sight and a filter on every column."""
        sheet.freeze_panes(1, _frozen(columns))
        for place, (column, head) in enumerate(zip(columns, heads, strict=True)):
            sheet.write_string(0, place, head, self.formats.header)
            self._cells(sheet, place, column, rows[column.name])
            sheet.set_column(place, place, _width(column, head, rows[column.name]))
        last = max(len(rows), 1)
        sheet.autofilter(0, 0, last, max(len(columns) - 1, 0))
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def _cells(self, sheet: Worksheet, place: int, column: Column, values: pd.Series) -> None:
        present = [(row, value) for row, value in enumerate(values.tolist(), start=1) if not is_missing(value)]
        if column.kind in ("number", "integer"):
            number = self.formats.number(column)
            for row, value in present:
                sheet.write_number(row, place, float(value), number)
        elif column.kind == "date":
            for row, value in present:
                sheet.write_datetime(row, place, value.to_pydatetime(), self.formats.date)
        else:
            style = self.formats.wrapped if column.name in ("why", "meaning", "note") else self.formats.text
            for row, value in present:
                sheet.write_string(row, place, cell_words(self.texts, column, value)[:MOST_TEXT], style)


def _frozen(columns: Sequence[Column]) -> int:
    """Columns kept in sight while scrolling: up to the name of the row, where that is near the left."""
    names = [column.name for column in columns[:3]]
    return next((place + 1 for place, name in enumerate(names) if name in (col.GEOID, col.NAME)), 0)


def _width(column: Column, head: str, values: pd.Series) -> float:
    if column.name in WIDE:
        return WIDE[column.name]
    if column.kind in ("number", "integer"):
        return max(9.0, min(16.0, len(head) * 0.7))
    longest = max((len(str(value)) for value in values[:200].tolist() if not is_missing(value)), default=0)
    return max(10.0, min(40.0, max(longest * 1.1, len(head) * 0.7)))
