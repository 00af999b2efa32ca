"""Workbooks: which sheet and row is the header, and what is said where none is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from geodata.errors import InputError
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.formats.workbooks import read_table, read_workbook

COLUMNS = (Wanted("name", ("Name",)), Wanted("seats", ("Seats",)), Wanted("city", ("City",), required=False))


def workbook(path: Path, **sheets: list[tuple[object, ...]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_the_sheet_and_row_with_the_most_wanted_columns_is_the_header(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        Notes=[("Name", "Seats"), ("a note", "no data")],
        Data=[
            ("A list of the office",),
            (),
            ("City", "Name", "Seats"),
            ("Calder", "Calder College", 12),
            (),
            (None, "H", 3),
        ],
    )
    text = read_workbook(path, COLUMNS, "list")
    assert text.frame["name"].tolist() == ["Calder College", "H"]
    assert text.frame["seats"].tolist() == ["12", "3"]
    assert text.frame.index.tolist() == [0, 2]
    assert text.rows_in == 2


def test_the_row_that_looks_most_like_a_header_says_what_it_lacks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", Data=[("Name", "City"), ("Calder College", "Calder"), ("x", "y")])
    with pytest.raises(InputError, match=r"^list\.xlsx: the column “Seats” is not among its 2 columns"):
        read_workbook(path, COLUMNS, "list")


def test_an_empty_workbook_and_one_with_too_few_columns(tmp_path: Path) -> None:
    empty = workbook(tmp_path / "empty.xlsx", Data=[])
    with pytest.raises(InputError, match="no sheet has a header row with the columns expected"):
        read_workbook(empty, COLUMNS, "list")
    few = workbook(tmp_path / "few.xlsx", Data=[("City", "x"), ("Calder", "y")])
    with pytest.raises(InputError, match="no sheet has a header row with the columns expected"):
        read_workbook(few, (Wanted("city", ("City",), required=False),), "list", least=2)


def test_the_ending_says_whether_it_is_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Name,Seats\nCalder College,12\n")
    assert read_table(tmp_path / "list.csv", COLUMNS, "list").frame["name"].tolist() == ["Calder College"]
