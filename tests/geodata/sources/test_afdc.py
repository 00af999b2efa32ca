from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse_text, reasons

CONNECTORS = ("J1772", "J1772COMBO", "CHADEMO", "TESLA", "J3271", "NEMA515")


def unit(level: str, **power: float | None) -> dict[str, Any]:
    connectors = {name: {"power_kw": power.get(name), "port_count": int(name in power)} for name in CONNECTORS}
    return {"network": "Non-Networked", "port_count": 1, "charging_level": level, "connectors": connectors}


def station(number: int, status: str = "P", **over: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": number,
        "fuel_type_code": "ELEC",
        "status_code": status,
        "access_code": "public",
        "station_name": f"Station {number}",
        "street_address": "1 Main St",
        "city": "Warwick",
        "state": "RI",
        "zip": "02886",
        "country": "US",
        "latitude": 41.7 + number / 1000,
        "longitude": -71.4,
        "geocode_status": "GPS",
        "open_date": None,
        "expected_date": "2027-03-01" if status == "P" else None,
        "date_last_confirmed": None,
        "updated_at": "2025-12-09T17:32:22Z",
        "ev_level1_evse_num": None,
        "ev_level2_evse_num": 2,
        "ev_dc_fast_num": None,
        "ev_connector_types": ["J1772"],
        "ev_network": "Non-Networked",
        "funding_sources": None,
        "ev_charging_units": [unit("2", J1772=None), unit("2", J1772=None)],
    }
    return record | over


def answer(stations: list[dict[str, Any]], total: int | None = None) -> str:
    return json.dumps(
        {
            "station_locator_url": "https://afdc.energy.gov/stations/",
            "total_results": len(stations) if total is None else total,
            "fuel_stations": stations,
        }
    )


CSV_NAMES = {
    "Fuel Type Code": "fuel_type_code",
    "Station Name": "station_name",
    "Street Address": "street_address",
    "City": "city",
    "State": "state",
    "ZIP": "zip",
    "Status Code": "status_code",
    "Expected Date": "expected_date",
    "EV Level1 EVSE Num": "ev_level1_evse_num",
    "EV Level2 EVSE Num": "ev_level2_evse_num",
    "EV DC Fast Count": "ev_dc_fast_num",
    "EV Network": "ev_network",
    "Geocode Status": "geocode_status",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "Date Last Confirmed": "date_last_confirmed",
    "ID": "id",
    "Updated At": "updated_at",
    "EV Connector Types": "ev_connector_types",
    "Country": "country",
    "Funding Sources": "funding_sources",
}


def as_csv(stations: list[dict[str, Any]], without: tuple[str, ...] = ()) -> str:
    out = io.StringIO()
    names = {header: key for header, key in CSV_NAMES.items() if header not in without}
    writer = csv.writer(out)
    writer.writerow(names)
    for record in stations:
        written = copy.deepcopy(record) | {"updated_at": record["updated_at"].replace("T", " ").replace("Z", " UTC")}
        row = [written[key] for key in names.values()]
        writer.writerow(["" if v is None else " ".join(v) if isinstance(v, list) else v for v in row])
    return out.getvalue()


THREE = [station(1, "E"), station(2, "P"), station(3, "T")]


def test_stations_of_all_statuses(tmp_path: Path) -> None:
    table = parse_text("afdc", tmp_path, "alt_fuel_stations.json", answer(THREE)).table
    assert table["status"].tolist() == ["open", "planned", "temporary"]
    row = table.set_index("site_id").loc["afdc:2"]
    assert str(row["expected_date"].date()) == "2027-03-01"
    assert (row["units_level2"], row["state"], row["zip"], row["location_quality"]) == (2, "RI", "02886", "point")
    assert str(row["as_of"].date()) == "2025-12-09"


