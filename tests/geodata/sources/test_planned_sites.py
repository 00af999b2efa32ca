from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from geodata.errors import InputError
from geodata.sources import SOURCES
from geodata.sources.drift import held_to
from tests.geodata.sources.helpers import parse, parse_text, reasons

HEADER = (
    "state,site_id,site_name,location_city,corridor,award_date,award_amount_usd,expected_operational_date,"
    "actual_operational_date,current_status,charger_count,charger_power_kw,contractor,utility,notes,latitude,"
    "longitude,address,program,source_url,as_of"
)
VALUES = dict.fromkeys(HEADER.split(","), "") | {
    "state": "RI",
    "site_id": "1",
    "site_name": "Exit 8",
    "expected_operational_date": "2027-05-01",
    "current_status": "Awarded",
    "charger_count": "4",
    "charger_power_kw": "150",
    "latitude": "41.712345",
    "longitude": "-71.412345",
    "program": "NEVI",
    "as_of": "2026-09-30",
}


def line(**over: str) -> str:
    return ",".join((VALUES | over)[name] for name in HEADER.split(","))


def awards(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def one(folder: Path, **over: str) -> pd.Series:
    return parse_text("planned_sites", folder, "planned_sites.csv", awards(line(**over))).table.iloc[0]


def test_an_award_becomes_a_planned_site(tmp_path: Path) -> None:
    site = one(tmp_path)
    assert site["site_id"] == "planned:RI:1"
    assert (site["status"], site["units_dc_fast"], site["power_kw"]) == ("planned", 4, 150)
    assert pd.isna(site["units_level2"])
    assert str(site["expected_date"].date()) == "2027-05-01"
    assert (site["location_quality"], site["program"]) == ("point", "NEVI")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Awarded", "planned"),
        ("Under construction", "under_construction"),
        ("Pre-construction", "planned"),
        ("Delayed to 2028", "delayed"),
        ("On hold", "delayed"),
        ("Cancelled", "rescinded"),
        ("Award rescinded", "rescinded"),
        ("NEVI-Funded Contracted", "planned"),
        ("Not yet operational", "planned"),
        ("Expected to open 2027", "planned"),
        ("", "planned"),
        ("Operational", "open"),
        ("NEVI-Funded Operational", "open"),
        ("Open to the public", "open"),
        ("Temporarily closed", "temporary"),
    ],
)
def test_status_words(tmp_path: Path, words: str, status: str) -> None:
    assert one(tmp_path, current_status=words)["status"] == status


def test_a_date_of_opening_means_open(tmp_path: Path) -> None:
    assert one(tmp_path, actual_operational_date="2026-05-14")["status"] == "open"


@pytest.mark.parametrize("words", ["Zebra", "unknown", "?", "Tier 3"])
def test_a_status_nobody_knows_is_not_read_as_planned(tmp_path: Path, words: str) -> None:
    rows = awards(line(), line(site_id="2", current_status=words))
    parsed = parse_text("planned_sites", tmp_path, "planned_sites.csv", rows)
    assert (parsed.rows_kept, reasons(parsed)) == (1, {"unknown_status": 1})
    assert "Write planned, under construction" in parsed.rejects["remedy"].iloc[0]


@pytest.mark.parametrize("field", ["charger_count", "units_dc_fast"])
@pytest.mark.parametrize("count", ["1.000", '"1,000"', "two", "-3", "4.5"])
def test_a_count_that_is_none_is_refused(tmp_path: Path, field: str, count: str) -> None:
    content = f"state,site_id,site_name,latitude,longitude,{field}\nRI,1,A,41.71234,-71.41234,{count}\n"
    parsed = parse_text("planned_sites", tmp_path, "planned_sites.csv", content)
    assert (parsed.rows_kept, reasons(parsed)) == (0, {"unreadable_count": 1})
    assert "thousands mark" in parsed.rejects["remedy"].iloc[0]


