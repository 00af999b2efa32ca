"""A real HTTP server on the loopback interface that speaks as Valhalla and OSRM do, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Place = tuple[float, float]  # latitude, longitude
Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Roads:
    """The server's world: seconds between places (None: no way), and where a place meets a road (None: nowhere)."""

    seconds: Callable[[Place, Place], float | None]
    snapped: Callable[[Place], Place | None] = lambda place: place
    most_pairs: int = 2500
    version: str = "3.5.1"
    tiles: int = 1_760_000_000
    faults: list[Reply] = field(default_factory=list)  # answered first, one a request
    asked: list[str] = field(default_factory=list)


def page(status: int, headers: dict[str, str] | None = None) -> Reply:
    """Return what a gateway says."""
    return status, {"Content-Type": "text/html"} | (headers or {}), b"<html><body>Bad Gateway</body></html>"


def as_json(payload: Any, status: int = 200) -> Reply:
    """Return a payload as servers send it."""
    return status, {"Content-Type": "application/json"}, json.dumps(payload).encode()


def valhalla(roads: Roads, path: str, body: bytes) -> Reply:
    """Answer as Valhalla 3.5 does."""
    if path == "/status":
        return as_json({"version": roads.version, "tileset_last_modified": roads.tiles})
    asked = json.loads(body)
    assert path == "/sources_to_targets"
    assert asked["costing"] == "auto"
    assert all(place["search_cutoff"] == 5000 for place in asked["sources"] + asked["targets"])
    ends = [[(p["lat"], p["lon"]) for p in asked[name]] for name in ("sources", "targets")]

    def refuse(code: int, error: str) -> Reply:
        return as_json({"error_code": code, "error": error, "status_code": 400, "status": "Bad Request"}, 400)

    if len(ends[0]) * len(ends[1]) > roads.most_pairs:
        return refuse(150, f"Exceeded max locations: {roads.most_pairs}")
    met = [[roads.snapped(place) for place in side] for side in ends]
    if None in met[0] + met[1]:
        return refuse(171, "No suitable edges near location")
    rows = [
        [{"from_index": i, "to_index": j, "time": roads.seconds(a, b), "distance": 1.0} for j, b in enumerate(ends[1])]
        for i, a in enumerate(ends[0])
    ]
    moved = [[{"lat": p[0], "lon": p[1]} for p in side if p] for side in met]
    return as_json({"sources_to_targets": rows, "sources": moved[0], "targets": moved[1], "units": "kilometers"})


def osrm(roads: Roads, path: str, body: bytes) -> Reply:
    """Answer as osrm-routed does."""
    assert not body
    parts = urlsplit(path)
    _, service, version, profile, where = parts.path.split("/")
    assert (version, profile) == ("v1", "driving")
    places = [(float(lat), float(lon)) for lon, lat in (pair.split(",") for pair in where.split(";"))]
    if service == "nearest":
        return as_json({"code": "Ok", "waypoints": [], "data_version": "2026-01-01T00:00:00Z"})
    query = parse_qs(parts.query)
    assert query["annotations"] == ["duration"]
    if len(places) > 100:
        return as_json({"code": "TooBig", "message": "Too many table coordinates"}, 400)
    met = [roads.snapped(place) for place in places]
    if None in met:
        return as_json({"code": "NoSegment", "message": "Could not find a matching segment for coordinate 0"}, 400)
    rows, columns = ([int(n) for n in query[name][0].split(";")] for name in ("sources", "destinations"))
    moved = [
        {"distance": 111_195.0 * (abs(m[0] - p[0]) + abs(m[1] - p[1])), "location": [m[1], m[0]], "name": ""}
        for p, m in zip(places, met, strict=True)
        if m
    ]
    return as_json(
        {
            "code": "Ok",
            "durations": [[roads.seconds(places[i], places[j]) for j in columns] for i in rows],
            "sources": [moved[i] for i in rows],
            "destinations": [moved[j] for j in columns],
        }
    )


@contextmanager
def serving(speak: Callable[[Roads, str, bytes], Reply], roads: Roads) -> Iterator[str]:
    """Run the server while the block lasts; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, body: bytes) -> None:
            roads.asked.append(self.path + body.decode())
            about = self.path == "/status" or self.path.startswith("/nearest")
            fault = roads.faults.pop(0) if roads.faults and not about else None
            status, headers, content = fault or speak(roads, self.path, body)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
