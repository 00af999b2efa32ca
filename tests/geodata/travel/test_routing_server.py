"""The clients of routing servers, against a real HTTP server that speaks as they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from geodata.errors import SettingsError
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.http_errors import FetchError
from geodata.geography.coordinates import Points
from geodata.travel import routing_server
from geodata.travel.minutes import TravelEngine, TravelMinutes
from geodata.travel.routing_protocols import Osrm, Valhalla
from geodata.travel.routing_server import RoutingServer
from tests.geodata.travel import loopback
from tests.geodata.travel.loopback import Place, Roads, as_json, page, serving

KM = 6371.0088 * np.pi / 180 * 0.01


Start = Callable[[Roads], AbstractContextManager[str]]


@pytest.fixture(params=["valhalla", "osrm"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of server."""
    return str(request.param)


@pytest.fixture
def waits() -> list[float]:
    """The seconds the client slept, without sleeping."""
    return []


@pytest.fixture
def start(kind: str) -> Start:
    """Return what starts a server of the kind."""
    return lambda roads: serving(getattr(loopback, kind), roads)


@pytest.fixture
def engine(kind: str, waits: list[float]) -> Iterator[Callable[..., RoutingServer]]:
    """Return what makes an engine of the kind; `most_pairs` sets the chunks."""
    sessions: list[requests.Session] = []

    def make(url: str, cache: Path | None = None, most_pairs: int = 2500, **options: Any) -> RoutingServer:
        sessions.append(requests.Session())
        protocol = {"valhalla": Valhalla, "osrm": Osrm}[kind](most_pairs=most_pairs)
        clock = Clock(sleep=waits.append, random=lambda: 1.0)
        return RoutingServer(protocol, url, cache, session=sessions[-1], clock=clock, **options)

    yield make
    for session in sessions:
        session.close()


def flat(a: Place, b: Place) -> float | None:
    """Return 60 s per 0.01 degrees, and nothing across the 10th meridian."""
    if (a[1] - 10) * (b[1] - 10) < 0:
        return None
    return round(6000 * (abs(a[0] - b[0]) + abs(a[1] - b[1])), 3)


def at(*places: Place) -> Points:
    return Points(np.array([p[0] for p in places]), np.array([p[1] for p in places]))


def pairs(found: TravelMinutes) -> dict[tuple[int, int], float]:
    keys = zip(found.origin.tolist(), found.destination.tolist(), strict=True)
    return {key: round(minutes, 6) for key, minutes in zip(keys, found.minutes.tolist(), strict=True)}


def scattered(seed: int, n: int, spread: float = 0.4) -> Points:
    rng = np.random.default_rng(seed)
    return Points(np.round(40 + rng.uniform(0, spread, n), 6), np.round(9.8 + rng.uniform(0, spread, n), 6))


def expected(homes: Points, places: Points, limit: float) -> dict[tuple[int, int], float]:
    """Return what `flat` says within the limit."""
    made = {}
    for i in range(len(homes)):
        for j in range(len(places)):
            seconds = flat((homes.latitude[i], homes.longitude[i]), (places.latitude[j], places.longitude[j]))
            if seconds is not None and seconds <= 60 * limit:
                made[i, j] = round(seconds / 60, 6)
    return made


def test_minutes_nulls_and_who_answered(start: Start, engine: Callable[..., RoutingServer], kind: str) -> None:
    homes, places = at((40.0, 9.9), (40.0, 10.1)), at((40.1, 9.9), (40.0, 10.2))
    with start(Roads(flat)) as url:
        made = engine(url)
        assert isinstance(made, TravelEngine)
        found = made.minutes(homes, places, 60.0)
    assert pairs(found) == {(0, 0): 10.0, (1, 1): 10.0}
    assert found.engine == kind
    assert (found.engine_version, found.data_date) == {
        "valhalla": ("3.5.1", "2025-10-09T08:53:20+00:00"),
        "osrm": ("table v1", "2026-01-01T00:00:00Z"),
    }[kind]


@pytest.mark.parametrize("most_pairs", [2500, 12, 1])
def test_chunks_make_no_difference(start: Start, engine: Callable[..., RoutingServer], most_pairs: int) -> None:
    homes, places = scattered(1, 13), scattered(2, 9)
    roads = Roads(flat, most_pairs=most_pairs)
    with start(roads) as url:
        found = engine(url, most_pairs=most_pairs).minutes(homes, places, 25.0)
    assert pairs(found) == expected(homes, places, 25.0)
    assert len(found) > 20
    assert len(roads.asked) - 1 >= 13 * 9 / most_pairs


