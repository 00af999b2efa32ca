"""The same tracts drawn in NAD 83, in WGS 84 and in Albers meters give the same neighbors, origins and places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from geodata.access.measures import e2sfca
from geodata.geography.contiguity import contacts
from geodata.geography.coordinates import Points
from geodata.geography.origins import origins, rurality
from geodata.geography.points_in_areas import place
from geodata.geography.population_raster import populated_cells
from geodata.travel.great_circle import GreatCircle
from tests.geodata.sources.helpers import parse

SIDE = 4
SYSTEMS = {"WGS 84": "EPSG:4326", "NAD 83": "EPSG:4269", "Albers": "EPSG:5070"}
CENTERS = pd.DataFrame({"geoid": [], "latitude": [], "longitude": [], "population": []})
ENGINE = GreatCircle.at_constant_speed(1.3, 40.0, 70.0)


def drawn() -> gpd.GeoDataFrame:
    """Return 16 crooked tracts near 72° W, 42° N, which share their corners."""
    rng = np.random.default_rng(2)
    y, x = np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0), indexing="ij")
    x, y = (-72.0 + 0.05 * (x + rng.uniform(-0.2, 0.2, x.shape)), 42.0 + 0.05 * (y + rng.uniform(-0.2, 0.2, y.shape)))
    r, c = np.divmod(np.arange(SIDE * SIDE), SIDE)
    corners = [(r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c), (r, c)]
    rings = np.stack([np.column_stack([x[at], y[at]]) for at in corners], axis=1)
    codes = [f"{n + 1:06d}" for n in range(SIDE * SIDE)]
    names = {"STATEFP": "44", "COUNTYFP": "001", "TRACTCE": codes, "GEOID": [f"44001{code}" for code in codes]}
    return gpd.GeoDataFrame(names, geometry=shapely.polygons(rings), crs="EPSG:4269")


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, gpd.GeoDataFrame]:
    """Return the tracts as read from a file in each system; NAD 83 and WGS 84 are taken for one (to a meter)."""
    folder = tmp_path_factory.mktemp("crs")
    found = {}
    for name, crs in SYSTEMS.items():
        path = folder / f"{crs[5:]}" / "cb_2020_44_tract_500k.parquet"
        path.parent.mkdir()
        drawn().to_crs(crs).sample(frac=1, random_state=len(found)).to_parquet(path)
        found[name] = parse("tracts", path).table
    return found


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a population raster under the tracts."""
    path = tmp_path_factory.mktemp("people") / "people.tif"
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "height": 60,
        "width": 60,
        "count": 1,
        "dtype": "float32",
        "nodata": -200,
    }
    with rasterio.open(
        path, "w", crs="EPSG:4326", transform=from_origin(-72.05, 42.25, 0.005, 0.005), **profile
    ) as out:
        out.write(np.random.default_rng(3).uniform(0, 9, (60, 60)).astype("float32"), 1)
    return path


def same(frames: list[pd.DataFrame], key: list[str], atol: float) -> None:
    first = frames[0].sort_values(key, ignore_index=True)
    assert len(first)
    for other in frames[1:]:
        pd.testing.assert_frame_equal(other.sort_values(key, ignore_index=True), first, rtol=1e-7, atol=atol)


def test_neighbors_are_the_same(read: dict[str, gpd.GeoDataFrame]) -> None:
    tables = [contacts(frame, 50.0) for frame in read.values()]
    same(tables, ["geoid_a", "geoid_b"], 1e-3)
    assert len(tables[0]) == 2 * SIDE * (SIDE - 1)


def test_origins_and_their_people_are_the_same(read: dict[str, gpd.GeoDataFrame], people: Path) -> None:
    same([origins(frame, CENTERS) for frame in read.values()], ["geoid"], 1e-7)
    cells = [populated_cells(frame, people) for frame in read.values()]
    same([table.groupby("geoid", as_index=False)["people"].sum() for table in cells], ["geoid"], 1e-3)
    centers = origins(read["NAD 83"], CENTERS).assign(population=4400)
    rural = [rurality(frame, centers) for frame in read.values()]
    assert rural[0].nunique() == 2
    for other in rural[1:]:
        pd.testing.assert_series_equal(other.sort_index(), rural[0].sort_index())


def test_points_lie_in_the_same_tracts_and_access_is_the_same(read: dict[str, gpd.GeoDataFrame]) -> None:
    rng = np.random.default_rng(4)
    spots = pd.DataFrame({"longitude": rng.uniform(-72.02, -71.78, 200), "latitude": rng.uniform(41.98, 42.22, 200)})
    same([place(spots, frame).assign(row=range(200)) for frame in read.values()], ["row"], 0.01)
    found = []
    for frame in read.values():
        table = origins(frame, CENTERS)
        homes = Points(table["latitude"].to_numpy(), table["longitude"].to_numpy(), np.zeros(len(table), bool))
        there = Points(spots["latitude"].to_numpy(), spots["longitude"].to_numpy(), np.zeros(200, bool))
        access = e2sfca(ENGINE.minutes(homes, there, 30.0), np.ones(200), np.full(len(table), 1000.0), 30.0).access
        found.append(table[["geoid"]].assign(access=access))
    same(found, ["geoid"], 1e-9)
