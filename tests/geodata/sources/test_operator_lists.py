"""What lists kept by hand have in common."""

from __future__ import annotations

import pandas as pd

from geodata.schemas.parsed import RejectLog
from geodata.sources.formats.text_tables import Text
from geodata.sources.operator_lists import identifiers, with_place, with_seats, without_fillers

COLUMNS = ("name", "state", "zip", "latitude", "longitude")


def text_of(*rows: tuple[str | None, ...]) -> Text:
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="str")
    return Text(frame, "list.csv", len(frame), RejectLog("list", "list.csv"), COLUMNS)


def test_fillers_are_empty_cells() -> None:
    frame = pd.DataFrame(
        {"a": ["N/A", "Does not apply", "-1", "Calder"], "b": ["none", "NULL", "x", None]}, dtype="str"
    )
    assert without_fillers(frame).fillna("").to_numpy().tolist() == [["", ""], ["", ""], ["", "x"], ["Calder", ""]]


def test_a_row_without_a_state_takes_that_of_its_zip_code() -> None:
    text = text_of(
        ("Calder", None, "02903-1234", "41.8236", "-71.4222"),
        ("Heron", "Nowhere", "02903", None, None),
        (None, "RI", "02903", None, None),
        ("Fennick", "XL", "2903", "0", "0"),
    )
    frame = with_place(text)
    assert frame["usps"].tolist() == ["RI", "XL"]
    assert frame["zip"].tolist() == ["02903", "02903"]
    assert frame["location_quality"].tolist() == ["point", "unknown"]
    assert frame["latitude"].notna().tolist() == [True, False]
    assert sorted(text.log.table()["reason"]) == ["no_name", "no_state"]


def test_identifiers_are_the_same_for_the_same_text() -> None:
    names = pd.Series(["Calder", "CALDER", "Heron"], dtype="str")
    zips = pd.Series(["02903", "02903", None], dtype="str")
    first, second, third = identifiers("list", names, zips)
    assert first == second != third
    assert first.startswith("list:")
    assert len(first) == len("list:") + 12


def test_zero_seats_are_a_statement_and_an_empty_cell_is_not() -> None:
    table = with_seats(pd.DataFrame({"name": list("abc")}), pd.Series(["12", "0", None], dtype="str"))
    assert table["seats"].fillna(-1).tolist() == [12, 0, -1]
    assert table["seats_basis"].tolist() == ["seats", "seats", "assumed"]
