"""Workbooks (XLSX) read as text, and the choice between a workbook and a delimited file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from geodata.errors import InputError
from geodata.fetching.archives import check_zip
from geodata.sources.reading import AGAIN, Text, Wanted, as_text, choose_columns, read_csv
from geodata.tables import RejectLog

# Publishers set titles and notes above the header, rarely more than a dozen rows.
_HEADER_ROWS = 25


def read_table(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of an operator's table: a workbook by its ending, else delimited text."""
    if Path(path).suffix.lower() in (".xlsx", ".xlsm"):
        return read_workbook(Path(path), columns, source, least=least)
    return read_csv(path, columns, source)


def read_workbook(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of a workbook, from the sheet and row that look most like its header.

    Title rows above the header are skipped: among the first rows of each sheet the one with the most wanted
    columns wins, if all required ones and at least `least` are there. Raises InputError naming what is not found.
    """
    check_zip(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError) as fault:
        raise InputError(f"the workbook cannot be opened ({fault})", file=path, remedy=AGAIN) from None
    best: tuple[dict[str, int], tuple[str, ...], list[str], str, int] | None = None
    problem: InputError | None = None
    try:
        for title in book.sheetnames:
            top = book[title].iter_rows(max_row=_HEADER_ROWS, values_only=True)
            for spot, row in enumerate(top, start=1):
                found = [as_text(cell) or "" for cell in row]
                try:
                    chosen, absent = choose_columns(found, columns, path.name)
                except InputError as fault:
                    problem = fault if problem is None or sum(map(bool, found)) > 1 else problem
                    continue
                if len(chosen) >= least and (best is None or len(chosen) > len(best[0])):
                    best = (chosen, absent, found, title, spot)
        if best is None:
            raise problem or InputError("no sheet has a header row with the columns expected", file=path, remedy=AGAIN)
        chosen, absent, found, title, spot = best
        spots = sorted(set(chosen.values()))
        rows = [
            {i: as_text(row[i]) if i < len(row) else None for i in spots}
            if any(cell is not None for cell in row)
            else {}
            for row in book[title].iter_rows(min_row=spot + 1, values_only=True)
        ]
    finally:
        book.close()
    return _from_rows(rows, found, chosen, absent, source, path.name)


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