def test_catchments_are_those_of_each_origin(start: Start, engine: Callable[..., RoutingServer]) -> None:
    homes = at((40.0, 9.9), (40.0, 9.9))
    with start(Roads(flat)) as url:
        found = engine(url).minutes(homes, at((40.1, 9.9), (40.3, 9.9)), np.array([30.0, 10.0]))
    assert pairs(found) == {(0, 0): 10.0, (0, 1): 30.0, (1, 0): 10.0}


def test_pairs_out_of_reach_are_not_asked_for(start: Start, engine: Callable[..., RoutingServer]) -> None:
    roads = Roads(flat)
    with start(roads) as url:
        found = engine(url).minutes(at((40.0, 9.9), (60.0, 9.9)), at((40.1, 9.9), (-40.0, 9.9)), 60.0)
    assert pairs(found) == {(0, 0): 10.0}
    assert len(roads.asked) == 2
    assert not any("60.0" in asked.split("search")[0] for asked in roads.asked[1:])


def test_moved_points_are_reported_and_far_ones_reach_nothing(
    start: Start, engine: Callable[..., RoutingServer], caplog: pytest.LogCaptureFixture
) -> None:
    homes = at((40.0, 9.9), (40.02, 9.9), (40.3, 9.9))

    def snapped(place: Place) -> Place:
        return (min(place[0], 40.1), place[1]) if place[0] != 40.02 else (40.0, place[1])

    with start(Roads(flat, snapped)) as url:
        found = engine(url).minutes(homes, at((40.1, 9.9)), 60.0)
    assert sorted(pairs(found)) == [(0, 0), (1, 0)]
    assert found.snap_km is not None
    np.testing.assert_allclose(found.snap_km, [0, 2 * KM, 20 * KM], rtol=1e-3, atol=1e-6)
    assert found.destination_snap_km is not None
    assert found.destination_snap_km[0] == pytest.approx(0, abs=1e-6)
    assert "2 origins were moved more than 1 km to a road, the farthest 22.2 km" in caplog.text


def test_a_point_without_road_does_not_spoil_its_chunk(start: Start, engine: Callable[..., RoutingServer]) -> None:
    homes, places = scattered(1, 13), scattered(2, 9)
    lost = [(homes.latitude[4], homes.longitude[4]), (places.latitude[2], places.longitude[2])]

    def snapped(place: Place) -> Place | None:
        return None if place in lost else place

    with start(Roads(flat, snapped)) as url:
        found = engine(url).minutes(homes, places, 25.0)
    everything = expected(homes, places, 25.0)
    assert pairs(found) == {key: m for key, m in everything.items() if key[0] != 4 and key[1] != 2}
    assert found.snap_km is not None
    assert np.isnan(found.snap_km).nonzero()[0].tolist() == [4]


def test_a_run_resumes_where_it_stopped(start: Start, engine: Callable[..., RoutingServer], tmp_path: Path) -> None:
    homes, places = scattered(1, 13), scattered(2, 9)
    roads = Roads(flat)
    with start(roads) as url:
        broken = [as_json({"durations": []})]
        roads.faults = broken
        # The server answers nonsense once: the run stops, and what had come is kept.
        with pytest.raises(FetchError):
            engine(url, tmp_path, most_pairs=9, parallel=1).minutes(homes, places, 25.0)
        roads.asked.clear()
        first = engine(url, tmp_path, most_pairs=9).minutes(homes, places, 25.0)
        whole = len(roads.asked)
        kept = list(tmp_path.rglob("*.npz"))
        roads.asked.clear()
        again = engine(url, tmp_path, most_pairs=9).minutes(homes, places, 25.0)
        assert pairs(again) == pairs(first) == expected(homes, places, 25.0)
        assert len(roads.asked) == 1, "nothing but what the server is"
        assert whole > 10
        order = np.random.default_rng(0).permutation(13)
        engine(url, tmp_path, most_pairs=9).minutes(homes.take(order), places, 25.0)
        assert len(roads.asked) == 2, "another order of rows asks for the same"
        for path in kept[:2]:
            path.write_bytes(path.read_bytes()[:40])
        engine(url, tmp_path, most_pairs=9).minutes(homes, places, 25.0)
        assert len(roads.asked) == 5, "damaged answers are asked for again"


