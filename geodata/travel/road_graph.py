"""A road network as plain arrays, read once from an OpenStreetMap extract and kept.

Holds the reading (pyosmium), the contraction of bends, the components worth keeping and the cache. Does not hold
shortest paths (`geodata.travel.shortest_paths`) or travel minutes (`geodata.travel.roads`).

Times are whole ticks of 0.1 ms: sums of whole numbers are exact, so a path costs the same in whichever direction
it is searched. Turn restrictions, traffic and signals are not modelled; speeds are those of the road class.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numba
import numpy as np
import osmium
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geodata.errors import InputError
from geodata.files import sha256_of, written_aside
from geodata.travel.pairs import counting_order
from geodata.travel.sphere import EARTH_RADIUS_KM
from geodata.travel.z_curve import morton

log = logging.getLogger(__name__)

GRAPH_VERSION = 1
TICKS_PER_MINUTE = 600_000
EARTH_M = 1000 * EARTH_RADIUS_KM
LONGEST_EDGE_M = 500.0  # bends are kept at least this often, so that points find the road they lie on
LEAST_COMPONENT = 500  # islands with fewer vertices are mapping errors or private ways, unless nothing is larger
FILE_ENDINGS = (".osm", ".pbf", ".osm.bz2", ".osm.gz", ".o5m")
# Mean driving speeds by class in km/h with ordinary junctions; assumptions of this project, meant to be set.
SPEEDS_KMH: dict[str, float] = {
    "motorway": 100, "motorway_link": 60, "trunk": 80, "trunk_link": 50, "primary": 60, "primary_link": 45,
    "secondary": 50, "secondary_link": 40, "tertiary": 45, "tertiary_link": 35, "unclassified": 40, "road": 35,
    "residential": 30, "living_street": 10, "service": 15,
}  # fmt: skip
_PRIVATE = frozenset({"no", "private"})
_NOT_THROUGH = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access"})
_ROUND = frozenset({"roundabout", "circular"})


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
    _check_file(extract)
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
    """Return the graph of directed edges, its worthwhile strong components alone, neighbours close in memory."""
    n = len(latitude)
    weights = csr_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    component = connected_components(weights, directed=True, connection="strong")[1]
    size = np.bincount(component)
    worth = size >= min(LEAST_COMPONENT, size.max())
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


def _check_file(extract: Path) -> None:
    if not extract.name.endswith(FILE_ENDINGS):
        raise InputError(
            "not an OpenStreetMap extract by its name", file=extract, remedy="Give a .osm.pbf or .osm file."
        )
    try:
        with extract.open("rb") as handle:
            start = handle.read(512).lstrip().lower()
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", file=extract, remedy="Check the path."
        ) from None
    if start.startswith((b"<!doctype html", b"<html")):
        raise InputError("a web page, not an OpenStreetMap extract", file=extract, remedy="Fetch the extract again.")


def _load(path: Path) -> RoadGraph:
    with np.load(path) as kept:
        arrays = {f.name: kept[f.name] for f in fields(RoadGraph) if f.name != "data_date"}
        return RoadGraph(**arrays, data_date=str(kept["data_date"]) or None)


def _read(extract: Path, speeds_kmh: Mapping[str, float]) -> RoadGraph:
    try:
        ways = _ways(extract, speeds_kmh)
        if not len(ways.refs):
            raise InputError("the extract holds no drivable road", file=extract, remedy="Give another extract.")
        if ways.refs.min() <= 0:
            raise InputError(
                "the extract has ids below 1", file=extract, remedy="Renumber it, for example with osmium renumber."
            )
        ids, latitude, longitude = _nodes(extract, ways)
    except RuntimeError as error:
        raise InputError(
            f"not a readable OpenStreetMap extract ({error})", file=extract, remedy="Fetch the extract again."
        ) from None
    at = np.searchsorted(ids, ways.refs)
    at[at == len(ids)] = 0
    node = np.where(ids[at] == ways.refs, at, -1) if len(ids) else np.full(len(ways.refs), -1)
    uses = np.bincount(node[node >= 0], minlength=len(ids))
    tail, head, ticks, direction = _edges(node, ways.start, ways.kmh, ways.direction, uses, latitude, longitude)
    if not len(tail):
        raise InputError("the extract holds no drivable road with places", file=extract, remedy="Give another extract.")
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


@dataclass(frozen=True)
class _Ways:
    """Drivable ways: node ids `refs` of way w are start[w]:start[w + 1]; direction 1 along, −1 against, 0 both."""

    refs: NDArray[np.int64]
    start: NDArray[np.int64]
    kmh: NDArray[np.float64]
    direction: NDArray[np.int8]
    tracker: osmium.IdTracker
    data_date: str | None


def _ways(extract: Path, speeds_kmh: Mapping[str, float]) -> _Ways:
    refs, start, kmh, direction = array("q"), array("q", [0]), array("d"), array("b")
    tracker = osmium.IdTracker()
    reader = osmium.FileProcessor(extract, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for way in reader:
        assert isinstance(way, osmium.osm.Way)
        tags = way.tags
        speed = speeds_kmh.get(tags["highway"])
        if speed is None or not _may_drive(tags):
            continue
        before = len(refs)
        refs.extend(node.ref for node in way.nodes)
        if len(refs) > before and min(refs[before], refs[-1]) > 0:
            tracker.add_references(way)
        start.append(len(refs))
        kmh.append(speed)
        direction.append(_direction(tags))
    stamp = reader.header.get("osmosis_replication_timestamp") or reader.header.get("timestamp")
    return _Ways(
        np.frombuffer(refs, np.int64) if refs else np.empty(0, np.int64),
        np.frombuffer(start, np.int64),
        np.frombuffer(kmh, np.float64) if kmh else np.empty(0),
        np.frombuffer(direction, np.int8) if direction else np.empty(0, np.int8),
        tracker,
        stamp[:10] or None,
    )


def _may_drive(tags: osmium.osm.TagList) -> bool:
    """Return whether ordinary cars may use the way; the most specific access tag decides."""
    if tags.get("area") == "yes" or tags.get("service") in _NOT_THROUGH:
        return False
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        allowed = tags.get(key)
        if allowed is not None:
            return allowed not in _PRIVATE
    return True


def _direction(tags: osmium.osm.TagList) -> int:
    oneway = tags.get("oneway")
    if oneway in ("yes", "true", "1"):
        return 1
    if oneway in ("-1", "reverse"):
        return -1
    if oneway is None and (tags.get("junction") in _ROUND or tags["highway"] in ("motorway", "motorway_link")):
        return 1
    return 0


def _nodes(extract: Path, ways: _Ways) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return ids (ascending), latitudes and longitudes of the nodes of the ways, as far as the extract has them."""
    ids, latitude, longitude = array("q"), array("d"), array("d")
    reader = osmium.FileProcessor(extract, osmium.osm.NODE).with_filter(ways.tracker.id_filter())
    for node in reader:
        assert isinstance(node, osmium.osm.Node)
        location = node.location
        if location.valid():
            ids.append(node.id)
            latitude.append(location.lat)
            longitude.append(location.lon)
    if not ids:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    unique, first = np.unique(np.frombuffer(ids, np.int64), return_index=True)
    return unique, np.frombuffer(latitude, np.float64)[first], np.frombuffer(longitude, np.float64)[first]


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
        begin, metres = -1, 0.0
        for i in range(first, stop):
            here = node[i]
            if here < 0:
                begin = -1
                continue
            if begin < 0:
                begin, metres = here, 0.0
                continue
            before = node[i - 1]
            step = _metres(latitude[before], longitude[before], latitude[here], longitude[here])
            metres += step
            ends = i + 1 == stop or node[i + 1] < 0 or uses[here] > 1
            if not ends:
                after = node[i + 1]
                following = _metres(latitude[here], longitude[here], latitude[after], longitude[after])
                ends = metres + following > LONGEST_EDGE_M
            if ends:
                if begin != here:
                    tail[n], head[n] = begin, here
                    ticks[n] = max(1, np.int64(np.rint(metres * ticks_per_m)))
                    way_direction[n] = direction[way]
                    n += 1
                begin, metres = here, 0.0
    return tail[:n], head[:n], ticks[:n], way_direction[:n]


@numba.njit(cache=True, nogil=True)
def _metres(lat1, lon1, lat2, lon2):  # type: ignore[no-untyped-def]
    """Return the great-circle distance (haversine)."""
    a, b = np.radians(lat1), np.radians(lat2)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(min(1.0, np.sqrt(h)))
