"""Contractors with certified electricians."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons


def test_contractors_are_for_people_who_are_electricians(tmp_path: Path) -> None:
    content = (
        "name,city,state,zip,url,as_of\n"
        "Volt Co,Warwick,RI,2886,u,2026-09-30\n"
        "Volt Co,Warwick,RI,02886,u,2026-09-30\n"
        "No State,,,,,\n"
    )
    parsed = parse_text("evitp", tmp_path, "evitp_contractors.csv", content)
    assert parsed.table[["entry_stage", "kind", "zip"]].to_numpy().tolist() == [["advanced", "certified", "02886"]]
    assert reasons(parsed) == {"repeated": 1, "no_state": 1}
