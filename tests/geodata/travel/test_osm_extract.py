"""Which ways of an extract are driven on, and files that cannot be read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.travel.road_graph import road_graph
from geodata.travel.roads import RoadsEngine
from tests.geodata.travel.small_extracts import KM, SQUARE, at, osm_xml
from tests.robustness.fuzz import flipped
from tests.robustness.fuzz_maps import extracts


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


@pytest.mark.parametrize(
    ("found", "spoiled"),
    [
        (b'<node id="2"', b'<node id="0.93"'),
        (b' lat="0.0', b' lat="a.0'),
        (b'<nd ref="1"/>', b'<nd ref="99999999999999999999"/>'),
        (b"</osm>", b""),
        (b'version="0.6"', b'version="0.7"'),
    ],
)
def test_an_extract_with_damage_is_one_sentence(tmp_path: Path, found: bytes, spoiled: bytes) -> None:
    path = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 3, 4, 1], {"highway": "residential"})])
    data = path.read_bytes()
    assert found in data
    path.write_bytes(data.replace(found, spoiled, 1))
    with pytest.raises(InputError, match=r"^a\.osm: not a readable OpenStreetMap extract") as message:
        road_graph(path)
    assert "\n" not in str(message.value)


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
