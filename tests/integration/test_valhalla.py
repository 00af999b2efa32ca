"""A real Valhalla: tiles built here from a small extract, its own HTTP service, and the client of this project.

Needs pyvalhalla, whose wheels exist for Python 3.12 and newer; elsewhere these tests are skipped, saying so.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import osmium
import pytest
import requests

from geodata.geography.coordinates import Points
from geodata.travel.minutes import TravelMinutes
from geodata.travel.roads import RoadsEngine
from geodata.travel.routing_server import RoutingServer, valhalla

engine_here = pytest.importorskip(
    "valhalla", reason="pyvalhalla is not installed (wheels need Python 3.12): the real routing engine is not tested"
)

STEP = 0.01
SIDE = 12
SOUTH, WEST = 40.0, -100.0
ISLAND_WEST = -99.7


def at(*places: tuple[float, float], west: float = WEST) -> Points:
    """Return points at (row, column) of the grid."""
    return Points(np.array([SOUTH + r * STEP for r, _ in places]), np.array([west + c * STEP for _, c in places]))


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a grid of two-way streets, one one-way avenue through it, and a smaller grid with no road to it."""
    path = tmp_path_factory.mktemp("valhalla") / "grid.osm.pbf"
    new = osmium.osm.mutable
    node_ids: dict[tuple[float, int, int], int] = {}
    with osmium.SimpleWriter(str(path)) as out:
        for west, side in ((WEST, SIDE), (ISLAND_WEST, 6)):
            for r in range(side):
                for c in range(side):
                    node_ids[west, r, c] = len(node_ids) + 1
                    place = (west + c * STEP, SOUTH + r * STEP)
                    out.add_node(new.Node(id=len(node_ids), version=1, location=place))
        way = 0
        for west, side in ((WEST, SIDE), (ISLAND_WEST, 6)):
            for k in range(side):
                along = [node_ids[west, k, c] for c in range(side)]
                across = [node_ids[west, r, k] for r in range(side)]
                tags = {"highway": "residential" if k % 2 else "secondary"}
                oneway = {"oneway": "yes"} if (west, k) == (WEST, 0) else {}
                for nodes, extra in ((along, oneway), (across, {})):
                    way += 1
                    out.add_way(new.Way(id=way, version=1, nodes=nodes, tags=tags | extra))
    return path


@pytest.fixture(scope="module")
def url(extract: Path) -> Iterator[str]:
    """Build tiles from the extract and serve them with Valhalla's own service on the loopback interface."""
    folder = extract.parent
    programs = Path(engine_here.__file__).parent / "bin"
    tiles, tar = folder / "tiles", folder / "none.tar"
    tiles.mkdir()
    tar.touch()
    config = engine_here.get_config(tile_dir=tiles, tile_extract=tar)
    del config["mjolnir"]["tile_extract"]
    config["mjolnir"]["concurrency"] = 1
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = config["httpd"]["service"]
    service["listen"] = f"tcp://127.0.0.1:{port}"
    for name in ("loopback", "interrupt"):
        service[name] = f"ipc://{folder}/{name}"
    for part in ("loki", "thor", "odin"):
        config[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    (folder / "valhalla.json").write_text(json.dumps(config))
    subprocess.run(
        [programs / "valhalla_build_tiles", "-c", folder / "valhalla.json", extract],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (folder / "service.log").open("wb") as said:
        running = subprocess.Popen(
            [programs / "valhalla_service", folder / "valhalla.json", "1"], stdout=said, stderr=said
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                if requests.get(f"{address}/status", timeout=2).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        else:
            pytest.fail(f"valhalla_service did not start: {(folder / 'service.log').read_text()[-500:]}")
        yield address
    finally:
        running.kill()  # asked politely it would drain for half a minute
        running.wait(timeout=20)


def table(found: TravelMinutes) -> np.ndarray:
    """Return minutes as origins × destinations, NaN where there are none."""
    out = np.full((found.n_origins, found.n_destinations), np.nan)
    out[found.origin, found.destination] = found.minutes
    return out


def test_version_date_and_minutes_near_those_of_the_roads_engine(url: str, extract: Path) -> None:
    """Valhalla knows turns and its own speeds, so minutes agree in order and size, not to the second."""
    rng = np.random.default_rng(1)
    homes, places = at(*rng.uniform(0, 11, (40, 2)).tolist()), at(*rng.uniform(0, 11, (25, 2)).tolist())
    engine = valhalla(url)
    found = engine.minutes(homes, places, 60.0)
    assert found.engine == "valhalla"
    assert found.engine_version == engine_here.__version__
    assert found.data_date is not None
    ours = RoadsEngine(extract).minutes(homes, places, 60.0)
    assert len(found) == len(ours) == 1000
    assert np.corrcoef(found.minutes, ours.minutes)[0, 1] > 0.95
    assert 0.6 < np.median(found.minutes / ours.minutes) < 1.6
    assert found.snap_km is not None
    assert 0 < found.snap_km.max() < 0.6


def test_a_one_way_street_is_longer_the_other_way(url: str) -> None:
    ends = at((0, 3), (0, 4))
    minutes = table(valhalla(url).minutes(ends, ends, 60.0))
    assert minutes[0, 1] < 2 < 2.5 * minutes[0, 1] < minutes[1, 0]


def test_islands_are_unreachable_and_do_not_spoil_their_chunk(url: str) -> None:
    """Valhalla refuses a request that mixes regions; the client parts it until each part can be answered."""
    mixed = Points(
        np.concatenate([at((2, 2), (5, 5)).latitude, at((2, 2)).latitude]),
        np.concatenate([at((2, 2), (5, 5)).longitude, at((2, 2), west=ISLAND_WEST).longitude]),
    )
    minutes = table(valhalla(url).minutes(mixed, mixed, 120.0))
    reached = np.isfinite(minutes)
    assert reached.tolist() == [[True, True, False], [True, True, False], [False, False, True]]


def test_a_point_far_from_any_road_reaches_nothing(url: str) -> None:
    found = valhalla(url).minutes(at((2, 2), (30, 2)), at((3, 3), (2, 4)), 60.0)
    assert found.origin.tolist() == [0, 0]
    assert found.snap_km is not None
    assert np.isnan(found.snap_km[1])


def test_the_catchment_and_the_chunks_do_not_change_minutes(url: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    homes, places = at(*rng.uniform(0, 11, (12, 2)).tolist()), at(*rng.uniform(0, 11, (9, 2)).tolist())
    whole = table(valhalla(url).minutes(homes, places, 60.0))
    limits = np.linspace(4.0, 20.0, 12)
    engine = valhalla(url, tmp_path)
    small = RoutingServer(type(engine.protocol)(most_pairs=16), url, tmp_path)  # type: ignore[call-arg]
    near = table(small.minutes(homes, places, limits))
    np.testing.assert_allclose(near, np.where(whole <= limits[:, None], whole, np.nan), atol=0.1)
    assert len(list(tmp_path.rglob("*.npz"))) >= 9