def test_a_count_that_is_not_told_is_not_reported(tmp_path: Path) -> None:
    site = one(tmp_path, charger_count="TBD")
    assert site[["units_level1", "units_level2", "units_dc_fast"]].isna().all()


@pytest.mark.parametrize(
    ("power", "program", "level"),
    [
        ("150", "", "dc_fast"),
        ("62", "CFI", "dc_fast"),
        ("7.2", "CFI", "level2"),
        ("19.2", "", "level2"),
        ("1.4", "", "level1"),
        ("", "NEVI", "dc_fast"),
        ("", "state", "level2"),
    ],
)
def test_the_level_follows_from_power_or_program(tmp_path: Path, power: str, program: str, level: str) -> None:
    site = one(tmp_path, charger_power_kw=power, program=program)
    for name in ("level1", "level2", "dc_fast"):
        assert (not pd.isna(site[f"units_{name}"])) == (name == level)
    assert site[f"units_{level}"] == 4


def test_a_count_of_unknown_level_is_reported(tmp_path: Path) -> None:
    row = line(charger_power_kw="", program="state")
    notes = parse_text("planned_sites", tmp_path, "planned_sites.csv", awards(row)).notes
    assert notes == ["Sites that give a count but neither power nor kind, taken for level2: 1."]


def test_missing_counts_stay_missing(tmp_path: Path) -> None:
    site = one(tmp_path, charger_count="", charger_power_kw="0")
    assert site[["units_level1", "units_level2", "units_dc_fast", "power_kw"]].isna().all()


@pytest.mark.parametrize(
    ("text", "date"),
    [("Q3 2026", "2026-07-01"), ("2027-Q1", "2027-01-01"), ("7/4/2026", "2026-07-04"), ("2027-06", "2027-06-01")],
)
def test_expected_dates(tmp_path: Path, text: str, date: str) -> None:
    assert str(one(tmp_path, expected_operational_date=text)["expected_date"].date()) == date


def test_a_date_that_cannot_be_read_is_left_empty_and_said(tmp_path: Path) -> None:
    row = line(expected_operational_date="2027-13-40")
    parsed = parse_text("planned_sites", tmp_path, "planned_sites.csv", awards(row))
    assert parsed.table["expected_date"].isna().all()
    assert parsed.notes == ["Expected dates that could not be read, left empty: 1."]


@pytest.mark.parametrize(
    ("latitude", "quality"),
    [("41.71234", "point"), ("41.712", "street"), ("41.71", "area"), ("41", "area"), ("", "unknown"), ("0", "unknown")],
)
def test_rounded_coordinates_are_no_points(tmp_path: Path, latitude: str, quality: str) -> None:
    longitude = latitude if latitude in ("0", "") else "-71.4"
    assert one(tmp_path, latitude=latitude, longitude=longitude)["location_quality"] == quality


def test_a_near_match_of_the_geocoder_is_no_point(tmp_path: Path) -> None:
    content = "state,site_name,latitude,longitude,geocoded\n" + "".join(
        f"RI,{word},41.712345,-71.412345,{word}\n" for word in ("given", "exact", "near")
    )
    table = parse_text("planned_sites", tmp_path, "planned_sites.csv", content).table
    assert table["location_quality"].tolist() == ["point", "point", "street"]


def test_the_state_comes_from_the_zip_code_where_the_list_has_none(tmp_path: Path) -> None:
    content = (
        "site_id,site_name,zip,latitude,longitude\n"
        "a,Garage 2600,2903,41.8,-71.4\n"
        "b,Garage 2700,30301,33.7,-84.3\n"
        "c,Garage 2800,,33.7,-84.3\n"
    )
    parsed = parse_text("planned_sites", tmp_path, "planned_sites_standin_2020-10.csv", content)
    assert parsed.table["site_id"].tolist() == ["planned:RI:a", "planned:GA:b"]
    assert parsed.table["zip"].tolist() == ["02903", "30301"]
    assert reasons(parsed) == {"no_state": 1}
    assert "Rows without a state" in parsed.notes[0]


