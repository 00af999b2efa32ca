"""County boundaries."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import layer, parse, reasons, zipped_shapefile


def test_counties_are_named_with_their_kind(tmp_path: Path) -> None:
    rows = [
        {"GEOID": "44003", "NAME": "Kent", "LSAD": "06"},
        {"GEOID": "22071", "NAME": "Orleans", "LSAD": "15"},
        {"GEOID": "51600", "NAME": "Fairfax", "LSAD": "25"},
    ]
    parsed = parse("counties", zipped_shapefile(tmp_path, "cb_2018_us_county_500k", layer(rows)))
    assert parsed.table["name"].tolist() == ["Kent County", "Orleans Parish", "Fairfax city"]
    assert parsed.table["vintage"].tolist() == [2018] * 3


def test_counties_keyed_by_name_and_code_only(tmp_path: Path) -> None:
    rows = [{"region_name": "Doña Ana County, New Mexico", "geoid": "35013"}, {"region_name": "x", "geoid": "35"}]
    path = tmp_path / "us_geo_census_cb_2020_counties.geojson"
    layer(rows, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    parsed = parse("counties", path)
    assert parsed.table[["name", "state"]].to_numpy().tolist() == [["Doña Ana County", "NM"]]
    assert reasons(parsed) == {"no_county_code": 1}
