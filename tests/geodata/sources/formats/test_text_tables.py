from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.sources.formats.text_tables import (
    Wanted,
    as_text,
    choose_columns,
    from_records,
    read_csv,
    read_json,
    wanted,
)
from geodata.sources.formats.workbooks import read_workbook


def written(folder: Path, text: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_everything_stays_text_trimmed_and_empty_is_missing(tmp_path: Path) -> None:
    text = read_csv(written(tmp_path, 'a,b ,c\n01, x ,"1,5"\n, ,\n'), wanted("a", "b", "c"), "s")
    assert text.frame.loc[0].tolist() == ["01", "x", "1,5"]
    assert text.frame.loc[1].isna().all()
    assert (text.rows_in, text.headers) == (2, ("a", "b", "c"))


@pytest.mark.parametrize("delimiter", [",", "|", "\t", ";"])
def test_the_header_gives_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, f"a{delimiter}b\n1{delimiter}2\n")
    assert read_csv(path, wanted("b"), "s").frame["b"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("﻿name\nDoña Ana\n".encode(), "Doña Ana"),
        ("name\nDoña Ana\n".encode(), "Doña Ana"),
        ("name\nDoña Ana\n".encode("cp1252"), "Doña Ana"),
        (b"name\nBeauty \x96 Wellness\n", "Beauty – Wellness"),
        ("name\tb\nDoña Ana\t1\n".encode("utf-16"), "Doña Ana"),
        ("name\nDoña Ana\n".encode("utf-16-le"), "Doña Ana"),
        ("name\nDoña Ana\n".encode("utf-16-be"), "Doña Ana"),
        ("name\nDoña Ana – ".encode() + b"\xe9clair\n", "Doña Ana – éclair"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, name: str) -> None:
    assert read_csv(written(tmp_path, data), wanted("name"), "s").frame["name"].tolist() == [name]


def test_the_line_that_excel_writes_above_a_header_is_no_row(tmp_path: Path) -> None:
    for first, delimiter in (("sep=;", ";"), ('"sep=|"', "|"), ("SEP=,", ","), ("sep=\t", "\t")):
        path = written(tmp_path, f"{first}\r\na{delimiter}b\r\n1{delimiter}2\r\n")
        text = read_csv(path, wanted("a", "b"), "s")
        assert (text.frame["b"].tolist(), text.headers) == (["2"], ("a", "b"))


def test_a_header_that_stands_twice_is_refused_where_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "name,ports,ports,note,note\nx,1,9,,\n")
    with pytest.raises(InputError, match=r"file\.csv: the column “ports” stands 2 times in its header\. Keep the one"):
        read_csv(path, wanted("name", "ports"), "s")
    assert len(read_csv(path, wanted("name"), "s").frame) == 1


def test_rows_of_another_length_go_to_the_log_with_their_place(tmp_path: Path) -> None:
    rows = "".join(f"{n},x\n" for n in range(30))
    text = read_csv(written(tmp_path, f'a,b\n{rows}1,2,3\n"line\nbreak",y\nalone\n9,z\n'), wanted("a", "b"), "s")
    log = text.log.table()
    assert text.rows_in == 34
    assert log["row"].tolist() == [32, 34]
    assert log["reason"].unique().tolist() == ["wrong_number_of_fields"]
    assert text.frame.loc[31, "a"] == "line\nbreak"
    assert text.frame.index[-1] == 33
    assert len(text.frame) + len(log) == text.rows_in


def test_a_file_of_mostly_broken_rows_is_refused(tmp_path: Path) -> None:
    broken = "a,b\n" + "1,2,3\n" * 40
    with pytest.raises(InputError, match=r"40 of 40 rows do not have the 2 fields"):
        read_csv(written(tmp_path, broken), wanted("a"), "s")


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    for content in ("a,b", "a,b\n", "a,b\r\n\r\n"):
        text = read_csv(written(tmp_path, content), wanted("a"), "s")
        assert (text.rows_in, len(text.frame)) == (0, 0)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells, cells), max_size=12), delimiter=st.sampled_from(",|\t;"))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    text = read_csv(written(tmp_path, buffer.getvalue()), wanted("c", "a"), "s")
    found = [[None if pd.isna(cell) else cell for cell in row] for row in text.frame[["a", "c"]].to_numpy().tolist()]
    assert found == [[row[0].strip() or None, row[2].strip() or None] for row in rows]
    assert text.rows_in == len(rows)


def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path) -> None:
    cases = {
        "<!DOCTYPE html><html><body>Not found</body></html>": "this is a web page, not data",
        " \n<?xml version='1.0'?><ExceptionReport/>": "this is a web page, not data",
        "PK\x03\x04rest": "zip archive named like a text file",
        "   \n": "the file is empty",
        "": "the file is empty",
    }
    for content, sentence in cases.items():
        with pytest.raises(InputError, match=sentence) as raised:
            read_csv(written(tmp_path, content), wanted("a"), "s")
        assert str(raised.value).startswith("file.csv:")
    with pytest.raises(InputError, match="not there"):
        read_csv(tmp_path / "absent.csv", wanted("a"), "s")


