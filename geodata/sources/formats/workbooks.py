"""Workbooks (XLSX) read as text, and the choice between a workbook and a delimited file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd

from geodata.errors import AGAIN, InputError, reading_of
from geodata.schemas.parsed import RejectLog
from geodata.sources.formats.archives import check_zip
from geodata.sources.formats.row_limit import no_more_rows, refuse_more_rows, rows_to_read
from geodata.sources.formats.text_stream import decode
from geodata.sources.formats.text_tables import (
    Text,
    Wanted,
    as_text,
    choose_columns,
    delimited,
    positions_of,
    read_bytes,
    read_csv,
)
from geodata.sources.formats.unread import unread_columns

# Publishers set titles and notes above the header, rarely more than a dozen rows.
_HEADER_ROWS = 25


def read_table(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of an operator's table: a workbook by its ending, else delimited text."""
    if Path(path).suffix.lower() in (".xlsx", ".xlsm"):
        return read_workbook(Path(path), columns, source, least=least)
    return read_csv(path, columns, source)


def whole_table(path: Path) -> pd.DataFrame:
    """Return every column of a delimited file or of a workbook's first sheet as text, empty cells as empty strings."""
    if path.suffix.lower() == ".xlsx":
        check_zip(path)
        with reading_of(path, "workbook"):
            table = pd.read_excel(path, dtype=str, keep_default_na=False, nrows=rows_to_read())
    else:
        text, delimiter = delimited(decode(read_bytes(path)))
        with reading_of(path, "table"):
            table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, sep=delimiter)
    refuse_more_rows(len(table), path)
    return table


def read_workbook(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of a workbook, from the sheet and row that look most like its header.

    Title rows above the header are skipped: among the first rows of each sheet the one with the most wanted
    columns wins, if all required ones and at least `least` are there. Raises InputError naming what is not found.
    """
    check_zip(path)
    with reading_of(path, "workbook"), closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        for sheet in book.worksheets:
            # The size a sheet says it has may be wrong, and rows beyond it would be lost without a word.
            sheet.reset_dimensions()
        title, spot, found = _header_in(book, columns, path.name, least)
        chosen, absent = choose_columns(found, columns, path.name)
        spots = sorted(set(chosen.values()))
        # A sheet may claim a million rows of sixteen thousand columns; beyond the last header there is nothing wanted.
        rows = [
            {i: as_text(row[i]) if i < len(row) else None for i in spots}
            if any(cell is not None for cell in row)
            else {}
            for row in no_more_rows(book[title].iter_rows(min_row=spot + 1, max_col=len(found), values_only=True), path)
        ]
    text = _from_rows(rows, found, chosen, absent, source, path.name)
    return replace(text, unread=unread_columns(found, chosen, columns))


def _header_in(book: openpyxl.Workbook, columns: Sequence[Wanted], file: str, least: int) -> tuple[str, int, list[str]]:
    """Return the sheet, the row and the headers of the first row with the most wanted columns.

    Rows with all required columns come before the others. Raises InputError naming the required columns that the
    best row lacks, or saying that no row has `least` of the wanted ones.
    """
    required = {column.name for column in columns if column.required}
    best: tuple[tuple[bool, int], str, int, list[str]] | None = None
    for title in book.sheetnames:
        top = book[title].iter_rows(max_row=_HEADER_ROWS, values_only=True)
        for spot, row in enumerate(top, start=1):
            found = [as_text(cell) or "" for cell in row]
            chosen = positions_of(found, columns)
            rank = (required <= chosen.keys() and len(chosen) >= least, len(chosen))
            if any(found) and (best is None or rank > best[0]):
                best = (rank, title, spot, found)
    if best is not None:
        rank, title, spot, found = best
        choose_columns(found, columns, file)
        if rank[0]:
            filled = [place for place, header in enumerate(found, start=1) if header]
            return title, spot, found[: max(filled, default=0)]
    raise InputError("no sheet has a header row with the columns expected", file=file, remedy=AGAIN)


def _from_rows(
    rows: list[dict[int, str | None]],
    found: list[str],
    chosen: dict[str, int],
    absent: tuple[str, ...],
    source: str,
    file: str,
) -> Text:
    filled = {i: row for i, row in enumerate(rows) if row}
    frame = pd.DataFrame(
        {key: pd.array([row[spot] for row in filled.values()], dtype="str") for key, spot in chosen.items()},
        index=pd.Index(list(filled), dtype="int64"),
    )
    for key in absent:
        frame[key] = pd.Series(None, index=frame.index, dtype="str")
    return Text(frame, file, len(filled), RejectLog(source, file), tuple(found), absent)
