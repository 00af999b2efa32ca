"""A road network as plain arrays, read once from an OpenStreetMap extract and kept.

Holds the contraction of bends, the components worth keeping and the cache. Does not hold the reading of extracts
(`geodata.travel.osm_extract`), shortest paths (`geodata.travel.shortest_paths`) or travel minutes
(`geodata.travel.roads`).

Times are whole ticks of 0.1 ms: sums of whole numbers are exact, so a path costs the same in whichever direction
it is searched. Turn restrictions, traffic and signals are not modeled; speeds are those of the road class.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geodata.errors import InputError
from geodata.geography.sphere import haversine_m
from geodata.geography.z_curve import morton
from geodata.storage.files import sha256_of, written_aside
from geodata.travel.osm_extract import PER_DEGREE, Ways, drivable_ways
from geodata.travel.pairs import counting_order

log = logging.getLogger(__name__)

GRAPH_VERSION = 2
TICKS_PER_MINUTE = 600_000
LONGEST_EDGE_M = 500.0  # bends are kept at least this often, so that points find the road they lie on
LEAST_COMPONENT = 500  # islands with fewer vertices are mapping errors or private ways, unless nothing is larger
# Mean driving speeds by class in km/h with ordinary junctions; assumptions of this project, meant to be set.
SPEEDS_KMH: dict[str, float] = {
    "motorway": 100, "motorway_link": 60, "trunk": 80, "trunk_link": 50, "primary": 60, "primary_link": 45,
    "secondary": 50, "secondary_link": 40, "tertiary": 45, "tertiary_link": 35, "unclassified": 40, "road": 35,
    "residential": 30, "living_street": 10, "service": 15,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """A directed graph in CSR form: edges of vertex v are start[v]:start[v + 1].

    `latitude`, `longitude`: float64[n], EPSG:4326; `start`: int64[n + 1]; `head`: int32[m], where an edge leads;
    `ticks`: int32[m], its time in 0.1 ms. `component`: int32[n]; `data_date`: what the extract says of itself.
    """

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    start: NDArray[np.int64]
    head: NDArray[np.int32]
    ticks: NDArray[np.int32]
    component: NDArray[np.int32]
    data_date: str | None = None

    def __len__(self) -> int:
        return len(self.latitude)

    def reversed(self) -> RoadGraph:
        """Return the graph with every edge turned round."""
        tail = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))
        start, head, ticks = _csr(self.head, tail, self.ticks, len(self))
        return RoadGraph(self.latitude, self.longitude, start, head, ticks, self.component, self.data_date)


def road_graph(extract: Path, cache: Path | None = None, speeds_kmh: Mapping[str, float] = SPEEDS_KMH) -> RoadGraph:
    """Return the drivable network of an OpenStreetMap extract, from `cache` where it was made before.

    The cache is keyed by the content of the extract, the speeds and the version of this module. InputError for
    a file that is not an extract, or holds no drivable road.
    """
    if cache is None:
        return _read(extract, speeds_kmh)
    recipe = json.dumps([GRAPH_VERSION, LONGEST_EDGE_M, LEAST_COMPONENT, sorted(speeds_kmh.items())])
    key = hashlib.sha256(f"{sha256_of(extract)} {recipe}".encode()).hexdigest()[:32]
    kept = cache / f"roads-{key}.npz"
    if kept.exists():
        try:
            return _load(kept)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            log.warning("%s is damaged; the network is read again.", kept.name)
    graph = _read(extract, speeds_kmh)
    with written_aside(kept) as aside, aside.open("wb") as handle:
        np.savez(handle, **{f.name: getattr(graph, f.name) for f in fields(graph) if f.name != "data_date"},
                 data_date=np.array(graph.data_date or ""))  # fmt: skip
    return graph


def graph_of_edges(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    ticks: NDArray[np.int64],
    data_date: str | None = None,
) -> RoadGraph:
    """Return the graph of directed edges, its worthwhile strong components alone, neighbors close in memory."""
    n = len(latitude)
    weights = csr_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    component = connected_components(weights, directed=True, connection="strong")[1]
    size = np.bincount(component)
    worth = size >= min(LEAST_COMPONENT, int(size.max()))
    kept = np.flatnonzero(worth[component])
    kept = kept[np.argsort(morton(latitude[kept], longitude[kept]), kind="stable")]
    number = np.full(n, -1, np.int64)
    number[kept] = np.arange(len(kept))
    # Strong components joined by one-way edges stay apart: nothing returns across such an edge.
    both = (number[tail] >= 0) & (number[head] >= 0) & (component[tail] == component[head])
    start, heads, times = _csr(
        number[tail[both]].astype(np.int32),
        number[head[both]].astype(np.int32),
        ticks[both].astype(np.int32),
        len(kept),
    )
    return RoadGraph(latitude[kept], longitude[kept], start, heads, times, component[kept].astype(np.int32), data_date)


def _csr(
    tail: NDArray[np.int32], head: NDArray[np.int32], ticks: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    order = counting_order(tail, n)
    start = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=n)))).astype(np.int64)
    return start, head[order], ticks[order]


def _load(path: Path) -> RoadGraph:
    with np.load(path) as kept:
        arrays = {f.name: kept[f.name] for f in fields(RoadGraph) if f.name != "data_date"}
        return RoadGraph(**arrays, data_date=str(kept["data_date"]) or None)


def _read(extract: Path, speeds_kmh: Mapping[str, float]) -> RoadGraph:
    ways = drivable_ways(extract, speeds_kmh)
    node, latitude, longitude = _nodes(ways)
    uses = np.bincount(node[node >= 0], minlength=len(latitude))
    tail, head, ticks, direction = _edges(node, ways.start, ways.kmh, ways.direction, uses, latitude, longitude)
    if not len(tail):
        raise InputError("the extract holds no drivable road", file=extract, remedy="Give another extract.")
    forth, back = direction >= 0, direction <= 0
    vertex, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head = ends[: len(tail)], ends[len(tail) :]
    return graph_of_edges(
        latitude[vertex],
        longitude[vertex],
        np.concatenate([tail[forth], head[back]]),
        np.concatenate([head[forth], tail[back]]),
        np.concatenate([ticks[forth], ticks[back]]),
        ways.data_date,
    )


def _nodes(ways: Ways) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the node of each point of the ways (−1 where unknown), and the nodes' coordinates.

    Ways meet where they share a place: coordinates tell nodes apart to a centimeter, as ids would.
    """
    there = np.flatnonzero(np.isfinite(ways.latitude))
    row = np.rint((ways.latitude[there] + 90.0) * PER_DEGREE).astype(np.int64)
    column = np.rint((ways.longitude[there] + 180.0) * PER_DEGREE).astype(np.int64)
    _, first, which = np.unique(row * (2**32) + column, return_index=True, return_inverse=True)
    node = np.full(len(ways.latitude), -1, np.int64)
    node[there] = which
    return node, ways.latitude[there[first]], ways.longitude[there[first]]