def test_headers_are_matched_by_spelling_case_and_punctuation(tmp_path: Path) -> None:
    columns = (Wanted("fast", ("EV DC Fast Count", "ev_dc_fast_num")), Wanted("gone", required=False))
    for header in ("EV DC Fast Count", "ev dc fast count", " EV_DC_FAST_NUM "):
        text = read_csv(written(tmp_path, f"x,{header}\n1,4\n"), columns, "s")
        assert text.frame["fast"].tolist() == ["4"]
        assert text.absent == ("gone",)
        assert text.frame["gone"].isna().all()


def test_a_renamed_column_is_named_with_what_looks_like_it() -> None:
    with pytest.raises(InputError) as raised:
        choose_columns(["FIPS", "E_POV", "EP_POV"], wanted("FIPS", "E_POV150"), "SVI_2018_US.csv")
    sentence = str(raised.value)
    assert "SVI_2018_US.csv" in sentence
    assert "“E_POV150” (similar: “E_POV”, “EP_POV”)" in sentence
    assert "right file" in sentence


def test_exact_spelling_wins_over_a_loose_one() -> None:
    chosen, _ = choose_columns(["Energy burden", "energy-burden"], wanted("energy-burden"), "f")
    assert chosen == {"energy-burden": 1}


def test_a_member_of_an_archive_is_read_and_the_revised_one_preferred(tmp_path: Path) -> None:
    path = tmp_path / "C2023_A.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("C2023_A.CSV", "a\n1\n")
        archive.writestr("c2023_a_rv.csv", "a\n2\n")
        archive.writestr("__MACOSX/._c2023_a.csv", "junk")
    text = read_csv(path, wanted("a"), "s", member="c*_a*.csv")
    assert (text.frame["a"].tolist(), text.file) == (["2"], "c2023_a_rv.csv")
    with pytest.raises(InputError, match=r"holds no file like hd\*\.csv"):
        read_csv(path, wanted("a"), "s", member="hd*.csv")


def test_a_web_page_named_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zip archive"):
        read_csv(written(tmp_path, "<html>not found</html>", "HD2023.zip"), wanted("a"), "s")


def test_json_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    assert read_json(written(tmp_path, '{"a": [1, 2]}', "f.json")) == {"a": [1, 2]}
    with pytest.raises(InputError, match="not valid JSON"):
        read_json(written(tmp_path, '{"a": [1, ', "f.json"))
    with pytest.raises(InputError, match="web page"):
        read_json(written(tmp_path, "<html></html>", "f.json"))


def test_records_keep_their_place_and_missing_keys_are_missing() -> None:
    text = from_records([{"a": 1, "b": None}, {"a": 2.5, "c": ["x", "y"]}], wanted("a", "b", "c"), "s", "f.json")
    assert text.frame["a"].tolist() == ["1", "2.5"]
    assert text.frame["c"].tolist()[1] == "x y"
    assert text.frame["b"].isna().all()
    with pytest.raises(InputError, match="no records"):
        from_records([], wanted("a"), "s", "f.json")


def test_cells_become_text_without_inventing_decimals() -> None:
    values = [6001400100, 6001400100.0, 1.5, float("nan"), True, " x ", "", None]
    assert [as_text(v) for v in values] == ["6001400100", "6001400100", "1.5", None, "true", "x", None, None]


def workbook(path: Path, rows: list[list[object]], empty_first: bool = True) -> Path:
    book = openpyxl.Workbook()
    if empty_first:
        book.active.append(["About this file"])
    sheet = book.create_sheet("Data") if empty_first else book.active
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())
    return path


def test_a_workbook_is_read_below_its_titles_and_past_empty_rows(tmp_path: Path) -> None:
    rows = [["Fictional state"], [], ["Census Tract", "Score"], [6001400100, 1.25], [None, None], ["06001400200", None]]
    text = read_workbook(workbook(tmp_path / "b.xlsx", rows), wanted("Census Tract", "Score"), "s")
    assert text.frame["Census Tract"].tolist() == ["6001400100", "06001400200"]
    assert text.frame["Score"].isna().tolist() == [False, True]
    assert text.rows_in == 2


def test_a_workbook_without_the_columns_says_which(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", [["Tract code", "Score"], ["1", "2"]])
    with pytest.raises(InputError, match="Census Tract"):
        read_workbook(path, wanted("Census Tract"), "s")
    with pytest.raises(InputError, match="header row"):
        read_workbook(path, wanted("x", "y", required=False), "s")
    with pytest.raises(InputError, match="zip archive"):
        read_workbook(written(tmp_path, "no workbook", "b.xlsx"), wanted("x"), "s")
