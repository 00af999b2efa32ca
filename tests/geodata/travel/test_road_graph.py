"""The graph made of an extract: its vertices, and the copy that is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest

from geodata.travel import osm_extract
from geodata.travel import road_graph as module
from geodata.travel.road_graph import RoadGraph, road_graph
from tests.geodata.travel.small_extracts import SQUARE, Way, osm_xml


def test_long_straight_roads_can_be_joined_between_their_ends(tmp_path: Path) -> None:
    """Shape points of a 10 km road are kept about every 500 m."""
    nodes = {i: (0.0, i / 10) for i in range(1, 101)}
    graph = road_graph(osm_xml(tmp_path / "a.osm", nodes, [(list(nodes), {"highway": "primary"})]))
    assert 20 <= len(graph) <= 30


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