def test_the_csv_twin_gives_the_same_table(tmp_path: Path) -> None:
    plain = [record | {"ev_charging_units": None} for record in THREE]
    from_json = parse_text("afdc", tmp_path, "a.json", answer(plain)).table
    from_csv = parse_text("afdc", tmp_path, "a.csv", as_csv(plain)).table
    pd.testing.assert_frame_equal(from_json, from_csv)


def test_the_edition_of_2020_lacks_columns_and_is_read_all_the_same(tmp_path: Path) -> None:
    parsed = parse_text("afdc", tmp_path, "alt_fuel_stations_2020-10-27.csv", as_csv(THREE, ("Funding Sources",)))
    assert parsed.rows_kept == 3
    assert parsed.table["program"].isna().all()


def test_a_renamed_column_is_named(tmp_path: Path) -> None:
    content = as_csv(THREE).replace("EV DC Fast Count", "EV DC Fast Total")
    with pytest.raises(InputError, match=r"“EV DC Fast Count” \(similar: “EV DC Fast Total”"):
        parse_text("afdc", tmp_path, "a.csv", content)


def test_an_extract_without_state_and_status_is_refused(tmp_path: Path) -> None:
    content = "Station Name,ZIP,Latitude,Longitude,ID\nGarage,91352,34.2,-118.3,1517\n"
    with pytest.raises(InputError, match="Status Code"):
        parse_text("afdc", tmp_path, "alt_fuel_stations_5col.csv", content)


@pytest.mark.parametrize(
    ("shape", "program"),
    [
        (None, None),
        ("NEVI", "NEVI"),
        (["NEVI"], "NEVI"),
        (["NEVI", "CMAQ"], "NEVI CMAQ"),
        ([], None),
        ("NEVI,CFI", "NEVI CFI"),
    ],
)
def test_funding_comes_in_several_shapes(tmp_path: Path, shape: Any, program: str | None) -> None:
    found = parse_text("afdc", tmp_path, "a.json", answer([station(1, funding_sources=shape)])).table["program"][0]
    assert (None if pd.isna(found) else found) == program


def test_power_is_the_highest_of_any_port_and_zero_is_no_power(tmp_path: Path) -> None:
    units = [unit("dc_fast", J1772COMBO=150.0), unit("dc_fast", TESLA=250.0), unit("2", J1772=0.0)]
    stations = [
        station(1, ev_charging_units=units, ev_level2_evse_num=1, ev_dc_fast_num=2),
        station(2, ev_charging_units=[unit("2", J1772=0.0)], ev_level2_evse_num=1),
        station(3, ev_charging_units=None),
        station(4, ev_charging_units=[unit("2", J1772=None)], ev_level2_evse_num=1),
    ]
    parsed = parse_text("afdc", tmp_path, "a.json", answer(stations))
    assert parsed.table["power_kw"].tolist()[0] == 250.0
    assert parsed.table["power_kw"][1:].isna().all()
    assert parsed.notes == []


def test_repeated_units_are_real_ports_and_a_difference_is_reported(tmp_path: Path) -> None:
    twins = [unit("2", J1772=7.2)] * 2
    stations = [station(1, ev_charging_units=twins), station(2, ev_charging_units=twins * 2)]
    parsed = parse_text("afdc", tmp_path, "a.json", answer(stations))
    assert parsed.table["units_level2"].tolist() == [2, 2]
    assert parsed.notes == ["Stations whose list of ports differs from their counts (which were taken): 1."]


def test_ports_that_are_not_reported_are_not_zero(tmp_path: Path) -> None:
    stations = [station(1, ev_level2_evse_num=None), station(2, ev_level2_evse_num=0)]
    table = parse_text("afdc", tmp_path, "a.json", answer(stations)).table
    assert table[["units_level1", "units_level2", "units_dc_fast"]].isna().all().all()


