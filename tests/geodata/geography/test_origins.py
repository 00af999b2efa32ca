"""Origins and rurality: known answers on squares, sums that must hold, real tracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio.transform import from_origin

from geodata.errors import InputError
from geodata.geography import population_raster
from geodata.geography.origins import origins, people_per_km2, rurality
from geodata.geography.population_raster import populated_cells
from geodata.geography.thinning import thinned

ONE, TWO, THREE = "01001000100", "01001000200", "01001000300"


def write(path: Path, people: NDArray[Any], crs: str = "EPSG:4326", step: float = 0.01, **options: Any) -> Path:
    """Write a population raster whose upper left corner is at (−90, 40), or (0, 0) in meters."""
    corner = (-90.0, 40.0) if crs == "EPSG:4326" else (0.0, 0.0)
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": people.shape[0], "width": people.shape[1], "count": 1, "dtype": "float32",
        "crs": crs, "transform": from_origin(*corner, step, step), "nodata": -200,
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(people.astype("float32"), 1)
    return path


def square(left: float, top: float, side: float) -> shapely.Polygon:
    """Return a square in cells of 0.01° from the raster's corner."""
    west, north = -90 + left * 0.01, 40 - top * 0.01
    return shapely.box(west, north - side * 0.01, west + side * 0.01, north)


def frame(**polygons: shapely.Polygon | None) -> gpd.GeoDataFrame:
    """Return tracts by geoid (given as t + geoid)."""
    return gpd.GeoDataFrame(
        {"geoid": [name[1:] for name in polygons]}, geometry=list(polygons.values()), crs="EPSG:4326"
    )


def centers(**places: tuple[float, float, int]) -> pd.DataFrame:
    """Return centers (latitude, longitude, population) by geoid."""
    rows = [(name[1:], *place) for name, place in places.items()]
    return pd.DataFrame(rows, columns=["geoid", "latitude", "longitude", "population"])


def test_the_basis_is_reported_and_the_best_available_is_taken(tmp_path: Path) -> None:
    people = np.zeros((20, 20))
    people[2, 2], people[6, 6] = 30.0, 10.0
    raster = write(tmp_path / "p.tif", people)
    tracts = frame(t01001000300=square(15, 15, 4), t01001000100=square(0, 0, 10), t01001000200=square(10, 0, 5))
    known = centers(t01001000200=(39.9, -89.9, 5))
    made = origins(tracts, known, raster, 4)
    assert made["geoid"].tolist() == [ONE, ONE, TWO, THREE]
    assert made["origin_basis"].tolist() == ["raster_cells"] * 2 + ["population_center", "representative_point"]
    np.testing.assert_allclose(made["weight"], [0.75, 0.25, 1.0, 1.0])
    np.testing.assert_allclose(made["latitude"][:3], [39.975, 39.935, 39.9])
    np.testing.assert_allclose(made["longitude"][:3], [-89.975, -89.935, -89.9])
    assert square(15, 15, 4).contains(shapely.Point(made["longitude"][3], made["latitude"][3]))
    one_point = origins(tracts, known, raster, 1)
    assert one_point["origin_basis"].tolist() == ["representative_point", "population_center", "representative_point"]
    assert origins(None, known)["geoid"].tolist() == [TWO]


def test_a_tract_without_polygon_or_center_is_absent() -> None:
    assert len(origins(frame(t01001000100=None), centers())) == 0


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


def test_tracts_beyond_the_raster_fall_back(tmp_path: Path) -> None:
    raster = write(tmp_path / "p.tif", np.full((10, 10), 5.0))
    tracts = frame(t01001000100=square(8, 0, 4), t01001000200=square(0, 0, 4), t01001000300=square(50, 50, 2))
    made = origins(tracts, centers(t01001000100=(39.98, -89.9, 1)), raster, 2)
    basis = made.drop_duplicates("geoid")["origin_basis"].tolist()
    assert basis == ["population_center", "raster_cells", "representative_point"]


