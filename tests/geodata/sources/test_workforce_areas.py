"""Counties of local workforce areas."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons


def test_workforce_areas(tmp_path: Path) -> None:
    content = (
        "stfips,areatype,area,areaname,substfips,subareatype,subarea\n"
        "44,55,000001,Greater Rhode Island,44,04,000003\n"
        "44,55,000001,Greater Rhode Island,44,04,000009\n"
        "6,55,000002,,06,01,000100\n"
        "6,55,000002,,06,04,000037\n"
        "44,55,000001,Greater Rhode Island,44,04,000003\n"
        "44,55,000001,Greater Rhode Island,00,04,000003\n"
    )
    parsed = parse_text("workforce_areas", tmp_path, "workforce_areas.csv", content)
    assert parsed.table["unit_geoid"].tolist() == ["44003", "44009", "06037"]
    assert parsed.table["area_id"].tolist() == ["44000001", "44000001", "06000002"]
    assert parsed.table["area_name"].tolist()[2] == "Workforce area 2"
    assert parsed.out_of_scope == {"member is no county": 1}
    assert reasons(parsed) == {"repeated": 1, "no_county_code": 1}
    assert parsed.notes == ["Areas with members other than counties, known in part only: 1."]
