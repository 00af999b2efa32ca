from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.communities.partition import Graph, _cut, _halved, _smoothed, joined, split


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


def path(people: list[float], lengths: list[float] | None = None) -> Graph:
    """Return tracts in a row, a kilometer apart, that share `lengths` (else one) with the next."""
    count = len(people)
    xy = np.column_stack([np.arange(count), np.zeros(count)])
    edges = [(n, n + 1, length) for n, length in enumerate(lengths or [1.0] * (count - 1))]
    return Graph.of(np.array(people), xy, edges)


def test_spread_border_and_pieces_by_hand() -> None:
    graph = path([3.0, 1.0, 0.0, 0.0], [2.0, 5.0, 7.0])
    assert graph.spread([0, 1]) == pytest.approx(3 * 0.25**2 + 0.75**2)
    # Where nobody lives a tract counts as one person, so that its place still matters.
    assert graph.spread([2, 3]) == pytest.approx(0.5)
    assert (graph.border(1, {0, 2}), graph.border(1, {1, 2}), graph.border(1, {3})) == (7.0, 5.0, 0.0)
    assert graph.pieces([3, 0, 1]) == [[0, 1], [3]]


def test_parts_aim_at_the_middle_between_floor_and_cap() -> None:
    # Twelve of one person each, parts of 1 to 5: four of 3, though three would fit under the cap.
    assert split(path([1.0] * 12), range(12), 1.0, 5.0) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert split(path([1.0] * 12), range(12), 1.0, 12.0) == [list(range(12))]


def test_a_part_of_exactly_the_cap_is_not_cut_again() -> None:
    assert split(path([3.0, 3.0, 2.0, 3.0]), range(4), 3.0, 6.0) == [[0, 1], [2, 3]]


def test_a_cut_ends_nearest_to_its_aim_and_leaves_one_piece() -> None:
    row = path([1.0] * 5)
    assert _cut(row, [0, 1, 2, 3, 4], row.xy[:, 0], 2.0) == ([0, 1], [2, 3, 4])
    assert _cut(row, [0, 1, 2, 3, 4], row.xy[:, 0], 2.5) == ([0, 1, 2], [3, 4])
    assert _cut(row, [1, 2, 3], -row.xy[:, 0], 0.1) == ([3], [1, 2])
    assert _cut(row, [1, 2], row.xy[:, 0], 9.0) == ([1, 2], [])
    star = [(0, 1, 1.0), (1, 2, 1.0), (1, 3, 1.0)]
    for people, one, rest in (([1.0, 1.0, 1.0, 5.0], [0, 1, 2], [3]), ([1.0] * 4, [0, 1, 3], [2])):
        graph = Graph.of(np.array(people), np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 1.0]]), star)
        assert _cut(graph, [0, 1, 2, 3], graph.xy[:, 0], 2.0) == (one, rest)


def test_an_odd_number_of_parts_is_cut_in_unlike_halves() -> None:
    assert _halved(path([2.0] * 6), list(range(6)), 3) == [[0, 1], [2, 3], [4, 5]]
    assert sorted(map(len, _halved(path([1.0] * 10), list(range(10)), 5))) == [2] * 5
    # Parts of like people: the long way across a square of one heavy side.
    assert sorted(_halved(path([4.0, 1.0, 1.0, 1.0, 1.0]), list(range(5)), 2)) == [[0], [1, 2, 3, 4]]


def test_a_border_tract_moves_where_that_is_more_compact_and_within_floor_and_cap() -> None:
    graph = lattice(4, 2, 1)
    ragged, square = [[0, 1, 2, 4, 5], [3, 6, 7]], [[0, 1, 4, 5], [2, 3, 6, 7]]
    assert _smoothed(graph, ragged, 4.0, 4.0) == square
    assert _smoothed(graph, square, 0.0, 8.0) == square
    assert _smoothed(graph, ragged, 4.5, 8.0) == ragged
    assert _smoothed(graph, ragged, 0.0, 3.5) == ragged
    # More compact without its middle, but in two pieces; and a part of one tract is not emptied.
    xy = np.array([[-1.0, 0.0], [0.0, 0.0], [3.0, 0.0], [0.0, 0.5]])
    bridge = Graph.of(np.ones(4), xy, [(0, 1, 1.0), (1, 2, 1.0), (1, 3, 1.0)])
    apart = bridge.spread([0, 2]) + bridge.spread([1, 3])
    assert apart < bridge.spread([0, 1, 2])
    assert _smoothed(bridge, [[0, 1, 2], [3]], 0.0, 9.0) != [[0, 2], [1, 3]]


def test_small_parts_join_the_neighbor_of_the_longest_border_that_leaves_room() -> None:
    people = np.array([3.0, 7.0, 7.0, 8.0, 1.0])
    star = Graph.of(people, np.zeros((5, 2)), [(0, 1, 1.0), (0, 2, 2.0), (0, 3, 5.0)])
    # With the fourth it would be above the cap; the third makes exactly it; the fifth touches nobody.
    assert joined(star, [[0], [1], [2], [3], [4]], 7.0, 10.0) == [[0, 2], [1], [3], [4]]
    assert joined(star, [[0], [1], [2], [3], [4]], 3.0, 10.0) == [[0], [1], [2], [3], [4]]
    # The smallest goes first: it takes the room the second smallest would have had.
    row = path([4.0, 5.0, 3.0])
    assert joined(row, [[0], [1], [2]], 4.5, 8.0) == [[0], [1, 2]]
    # Among equals the first, and a border is the sum of all of its stretches.
    assert joined(path([4.0, 4.0, 4.0]), [[0], [1], [2]], 5.0, 8.0) == [[0, 1], [2]]
    block = lattice(3, 2, [1, 1, 3, 2, 2, 3])
    assert joined(block, [[0, 1], [2], [3, 4], [5]], 3.0, 9.0) == [[0, 1, 3, 4], [2], [5]]


def test_the_most_compact_of_all_directions_is_taken() -> None:
    # Six by four: halves of three columns are more compact than halves of two rows, and than any on the slant.
    halves = _halved(lattice(6, 4, 1), list(range(24)), 2)
    assert sorted(sorted({node % 6 for node in half}) for half in halves) == [[0, 1, 2], [3, 4, 5]]


def test_rows_are_cut_as_well_as_columns_and_pairs_as_well_as_rows() -> None:
    halves = _halved(lattice(4, 6, 1), list(range(24)), 2)
    assert sorted(sorted({node // 4 for node in half}) for half in halves) == [[0, 1, 2], [3, 4, 5]]
    assert _halved(path([1.0, 1.0]), [0, 1], 2) == [[0], [1]]
    # Two parts would do for nine people by five, but no cut of threes makes them; so a pair is cut again.
    assert split(path([3.0, 3.0, 3.0]), range(3), 5.0, 5.0) == [[0], [1], [2]]
    assert _smoothed(path([1.0, 1.0, 1.0]), [[0], [1, 2]], 0.0, 9.0) == [[0], [1, 2]]
