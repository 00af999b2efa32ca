"""Institutions and branch campuses of the Department of Education."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.geodata.sources.helpers import parse_text

HEADER = (
    "DapipId,OpeId,IpedsUnitIds,LocationName,ParentName,ParentDapipId,LocationType,Address,GeneralPhone,AdminName,"
    "AdminPhone,AdminEmail,Fax,UpdateDate\n"
)
MAIN = '"1","00","100001, 100009","Harbor Community College","-","-","Institution","4 East Ave, Warwick, RI 02886-1807"'
PERSON = ',"555-0100","Jo Doe","555-0101","jo@example.org","555-0102","6/27/2019 12:00:00 AM"\n'


def place(number: int, name: str, address: str = "1 Pier Rd, Newport, RI 02840") -> str:
    return f'"1{number:03d}","","","{name}","Harbor Community College","1","Additional Location","{address}",,,,,,\n'


def test_branches_hang_on_their_institution_and_persons_are_not_read(tmp_path: Path) -> None:
    content = (
        HEADER + MAIN + PERSON + place(2, "Harbor Community College - Island", "Suite 2, 1 Pier Rd, Newport, RI 02840")
    )
    table = parse_text("dapip", tmp_path, "InstitutionCampus.csv", content).table
    assert table["family_id"].tolist() == ["dapip:1", "dapip:1"]
    assert table["kind"].tolist() == ["main", "branch"]
    assert table["unitid"].fillna("").tolist() == ["100001 100009", ""]
    assert table["address"].tolist() == ["4 East Ave", "Suite 2, 1 Pier Rd"]
    assert table["city"].tolist() == ["Warwick", "Newport"]
    assert table["zip"].tolist() == ["02886", "02840"]
    assert table["latitude"].isna().all()
    assert (table["location_quality"] == "unknown").all()
    assert table["as_of"].iloc[0] == pd.Timestamp("2019-06-27")
    assert not any(text in table.to_csv() for text in ("Doe", "555", "@"))


def test_places_of_somebody_else_are_told_apart(tmp_path: Path) -> None:
    names = {
        "Island Campus": "branch",
        "Harbor Community College at Bright Shipyard": "branch",
        "Newport Hospital": "other_place",
        "Department of Corrections": "other_place",
        "Newport Senior High School": "other_place",
        "Harbor Community College at Newport High School": "other_place",
        "Naval Base Newport": "other_place",
        "Bright Shipyard": "other_place",
        "High Point Campus": "branch",
        "Institute School of Trades": "branch",
    }
    content = HEADER + MAIN + PERSON + "".join(place(i, name) for i, name in enumerate(names, start=2))
    table = parse_text("dapip", tmp_path, "InstitutionCampus.csv", content).table
    assert dict(zip(table["name"].iloc[1:], table["kind"].iloc[1:], strict=True)) == names


def test_places_abroad_are_out_of_scope(tmp_path: Path) -> None:
    content = (
        HEADER
        + MAIN
        + PERSON
        + place(2, "Island Campus", "Box 1, APO AE 09012")
        + place(3, "C Campus", "Paris, France")
    )
    parsed = parse_text("dapip", tmp_path, "InstitutionCampus.csv", content)
    assert (parsed.rows_in, parsed.rows_kept) == (3, 1)
    assert list(parsed.out_of_scope.values()) == [2]


def test_coordinates_that_were_looked_up_are_used_and_a_near_match_is_on_its_street(tmp_path: Path) -> None:
    header = HEADER.rstrip("\n") + ",latitude,longitude,geocoded,geocoded_address\n"
    found = (",41.490100,-71.312800,exact,", ",41.500100,-71.300100,near,", ",,,no_match,")
    rows = "".join(place(i, f"Campus {i}").rstrip("\n") + more + "\n" for i, more in enumerate(found, start=2))
    parsed = parse_text("dapip", tmp_path, "InstitutionCampus_geocoded.csv", header + rows)
    assert parsed.table["location_quality"].tolist() == ["point", "street", "unknown"]
    assert parsed.table["latitude"].iloc[:2].tolist() == [41.4901, 41.5001]
    assert not {"latitude", "longitude", "geocoded"} & {one.header for one in parsed.unread}