def test_how_exact_the_coordinates_are(tmp_path: Path) -> None:
    codes = ["GPS", "200-9", "200-8", "200-7", "200-6", "200-5", "200-4", None]
    stations = [station(n, geocode_status=code) for n, code in enumerate(codes)]
    stations.append(station(99, latitude=None, longitude=None))
    table = parse_text("afdc", tmp_path, "a.json", answer(stations)).table
    assert table["location_quality"].tolist() == [
        "point",
        "point",
        "point",
        "street",
        "street",
        "area",
        "area",
        "unknown",
        "unknown",
    ]


def test_canada_and_other_fuels_are_out_of_scope_and_counted(tmp_path: Path) -> None:
    stations = [station(1), station(2, country="CA", state="ON"), station(3, fuel_type_code="CNG")]
    parsed = parse_text("afdc", tmp_path, "a.json", answer(stations))
    assert parsed.out_of_scope == {"other fuel": 1, "outside the United States": 1}
    assert (parsed.rows_in, parsed.rows_kept) == (3, 1)


def test_rows_that_cannot_be_used(tmp_path: Path) -> None:
    stations = [station(1), station(1), station(2, status="X"), station(3, state="ZZ"), station(4, state=None)]
    parsed = parse_text("afdc", tmp_path, "a.json", answer(stations))
    assert reasons(parsed) == {"unknown_state": 2, "repeated": 1, "unknown_status": 1}
    assert "Give a state" in parsed.rejects.loc[parsed.rejects["reason"] == "unknown_state", "remedy"].iloc[0]


def test_co_located_networks_are_all_kept(tmp_path: Path) -> None:
    stations = [
        station(n, latitude=41.7, station_name="Garage", ev_network=net) for n, net in enumerate(["FLO", "Volta"])
    ]
    assert parse_text("afdc", tmp_path, "a.json", answer(stations)).rows_kept == 2


def test_an_answer_that_is_not_whole_or_not_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds 3 of 1,029 stations\. Ask the service with limit=all"):
        parse_text("afdc", tmp_path, "a.json", answer(THREE, total=1029))
    limit = json.dumps({"error": {"code": "OVER_RATE_LIMIT", "message": "You have exceeded your rate limit."}})
    with pytest.raises(InputError, match="OVER_RATE_LIMIT"):
        parse_text("afdc", tmp_path, "a.json", limit)
    with pytest.raises(InputError, match="no list of stations"):
        parse_text("afdc", tmp_path, "a.json", "[]")


@pytest.mark.parametrize("ports", [-3, 4.5, "two", "1.000"])
def test_ports_that_are_no_count_are_refused(tmp_path: Path, ports: Any) -> None:
    parsed = parse_text("afdc", tmp_path, "a.json", answer([station(1, ev_level2_evse_num=ports), station(2)]))
    assert (parsed.rows_kept, reasons(parsed)) == (1, {"unreadable_count": 1})
    assert parsed.rejects["field"].tolist() == ["level2"]


def test_a_station_far_from_the_state_it_states_is_refused(tmp_path: Path) -> None:
    far = station(1, "E", city="Beaverton", zip="97006", latitude=45.513643, longitude=-122.833936)
    parsed = parse_text("afdc", tmp_path, "a.json", answer([far, station(2)]))
    assert (parsed.rows_kept, reasons(parsed)) == (1, {"far_from_its_state": 1})
    assert parsed.rejects["remedy"].tolist() == [
        "The coordinates lie far outside the state of the row: correct the one or the other."
    ]


def test_a_planned_record_without_any_sign_of_a_charger_is_refused(tmp_path: Path) -> None:
    bare = {"ev_level2_evse_num": None, "ev_connector_types": None, "ev_network": None, "ev_charging_units": None}
    stations = [
        station(1, **bare, station_name="CNG Depot"),
        station(2, ev_level2_evse_num=None),
        station(3, "E", **bare, station_name="Forest Service"),
    ]
    for file, content in (("a.json", answer(stations)), ("a.csv", as_csv(stations))):
        parsed = parse_text("afdc", tmp_path, file, content)
        assert (parsed.rows_kept, reasons(parsed)) == (2, {"no_charger": 1})