def test_a_state_that_is_none_is_not_replaced_by_the_zip_code(tmp_path: Path) -> None:
    content = (
        "state,site_name,zip,latitude,longitude\n"
        "XX,Garage,02903,41.8,-71.4\n"
        "Rhode Island,B,,41.81,-71.4\n"
        "44,C,,41.82,-71.4\n"
    )
    parsed = parse_text("planned_sites", tmp_path, "planned_sites.csv", content)
    assert parsed.table["state"].tolist() == ["RI", "RI"]
    assert reasons(parsed) == {"no_state": 1}


def test_sites_without_a_number_get_one_from_what_they_say(tmp_path: Path) -> None:
    content = "state,site_name,latitude,longitude\nRI,A,41.8,-71.4\nRI,B,41.8,-71.4\nRI,A,41.8,-71.4\n"
    first = parse_text("planned_sites", tmp_path, "planned_sites.csv", content)
    again = parse_text("planned_sites", tmp_path, "planned_sites.csv", content)
    assert first.table["site_id"].tolist() == again.table["site_id"].tolist()
    assert reasons(first) == {"repeated": 1}


def test_other_column_names_and_constants_come_by_the_settings(tmp_path: Path) -> None:
    content = "Lead,Y_WGS84,X_WGS84,Plugs,Fast\nDepot,41.812345,-71.412345,6,DC\n"
    mapping = {
        "site_name": "Lead",
        "latitude": "Y_WGS84",
        "longitude": "X_WGS84",
        "units_dc_fast": "Plugs",
        "state": "=RI",
        "program": "=NEVI",
    }
    parsed = parse_text(
        "planned_sites", tmp_path, "planned_sites.csv", content, sources={"planned_sites_mapping": mapping}
    )
    site = parsed.table.iloc[0]
    assert (site["name"], site["state"], site["units_dc_fast"], site["program"]) == ("Depot", "RI", 6, "NEVI")


def test_a_mapping_that_names_nothing_is_refused(tmp_path: Path) -> None:
    for mapping, sentence in (({"lots": "Y"}, "name lots, which no list of this kind has"), ({"latitude": "Y"}, "“Y”")):
        with pytest.raises(InputError, match=sentence):
            parse_text(
                "planned_sites",
                tmp_path,
                "planned_sites.csv",
                awards(line()),
                sources={"planned_sites_mapping": mapping},
            )


def test_a_list_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    parsed = parse_text("planned_sites", tmp_path, "planned_sites.csv", awards())
    assert (parsed.rows_in, len(parsed.table)) == (0, 0)
    assert held_to(parsed, SOURCES["planned_sites"].spec, nationwide=True) is parsed


def test_a_list_without_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="where the sites are"):
        parse_text("planned_sites", tmp_path, "planned_sites.csv", "site_name,state\nA,RI\n")


def test_workbooks_and_layers_give_what_the_csv_gives(tmp_path: Path) -> None:
    text = parse_text("planned_sites", tmp_path, "planned_sites.csv", awards(line(), line(site_id="2"))).table
    frame = pd.read_csv(tmp_path / "planned_sites.csv", dtype=str)
    frame.to_excel(tmp_path / "planned_sites.xlsx", index=False)
    spots = gpd.GeoDataFrame(
        frame.drop(columns=["latitude", "longitude"]), geometry=[Point(-71.412345, 41.712345)] * 2, crs="EPSG:4326"
    )
    spots.to_file(tmp_path / "planned_sites.geojson", driver="GeoJSON")
    spots.to_crs("EPSG:3857").to_file(tmp_path / "planned_sites.gpkg", driver="GPKG")
    for suffix in ("xlsx", "geojson", "gpkg"):
        table = parse("planned_sites", tmp_path / f"planned_sites.{suffix}").table
        pd.testing.assert_frame_equal(table, text, atol=1e-6)
