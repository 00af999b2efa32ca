"""Shortest times over a road network of 500,000 edges: 1,500 origins × 300 destinations, building included.

The network is made up: a bent lattice with gaps, fast roads every 20 blocks. pandana (AGPL) and igraph (GPL) are not
dependencies of this project; `--peers` names an interpreter that has them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results

Work = Callable[[], np.ndarray]
TICKS_PER_MINUTE = 600_000
COMPARED = 20
Network = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def network(side: int) -> Network:
    """Return latitude, longitude, tail, head and minutes; both directions of a road are edges."""
    rng = np.random.default_rng(0)
    n = side * side
    row, column = np.divmod(np.arange(n), side)
    latitude = 40 + (row + rng.uniform(-0.3, 0.3, n)) * 0.01
    longitude = -100 + (column + rng.uniform(-0.3, 0.3, n)) * 0.01
    every = np.arange(n)
    tail = np.concatenate([every[column < side - 1], every[row < side - 1]])
    head = np.concatenate([every[column < side - 1] + 1, every[row < side - 1] + side])
    there = rng.random(len(tail)) < 0.97
    tail, head = tail[there], head[there]
    km = np.hypot((latitude[tail] - latitude[head]) * 111.2, (longitude[tail] - longitude[head]) * 85)
    fast = (row[tail] == row[head]) & (row[tail] % 20 == 0) | (column[tail] == column[head]) & (column[tail] % 20 == 0)
    kmh = np.where(fast, 90.0, rng.choice([35.0, 45.0, 55.0], len(tail)))
    # Whole ticks, so that all contenders add up the same numbers.
    minutes = np.rint(km / kmh * 60 * TICKS_PER_MINUTE) / TICKS_PER_MINUTE
    return latitude, longitude, np.r_[tail, head], np.r_[head, tail], np.r_[minutes, minutes]


def _ends(side: int, origins: int, destinations: int) -> tuple[np.ndarray, np.ndarray]:
    """Return vertices to travel between, from the middle of the lattice, which is connected."""
    rng = np.random.default_rng(1)
    margin = side // 20
    place = rng.integers(margin, side - margin, (2, origins + destinations))
    vertices = place[0] * side + place[1]
    return vertices[:origins], vertices[origins:]


def _told(minutes: np.ndarray, limit: float) -> np.ndarray:
    """Return the first rows, 0 where there is no way within the limit."""
    few = np.array(minutes[:COMPARED], dtype=float)
    few[~(few <= limit)] = 0.0
    return few


def ours(side: int, origins: int, destinations: int, limit: float, threads: int = 2) -> Work:
    """Prepare this project: from edges to graph to minutes."""
    from scipy.spatial import cKDTree

    from geodata.travel.road_graph import graph_of_edges
    from geodata.travel.shortest_paths import shortest_ticks

    latitude, longitude, tail, head, minutes = network(side)
    starts, ends = _ends(side, origins, destinations)

    def work() -> np.ndarray:
        ticks = np.rint(minutes * TICKS_PER_MINUTE).astype(np.int64)
        graph = graph_of_edges(latitude, longitude, tail, head, ticks)
        tree = cKDTree(np.column_stack([graph.latitude, graph.longitude]))
        _, here = tree.query(np.column_stack([latitude[starts], longitude[starts]]))
        _, there = tree.query(np.column_stack([latitude[ends], longitude[ends]]))
        turned = graph.reversed()
        most = np.full(destinations, min(limit * TICKS_PER_MINUTE, 1.9e9)).astype(np.int64)
        source, target, found = shortest_ticks(turned.start, turned.head, turned.ticks, there, here, most, threads)
        out = np.full((origins, destinations), np.inf)
        out[target, source] = found / TICKS_PER_MINUTE
        return _told(out, limit)

    return work


def scipy_dijkstra(side: int, origins: int, destinations: int, limit: float) -> Work:
    """Prepare scipy: CSR matrix, turned round, searched from the destinations."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    _, _, tail, head, minutes = network(side)
    starts, ends = _ends(side, origins, destinations)

    def work() -> np.ndarray:
        turned = coo_matrix((minutes, (head, tail)), shape=(side * side, side * side)).tocsr()
        out = np.empty((origins, destinations))
        for at in range(0, destinations, 50):
            most = limit if limit < 1e5 else np.inf
            out[:, at : at + 50] = dijkstra(turned, indices=ends[at : at + 50], limit=most)[:, starts].T
        return _told(out, limit)

    return work


def pandana(side: int, origins: int, destinations: int, limit: float) -> Work:
    """Prepare pandana: its contraction hierarchy is built again each time, as for a new extract."""
    import pandana as peer
    import pandas as pd

    latitude, longitude, tail, head, minutes = network(side)
    starts, ends = _ends(side, origins, destinations)

    def work() -> np.ndarray:
        made = peer.Network(
            pd.Series(longitude), pd.Series(latitude), pd.Series(tail), pd.Series(head),
            pd.DataFrame({"minutes": minutes}), twoway=False,
        )  # fmt: skip
        pairs = made.shortest_path_lengths(np.repeat(starts, destinations), np.tile(ends, origins), "minutes")
        return _told(np.array(pairs).reshape(origins, destinations), limit)

    return work


def igraph(side: int, origins: int, destinations: int, limit: float) -> Work:
    """Prepare igraph: Dijkstra from every destination against the edges."""
    import igraph as peer

    _, _, tail, head, minutes = network(side)
    starts, ends = _ends(side, origins, destinations)

    def work() -> np.ndarray:
        made = peer.Graph(n=side * side, edges=np.column_stack([tail, head]), directed=True)
        found = made.distances(ends.tolist(), np.unique(starts).tolist(), weights=minutes, mode="in")
        return _told(np.array(found)[:, np.searchsorted(np.unique(starts), starts)].T, limit)

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/roads_*`."""
    asked = parser(__doc__)
    given = asked.parse_args(arguments)
    lattice, origins, destinations = sized(given, (360, 1500, 300), (72, 150, 30), (40, 25, 10))
    edges = len(network(lattice)[2])
    suffix = size_suffix(given)
    again = "python -m bench.travel_roads" + size_option(given)
    for limit, name, said in ((1e6, "all", "no limit"), (60.0, "60min", "60 minutes")):
        contenders = [
            Contender("onramp, graph and search, 2 threads", "ours", 3),
            Contender("onramp, graph and search, 1 thread", "ours", 2, arguments={"threads": 1}),
            Contender(f"scipy dijkstra, {said}", "scipy_dijkstra"),
        ]
        if given.peers and name == "all":
            contenders += [
                Contender("pandana, building included", "pandana", python=given.peers),
                Contender("igraph distances", "igraph", python=given.peers),
            ]
        size = {"side": lattice, "origins": origins, "destinations": destinations, "limit": limit}
        rows = side_by_side("bench.travel_roads", contenders, size)
        notes = ["Compared are the minutes of the first 20 origins to every destination."]
        if not given.peers and name == "all":
            notes.append("pandana and igraph were not measured: no interpreter with them was given (make peers).")
        write_results(
            f"roads_{name}{suffix}", f"Road network, {edges:,} edges, {said}", rows,
            {"edges": edges, **size}, repeat=again + (" --peers PYTHON" if given.peers else ""), notes=notes,
        )  # fmt: skip


if __name__ == "__main__":
    main()
