"""Tracts, counties, places and landmarks, in the forms in which they are published."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse, reasons

SQUARES = [box(-71.5 + i, 41.5, -71.0 + i, 42.0) for i in range(4)]


def layer(
    rows: list[dict[str, object]], shapes: list[object] | None = None, crs: str | None = "EPSG:4269"
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes or SQUARES[: len(rows)], crs=crs)


def zipped_shapefile(folder: Path, name: str, frame: gpd.GeoDataFrame, inside: str = "") -> Path:
    inner = folder / "inner"
    inner.mkdir(exist_ok=True)
    frame.to_file(inner / f"{name}.shp", engine="pyogrio")
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(inner.glob(f"{name}.*")):
            archive.write(part, f"{inside}{part.name}")
    return path


TRACT = {"STATEFP": "44", "COUNTYFP": "001", "TRACTCE": "030100", "GEOID": "44001030100"}


@pytest.mark.parametrize("key", ["GEOID", "GEOIDFQ", "AFFGEOID", "GEOID20"])
def test_tract_codes_come_under_several_headers(tmp_path: Path, key: str) -> None:
    code = "44001030100" if key.startswith("GEOID") and not key.endswith("FQ") else "1400000US44001030100"
    frame = layer([{key: code, "NAME": "301", "ALAND": 4316153, "AWATER": 123}])
    parsed = parse("tracts", zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", frame))
    row = parsed.table.iloc[0]
    assert (row["geoid"], row["state"], row["county_geoid"], row["name"]) == ("44001030100", "RI", "44001", "301")
    assert (row["land_m2"], row["water_m2"], row["tract_vintage"]) == (4316153, 123, 2020)
    assert parsed.table.crs == "EPSG:4326"


def test_tracts_in_other_formats_and_folders_inside_the_archive(tmp_path: Path) -> None:
    frame = layer([TRACT])
    frame.to_crs("EPSG:4326").to_file(tmp_path / "cb_2020_44_tract_500k.geojson", driver="GeoJSON")
    frame.to_file(tmp_path / "cb_2020_44_tract_500k.gpkg", driver="GPKG")
    frame.to_parquet(tmp_path / "cb_2020_44_tract_500k.parquet")
    zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", frame, inside="inside/")
    for suffix in (".geojson", ".gpkg", ".parquet", ".zip"):
        table = parse("tracts", tmp_path / f"cb_2020_44_tract_500k{suffix}").table
        assert table["geoid"].tolist() == ["44001030100"]
        assert table["name"].tolist() == ["301"]
        assert table["land_m2"].isna().all()
        assert table.geometry.iloc[0].normalize().equals_exact(SQUARES[0].normalize(), 1e-6)


def test_a_projected_layer_comes_back_in_degrees(tmp_path: Path) -> None:
    frame = layer([TRACT]).to_crs("EPSG:5070")
    table = parse("tracts", zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", frame)).table
    assert table.geometry.iloc[0].bounds == pytest.approx(SQUARES[0].bounds, abs=1e-6)


def test_the_vintage_comes_from_the_headers_or_the_name(tmp_path: Path) -> None:
    old = layer([{"GEOID10": "44001030100"}])
    assert parse("tracts", zipped_shapefile(tmp_path, "tracts", old)).table["tract_vintage"].tolist() == [2010]
    named = zipped_shapefile(tmp_path, "cb_2018_44_tract_500k", layer([TRACT]))
    assert parse("tracts", named).table["tract_vintage"].tolist() == [2010]
    with pytest.raises(InputError, match="of which year"):
        parse("tracts", zipped_shapefile(tmp_path, "mine", layer([TRACT])))


def test_tracts_that_cannot_be_used(tmp_path: Path) -> None:
    rows = [TRACT, TRACT, TRACT | {"GEOID": "44001"}, TRACT | {"GEOID": "44001030200"}]
    shapes = [*SQUARES[:3], None]
    frame = layer(rows, shapes)
    frame.to_parquet(tmp_path / "cb_2020_us_tract_500k.parquet")
    parsed = parse("tracts", tmp_path / "cb_2020_us_tract_500k.parquet")
    assert reasons(parsed) == {"no_geometry": 1, "no_tract_code": 1, "repeated": 1}
    assert (parsed.rows_in, parsed.rows_kept) == (4, 1)


def test_a_shape_that_crosses_itself_is_repaired_and_said(tmp_path: Path) -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    parsed = parse("tracts", zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", layer([TRACT], [bow])))
    assert parsed.table.geometry.is_valid.all()
    assert parsed.notes == ["Shapes that crossed themselves, repaired: 1."]


def test_of_a_shape_mixed_with_lines_the_area_is_kept_and_one_without_area_is_refused(tmp_path: Path) -> None:
    line = LineString([(-71.5, 41.5), (-71.4, 41.5)])
    mixed = GeometryCollection([MultiPolygon([SQUARES[0]]), line])
    frame = layer([TRACT, TRACT | {"GEOID": "44001030200"}], [mixed, line])
    frame.to_parquet(tmp_path / "cb_2020_us_tract_500k.parquet")
    parsed = parse("tracts", tmp_path / "cb_2020_us_tract_500k.parquet")
    assert parsed.table.geometry.iloc[0].equals(SQUARES[0])
    assert parsed.notes == ["Shapes that mixed areas with lines or points, of which the areas were kept: 1."]
    assert reasons(parsed) == {"no_area": 1}
    assert (parsed.rows_in, parsed.rows_kept) == (2, 1)


def test_what_is_no_layer_is_refused(tmp_path: Path) -> None:
    cases = {
        "cb_2020_44_tract_500k.geojson": b"<html>moved</html>",
        "cb_2020_45_tract_500k.geojson": b'{"error":{"code":400,"message":"Invalid query parameters."}}',
        "cb_2020_46_tract_500k.geojson": b'{"type":"FeatureCollection","features":[',
        "cb_2020_47_tract_500k.zip": b"<html>moved</html>",
        "cb_2020_48_tract_500k.parquet": b"PAR1",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as told:
            parse("tracts", tmp_path / name)
        assert str(told.value).startswith(name)
        assert str(tmp_path) not in str(told.value)
    with zipfile.ZipFile(tmp_path / "cb_2020_49_tract_500k.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(InputError, match="no shapefile"):
        parse("tracts", tmp_path / "cb_2020_49_tract_500k.zip")


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


def test_places_tell_what_they_are(tmp_path: Path) -> None:
    rows = [
        {"GEOID": "4459000", "NAME": "Providence", "NAMELSAD": "Providence city", "LSAD": "25"},
        {"GEOID": "4400001", "NAME": "Ashaway", "NAMELSAD": None, "LSAD": "57"},
    ]
    table = parse("places", zipped_shapefile(tmp_path, "cb_2020_44_place_500k", layer(rows))).table
    assert table["kind"].tolist() == ["city", "CDP"]
    assert table["place_geoid"].tolist() == ["4459000", "4400001"]


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
