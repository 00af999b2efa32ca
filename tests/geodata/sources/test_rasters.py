"""The headers of population and friction rasters."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import InputError
from tests.counterexamples.made import MAKERS
from tests.geodata.sources.helpers import parse


@pytest.mark.parametrize(
    ("source", "kind", "unit"),
    [
        ("population_raster", "population", "people per cell"),
        ("friction_raster", "friction", "minutes per meter"),
    ],
)
def test_a_header_gives_one_row(tmp_path: Path, source: str, kind: str, unit: str) -> None:
    MAKERS["sound_grid"](tmp_path / "grid.tif")
    row = parse(source, tmp_path / "grid.tif").table.iloc[0]
    assert (row["kind"], row["unit"], row["crs"]) == (kind, unit, "EPSG:4326")
    assert (row["width"], row["height"]) == (64, 64)
    assert row[["west", "south", "east", "north"]].tolist() == pytest.approx([-150.0, 36.36, -149.36, 37.0])
    assert Path(row["path"]) == (tmp_path / "grid.tif").resolve()


def test_a_raster_must_say_where_it_lies(tmp_path: Path) -> None:
    MAKERS["raster_without_crs"](tmp_path / "grid.tif")
    with pytest.raises(InputError, match="names no coordinate reference system"):
        parse("population_raster", tmp_path / "grid.tif")
