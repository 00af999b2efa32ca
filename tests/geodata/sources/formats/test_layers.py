"""Layers: their forms, coordinate systems, and shapes that need repair."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Polygon

from geodata.errors import InputError
from tests.geodata.sources.helpers import SQUARES, layer, parse, reasons, zipped_shapefile

TRACT = {"STATEFP": "44", "COUNTYFP": "001", "TRACTCE": "030100", "GEOID": "44001030100"}


def test_a_projected_layer_comes_back_in_degrees(tmp_path: Path) -> None:
    frame = layer([TRACT]).to_crs("EPSG:5070")
    table = parse("tracts", zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", frame)).table
    assert table.geometry.iloc[0].bounds == pytest.approx(SQUARES[0].bounds, abs=1e-6)


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
        with pytest.raises(InputError) as raised:
            parse("tracts", tmp_path / name)
        assert str(raised.value).startswith(name)
        assert str(tmp_path) not in str(raised.value)
    with zipfile.ZipFile(tmp_path / "cb_2020_49_tract_500k.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(InputError, match="no shapefile"):
        parse("tracts", tmp_path / "cb_2020_49_tract_500k.zip")
