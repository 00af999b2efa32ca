"""The workbook, opened again: typed, frozen, filtered, nothing live, everything said."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from maps.lists import LISTS
from maps.lists.list_specs import LONG_LISTS
from maps.texts import load_texts

SHEETS = [name for name in LISTS if name not in LONG_LISTS]


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written.file("lists.en.xlsx"))


@pytest.fixture(scope="module")
def hostile_book(written_hostile):
    return openpyxl.load_workbook(written_hostile.file("lists.en.xlsx"))


def sheet_of(book, name, language="en"):
    return book[load_texts(language)(f"lists.sheets.{name}")]


def column_of(sheet, label):
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(label)] for row in sheet.iter_rows(min_row=2)]


def test_sheets_are_the_lists_with_read_me_first_and_dictionary_last(book):
    texts = load_texts("en")
    assert book.sheetnames == [texts(f"lists.sheets.{name}") for name in ("read_me", *SHEETS, "dictionary")]


@pytest.mark.parametrize("name", SHEETS)
def test_every_row_is_there_under_a_frozen_filtered_header(book, written, name):
    sheet = sheet_of(book, name)
    source = written.result.sources if name == "sources" else written.result.table(LISTS[name].table.name)
    assert sheet.max_row == len(source) + 1
    assert sheet.freeze_panes and sheet.freeze_panes.endswith("2")
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.auto_filter.ref.endswith(str(sheet.max_row))


def test_geoids_are_text_and_numbers_are_numbers(book, written):
    sheet = sheet_of(book, "tracts")
    geoids = column_of(sheet, "Tract GEOID")
    assert {cell.data_type for cell in geoids} == {"s"}
    assert {cell.number_format for cell in geoids} == {"@"}
    scores = written.result.table("tract_scores").set_index("geoid")
    for geoid, need in zip(geoids, column_of(sheet, "Need"), strict=True):
        if pd.isna(scores.loc[geoid.value, "need"]):
            assert need.value is None
        else:
            assert need.data_type == "n"
            assert need.value == pytest.approx(scores.loc[geoid.value, "need"])


def test_dates_are_dates(book):
    opening = [cell for cell in column_of(sheet_of(book, "sites"), "Expected opening") if cell.value is not None]
    assert opening and all(cell.is_date for cell in opening)


def test_no_cell_is_a_formula_and_no_name_a_link(hostile_book, written_hostile):
    for sheet in hostile_book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if cell.hyperlink:
                    assert sheet.title == "Read me" and cell.hyperlink.target is None
    names = {cell.value for cell in column_of(sheet_of(hostile_book, "sites"), "Name")}
    assert any(name.startswith(("=", "+", "@")) for name in names)
    # Excel's own escape stands for signs XML cannot hold; nothing else may differ.
    plain = {name for name in written_hostile.result.table("sites")["name"] if name.isprintable()}
    assert plain <= names


def test_the_read_me_says_that_it_is_fictional_and_what_the_data_date_is(book):
    said = "\n".join(str(cell.value) for row in book["Read me"].iter_rows() for cell in row if cell.value)
    assert "Fictional sample data" in said
    assert "November 22, 2026" in said
    assert "Charging stations (fictional)" in said  # the old copy is owned up to
    assert "never means zero" in said


def test_the_dictionary_describes_every_column_of_every_sheet(book, written):
    sheet = sheet_of(book, "dictionary")
    described = {(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=2)}
    for name in SHEETS:
        for head in sheet_of(book, name)[1]:
            assert (load_texts("en")(f"lists.sheets.{name}"), head.value) in described
    assert all(row[5].value for row in sheet.iter_rows(min_row=2))


def test_sources_carry_vintage_and_checksum(book, written):
    sheet = sheet_of(book, "sources")
    assert [cell.value for cell in column_of(sheet, "SHA-256")] == [use.sha256 for use in written.result.sources]
    assert "2022" in {cell.value for cell in column_of(sheet, "Vintage")}


def test_the_spanish_workbook_is_in_spanish(written):
    book = openpyxl.load_workbook(written.file("lists.es.xlsx"))
    sheet = sheet_of(book, "communities", "es")
    assert {cell.value for cell in column_of(sheet, "Acción")} <= set(load_texts("es").find("codes.action").values())
    assert "Datos de muestra ficticios" in "\n".join(
        str(cell.value) for row in book["Léame"].iter_rows() for cell in row if cell.value
    )
