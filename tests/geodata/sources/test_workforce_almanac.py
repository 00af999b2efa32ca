"""The Workforce Almanac: places by name, none of them a provider by itself."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons

HEADER = "dedupe_id,chosen_org_type,org_name,org_id,ipeds_unique_id,org_address,std_street,std_city,std_state,std_zip"
HEADER += ",geo_lat,geo_lon,ein\n"
PLACES = (
    HEADER
    + "1,Higher education,HARBOR COMMUNITY COLLEGE,a1,100001.0,,400 EAST AVE,WARWICK,RI,02886,41.71041,-71.48063,\n"
    "2,WIOA,HARBOR COMMUNITY COLLEGE ISLAND CAMPUS,a2,,,1 JOHN CHAFEE BLVD,NEWPORT,RI,2840,41.51352,-71.32147,\n"
    "3,Apprenticeship,LOCAL 9001 JATC,a3,,,40 WESTERN INDUSTRIAL DR,CRANSTON,RI,02921,,,050000001\n"
    "4,Private non-profit,NOWHERE TRAINING,a4,,,,,ZA,,,,\n"
    "5,Apprenticeship,LOCAL 9001 JATC,a3,,,40 WESTERN INDUSTRIAL DR,CRANSTON,RI,02921,,,050000001\n"
)


def test_places_have_their_point_and_institutions_their_identifier(tmp_path: Path) -> None:
    parsed = parse_text("workforce_almanac", tmp_path, "workforce_almanac_v2.csv", PLACES)
    table = parsed.table
    assert table["campus_id"].tolist() == ["almanac:a1", "almanac:a2", "almanac:a3"]
    assert table["kind"].tolist() == ["main", "branch", "other_place"]
    assert table["unitid"].fillna("").tolist() == ["100001", "", ""]
    assert table["zip"].tolist() == ["02886", "02840", "02921"]
    assert table["location_quality"].tolist() == ["point", "point", "unknown"]
    # A row of another country's code and one that stands twice are refused and counted.
    assert reasons(parsed) == {"no_state": 1, "repeated": 1}
    assert parsed.rows_in == 5


def test_a_table_with_other_headers_is_read_as_the_settings_say(tmp_path: Path) -> None:
    other = PLACES.replace("org_name", "Provider Title").replace("geo_lat", "Y").replace("geo_lon", "X")
    columns = {"workforce_almanac": {"name": "Provider Title", "latitude": "Y", "longitude": "X"}}
    parsed = parse_text("workforce_almanac", tmp_path, "Workforce-Almanac.csv", other, sources={"columns": columns})
    assert len(parsed.table) == 3
