"""Tables come back from Parquet as what they were, and a damaged one is a sentence."""

from __future__ import annotations

import random
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from geodata.errors import InputError
from geodata.storage.parquet import read_table, write_table


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    table = pd.DataFrame({"geoid": ["44007000100"], "rank": pd.array([None], "Int64")})
    pd.testing.assert_frame_equal(read_table(write_table(table, tmp_path / "a.parquet")), table)
    assert list(read_table(tmp_path / "a.parquet", ["rank"])) == ["rank"]


def test_geometry_comes_back_with_its_reference_system_and_is_left_out_where_not_asked_for(tmp_path: Path) -> None:
    places = gpd.GeoDataFrame({"geoid": ["44"]}, geometry=gpd.points_from_xy([-71.4], [41.8]), crs="EPSG:4269")
    found = read_table(write_table(places, tmp_path / "a.parquet"))
    assert isinstance(found, gpd.GeoDataFrame)
    assert found.crs == places.crs
    assert type(read_table(tmp_path / "a.parquet", ["geoid"])) is pd.DataFrame


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4269", "EPSG:3857", "OGC:CRS84", None])
@pytest.mark.parametrize("rows", [0, 3])
def test_tables_with_geometry_are_read_as_geopandas_reads_them(tmp_path: Path, crs: str | None, rows: int) -> None:
    points = gpd.points_from_xy([-71.4, 0.0, 10.0], [41.8, 0.0, -5.0])
    geometry = gpd.GeoSeries([points[0], None, points[2]], crs=crs)
    rank = pd.array([1, None, 3], "Int64")
    places = gpd.GeoDataFrame({"geoid": ["44", None, "45"], "geometry": geometry, "rank": rank}).iloc[:rows]
    twice = places.assign(center=geometry.iloc[:rows])
    otherwise = places.rename_geometry("shape").rename(columns={"rank": "geometry"})
    for table in (places, places.set_index("rank"), twice, otherwise):
        found, expected = (
            read_table(write_table(table, tmp_path / "a.parquet")),
            gpd.read_parquet(tmp_path / "a.parquet"),
        )
        assert_geodataframe_equal(found, expected)
        assert found.columns.dtype == expected.columns.dtype
        assert found.active_geometry_name == expected.active_geometry_name
    some = ["geometry", "rank"]
    write_table(places, tmp_path / "a.parquet")
    expected = gpd.read_parquet(tmp_path / "a.parquet", columns=some)
    assert_geodataframe_equal(read_table(tmp_path / "a.parquet", some), expected)


@pytest.mark.parametrize("content", [None, b"", b"no table"])
def test_one_that_is_not_there_or_damaged_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.parquet: this table is not there or damaged\. Compute it again"):
        read_table(path)


@pytest.mark.parametrize("spatial", [False, True])
def test_a_bit_that_a_disk_changed_is_noticed_or_changes_nothing(tmp_path: Path, spatial: bool) -> None:
    draw, path = random.Random(3), tmp_path / "a.parquet"
    table = pd.DataFrame({"geoid": [f"{44000000000 + n}" for n in range(300)], "need": [n / 7 for n in range(300)]})
    if spatial:
        table = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["need"], table["need"]), crs="EPSG:4326")
    whole = write_table(table, path).read_bytes()
    noticed = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            found = read_table(path)
        except InputError:
            noticed += 1
        else:
            pd.testing.assert_frame_equal(found, table)
    assert noticed > 100