def test_new_roads_on_the_server_are_new_answers(tmp_path: Path) -> None:
    roads = Roads(flat)
    with serving(loopback.valhalla, roads) as url:
        for tiles, requests_so_far in ((1, 2), (1, 3), (2, 5)):
            roads.tiles = tiles
            routing_server.valhalla(url, tmp_path).minutes(at((40.0, 9.9)), at((40.1, 9.9)), 60.0)
            assert len(roads.asked) == requests_so_far


@pytest.mark.parametrize(
    ("faults", "slept"),
    [
        ([page(429, {"Retry-After": "7"}), page(502)], [7.0, 2.0]),
        ([page(503), page(503), page(504), as_json({"error": "busy"}, 500)], [1.0, 2.0, 4.0, 8.0]),
        ([page(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})], [1.0]),
    ],
)
def test_patience_where_it_helps(
    start: Start,
    engine: Callable[..., RoutingServer],
    waits: list[float],
    faults: list[loopback.Reply],
    slept: list[float],
) -> None:
    with start(Roads(flat, faults=list(faults))) as url:
        found = engine(url).minutes(at((40.0, 9.9)), at((40.1, 9.9)), 60.0)
    assert pairs(found) == {(0, 0): 10.0}
    assert waits == slept


@pytest.mark.parametrize(
    ("fault", "sentence", "requests_made"),
    [
        (page(200), "answered with a page", 1),
        (page(404), "answered with a page", 1),
        (page(302, {"Location": "/elsewhere"}), "answered with a page", 1),
        (page(502), "A gateway answered in place of", 5),
        (page(429, {"Retry-After": "78590"}), "asks to wait 22 hours", 1),
        (as_json({"durations": [[1, 2]], "code": "Ok"}), "no matrix of travel times", 1),
        (as_json({"sources_to_targets": [["x"]], "durations": [["x"]]}), "no matrix|not numbers", 1),
        (as_json({"sources_to_targets": [], "durations": []}), "no matrix of travel times", 1),
        (as_json([1]), "no matrix of travel times", 1),
        (as_json({"error_code": 150, "error": "Exceeded max locations: 9", "code": "TooBig"}, 400), "fewer points", 1),
        (as_json({"error_code": 125, "error": "No costing", "code": "InvalidUrl"}, 400), "refused the request", 1),
        (as_json({"error": "no such key"}, 403), "status 403", 1),
    ],
)  # fmt: skip
def test_every_refusal_is_one_sentence(
    start: Start,
    engine: Callable[..., RoutingServer],
    fault: loopback.Reply,
    sentence: str,
    requests_made: int,
) -> None:
    roads = Roads(flat, faults=[fault] * 5)
    with start(roads) as url, pytest.raises(FetchError, match=sentence):
        engine(url).minutes(at((40.0, 9.9)), at((40.1, 9.9)), 60.0)
    assert len(roads.asked) - 1 == requests_made


def test_a_server_that_is_not_there(engine: Callable[..., RoutingServer], waits: list[float]) -> None:
    with serving(loopback.osrm, Roads(flat)) as url:
        pass
    with pytest.raises(FetchError, match="cannot be reached"):
        engine(url).minutes(at((40.0, 9.9)), at((40.1, 9.9)), 60.0)
    assert len(waits) == 4


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://router.project-osrm.org", "public demonstration server"),
        ("https://valhalla1.openstreetmap.de/", "public demonstration server"),
        ("https://maps.example/valhalla?api_key=s3cret", "must not hold a key"),
        ("https://user:s3cret@maps.example", "must not hold a key"),
        ("maps.example:8002", "must begin with http"),
    ],
)
def test_addresses_that_are_refused(engine: Callable[..., RoutingServer], url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        engine(url)
    assert "s3cret" not in str(caught.value)


def test_a_public_server_may_be_allowed(engine: Callable[..., RoutingServer]) -> None:
    assert engine("https://router.project-osrm.org", allow_public=True).name


def test_no_points_ask_nothing(engine: Callable[..., RoutingServer]) -> None:
    assert len(engine("http://127.0.0.1:9").minutes(at(), at((40.0, 9.9)), 60.0)) == 0
