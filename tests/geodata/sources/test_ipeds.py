from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from tests.geodata.sources.helpers import parse, parse_text, reasons

HD = (
    "UNITID,INSTNM,IALIAS,ADDR,CITY,STABBR,ZIP,FIPS,CHFNM,SECTOR,ICLEVEL,CONTROL,CYACTIVE,INSTCAT,COUNTYCD,"
    "LONGITUD,LATITUDE,WEBADDR"
)


def school(unitid: str = "217475", **over: str) -> str:
    values = {
        "UNITID": unitid,
        "INSTNM": "Community College",
        "IALIAS": " ",
        "ADDR": "400 East Ave",
        "CITY": "Warwick",
        "STABBR": "RI",
        "ZIP": "02886-1807",
        "FIPS": "44",
        "CHFNM": "A. Person",
        "SECTOR": "4",
        "ICLEVEL": "2",
        "CONTROL": "1",
        "CYACTIVE": "1",
        "INSTCAT": "4",
        "COUNTYCD": "44003",
        "LONGITUD": "-71.481509",
        "LATITUDE": "41.712817",
        "WEBADDR": "www.example.org/",
    } | over
    return ",".join(values[name] for name in HD.split(","))


def test_the_directory(tmp_path: Path) -> None:
    rows = [
        school(),
        school("100654", STABBR="AL", LONGITUD="-86.5", LATITUDE="34.8", INSTCAT="2", SECTOR="1", ICLEVEL="1"),
        school("100655", INSTCAT="-2", SECTOR="9", ICLEVEL="3", CONTROL="3"),
        school("100656", INSTCAT="3", SECTOR="1", ICLEVEL="1"),
        school("100657", SECTOR="0", ICLEVEL="-3", CONTROL="-3", INSTCAT="-2", LONGITUD="-3", LATITUDE="-3"),
    ]
    table = parse_text("ipeds_directory", tmp_path, "hd2020.csv", "\n".join([HD, *rows])).table.set_index("unitid")
    assert table["mainly_sub_baccalaureate"].tolist() == [True, False, True, True, False]
    assert table["control"].fillna("").tolist() == ["public", "public", "for_profit", "public", ""]
    assert table["level"].fillna("").tolist() == ["two_year", "four_year", "less_than_two_year", "four_year", ""]
    assert table.loc["217475", "zip"] == "02886"
    assert pd.isna(table.loc["100657", "latitude"])
    assert (table["vintage"] == 2020).all()
    assert not any("Person" in str(value) for value in table.to_numpy().ravel())


def test_closed_institutions_and_free_associations_are_out_of_scope(tmp_path: Path) -> None:
    rows = [
        school(),
        school("100654", CYACTIVE="3"),
        school("100655", STABBR="FM"),
        school("100656", STABBR="QQ"),
        school(),
    ]
    parsed = parse_text("ipeds_directory", tmp_path, "HD2023.csv", "﻿" + "\n".join([HD, *rows]))
    assert parsed.out_of_scope == {"closed or not in the collection": 1, "outside the registry": 1}
    assert reasons(parsed) == {"unknown_state": 1, "repeated": 1}
    assert (parsed.rows_in, parsed.rows_kept) == (5, 1)


def test_older_directories_are_in_windows_1252_and_pad_their_codes(tmp_path: Path) -> None:
    content = "\n".join(
        [HD.lower().replace("latitude", "Latitude "), school(INSTNM="Beauty \u2013 Wellness", FIPS=" 1")]
    )
    table = parse_text("ipeds_directory", tmp_path, "hd2009.csv", content.encode("cp1252")).table
    assert table["name"].tolist() == ["Beauty – Wellness"]


HEADER = "UNITID,CIPCODE,MAJORNUM,AWLEVEL,XCTOTALT,CTOTALT,XCTOTALM,CTOTALM\n"
ROWS = [
    ("217475", '"46.0302"', "1", "20", "12"),
    ("217475", '"46.0302"', "1", "02", "8"),
    ("217475", '"46.0302"', "1", "1", "12"),
    ("217475", '"46.0302"', "1", "13", "20"),
    ("217475", '"46.0302"', "2", "2", "3"),
    ("217475", '"46.03"', "1", "2", "8"),
    ("217475", '"46"', "1", "2", "8"),
    ("217475", '"99"', "1", "2", "900"),
    ("217475", '"47.0604"', "1", "3", "-2"),
]


def completions(rows: list[tuple[str, ...]]) -> str:
    return HEADER + "".join(f"{u},{c},{m},{a},R,{n},R,0\n" for u, c, m, a, n in rows)


def test_no_award_is_counted_twice(tmp_path: Path) -> None:
    parsed = parse_text("ipeds_completions", tmp_path, "C2023_A.csv", completions(ROWS))
    table = parsed.table
    assert table[["cip_code", "award_level"]].to_numpy().tolist() == [
        ["46.0302", "20"],
        ["46.0302", "2"],
        ["47.0604", "3"],
    ]
    assert table["awards"].tolist()[:2] == [12, 8]
    assert table["status"].tolist() == ["value", "value", "not_applicable"]
    assert table["awards"].isna().tolist() == [False, False, True]
    assert parsed.out_of_scope == {"rollup of CIP codes": 3, "second major": 1, "total of award levels": 2}
    assert (table["vintage"] == 2023).all()


def test_rows_that_cannot_be_used(tmp_path: Path) -> None:
    rows = [ROWS[0], ROWS[0], ("21747", '"46.0302"', "1", "20", "1"), ("217475", '"46.30"', "1", "20", "1")]
    rows += [("217475", '"46x"', "1", "20", "1"), ("217475", '"46.0301"', "1", "", "1")]
    parsed = parse_text("ipeds_completions", tmp_path, "C2023_A.csv", completions(rows))
    assert reasons(parsed) == {"repeated": 1, "no_identifier": 1, "no_cip_code": 1, "no_award_level": 1}
    assert parsed.out_of_scope == {"rollup of CIP codes": 1}


def test_the_revised_file_of_an_archive_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "C2023_A.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("C2023_a.csv", completions([ROWS[0]]))
        archive.writestr("C2023_a_RV.csv", completions([(*ROWS[0][:4], "14")]))
    parsed = parse("ipeds_completions", path)
    assert parsed.table["awards"].tolist() == [14]
    assert parsed.notes == ["The revised file was taken."]
