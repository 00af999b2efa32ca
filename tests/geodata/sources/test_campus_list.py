"""Campuses by an office's list and by College Scorecard."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons

SCORECARD = "UNITID,OPEID6,INSTNM,MAIN,CITY,STABBR,ZIP,LATITUDE,LONGITUDE\n"


def test_a_branch_belongs_to_the_main_campus_of_its_ope_identifier(tmp_path: Path) -> None:
    content = SCORECARD + (
        "100001,001001,Harbor Community College,1,Warwick,RI,02886-1807,41.7128,-71.4815\n"
        "10000101,001001,Harbor Community College - Island,0,Newport,RI,02840,41.5001,-71.3002\n"
        "100002,001001,Harbor School of Nursing,0,Warwick,RI,02886,41.7,-71.4\n"
        "10000102,001001,Harbor - Newport Hospital,0,Newport,RI,02840,NULL,NULL\n"
    )
    parsed = parse_text("scorecard_branches", tmp_path, "Most-Recent-Cohorts-Institution.csv", content)
    assert parsed.table["family_id"].tolist() == ["ipeds:100001", "ipeds:100001"]
    assert parsed.table["kind"].tolist() == ["branch", "other_place"]
    assert parsed.table["location_quality"].tolist() == ["point", "unknown"]
    assert parsed.out_of_scope == {"institution of the directory": 2}


def test_an_office_names_the_institution_by_identifier_or_name(tmp_path: Path) -> None:
    content = (
        "name,unitid,institution,address,city,state,zip,latitude,longitude\n"
        "Island Campus,100001.0,,1 Pier Rd,Newport,RI,2840,41.5001,-71.3002\n"
        "Tall Ship,,Harbor Community College,2 Pier Rd,Newport,RI,2840,,\n"
        "Nobody's,,,3 Pier Rd,Newport,RI,2840,,\n"
    )
    parsed = parse_text("campus_list", tmp_path, "campuses.csv", content)
    assert parsed.table["family_id"].fillna("").tolist() == ["ipeds:100001", ""]
    assert parsed.table["family_name"].fillna("").tolist() == ["", "Harbor Community College"]
    assert (parsed.table["kind"] == "branch").all()
    assert parsed.table["zip"].tolist() == ["02840", "02840"]
    assert reasons(parsed) == {"no_institution": 1}
    assert parsed.table["students"].isna().all()


def test_students_by_campus_are_whole_numbers(tmp_path: Path) -> None:
    content = (
        "name,unitid,state,zip,Enrollment\nIsland,100001,RI,02840,120\nBay,100001,RI,02841,0\nHill,100001,RI,02842,\n"
        "Shore,100001,RI,02843,many\n"
    )
    parsed = parse_text("campus_list", tmp_path, "campuses.csv", content)
    assert parsed.table["students"].fillna(-1).tolist() == [120, 0, -1]
    assert reasons(parsed) == {"no_count": 1}
