"""Travel engine (c): driving minutes over a road network built from a local OpenStreetMap extract.

Speeds are those of the road class; see `geodata.travel.road_graph` for what is not modeled. The extract is
© OpenStreetMap contributors, ODbL. Does not hold the reading of extracts or the search.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, angle_of_chord, unit_vectors
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.pairs import FoundPairs, MeasuredBy, sorted_minutes
from geodata.travel.road_graph import SPEEDS_KMH, TICKS_PER_MINUTE, RoadGraph, road_graph
from geodata.travel.shortest_paths import shortest_ticks

log = logging.getLogger(__name__)

ENGINE_VERSION = "1"


@dataclass(frozen=True)
class RoadsEngine:
    """Driving minutes over the roads of an OpenStreetMap extract (.osm.pbf or .osm).

    Points move to the nearest vertex of the network within `max_snap_km` (bends and junctions, at most about
    500 m apart along a road); the straight way there counts at `access_kmh`. Points without one reach nothing,
    and their `snap_km` is NaN. The graph is kept in `cache`. Minutes do not depend on `threads`.
    """

    extract: Path
    cache: Path | None = None
    speeds_kmh: Mapping[str, float] = field(default_factory=lambda: dict(SPEEDS_KMH))
    max_snap_km: float = 5.0
    access_kmh: float = 20.0
    data_date: str | None = None
    threads: int | None = None
    name: str = "roads"

    @cached_property
    def network(self) -> Network:
        """The network of the extract, read at first use."""
        return Network(road_graph(Path(self.extract), self.cache, self.speeds_kmh))

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | FloatArray) -> TravelMinutes:
        """Return the pairs at most `catchment_minutes` apart (one number, or one per origin).

        InputError where the extract cannot be used, or holds no road near any of the origins or destinations.
        """
        limit = per_origin(catchment_minutes, len(origins))
        homes = self._snap(origins, "origins")
        places = self._snap(destinations, "destinations")
        threads = self.threads or numba.get_num_threads()
        origin, destination, ticks = self.network.ticks(homes, places, limit, threads)
        keep = ticks <= np.floor(limit[origin] * TICKS_PER_MINUTE)
        found = FoundPairs(origin[keep], destination[keep], ticks[keep] / TICKS_PER_MINUTE)
        by = MeasuredBy(self.name, ENGINE_VERSION, self.data_date or self.network.graph.data_date)
        return sorted_minutes([found], by, homes.km, places.km)

    def _snap(self, points: Points, what: str) -> Snapped:
        snapped = self.network.snap(points, self.max_snap_km, self.access_kmh)
        missing = int(np.isnan(snapped.km).sum())
        if len(points) and missing == len(points):
            raise InputError(
                f"none of the {len(points)} {what} lies within {self.max_snap_km:g} km of a road of the extract",
                file=self.extract,
                remedy="Give an extract that covers the study area.",
            )
        if missing:
            log.warning(
                "%s: %d of %d %s have no road within %g km and reach nothing.",
                Path(self.extract).name,
                missing,
                len(points),
                what,
                self.max_snap_km,
            )
        return snapped


@dataclass(frozen=True)
class Snapped:
    """Where points join the network: vertex (−1 for none), kilometers and ticks to get there."""

    vertex: NDArray[np.int64]
    km: FloatArray
    ticks: NDArray[np.int64]


class Network:
    """A road graph with what is needed to find the nearest vertex and to search it from either side."""

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph

    @cached_property
    def _tree(self) -> cKDTree:
        vertices = Points(self.graph.latitude, self.graph.longitude)
        return cKDTree(unit_vectors(vertices), balanced_tree=False, compact_nodes=False)

    @cached_property
    def _turned(self) -> RoadGraph:
        return self.graph.reversed()

    def snap(self, points: Points, max_km: float, access_kmh: float) -> Snapped:
        """Return the nearest vertex of each point within `max_km` as the crow flies, the way there at `access_kmh`."""
        chord, vertex = self._tree.query(unit_vectors(points))
        km = EARTH_RADIUS_KM * angle_of_chord(chord)
        far = km > max_km
        ticks = np.rint(km / access_kmh * 60 * TICKS_PER_MINUTE).astype(np.int64)
        return Snapped(np.where(far, -1, vertex), np.where(far, np.nan, km), ticks)

    def ticks(
        self, homes: Snapped, places: Snapped, limit_minutes: FloatArray, threads: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Return (origin, destination, ticks door to door), searching from the side with fewer points.

        `limit_minutes` is float64[n_origins]; a tick is a fixed part of a minute (TICKS_PER_MINUTE).
        Pairs beyond the origin's limit may be among them where the search starts at the destinations.
        """
        home_ids, place_ids = (np.flatnonzero(side.vertex >= 0) for side in (homes, places))
        limit = np.floor(limit_minutes * TICKS_PER_MINUTE).astype(np.int64)
        if not len(home_ids) or not len(place_ids):
            return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
        from_homes = len(home_ids) <= len(place_ids)
        graph = self.graph if from_homes else self._turned
        (source_ids, sources), (target_ids, targets) = (
            ((home_ids, homes), (place_ids, places)) if from_homes else ((place_ids, places), (home_ids, homes))
        )
        most = limit[source_ids] if from_homes else np.full(len(source_ids), limit[home_ids].max())
        budget = most - sources.ticks[source_ids]
        able = budget >= 0
        source_ids, budget = source_ids[able], budget[able]
        found = shortest_ticks(
            graph.start,
            graph.head,
            graph.ticks,
            sources.vertex[source_ids],
            targets.vertex[target_ids],
            budget,
            threads,
        )
        source, target = source_ids[found[0]], target_ids[found[1]]
        total = found[2].astype(np.int64) + sources.ticks[source] + targets.ticks[target]
        origin, destination = (source, target) if from_homes else (target, source)
        return origin.astype(np.int32), destination.astype(np.int32), total
