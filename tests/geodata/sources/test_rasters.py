"""The headers of population and friction rasters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

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


def grid(path: Path, west: float, north: float, cells: np.ndarray, nodata: float | None = None) -> Path:
    height, width = cells.shape
    options = {"crs": "EPSG:4326", "transform": from_origin(west, north, 0.1, 0.1), "nodata": nodata}
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=1, dtype="float32", **options
    ) as raster:
        raster.write(cells.astype("float32"), 1)
    return path


def test_a_raster_of_another_country_is_refused(tmp_path: Path) -> None:
    cells = np.ones((4, 4))
    with pytest.raises(InputError, match=r"lies where no state is: 47\.6 to 48\.0 degrees north, 11\.0 to 11\.4 east"):
        parse("population_raster", grid(tmp_path / "elsewhere.tif", 11, 48, cells))
    for west, north in ((-71.6, 42.0), (144.6, 13.7), (-170.8, -14.0), (-67.0, 18.5)):
        assert len(parse("population_raster", grid(tmp_path / "here.tif", west, north, cells)).table) == 1


def test_cells_below_zero_that_are_not_named_as_empty_are_told(tmp_path: Path) -> None:
    cells = np.array([[1.0, -9999.0], [2.0, 3.0]])
    (note,) = parse("population_raster", grid(tmp_path / "p.tif", -71.6, 42.0, cells)).notes
    assert note == "Cells below zero (such as -9999), which the file does not name as empty, count as empty."
    assert parse("population_raster", grid(tmp_path / "p.tif", -71.6, 42.0, cells, -9999.0)).notes == []
