from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.communities.partition import Graph, split


def lattice(width: int, height: int, people) -> Graph:
    """Return a grid of square tracts, a kilometer wide."""
    xy = np.array([(column, row) for row in range(height) for column in range(width)], dtype=float)
    edges = [(n, n + 1, 1.0) for n in range(width * height) if (n + 1) % width]
    edges += [(n, n + width, 1.0) for n in range(width * (height - 1))]
    return Graph.of(np.broadcast_to(people, len(xy)).astype(float), xy, edges)


def test_a_group_within_the_cap_stays_whole():
    graph = lattice(3, 3, 4000)
    assert split(graph, range(9), 10_000, 40_000) == [list(range(9))]


def test_a_strip_is_cut_across_not_along():
    parts = split(lattice(12, 2, 2000), range(24), 10_000, 30_000)
    columns = [{node % 12 for node in part} for part in parts]
    assert len(parts) == 2
    assert sorted(map(sorted, columns)) == [list(range(6)), list(range(6, 12))]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 9),
    st.integers(2, 7),
    st.data(),
)
def test_parts_are_connected_under_the_cap_and_hold_every_tract_once(width, height, data):
    people = data.draw(st.lists(st.integers(0, 9000), min_size=width * height, max_size=width * height))
    graph = lattice(width, height, people)
    parts = split(graph, range(width * height), 10_000, 40_000)
    assert sorted(node for part in parts for node in part) == list(range(width * height))
    for part in parts:
        assert graph.total(part) <= 40_000
        assert len(graph.pieces(part)) == 1


def test_most_parts_reach_the_floor():
    rng = np.random.default_rng(4)
    graph = lattice(20, 15, rng.integers(1500, 7000, 300))
    parts = split(graph, range(300), 10_000, 40_000)
    totals = [graph.total(part) for part in parts]
    assert min(totals) >= 10_000
    assert np.mean(totals) == pytest.approx(25_000, rel=0.25)


def test_a_tract_above_the_cap_stands_alone():
    graph = lattice(3, 1, [50_000, 9000, 9000])
    assert split(graph, range(3), 10_000, 40_000) == [[0], [1, 2]]
