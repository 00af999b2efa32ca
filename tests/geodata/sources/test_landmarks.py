"""Water, roads, corridors, states and tribal areas."""

from __future__ import annotations

from pathlib import Path

from shapely import LineString, Point

from tests.geodata.sources.helpers import layer, parse, zipped_shapefile


def test_water_keeps_lakes_and_rivers(tmp_path: Path) -> None:
    rows = [
        {"HYDROID": str(i), "FULLNAME": "Lake", "MTFCC": code} for i, code in enumerate(["H2030", "H3010", "H1100"])
    ]
    parsed = parse("water", zipped_shapefile(tmp_path, "tl_2020_44_areawater", layer(rows)))
    assert parsed.table["landmark_id"].tolist() == ["water:0", "water:1"]
    assert parsed.out_of_scope == {"other kind": 1}


def test_a_road_in_several_pieces_keeps_them_all(tmp_path: Path) -> None:
    lines = [LineString([(0, i), (1, i)]) for i in range(3)]
    rows = [{"LINEARID": "110", "FULLNAME": "I- 95", "MTFCC": "S1100"}] * 3
    table = parse("roads", zipped_shapefile(tmp_path, "tl_2020_us_primaryroads", layer(rows, lines))).table
    assert table["landmark_id"].tolist() == ["road:110", "road:110.1", "road:110.2"]


def test_corridors_for_electricity_only(tmp_path: Path) -> None:
    rows = [{"OBJECTID": 1, "PRIMARY_NA": "I-95", "EV": 1}, {"OBJECTID": 2, "PRIMARY_NA": "US-6", "EV": 0}]
    path = tmp_path / "NTAD_Alternative_Fuel_Corridors.geojson"
    lines = [LineString([(0, i), (1, i)]) for i in range(2)]
    layer(rows, lines, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    parsed = parse("corridors", path)
    assert parsed.table["name"].tolist() == ["I-95"]
    assert parsed.out_of_scope == {"other kind": 1}


def test_states_and_tribal_areas(tmp_path: Path) -> None:
    path = tmp_path / "us_geo_census_cb_2020_states.geojson"
    layer([{"geoid": "44", "region_name": "Rhode Island"}], crs="EPSG:4326").to_file(path, driver="GeoJSON")
    assert parse("states", path).table[["landmark_id", "name"]].to_numpy().tolist() == [["state:44", "Rhode Island"]]
    rows = [{"GEOID": "2490R", "NAME": "Narragansett", "NAMELSAD": "Narragansett Reservation"}]
    table = parse(
        "tribal", zipped_shapefile(tmp_path, "cb_2020_us_aiannh_500k", layer(rows, [Point(0, 0).buffer(1)]))
    ).table
    assert table[["landmark_id", "name"]].to_numpy().tolist() == [["tribal:2490R", "Narragansett Reservation"]]
