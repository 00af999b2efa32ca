"""Shortest times against scipy on random graphs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from geodata.travel.road_graph import graph_of_edges
from geodata.travel.shortest_paths import shortest_ticks


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
