"""Census tract boundaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import SQUARES, layer, parse, reasons, zipped_shapefile

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
