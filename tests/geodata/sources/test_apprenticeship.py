"""Sponsors of registered apprenticeship."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text

SPONSORS = (
    "ORGANIZATION NAME,ORGANIZATION TYPE,ADDRESS,CITY,STATE,ZIP,CONTACT PERSON,EMAIL,PHONE,ORGANIZATION URL,"
    "latitude,longitude\n"
)


def test_sponsors_lose_their_personal_contacts(tmp_path: Path) -> None:
    content = SPONSORS + (
        "Local 99 JATC,Labor,1 Union Way,Cranston,RI,02920,Jo Doe,jo@example.org,401-555-0100,does not apply,"
        "41.78,-71.43\n"
        "Bright Electric,Employer,2 Elm,Cranston,RI,2920,Al Roe,al@example.org,does not apply,www.example.org,,\n"
    )
    parsed = parse_text("apprenticeship", tmp_path, "apprenticeship_sponsors.csv", content)
    said = parsed.table.to_csv()
    assert not any(text in said for text in ("Doe", "Roe", "@", "555"))
    assert parsed.table["url"].fillna("").tolist() == ["", "www.example.org"]
    assert (parsed.table["entry_stage"] == "entry").all()
    assert parsed.table["location_quality"].tolist() == ["area", "unknown"]


def test_sponsors_of_other_occupations_are_out_of_scope(tmp_path: Path) -> None:
    content = "name,state,occupation_code\nA,RI,47-2111.00\nB,RI,35-1011.00\nC,RI,\n"
    parsed = parse_text("apprenticeship", tmp_path, "apprenticeship.csv", content)
    assert parsed.table["name"].tolist() == ["A", "C"]
    assert parsed.out_of_scope == {"other occupation": 1}
