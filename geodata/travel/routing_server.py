"""Travel engine (d): minutes from a Valhalla or OSRM server, asked in chunks that are kept as they come.

A run that stops goes on where it was: every answer is kept under the hash of the request and of what the server
said of itself. Only pairs that could lie within the catchment are asked for. Does not hold the servers' languages
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
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import requests
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geodata.errors import SettingsError
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.http_errors import FetchError, duration
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, angle, chord_limit, chord_squared, unit_vectors
from geodata.geography.z_curve import morton
from geodata.storage.files import written_aside
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.pairs import sorted_pairs
from geodata.travel.routing_protocols import Answer, Ask, Divide, Osrm, RoutingProtocol, Server, Valhalla

log = logging.getLogger(__name__)

CACHE_VERSION = 1
FASTEST_KMH = 130.0  # no door-to-door trip is faster, so pairs farther apart are not asked for
WIDEST_GROUP_KM = 75.0
PUBLIC_HOSTS = frozenset({"valhalla1.openstreetmap.de", "router.project-osrm.org", "routing.openstreetmap.de"})

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Patience:
    """How often and how long to try. Waits a server asks for are kept up to `longest_wait_s`."""

    attempts: int = 5
    backoff_s: float = 1.0
    longest_wait_s: float = 60.0
    connect_s: float = 10.0
    read_s: float = 120.0


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
    patience: Patience = Patience()
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
        # Not told is not far: a server that names no place for a point is believed.
        near = ~(snap[origin] > self.max_snap_km) & ~(far_side[destination] > self.max_snap_km)
        self._tell_far(snap, "origins")
        self._tell_far(far_side, "destinations")
        pairs = sorted_pairs(
            origin[near].astype(np.int32), destination[near].astype(np.int32), minutes[near],
            len(origins), len(destinations),
        )  # fmt: skip
        return TravelMinutes(
            *pairs, len(origins), len(destinations), self.name, server.version, server.data_date,
            snap_km=snap, destination_snap_km=far_side,
        )  # fmt: skip

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

    def _tell_far(self, km: FloatArray, what: str) -> None:
        far = int((km > self.far_snap_km).sum())
        if far:
            log.warning(
                "%s: %d %s were moved more than %g km to a road, the farthest %.1f km.",
                self.name, far, what, self.far_snap_km, np.nanmax(km),
            )  # fmt: skip

    def _chunks(self, origins: Points, destinations: Points, limit: FloatArray) -> Iterator[tuple[Indices, Indices]]:
        """Yield groups of neighbouring origins with the destinations they could reach, within the server's limits.

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
        for group in _neighbours(
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

    def _send(self, ask: Ask) -> tuple[int, Any]:
        """Return status and parsed JSON; try again after 429, 5xx and broken connections; else FetchError."""
        for number in range(1, self.patience.attempts + 1):
            try:
                return self._once(ask)
            except FetchError as problem:
                if not problem.again or number == self.patience.attempts:
                    raise
                wait = self.patience.backoff_s * 2 ** (number - 1) * (0.5 + self.clock.random() / 2)
                wait = max(wait, problem.wait_s or 0.0)
                if wait > self.patience.longest_wait_s:
                    raise
                self.clock.sleep(wait)
        raise AssertionError("patience.attempts is at least 1")

    def _once(self, ask: Ask) -> tuple[int, Any]:
        host = urlsplit(self.url).hostname
        try:
            response = self.session.request(
                "GET" if ask.body is None else "POST",
                self.url.rstrip("/") + ask.path,
                data=ask.body,
                headers={"Content-Type": "application/json"} if ask.body else None,
                timeout=(self.patience.connect_s, self.patience.read_s),
                allow_redirects=False,
            )
        except requests.Timeout:
            raise FetchError(f"The routing server {host} did not answer in time.", "too_slow", again=True) from None
        except requests.RequestException as problem:
            raise FetchError(
                f"The routing server {host} cannot be reached ({type(problem).__name__}).", "unreachable", again=True
            ) from None
        status = response.status_code
        try:
            payload = response.json()
        except ValueError:
            payload = None
        if status == 429:
            wait = _retry_after(response.headers.get("Retry-After"))
            asks = f" and asks to wait {duration(wait)}" if wait else ""
            raise FetchError(
                f"The routing server {host} limits how often it is asked{asks}.", "limited",
                status=status, again=True, wait_s=wait,
            )  # fmt: skip
        if status >= 500 and not _explained(payload):
            raise FetchError(
                f"A gateway answered in place of the routing server {host} (status {status})."
                if payload is None
                else f"The routing server {host} failed (status {status}).",
                "failing", status=status, again=True, wait_s=_retry_after(response.headers.get("Retry-After")),
            )  # fmt: skip
        if payload is None or 300 <= status < 400:
            raise FetchError(
                f"{host} answered with a page (status {status}), not as a routing server does. Check the address.",
                "content", status=status,
            )  # fmt: skip
        return status, payload


def valhalla(url: str, cache: Path | None = None, **options: Any) -> RoutingServer:
    """Return the engine for a Valhalla server."""
    return RoutingServer(Valhalla(max_snap_km=options.get("max_snap_km", 5.0)), url, cache, **options)


def osrm(url: str, cache: Path | None = None, **options: Any) -> RoutingServer:
    """Return the engine for an OSRM server."""
    return RoutingServer(Osrm(), url, cache, **options)


def _explained(payload: Any) -> bool:
    """Tell whether a failing status carries an answer of the server itself that no second try will change."""
    return isinstance(payload, dict) and ("error_code" in payload or payload.get("code") in ("NoTable", "NoRoute"))


def _retry_after(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header; a date or nonsense counts as none."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def _neighbours(order: Indices, xyz: FloatArray, most: int) -> Iterator[Indices]:
    """Cut `order` into runs of at most `most` points that lie within WIDEST_GROUP_KM of their first."""
    start = 0
    while start < len(order):
        run = order[start : start + most]
        wide = _km(xyz[run], xyz[run[0]]) > WIDEST_GROUP_KM
        stop = int(np.argmax(wide)) if wide.any() else len(run)
        yield run[:stop]
        start += stop


def _km(points: FloatArray, centre: FloatArray) -> FloatArray:
    return EARTH_RADIUS_KM * angle(chord_squared(points, centre))


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
