"""How two routing servers are asked for a matrix, and what their answers mean: Valhalla and OSRM.

Plain translation: points in, one HTTP request out; one HTTP answer in, minutes and snap distances out. Does not
hold sending, retrying, chunking or keeping (see `geodata.travel.routing_server`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from geodata.fetching.client.http_errors import FetchError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import great_circle_km
from geodata.travel.minutes import FloatArray


class Divide(Exception):
    """The server has no answer for this group of points as a whole, but may have for a part of it."""


@dataclass(frozen=True)
class Ask:
    """One request: `body` is JSON to be posted, or None for a GET."""

    path: str
    body: str | None = None


@dataclass(frozen=True)
class Server:
    """What a server says of itself: its version, and the date or version of its roads where it says."""

    version: str
    data_date: str | None = None


@dataclass(frozen=True)
class Answer:
    """Minutes (float64[sources, targets], NaN where unreachable) and km each point was moved (NaN: unknown)."""

    minutes: FloatArray
    source_km: FloatArray
    target_km: FloatArray


class RoutingProtocol(Protocol):
    """What a kind of server needs to be asked and understood.

    A request holds at most `most_pairs` pairs and `most_points` points, the defaults of the server's own limits.
    """

    @property
    def name(self) -> str:
        """The name of the engine."""
        ...

    @property
    def most_pairs(self) -> int:
        """Most pairs of one request."""
        ...

    @property
    def most_points(self) -> int:
        """Most sources and targets of one request, together."""
        ...

    def about(self, near: Points) -> Ask:
        """Return the request that lets the server say what it is."""
        ...

    def server(self, status: int, payload: object) -> Server:
        """Read the answer to `about`."""
        ...

    def matrix(self, sources: Points, targets: Points) -> Ask:
        """Return the request for a matrix of travel times."""
        ...

    def answer(self, status: int, payload: object, sources: Points, targets: Points) -> Answer:
        """Read a matrix; Divide where a part may be answered, FetchError where the server refuses."""
        ...


@dataclass(frozen=True)
class Valhalla:
    """Valhalla's `sources_to_targets`. Points are sought within `max_snap_km`, else by default within 35 km."""

    costing: str = "auto"
    max_snap_km: float = 5.0
    most_pairs: int = 2500
    most_points: int = 100
    name: str = "valhalla"

    # 154: farther apart than the server computes; 170, 171: a point without road, or islands in one request;
    # 442: no path.
    _DIVIDE = frozenset({154, 170, 171, 442})
    _LIMIT = frozenset({150, 151, 152, 153})

    def about(self, near: Points) -> Ask:
        """Ask for the status of the service."""
        return Ask("/status")

    def server(self, status: int, payload: object) -> Server:
        """Read version and date of the tiles; an old server that has no status stays unnamed."""
        if status != 200 or not isinstance(payload, Mapping):
            return Server("unknown")
        made = payload.get("tileset_last_modified")
        date = datetime.fromtimestamp(made, UTC).isoformat() if isinstance(made, int) and made > 0 else None
        return Server(str(payload.get("version", "unknown")), date)

    def matrix(self, sources: Points, targets: Points) -> Ask:
        """Post the points, six decimals each."""
        cutoff = round(self.max_snap_km * 1000)
        body = {
            name: [
                {"lat": round(float(lat), 6), "lon": round(float(lon), 6), "search_cutoff": cutoff}
                for lat, lon in zip(points.latitude, points.longitude, strict=True)
            ]
            for name, points in (("sources", sources), ("targets", targets))
        }
        return Ask(
            "/sources_to_targets",
            json.dumps({**body, "costing": self.costing, "units": "km", "verbose": True}, separators=(",", ":")),
        )

    def answer(self, status: int, payload: object, sources: Points, targets: Points) -> Answer:
        """Read seconds and the coordinates points were moved to (servers before 3.5 echo what was asked)."""
        if status != 200:
            code = payload.get("error_code") if isinstance(payload, Mapping) else None
            said = str(payload.get("error", ""))[:200] if isinstance(payload, Mapping) else ""
            if code in self._DIVIDE:
                raise Divide(said)
            raise refused(status, said, limit=code in self._LIMIT)
        cells = _field(payload, "sources_to_targets")
        if isinstance(cells, Mapping):
            rows = _field(cells, "durations")
        else:
            rows = [[_time(cell) for cell in row] for row in _rows(cells)]
        return Answer(
            _minutes(rows, len(sources), len(targets)),
            _moved(_members(payload, "sources"), sources),
            _moved(_members(payload, "targets"), targets),
        )