@numba.njit(cache=True, nogil=True)
def _edges(node, start, kmh, direction, uses, latitude, longitude):  # type: ignore[no-untyped-def]
    """Join the bends of each way between junctions, ends and gaps; return tail, head, ticks and direction."""
    most = node.size
    tail, head = np.empty(most, np.int64), np.empty(most, np.int64)
    ticks, way_direction = np.empty(most, np.int64), np.empty(most, np.int8)
    n = 0
    for way in range(start.size - 1):
        first, stop = start[way], start[way + 1]
        ticks_per_m = 60 * TICKS_PER_MINUTE / (kmh[way] * 1000.0)
        begin, meters = -1, 0.0
        for i in range(first, stop):
            here = node[i]
            if here < 0:
                begin = -1
                continue
            if begin < 0:
                begin, meters = here, 0.0
                continue
            before = node[i - 1]
            step = haversine_m(latitude[before], longitude[before], latitude[here], longitude[here])
            meters += step
            ends = i + 1 == stop or node[i + 1] < 0 or uses[here] > 1
            if not ends:
                after = node[i + 1]
                following = haversine_m(latitude[here], longitude[here], latitude[after], longitude[after])
                ends = meters + following > LONGEST_EDGE_M
            if ends:
                if begin != here:
                    tail[n], head[n] = begin, here
                    ticks[n] = max(1, np.int64(np.rint(meters * ticks_per_m)))
                    way_direction[n] = direction[way]
                    n += 1
                begin, meters = here, 0.0
    return tail[:n], head[:n], ticks[:n], way_direction[:n]
