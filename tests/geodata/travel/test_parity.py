"""All engines on one small world whose minutes are known: they must agree on it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numba
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from geodata.geography.coordinates import Points
from geodata.travel.friction import FrictionEngine
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelEngine, TravelMinutes
from geodata.travel.roads import RoadsEngine
from geodata.travel.routing_server import osrm, valhalla
from tests.geodata.travel import loopback
from tests.geodata.travel.loopback import Place, Roads, serving
from tests.geodata.travel.test_roads import osm_xml

STEP = 0.01
KM = 6371.0088 * math.pi / 180 * STEP
KMH = 60.0
RIVER = 10.5  # runs north-south between columns 10 and 11
BRIDGE = 15
SIDE = 21
ELLIPSOID = 0.006  # a sphere's distances differ from the ellipsoid's by up to this share


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TravelEngine]]:
    """Yield every engine over a square of 21 × 21 places 1.1 km apart, at 60 km/h, near 0° N 0° E.

    Roads run along rows and columns; the raster has a cell at each place, passable along those lines.
    """
    folder = tmp_path_factory.mktemp("parity")
    nodes = {r * 100 + c + 1: (float(r), float(c)) for r in range(SIDE) for c in range(SIDE)}
    rows = [[r * 100 + c + 1 for c in range(SIDE)] for r in range(SIDE)]
    ways = [(list(column), {"highway": "primary"}) for column in zip(*rows, strict=True)]
    for r, row in enumerate(rows):
        parts = [row] if r == BRIDGE else [row[:11], row[11:]]
        ways += [(part, {"highway": "primary"}) for part in parts]
    extract = osm_xml(folder / "square.osm", nodes, ways)

    # Nine cells a step: roads are lines of cells and all else impassable, so that only junctions have corners to cut.
    cells = np.full((9 * SIDE, 9 * SIDE), -9999.0, np.float32)
    cells[4::9, :] = cells[:, 4::9] = 60 / (KMH * 1000)
    cells[:, 99] = -9999.0
    cells[9 * (SIDE - 1 - BRIDGE) + 4, 99] = 60 / (KMH * 1000)
    raster = folder / "friction.tif"
    top = (SIDE - 0.5) * STEP
    with rasterio.open(
        raster, "w", driver="GTiff", width=9 * SIDE, height=9 * SIDE, count=1, dtype="float32", nodata=-9999,
        crs="EPSG:4326", transform=from_origin(-0.5 * STEP, top, STEP / 9, STEP / 9),
    ) as out:  # fmt: skip
        out.write(cells, 1)

    def seconds(a: Place, b: Place) -> float:
        (r, c), (y, x) = ((p[0] / STEP, p[1] / STEP) for p in (a, b))
        across = (c < RIVER) != (x < RIVER)
        down = abs(r - BRIDGE) + abs(y - BRIDGE) if across else abs(r - y)
        return (down + abs(c - x)) * KM / KMH * 3600

    with serving(loopback.valhalla, Roads(seconds)) as one, serving(loopback.osrm, Roads(seconds)) as other:
        yield {
            "great_circle": GreatCircle.at_constant_speed(1.0, KMH, KMH),
            "friction": FrictionEngine(raster),
            "roads": RoadsEngine(extract),
            "valhalla": valhalla(one),
            "osrm": osrm(other),
        }


NAMES = ["great_circle", "friction", "roads", "valhalla", "osrm"]
NETWORKS = NAMES[1:]


def at(*places: tuple[int, int]) -> Points:
    """Return points at (row, column)."""
    return Points(np.array([r for r, _ in places], float) * STEP, np.array([c for _, c in places], float) * STEP)


def table(found: TravelMinutes) -> NDArray[np.float64]:
    out = np.full((found.n_origins, found.n_destinations), np.nan)
    out[found.origin, found.destination] = found.minutes
    return out


@pytest.mark.parametrize("name", NAMES)
def test_along_a_straight_road_all_agree(engines: dict[str, TravelEngine], name: str) -> None:
    found = engines[name].minutes(at((0, 0)), at((0, 0), (5, 0), (20, 0)), 60.0)
    np.testing.assert_allclose(table(found), [[0.0, 5 * KM, 20 * KM]], rtol=2 * ELLIPSOID, atol=1e-9)
    assert found.engine == name


@pytest.mark.parametrize("name", NETWORKS)
def test_across_the_river_all_take_the_bridge(engines: dict[str, TravelEngine], name: str) -> None:
    """The raster cuts the corners of junctions, 0.07 of a step each."""
    found = engines[name].minutes(at((5, 8), (15, 8)), at((5, 13), (15, 13), (18, 2)), 90.0)
    steps = np.array([[25.0, 15.0, 19.0], [15.0, 5.0, 9.0]])
    np.testing.assert_allclose(table(found), steps * KM, rtol=0.05)
    if name != "friction":
        np.testing.assert_allclose(table(found), steps * KM, rtol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_straight_lines_are_never_longer(engines: dict[str, TravelEngine], name: str) -> None:
    rng = np.random.default_rng(3)
    homes, places = at(*rng.integers(0, 21, (12, 2)).tolist()), at(*rng.integers(0, 21, (8, 2)).tolist())
    lines = table(engines["great_circle"].minutes(homes, places, 90.0))
    ways = table(engines[name].minutes(homes, places, 90.0))
    assert np.isfinite(ways).all()
    assert (lines <= ways * (1 + 2 * ELLIPSOID) + 1e-9).all()


@pytest.mark.parametrize("name", NAMES)
def test_all_cut_at_each_origins_catchment(engines: dict[str, TravelEngine], name: str) -> None:
    homes, places = at((0, 0), (0, 0)), at((3, 0), (9, 0), (15, 0))
    found = engines[name].minutes(homes, places, np.array([4 * KM, 10 * KM]))
    assert list(zip(found.origin.tolist(), found.destination.tolist(), strict=True)) == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_and_nowhere_are_no_error(engines: dict[str, TravelEngine], name: str) -> None:
    for homes, places in ((at(), at((0, 0))), (at((0, 0)), at()), (at(), at())):
        found = engines[name].minutes(homes, places, 30.0)
        assert (len(found), found.n_origins, found.n_destinations) == (0, len(homes), len(places))


@pytest.mark.parametrize("name", NAMES)
def test_neither_the_order_of_rows_nor_threads_change_a_bit(engines: dict[str, TravelEngine], name: str) -> None:
    rng = np.random.default_rng(5)
    homes, places = at(*rng.integers(0, 21, (14, 2)).tolist()), at(*rng.integers(0, 21, (9, 2)).tolist())
    before = table(engines[name].minutes(homes, places, 25.0))
    assert 10 < np.isfinite(before).sum() < before.size
    rows, columns = rng.permutation(14), rng.permutation(9)
    after = table(engines[name].minutes(homes.take(rows), places.take(columns), 25.0))
    np.testing.assert_array_equal(after, before[rows][:, columns])
    for threads in (1, 3):
        engine = engines[name]
        if isinstance(engine, FrictionEngine | RoadsEngine):
            engine = dataclasses.replace(engine, threads=threads)
        used = numba.get_num_threads()
        try:
            numba.set_num_threads(min(threads, used))
            np.testing.assert_array_equal(table(engine.minutes(homes, places, 25.0)), before)
        finally:
            numba.set_num_threads(used)