@dataclass(frozen=True)
class Osrm:
    """OSRM's `table`. It snaps however far it must and says how far."""

    profile: str = "driving"
    most_pairs: int = 2500
    most_points: int = 100
    name: str = "osrm"

    _DIVIDE = frozenset({"NoSegment", "NoTable", "NoRoute"})
    _LIMIT = frozenset({"TooBig"})

    def about(self, near: Points) -> Ask:
        """Ask for the road nearest to the first point: OSRM names its data in every answer, if it does."""
        return Ask(f"/nearest/v1/{self.profile}/{_pairs(near.take([0]))}?number=1&generate_hints=false")

    def server(self, status: int, payload: object) -> Server:
        """Read the version of the data; the server does not give its own version."""
        version = payload.get("data_version") if isinstance(payload, Mapping) else None
        return Server("table v1", str(version) if version else None)

    def matrix(self, sources: Points, targets: Points) -> Ask:
        """Put the points in the path, longitude first."""
        n, m = len(sources), len(targets)
        of = f"sources={_numbers(range(n))}&destinations={_numbers(range(n, n + m))}"
        where = f"{_pairs(sources)};{_pairs(targets)}"
        return Ask(f"/table/v1/{self.profile}/{where}?{of}&annotations=duration&generate_hints=false")

    def answer(self, status: int, payload: object, sources: Points, targets: Points) -> Answer:
        """Read seconds and the distances points were moved."""
        code = payload.get("code") if isinstance(payload, Mapping) else None
        if status != 200 or code not in ("Ok", None):
            said = str(payload.get("message", code))[:200] if isinstance(payload, Mapping) else ""
            if code in self._DIVIDE:
                raise Divide(said)
            raise refused(status, said, limit=code in self._LIMIT)
        return Answer(
            _minutes(_field(payload, "durations"), len(sources), len(targets)),
            _snapped_km(_members(payload, "sources"), len(sources)),
            _snapped_km(_members(payload, "destinations"), len(targets)),
        )


def refused(status: int, said: str, *, limit: bool) -> FetchError:
    """Return the one sentence for a request the server understood and would not answer."""
    if limit:
        return FetchError(
            f"The routing server takes fewer points at once ({said}). Lower the pairs and points per request, or "
            "raise the server's limits.",
            "misunderstood",
            status=status,
        )
    return FetchError(
        f"The routing server refused the request with status {status}{f' ({said})' if said else ''}. Check its "
        "address, profile and key.",
        "refused" if status in (401, 403) else "misunderstood",
        status=status,
    )


def not_a_matrix(what: str) -> FetchError:
    """Return the one sentence for an answer that is something else."""
    return FetchError(f"The routing server's answer is no matrix of travel times: {what}.", "content")


def _field(payload: object, name: str) -> object:
    if not isinstance(payload, Mapping) or name not in payload:
        raise not_a_matrix(f"it has no “{name}”")
    return payload[name]


def _rows(cells: object) -> list[list[object]]:
    if not isinstance(cells, list) or not all(isinstance(row, list) for row in cells):
        raise not_a_matrix("it has no rows")
    return cells


def _time(cell: object) -> object:
    """Return the seconds of a cell; older servers leave them out where there is no way."""
    if not isinstance(cell, Mapping):
        raise not_a_matrix("its cells are not what they should be")
    return cell.get("time")


def _minutes(rows: object, n: int, m: int) -> FloatArray:
    """Return minutes from rows of seconds, null being NaN."""
    try:
        seconds = np.array([[_number(cell) for cell in row] for row in _rows(rows)], dtype=np.float64)
    except ValueError:
        raise not_a_matrix("its rows differ in length") from None
    if seconds.shape != (n, m) or (seconds < 0).any():
        raise not_a_matrix(f"{n} × {m} times were asked for and {' × '.join(map(str, seconds.shape))} came")
    return np.asarray(seconds / 60.0)


def _number(value: object) -> float:
    """Return a number of an answer, NaN for none; FetchError for something else."""
    if value is None:
        return np.nan
    if isinstance(value, (int, float)):
        return float(value)
    raise not_a_matrix("its times or distances are not numbers")


def _members(payload: object, name: str) -> list[Mapping[str, object]]:
    """Return the objects in the list `name`, which older servers nest in another; empty where there is none."""
    listed = payload.get(name) if isinstance(payload, Mapping) else None
    parts = listed if isinstance(listed, list) else []
    flat = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    return [one if isinstance(one, Mapping) else {} for one in flat]


def _moved(places: list[Mapping[str, object]], asked: Points) -> FloatArray:
    """Return km between the points asked for and `places` (`lat`, `lon`), NaN where they are not given."""
    found = np.array([[_number(place.get("lat")), _number(place.get("lon"))] for place in places])
    if len(found) != len(asked) or not np.isfinite(found).all():
        return np.full(len(asked), np.nan)
    return great_circle_km(Points(found[:, 0], found[:, 1]), asked)


def _snapped_km(places: list[Mapping[str, object]], n: int) -> FloatArray:
    """Return km from the `distance` (meters) of each of `n` places, NaN where it is not given."""
    if len(places) != n:
        return np.full(n, np.nan)
    return np.array([_number(place.get("distance")) for place in places], dtype=np.float64) / 1000.0


def _pairs(points: Points) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in zip(points.latitude, points.longitude, strict=True))


def _numbers(values: range) -> str:
    return ";".join(map(str, values))
