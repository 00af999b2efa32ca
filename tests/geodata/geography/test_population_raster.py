"""People of raster cells in tracts: known answers on squares, sums that must hold."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.geography import population_raster
from geodata.geography.population_raster import populated_cells
from tests.geodata.geography.square_tracts import ONE, THREE, frame, square, write


def test_cells_on_a_border_are_shared_by_exact_area(tmp_path: Path) -> None:
    raster = write(tmp_path / "p.tif", np.full((10, 10), 8.0))
    quarter = frame(t01001000100=square(2.5, 2.5, 1.0))
    cells = populated_cells(quarter, raster)
    np.testing.assert_allclose(cells["people"], [2.0] * 4, rtol=1e-6)


@pytest.mark.parametrize("at_once", [10**9, 16])
def test_people_are_neither_lost_nor_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Tracts that cover the raster between them hold its sum, however they are cut to save memory."""
    monkeypatch.setattr(population_raster, "MOST_CELLS_AT_ONCE", at_once)
    monkeypatch.setattr(population_raster, "TRACTS_AT_ONCE", 2)
    people = np.random.default_rng(4).gamma(0.3, 50, (30, 30))
    people[5:9, 5:9] = -200
    people[20, 20] = np.nan
    raster = write(tmp_path / "p.tif", people)
    cut = shapely.LineString([(-90.01, 39.93), (-89.6, 39.71)])
    halves = shapely.ops.split(square(0, 0, 30), cut).geoms
    cells = populated_cells(frame(t01001000100=halves[0], t01001000200=halves[1]), raster)
    assert cells["geoid"].is_monotonic_increasing
    assert cells["people"].sum() == pytest.approx(people[(people > 0)].sum(), rel=1e-6)
    assert cells.groupby("geoid")["people"].sum().min() > 1000


def test_stray_lines_beside_an_area_are_no_trouble(tmp_path: Path) -> None:
    """Some published tracts are collections of an area and a line."""
    raster = write(tmp_path / "p.tif", np.full((10, 10), 8.0))
    odd = shapely.GeometryCollection([square(2, 2, 2), shapely.LineString([(-89.9, 39.9), (-89.95, 39.95)])])
    line = shapely.GeometryCollection([shapely.LineString([(-89.9, 39.9), (-89.95, 39.95)])])
    cells = populated_cells(frame(t01001000100=odd, t01001000200=line, t01001000300=square(5, 5, 1)), raster)
    assert cells.groupby("geoid")["people"].sum().round(4).to_dict() == {ONE: 32.0, THREE: 8.0}


def test_a_projected_raster_is_read_in_its_own_crs(tmp_path: Path) -> None:
    people = np.zeros((40, 40))
    people[10, 20] = 7.0
    raster = write(tmp_path / "p.tif", people, crs="ESRI:54009", step=1000.0)
    box = gpd.GeoDataFrame({"geoid": [ONE]}, geometry=[shapely.box(5e3, -3e4, 3e4, -5e3)], crs="ESRI:54009")
    cells = populated_cells(box.to_crs("EPSG:4269"), raster)
    there = gpd.GeoSeries.from_xy(cells["longitude"], cells["latitude"], crs="EPSG:4326").to_crs("ESRI:54009")
    assert cells["people"].tolist() == [7.0]
    assert (there.x[0], there.y[0]) == pytest.approx((20_500, -10_500), abs=0.01)


def test_a_tract_that_sticks_out_by_part_of_a_cell_keeps_its_people(tmp_path: Path) -> None:
    raster = write(tmp_path / "p.tif", np.full((10, 10), 8.0))
    hair, far = square(-0.4, -0.4, 2.0), square(8.0, 8.0, 4.0)
    cells = populated_cells(frame(t01001000100=hair, t01001000200=far, t01001000300=square(30, 30, 1)), raster)
    found = cells.groupby("geoid")["people"].sum().to_dict()
    # 1.6 cells of each side lie on the raster; a tract with half of its land beyond it is not measured by the rest.
    assert found == {ONE: pytest.approx(8.0 * 1.6**2, rel=1e-6)}