def test_files_that_are_not_rasters_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "people.tif"
    page.write_text("<html>")
    tracts = frame(t01001000100=square(0, 0, 4))
    with pytest.raises(InputError, match=r"people\.tif.*cannot be opened"):
        origins(tracts, centers(), page, 2)
    with pytest.raises(InputError, match="no place on the globe"):
        origins(tracts, centers(), write(tmp_path / "nowhere.tif", np.ones((4, 4)), crs=""), 2)
    with pytest.raises(InputError, match="no coordinate system"):
        origins(tracts.set_crs(None, allow_override=True), centers(), write(tmp_path / "p.tif", np.ones((9, 9))), 2)


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(0.01, 1000)), min_size=1, max_size=40,
        unique_by=lambda cell: cell[:2],
    ),
    most=st.integers(1, 12),
)  # fmt: skip
def test_thinning_keeps_all_people_and_no_more_points_than_asked(
    cells: list[tuple[int, int, float]], most: int
) -> None:
    latitude, longitude, people = (np.array(part, float) for part in zip(*cells, strict=True))
    rows, weight = thinned(np.array([0, len(people)]), latitude / 100 + 40, longitude / 100 - 90, people, most)
    assert len(rows) == min(most, len(cells)) == len(set(rows.tolist()))
    assert weight.sum() == pytest.approx(1.0)
    assert (weight > 0).all()
    if most >= len(cells):
        np.testing.assert_allclose(np.sort(weight), np.sort(people / people.sum()))


def test_two_towns_are_stood_for_by_a_point_each(tmp_path: Path) -> None:
    people = np.zeros((40, 40))
    people[2:5, 2:5] = 10.0
    people[30:33, 35:38] = 20.0
    made = origins(
        frame(t01001000100=square(0, 0, 40)), centers(), write(tmp_path / "p.tif", people), 2
    )  # fmt: skip
    np.testing.assert_allclose(made["latitude"], [39.685, 39.965])
    np.testing.assert_allclose(made["longitude"], [-89.635, -89.965])
    np.testing.assert_allclose(made["weight"], [2 / 3, 1 / 3], rtol=1e-6)


def test_a_tract_across_the_180th_meridian_is_not_split_in_its_middle() -> None:
    longitude = np.array([179.95, -179.95, 179.9, -179.9])
    rows, weight = thinned(np.array([0, 4]), np.full(4, 52.0), longitude, np.ones(4), 2)
    assert {frozenset(rows.tolist())} <= {frozenset({a, b}) for a in (0, 2) for b in (1, 3)}
    np.testing.assert_allclose(weight, [0.5, 0.5])


def test_rural_is_below_the_density_of_people_on_land() -> None:
    """One square of 10 × 10 cells of 0.01° at 40° N is about 94 km²; published land area goes first."""
    tracts = frame(t01001000100=square(0, 0, 10), t01001000200=square(10, 0, 10), t01001000300=square(20, 0, 10))
    tracts["land_m2"] = [np.nan, 10e6, 0.0]
    known = centers(
        t01001000100=(39.95, -89.95, 9400), t01001000200=(39.95, -89.85, 9400), t01001000300=(39.95, -89.75, 0)
    )
    density = people_per_km2(tracts, known)
    assert density[ONE] == pytest.approx(100, rel=0.02)
    assert density[TWO] == pytest.approx(940)
    assert density[THREE] == 0.0
    assert rurality(tracts, known).to_dict() == {ONE: True, TWO: False, THREE: True}
    assert rurality(tracts, known, 1000).all()


def test_without_polygons_the_neighbors_decide() -> None:
    """A lattice of centers 2 km apart means about 4 km² each; two centers alone say nothing."""
    step = 2 / 111.2
    y, x = np.mgrid[0:15, 0:15] * step
    known = pd.DataFrame(
        {
            "geoid": [f"01001{i:06d}" for i in range(225)],
            "latitude": y.ravel(),
            "longitude": x.ravel(),
            "population": 4000,
        }
    )
    middle = people_per_km2(None, known).iloc[112]
    assert middle == pytest.approx(1000, rel=0.3)
    assert rurality(None, known.head(2)).isna().all()


def read_centers(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    return pd.DataFrame(
        {
            "geoid": raw["STATEFP"] + raw["COUNTYFP"] + raw["TRACTCE"],
            "latitude": raw["LATITUDE"].astype(float),
            "longitude": raw["LONGITUDE"].astype(float),
            "population": raw["POPULATION"].astype(int),
        }
    )


@pytest.mark.realdata
def test_real_tracts_without_a_polygon_are_seen_to_be_rural(realdata: Path) -> None:
    """Georgia's missing polygons are of sparse counties; the neighbors' estimate agrees with land elsewhere."""
    known = read_centers(realdata / "national" / "CenPop2020_Mean_TR.txt")
    tracts = gpd.read_file(realdata / "GA" / "cb_2020_13_tract_500k.zip").rename(columns={"GEOID": "geoid"})
    georgia = known[known["geoid"].str.startswith("13")]["geoid"]
    rural = rurality(tracts, known).reindex(georgia)
    drawn = georgia.isin(tracts["geoid"]).to_numpy()
    assert rural.notna().all()
    assert rural[~drawn].mean() > 0.95
    estimate = rurality(None, known).reindex(georgia)
    assert (rural[drawn] == estimate[drawn]).mean() > 0.88
