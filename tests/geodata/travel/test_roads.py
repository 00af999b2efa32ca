"""The road engine on networks small enough to work out by hand, and against scipy on random ones."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.travel import osm_extract
from geodata.travel import road_graph as module
from geodata.travel.minutes import TravelEngine, TravelMinutes
from geodata.travel.road_graph import RoadGraph, graph_of_edges, road_graph
from geodata.travel.roads import RoadsEngine
from geodata.travel.shortest_paths import shortest_ticks
from tests.robustness.fuzz import flipped
from tests.robustness.fuzz_maps import extracts

STEP = 0.01
KM = 6371.0088 * np.pi / 180 * STEP  # one step along a meridian or the equator

Way = tuple[list[int], dict[str, str]]


def osm_xml(path: Path, nodes: dict[int, tuple[float, float]], ways: list[Way], head: str = "") -> Path:
    """Write an OSM XML file; nodes are (row, column) in steps near 0° N 0° E."""
    lines = [f'<osm version="0.6"{head}>']
    lines += [f'<node id="{i}" version="1" lat="{r * STEP:.7f}" lon="{c * STEP:.7f}"/>' for i, (r, c) in nodes.items()]
    for number, (refs, tags) in enumerate(ways, 1):
        body = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        body += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(f'<way id="{number}" version="1">{body}</way>')
    path.write_text("\n".join([*lines, "</osm>"]))
    return path


def at(*places: tuple[float, float]) -> Points:
    """Return points at (row, column)."""
    return Points(np.array([r for r, _ in places]) * STEP, np.array([c for _, c in places]) * STEP)


def pairs(found: TravelMinutes) -> dict[tuple[int, int], float]:
    """Return minutes by (origin, destination)."""
    keys = zip(found.origin.tolist(), found.destination.tolist(), strict=True)
    return dict(zip(keys, found.minutes.tolist(), strict=True))


SQUARE = {1: (0.0, 0.0), 2: (0.0, 1.0), 3: (1.0, 1.0), 4: (1.0, 0.0)}


def test_it_is_a_travel_engine(tmp_path: Path) -> None:
    assert isinstance(RoadsEngine(tmp_path / "x.osm"), TravelEngine)


def test_speeds_are_those_of_the_class_and_bends_are_joined(tmp_path: Path) -> None:
    """A residential road with a bend, then a primary one: 2 steps at 30 km/h and 1 at 60."""
    nodes = SQUARE | {5: (0.0, 2.0)}
    extract = osm_xml(
        tmp_path / "a.osm", nodes,
        [([4, 1, 2], {"highway": "residential"}), ([2, 5], {"highway": "primary"})],
    )  # fmt: skip
    found = pairs(RoadsEngine(extract).minutes(at((1, 0)), at((0, 1), (0, 2)), 60.0))
    assert found[0, 0] == pytest.approx(2 * KM / 30 * 60, rel=1e-6)
    assert found[0, 1] == pytest.approx(2 * KM / 30 * 60 + KM / 60 * 60, rel=1e-6)


@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ({"oneway": "yes"}, 1, 3),
        ({"oneway": "-1"}, 3, 1),
        ({"oneway": "no"}, 1, 1),
        ({"junction": "roundabout"}, 1, 3),
        ({"junction": "roundabout", "oneway": "no"}, 1, 1),
        ({"highway": "motorway"}, 1, 3),
    ],
)  # fmt: skip
def test_oneway_roads_are_driven_one_way(tmp_path: Path, tags: dict[str, str], there: int, back: int) -> None:
    """Of a square the side from 1 to 2 is one-way; all sides take the same time."""
    ring = {"highway": "residential"}
    speeds = {"residential": 30.0, "motorway": 30.0}
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], ring | tags), ([2, 3, 4, 1], ring)])
    engine = RoadsEngine(extract, speeds_kmh=speeds)
    side = KM / 30 * 60
    corners = at((0, 0), (0, 1))
    found = pairs(engine.minutes(corners, corners, 60.0))
    assert found[0, 1] == pytest.approx(there * side, rel=1e-4)
    assert found[1, 0] == pytest.approx(back * side, rel=1e-4)
    more_homes = at((0, 0), (0, 1), (1, 1), (1, 0))
    assert pairs(engine.minutes(more_homes, corners, 60.0))[0, 1] == found[0, 1], "searched from the other side"
    assert pairs(engine.minutes(more_homes, corners, 60.0))[1, 0] == found[1, 0]


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"}, {"access": "private"}, {"motor_vehicle": "no"}, {"highway": "construction"},
        {"area": "yes"}, {"service": "driveway"}, {"access": "yes", "motorcar": "no"},
    ],
)  # fmt: skip
def test_ways_closed_to_cars_are_left_out(tmp_path: Path, tags: dict[str, str]) -> None:
    ring = {"highway": "residential"}
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], ring | tags), ([2, 3, 4, 1], ring)])
    found = RoadsEngine(extract).minutes(at((0, 0)), at((0, 1)), 60.0)
    assert found.minutes[0] == pytest.approx(3 * KM / 30 * 60, rel=1e-4)


def test_the_most_specific_access_tag_decides(tmp_path: Path) -> None:
    tags = {"highway": "residential", "access": "private", "motor_vehicle": "yes"}
    found = RoadsEngine(osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], tags)])).minutes(at((0, 0)), at((0, 1)), 60.0)
    assert len(found) == 1


def test_small_islands_are_left_out_and_large_ones_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = SQUARE | {11: (5.0, 5.0), 12: (5.0, 6.0)}
    ways: list[Way] = [([1, 2, 3, 4, 1], {"highway": "residential"}), ([11, 12], {"highway": "residential"})]
    extract = osm_xml(tmp_path / "a.osm", nodes, ways)
    places = at((5, 5), (5, 6), (0, 0))
    found = RoadsEngine(extract, max_snap_km=3.0).minutes(places, places, 60.0)
    assert list(pairs(found)) == [(2, 2)]
    assert found.snap_km is not None
    assert np.isnan(found.snap_km).tolist() == [True, True, False]
    monkeypatch.setattr(module, "LEAST_COMPONENT", 2)
    found = RoadsEngine(extract, max_snap_km=3.0).minutes(places, places, 60.0)
    assert list(pairs(found)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)]


def test_dead_ends_of_one_way_streets_are_no_place_to_start(tmp_path: Path) -> None:
    """Node 5 can be left but never reached: a trip may not begin there, so the point moves to the square."""
    nodes = SQUARE | {5: (0.0, -1.0)}
    ways: list[Way] = [
        ([1, 2, 3, 4, 1], {"highway": "residential"}),
        ([5, 1], {"highway": "residential", "oneway": "yes"}),
    ]
    found = RoadsEngine(osm_xml(tmp_path / "a.osm", nodes, ways)).minutes(at((0, -1)), at((0, 0)), 60.0)
    assert found.snap_km is not None
    assert found.snap_km[0] == pytest.approx(KM, rel=1e-6)


def test_the_way_to_the_road_counts_at_both_ends(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], {"highway": "primary"})])
    found = RoadsEngine(extract, access_kmh=10.0).minutes(at((-0.5, 0)), at((0.25, 1)), 60.0)
    assert found.minutes[0] == pytest.approx(KM / 60 * 60 + 0.75 * KM / 10 * 60, rel=1e-6)
    assert found.snap_km is not None
    assert found.destination_snap_km is not None
    assert (found.snap_km[0], found.destination_snap_km[0]) == pytest.approx((KM / 2, KM / 4))
    assert len(RoadsEngine(extract, access_kmh=10.0).minutes(at((-0.5, 0)), at((0.25, 1)), 5.0)) == 0


def test_catchments_are_those_of_each_origin(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 3], {"highway": "residential"})])
    side = KM / 30 * 60
    homes, places = at((0, 0), (0, 0), (0, 0)), at((0, 1), (1, 1))
    limits = np.array([1.5 * side, 2.5 * side, 0.5 * side])
    few = RoadsEngine(extract).minutes(homes, places, limits)
    assert list(pairs(few)) == [(0, 0), (1, 0), (1, 1)]
    many = RoadsEngine(extract).minutes(homes, at((0, 1), (1, 1), (1, 1), (0, 1)), limits)
    assert list(pairs(many)) == [(0, 0), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)]


def test_long_straight_roads_can_be_joined_between_their_ends(tmp_path: Path) -> None:
    """Shape points of a 10 km road are kept about every 500 m."""
    nodes = {i: (0.0, i / 10) for i in range(1, 101)}
    graph = road_graph(osm_xml(tmp_path / "a.osm", nodes, [(list(nodes), {"highway": "primary"})]))
    assert 20 <= len(graph) <= 30


def test_ways_that_leave_the_extract_end_at_the_gap(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 99, 3, 4], {"highway": "primary"})])
    found = RoadsEngine(extract, max_snap_km=0.1).minutes(at((0, 0)), at((0, 1), (1, 1), (1, 0)), 60.0)
    assert list(pairs(found)) == [(0, 0)]


def test_large_extracts_are_read_with_places_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 3, 4, 1], {"highway": "residential"})])
    small = road_graph(extract)
    monkeypatch.setattr(osm_extract, "LARGE_BYTES", 0)
    np.testing.assert_array_equal(road_graph(extract).ticks, small.ticks)


def test_a_pbf_extract_gives_the_same_graph_and_names_its_date(tmp_path: Path) -> None:
    ways: list[Way] = [([1, 2, 3, 4, 1], {"highway": "residential"})]
    xml = osm_xml(tmp_path / "a.osm", SQUARE, ways)
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-01-02T03:04:05Z")
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf"), header=header) as out:
        for entity in osmium.FileProcessor(xml):
            out.add(entity)
    left, right = road_graph(xml), road_graph(tmp_path / "a.osm.pbf")
    for name in ("latitude", "longitude", "start", "head", "ticks"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name))
    assert (left.data_date, right.data_date) == (None, "2026-01-02")


def test_the_graph_is_kept_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[Way] = [([1, 2, 3, 4, 1], {"highway": "residential"})]
    extract, cache = osm_xml(tmp_path / "a.osm", SQUARE, ways), tmp_path / "cache"
    first = road_graph(extract, cache)
    (kept,) = cache.iterdir()
    read: list[Path] = []
    original = module._read

    def watched(path: Path, *rest: dict[str, float]) -> RoadGraph:
        read.append(path)
        return original(path, *rest)

    monkeypatch.setattr(module, "_read", watched)
    again = road_graph(extract, cache)
    np.testing.assert_array_equal(first.ticks, again.ticks)
    assert again.data_date is None
    assert not read
    kept.write_bytes(kept.read_bytes()[:100])
    np.testing.assert_array_equal(road_graph(extract, cache).ticks, first.ticks)
    assert len(read) == 1, "a damaged copy is made again"
    road_graph(extract, cache, {"residential": 20.0})
    assert len(read) == 2
    osm_xml(extract, SQUARE, [*ways, ([1, 3], {"highway": "residential"})])
    assert len(road_graph(extract, cache).head) > len(first.head)
    assert len(list(cache.iterdir())) == 3


LONE_WAY = '<osm version="0.6"><way id="1"><nd ref="{}"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm", "<html><body>504</body></html>", "a web page"),
        ("a.osm.pbf", "not protobuf at all", "not a readable"),
        ("a.osm", '<osm version="0.6"><node', "not a readable"),
        ("a.osm", '<osm version="0.6"></osm>', "no drivable road"),
        ("a.osm", LONE_WAY.format(1), "no drivable road"),
        ("a.osm", LONE_WAY.format(-1), "ids below 1"),
        ("a.csv", "x", "by its name"),
        ("a.osm", None, "cannot be read"),
    ],
)  # fmt: skip
def test_files_that_are_not_extracts_are_refused(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        RoadsEngine(tmp_path / name).minutes(at((0, 0)), at((0, 1)), 60.0)
    assert name in str(caught.value)


def test_points_far_from_every_road_are_named(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], {"highway": "primary"})])
    with pytest.raises(InputError, match="none of the 1 destinations lies within 5 km"):
        RoadsEngine(extract).minutes(at((0, 0)), at((50, 50)), 60.0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), limit=st.sampled_from([300, 3_000, 10**9]), long=st.sampled_from([50, 10**8]))
def test_same_times_as_scipy(seed: int, limit: int, long: int) -> None:
    """Also where one edge is so long that buckets hold many vertices."""
    rng = np.random.default_rng(seed)
    n, m = 60, 180
    tail, head = rng.integers(0, n, m), rng.integers(0, n, m)
    ticks = rng.integers(1, 1000, m)
    ticks[0] = long
    graph = graph_of_edges(rng.uniform(0, 1, n), rng.uniform(0, 1, n), tail, head, ticks)
    size = len(graph)
    tails = np.repeat(np.arange(size), np.diff(graph.start))
    # scipy sums parallel edges, so the shortest of each is kept.
    dense = np.full((size, size), np.inf)
    np.minimum.at(dense, (tails, graph.head), graph.ticks)
    there = np.isfinite(dense)
    peer = dijkstra(coo_matrix((dense[there], np.nonzero(there)), shape=(size, size)).tocsr())
    peer[peer > limit] = np.inf
    vertices = np.arange(size)
    for threads in (1, 3):
        source, target, found = shortest_ticks(
            graph.start, graph.head, graph.ticks, vertices, vertices, np.full(size, limit), threads
        )
        mine = np.full((size, size), np.inf)
        mine[source, target] = found
        np.testing.assert_array_equal(mine, peer)
    turned = graph.reversed()
    source, target, found = shortest_ticks(
        turned.start, turned.head, turned.ticks, vertices, vertices, np.full(size, limit)
    )
    mine = np.full((size, size), np.inf)
    mine[target, source] = found
    np.testing.assert_array_equal(mine, peer)


@pytest.mark.parametrize(
    ("found", "damaged"),
    [
        (b'<node id="2"', b'<node id="0.93"'),
        (b' lat="0.0', b' lat="a.0'),
        (b'<nd ref="1"/>', b'<nd ref="99999999999999999999"/>'),
        (b"</osm>", b""),
        (b'version="0.6"', b'version="0.7"'),
    ],
)
def test_an_extract_with_damage_is_one_sentence(tmp_path: Path, found: bytes, damaged: bytes) -> None:
    path = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 3, 4, 1], {"highway": "residential"})])
    data = path.read_bytes()
    assert found in data
    path.write_bytes(data.replace(found, damaged, 1))
    with pytest.raises(InputError, match=r"^a\.osm: not a readable OpenStreetMap extract") as raised:
        road_graph(path)
    assert "\n" not in str(raised.value)


def test_a_packed_extract_with_bytes_changed_is_read_or_one_sentence(tmp_path: Path) -> None:
    (_, packed, plain), dice = extracts(tmp_path), random.Random(6)
    for whole in (packed.read_bytes(), plain.read_bytes()):
        for _ in range(25):
            path = tmp_path / "b.osm.pbf"
            path.write_bytes(flipped(whole, dice))
            try:
                road_graph(path)
            except InputError as problem:
                assert str(problem).startswith("b.osm.pbf: ")
                assert "\n" not in str(problem)
