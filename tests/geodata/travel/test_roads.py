"""The road engine on networks small enough to work out by hand, and against scipy on random ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.travel import road_graph as module
from geodata.travel.minutes import TravelEngine, TravelMinutes
from geodata.travel.roads import RoadsEngine
from tests.geodata.travel.small_extracts import KM, SQUARE, Way, at, osm_xml


def pairs(found: TravelMinutes) -> dict[tuple[int, int], float]:
    """Return minutes by (origin, destination)."""
    keys = zip(found.origin.tolist(), found.destination.tolist(), strict=True)
    return dict(zip(keys, found.minutes.tolist(), strict=True))


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


def test_ways_that_leave_the_extract_end_at_the_gap(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2, 99, 3, 4], {"highway": "primary"})])
    found = RoadsEngine(extract, max_snap_km=0.1).minutes(at((0, 0)), at((0, 1), (1, 1), (1, 0)), 60.0)
    assert list(pairs(found)) == [(0, 0)]


def test_points_far_from_every_road_are_named(tmp_path: Path) -> None:
    extract = osm_xml(tmp_path / "a.osm", SQUARE, [([1, 2], {"highway": "primary"})])
    with pytest.raises(InputError, match="none of the 1 destinations lies within 5 km"):
        RoadsEngine(extract).minutes(at((0, 0)), at((50, 50)), 60.0)
