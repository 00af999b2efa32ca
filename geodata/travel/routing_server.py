"""Travel engine (d): minutes from a Valhalla or OSRM server, asked in chunks that are kept as they come.

A run that stops goes on where it was: every answer is kept under the hash of the request and of what the server
said of itself. Only pairs that could lie within the catchment are asked for. Does not hold the servers' protocols
(see `geodata.travel.routing_protocols`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import requests
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geodata.errors import SettingsError
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.http_errors import FetchError, broken_connection, duration, seconds_until
from geodata.fetching.client.patience import Patience, persist
from geodata.fetching.client.redaction import host_of
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, angle, chord_limit, chord_squared, unit_vectors
from geodata.geography.z_curve import morton
from geodata.storage.files import written_aside
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.pairs import FoundPairs, MeasuredBy, sorted_minutes
from geodata.travel.routing_protocols import Answer, Ask, Divide, Osrm, RoutingProtocol, Server, Valhalla

log = logging.getLogger(__name__)

CACHE_VERSION = 1
FASTEST_KMH = 130.0  # no door-to-door trip is faster, so pairs farther apart are not asked for
WIDEST_GROUP_KM = 75.0
PUBLIC_HOSTS = frozenset({"valhalla1.openstreetmap.de", "router.project-osrm.org", "routing.openstreetmap.de"})

# Waits a server asks for are kept up to a minute.
PATIENCE = Patience(5, backoff_s=1.0, backoff_cap_s=60.0, longest_wait_s=60.0, jitter_after_wait=False)
CONNECT_S, READ_S = 10.0, 120.0

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class RoutingServer:
    """Driving minutes from a routing server at `url`.

    Points the server moved by more than `max_snap_km` to a road reach nothing; moves beyond `far_snap_km` are
    counted in the log, and all are in `snap_km`. Answers are kept in `cache`. The `session` may carry headers
    such as a key; a key in the URL is refused. Public demonstration servers are refused unless `allow_public`.
    """

    protocol: RoutingProtocol
    url: str
    cache: Path | None = None
    session: requests.Session = field(default_factory=requests.Session)
    max_snap_km: float = 5.0
    far_snap_km: float = 1.0
    parallel: int = 4
    patience: Patience = PATIENCE
    clock: Clock = field(default_factory=Clock)
    allow_public: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError("The routing server's address must begin with http:// or https://.")
        if parts.username or parts.password or parts.query:
            raise SettingsError("The routing server's address must not hold a key or password; send it in a header.")
        if parts.hostname in PUBLIC_HOSTS and not self.allow_public:
            raise SettingsError(
                f"{parts.hostname} is a public demonstration server, not meant for matrices of many points. "
                "Run your own server, or use another travel engine."
            )

    @property
    def name(self) -> str:
        """The kind of server."""
        return self.protocol.name

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | FloatArray) -> TravelMinutes:
        """Return the pairs at most `catchment_minutes` apart (one number, or one per origin).

        FetchError, in one sentence, where the server does not answer or answers something else.
        """
        limit = per_origin(catchment_minutes, len(origins))
        snap, far_side = np.full(len(origins), np.nan), np.full(len(destinations), np.nan)
        chunks = list(self._chunks(origins, destinations, limit))
        server = self._about(origins) if chunks else Server("not asked")
        found: list[tuple[Indices, Indices, FloatArray]] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for number, (homes, places, answer) in enumerate(self._answers(server, origins, destinations, chunks), 1):
            np.fmax.at(snap, homes, answer.source_km)
            np.fmax.at(far_side, places, answer.target_km)
            row, column = np.nonzero(answer.minutes <= limit[homes][:, None])
            found.append((homes[row], places[column], answer.minutes[row, column]))
            if number % 100 == 0:
                log.info("%s: %d of %d requests answered.", self.name, number, len(chunks))
        origin, destination, minutes = (np.concatenate([part[i] for part in found]) for i in range(3))
        # Unknown is not far: a server that names no place for a point is believed.
        near = ~(snap[origin] > self.max_snap_km) & ~(far_side[destination] > self.max_snap_km)
        self._log_far(snap, "origins")
        self._log_far(far_side, "destinations")
        pairs = FoundPairs(origin[near].astype(np.int32), destination[near].astype(np.int32), minutes[near])
        return sorted_minutes([pairs], MeasuredBy(self.name, server.version, server.data_date), snap, far_side)

    def _answers(
        self, server: Server, origins: Points, destinations: Points, chunks: list[tuple[Indices, Indices]]
    ) -> Iterator[tuple[Indices, Indices, Answer]]:
        """Yield the chunks with their answers, a few dozen requests ahead so that memory stays bounded."""
        ahead = 16 * max(1, self.parallel)
        with ThreadPoolExecutor(max(1, self.parallel)) as pool:
            for at in range(0, len(chunks), ahead):
                batch = chunks[at : at + ahead]
                waiting = [
                    pool.submit(self._answer, server, origins.take(homes), destinations.take(places))
                    for homes, places in batch
                ]
                try:
                    for (homes, places), future in zip(batch, waiting, strict=True):
                        yield homes, places, future.result()
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise

    def _log_far(self, km: FloatArray, what: str) -> None:
        far = int((km > self.far_snap_km).sum())
        if far:
            log.warning(
                "%s: %d %s were moved more than %g km to a road, the farthest %.1f km.",
                self.name, far, what, self.far_snap_km, np.nanmax(km),
            )  # fmt: skip

    def _chunks(self, origins: Points, destinations: Points, limit: FloatArray) -> Iterator[tuple[Indices, Indices]]:
        """Yield groups of neighboring origins with the destinations they could reach, within the server's limits.

        The grouping depends on where the points lie, not on their order, so that a run resumes after a re-sort.
        """
        if not len(origins) or not len(destinations):
            return
        here, there = unit_vectors(origins), unit_vectors(destinations)
        tree = KDTree(there)
        reach_km = limit * FASTEST_KMH / 60.0 + 2 * self.max_snap_km
        side = min(int(self.protocol.most_pairs**0.5), self.protocol.most_points // 2)
        place_order = np.lexsort(
            (destinations.longitude, destinations.latitude, morton(destinations.latitude, destinations.longitude))
        )
        rank = np.empty(len(destinations), np.int64)
        rank[place_order] = np.arange(len(destinations))
        for group in _neighbors(
            np.lexsort((limit, origins.longitude, origins.latitude, morton(origins.latitude, origins.longitude))),
            here,
            side,
        ):
            apart = _km(here[group], here[group[0]])
            chord = np.sqrt(chord_limit((apart + reach_km[group]).max() / EARTH_RADIUS_KM))
            near = np.array(tree.query_ball_point(here[group[0]], float(chord) * (1 + 1e-9)), np.int64)
            near = near[np.argsort(rank[near])]
            for at in range(0, len(near), side):
                yield group, near[at : at + side]

    def _about(self, near: Points) -> Server:
        ask = self.protocol.about(near)
        server = self.protocol.server(*self._send(ask))
        log.info("%s server %s, roads of %s.", self.name, server.version, server.data_date or "an unknown date")
        return server

    def _answer(self, server: Server, sources: Points, targets: Points) -> Answer:
        """Return the matrix of a chunk, from the cache, from the server, or from its halves put together."""
        ask = self.protocol.matrix(sources, targets)
        kept = self._kept_at(server, ask)
        if kept is not None and (answer := _load(kept, len(sources), len(targets))) is not None:
            return answer
        try:
            answer = self.protocol.answer(*self._send(ask), sources, targets)
        except Divide:
            answer = self._halves(server, sources, targets)
        if kept is not None:
            with written_aside(kept) as aside, aside.open("wb") as handle:
                np.savez(handle, minutes=answer.minutes, source_km=answer.source_km, target_km=answer.target_km)
        return answer

    def _halves(self, server: Server, sources: Points, targets: Points) -> Answer:
        n, m = len(sources), len(targets)
        if n == m == 1:
            return Answer(np.full((1, 1), np.nan), np.full(1, np.nan), np.full(1, np.nan))
        if n >= m:
            first = self._answer(server, sources.take(np.arange(n // 2)), targets)
            second = self._answer(server, sources.take(np.arange(n // 2, n)), targets)
            return Answer(
                np.vstack([first.minutes, second.minutes]),
                np.concatenate([first.source_km, second.source_km]),
                np.fmax(first.target_km, second.target_km),
            )
        first = self._answer(server, sources, targets.take(np.arange(m // 2)))
        second = self._answer(server, sources, targets.take(np.arange(m // 2, m)))
        return Answer(
            np.hstack([first.minutes, second.minutes]),
            np.fmax(first.source_km, second.source_km),
            np.concatenate([first.target_km, second.target_km]),
        )

    def _kept_at(self, server: Server, ask: Ask) -> Path | None:
        if self.cache is None:
            return None
        parts = [CACHE_VERSION, self.name, self.url.rstrip("/"), server.version, server.data_date, ask.path, ask.body]
        key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        return self.cache / key[:2] / f"{key[2:34]}.npz"

    def _send(self, ask: Ask) -> tuple[int, object]:
        """Return status and parsed JSON; try again after 429, 5xx and broken connections; else FetchError."""
        return persist(lambda _: self._once(ask), self.patience, self.clock)

    def _once(self, ask: Ask) -> tuple[int, object]:
        host = host_of(self.url)
        try:
            response = self.session.request(
                "GET" if ask.body is None else "POST",
                self.url.rstrip("/") + ask.path,
                data=ask.body,
                headers={"Content-Type": "application/json"} if ask.body else None,
                timeout=(CONNECT_S, READ_S),
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            raise broken_connection(problem, host) from None
        status = response.status_code
        try:
            payload: object = response.json()
        except ValueError:
            payload = None
        wait = seconds_until(response.headers.get("Retry-After"), self.clock.now())
        if status == 429:
            asks = f" and asks to wait {duration(wait)}" if wait else ""
            sentence = f"The routing server {host} limits how often it is asked{asks}."
            raise FetchError(sentence, "limited", status=status, again=True, wait_s=wait)
        if status >= 500 and not _explained(payload):
            failed = (
                f"The routing server {host} failed"
                if payload is not None
                else f"A gateway answered in place of the routing server {host}"
            )
            raise FetchError(f"{failed} (status {status}).", "failing", status=status, again=True, wait_s=wait)
        if payload is None or 300 <= status < 400:
            sentence = (
                f"The routing server {host} answered with a page (status {status}), not as one does. Check the address."
            )
            raise FetchError(sentence, "content", status=status)
        return status, payload


def valhalla(url: str, cache: Path | None = None, *, max_snap_km: float = 5.0) -> RoutingServer:
    """Return the engine for a Valhalla server."""
    return RoutingServer(Valhalla(max_snap_km=max_snap_km), url, cache, max_snap_km=max_snap_km)


def osrm(url: str, cache: Path | None = None, *, max_snap_km: float = 5.0) -> RoutingServer:
    """Return the engine for an OSRM server."""
    return RoutingServer(Osrm(), url, cache, max_snap_km=max_snap_km)


def _explained(payload: object) -> bool:
    """Return whether a failing status carries an answer of the server itself that no second try will change."""
    return isinstance(payload, dict) and ("error_code" in payload or payload.get("code") in ("NoTable", "NoRoute"))


def _neighbors(order: Indices, xyz: FloatArray, most: int) -> Iterator[Indices]:
    """Cut `order` into runs of at most `most` points that lie within WIDEST_GROUP_KM of their first."""
    start = 0
    while start < len(order):
        run = order[start : start + most]
        wide = _km(xyz[run], xyz[run[0]]) > WIDEST_GROUP_KM
        stop = int(np.argmax(wide)) if wide.any() else len(run)
        yield run[:stop]
        start += stop


def _km(points: FloatArray, center: FloatArray) -> FloatArray:
    return EARTH_RADIUS_KM * angle(chord_squared(points, center))


def _load(path: Path, n: int, m: int) -> Answer | None:
    """Return a kept answer, or None where there is none that can be read."""
    if not path.exists():
        return None
    try:
        with np.load(path) as kept:
            answer = Answer(kept["minutes"], kept["source_km"], kept["target_km"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        log.warning("A kept answer is damaged; it is asked for again.")
        return None
    return answer if answer.minutes.shape == (n, m) else None
