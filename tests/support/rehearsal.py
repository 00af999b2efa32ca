"""All publishers on loopback: every host name leads to one server here, protected by a certificate that tests trust.

It answers as the publishers do, well and badly, from the files of the sample, which for this purpose is laid out as
Rhode Island. Names are mapped by a hook in the test's process (`Rehearsal.installed`), so that the product resolves,
connects and checks certificates as it always does. No request leaves the machine: a name that is not in the play is
unknown, and noted in `strangers`.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.fetching.client.clock import Clock
from tests.support.ftp_server import FtpServer
from tests.support.publisher_server import Publisher, QuietServer, Reply, Seen, file_of

NOWHERE = "198.51.100.7"  # RFC 5737: packets to it are dropped, by the hook
HOSTS = (
    "www2.census.gov",
    "ftp2.census.gov",
    "tigerweb.geo.census.gov",
    "api.census.gov",
    "svi.cdc.gov",
    "svi2.cdc.gov",
    "dblew8dgr6ajz.cloudfront.net",
    "web.archive.org",
    "developer.nlr.gov",
    "nces.ed.gov",
    "www.trainingproviderresults.gov",
    "api.careeronestop.org",
    "services.arcgis.com",
    "services1.arcgis.com",
    "data.worldpop.org",
    "hot.storage.heigit.org",
    "dataverse.harvard.edu",
)
TODAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
Answer = Callable[[Seen], Reply]
HTML = {"Content-Type": "text/html; charset=UTF-8"}
CLOUDFLARE = Reply(
    b"<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been "
    b"blocked</body></html>",
    403,
    {**HTML, "Server": "cloudflare"},
)
CONSENT = Reply(b"<!doctype html><html><title>We use cookies. Do you agree?</title></html>", 200, HTML)
LOGIN = Reply(b"", 302, {"Location": "https://login.portal.invalid/captive?from=here"})


@dataclass(frozen=True)
class Scene:
    """What is wrong today: hosts whose names are `unknown`, whose packets are `dropped`, whose certificate is `forged`.

    `answers` stand in for a host's own; None in `unknown` or `dropped` means every host.
    """

    unknown: frozenset[str] | None = frozenset()
    dropped: frozenset[str] | None = frozenset()
    forged: frozenset[str] = frozenset()
    answers: dict[str, Answer] = field(default_factory=dict)

    def is_unknown(self, host: str) -> bool:
        return self.unknown is None or host in self.unknown

    def is_dropped(self, host: str) -> bool:
        return self.dropped is None or host in self.dropped


class PlayTime:
    """The client's clock: it moves when somebody sleeps or waits for a silent host, each thread by itself.

    Threads that wait side by side cost the longest of their waits, as they would in the world.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._main = 0.0
        # By thread and not by its number, which the next thread may have.
        self._aside: dict[threading.Thread, float] = {}

    def pass_by(self, seconds: float) -> None:
        with self._lock:
            here = self._now()
            if threading.current_thread() is threading.main_thread():
                self._main = here + seconds
            else:
                self._aside[threading.current_thread()] = here + seconds

    @property
    def passed(self) -> float:
        with self._lock:
            return self._now()

    def _now(self) -> float:
        if threading.current_thread() is not threading.main_thread():
            return self._aside.get(threading.current_thread(), self._main)
        self._main = max([self._main, *self._aside.values()])
        self._aside.clear()
        return self._main

    def clock(self) -> Clock:
        return Clock(
            now=lambda: TODAY + timedelta(seconds=self.passed),
            monotonic=lambda: self.passed,
            sleep=self.pass_by,
            random=lambda: 0.5,
        )


class Certificates:
    """A certificate authority of this test, a certificate of all hosts signed by it, and one signed by nobody."""

    def __init__(self, folder: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        moment = datetime.now(UTC)

        def make(name: str, issuer: Any = None, issuer_key: Any = None) -> tuple[Any, Any]:
            key = ec.generate_private_key(ec.SECP256R1())
            subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
            alone = issuer is None
            built = (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(subject if alone else issuer.subject)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(moment - timedelta(days=1))
                .not_valid_after(moment + timedelta(days=2))
                .add_extension(names, critical=False)
                .add_extension(x509.BasicConstraints(ca=alone, path_length=None), critical=True)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer_key or key).public_key()), critical=False
                )
                .sign(issuer_key or key, hashes.SHA256())
            )
            (folder / f"{name}.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
            private = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            (folder / f"{name}.key").write_bytes(private)
            return built, key

        authority, authority_key = make("authority")
        make("publishers", authority, authority_key)
        make("stranger")
        self.authority = folder / "authority.pem"
        self.good, self.forged = self._context(folder / "publishers"), self._context(folder / "stranger")

    @staticmethod
    def _context(path: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path.with_suffix(".pem"), path.with_suffix(".key"))
        return context


class Rehearsal:
    """The server, the scene that is played, and what was asked: `asked` holds "METHOD https://host/path?query"."""

    def __init__(self, certificates: Certificates, publishers: dict[str, Answer], files: Path) -> None:
        self.scene = Scene()
        self.time = PlayTime()
        self.asked: list[str] = []
        # Those of them that were answered by "not changed".
        self.unchanged: list[str] = []
        self.agents: set[str] = set()
        self.strangers: set[str] = set()
        self._publishers = publishers
        self._certificates = certificates
        self._lock = threading.Lock()
        self.ftp = FtpServer(files)
        self._server = self._protected()

    def _protected(self) -> QuietServer:
        play = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                play._answer(self)

            do_POST = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        server = QuietServer(("127.0.0.1", 0), Handler)
        good, forged = self._certificates.good, self._certificates.forged

        def by_name(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            if name in play.scene.forged:
                connection.context = forged

        good.sni_callback = by_name
        server.socket = good.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        return server

    def __enter__(self) -> Rehearsal:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.ftp.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.ftp.stop()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts, host = urlsplit(handler.path), str(handler.headers.get("Host", "")).split(":")[0]
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        seen = Seen(handler.command, parts.path, query, headers, body)
        with self._lock:
            self.agents.add(headers.get("user-agent", ""))
            if seen.method != "HEAD":
                self.asked.append(f"{seen.method} https://{host}{handler.path}")
        answer = self.scene.answers.get(host) or self._publishers.get(host)
        reply = Reply(b"", 404) if answer is None else answer(seen)
        if reply.status == 304:
            self.unchanged.append(f"{seen.method} https://{host}{handler.path}")
        if seen.method == "HEAD":
            reply = Reply(b"", reply.status, reply.headers)
        try:
            Publisher._send(handler, reply)
        except OSError:
            handler.close_connection = True

    @contextmanager
    def installed(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
        """Play `scene`: names lead here, the test's authority is trusted, and the client's clock is this play's."""
        self.scene, self.time = scene, PlayTime()
        self.asked, self.unchanged, self.agents, self.strangers = [], [], set(), set()
        self.ftp.asked.clear()
        real_names, real_connect = socket.getaddrinfo, socket.socket.connect
        port, ftp_port = self._server.server_address[1], self.ftp.port

        def names(host: Any, service: Any, *more: Any, **named: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else str(host)
            if name in ("localhost", "") or re.fullmatch(r"[\d.]+|[0-9a-f:]*:[0-9a-f:]*", name):
                return real_names(host, service, *more, **named)
            if name not in HOSTS or scene.is_unknown(name):
                if name not in HOSTS:
                    self.strangers.add(name)
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            where = (NOWHERE, 443) if scene.is_dropped(name) else ("127.0.0.1", ftp_port if service == 21 else port)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where)]

        def connect(sock: socket.socket, address: Any) -> None:
            if isinstance(address, tuple) and address[0] == NOWHERE:
                self.time.pass_by(sock.gettimeout() or 3600.0)
                raise TimeoutError("timed out")
            real_connect(sock, address)

        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", names)
            patched.setattr(socket.socket, "connect", connect)
            patched.setattr("geodata.fetching.client.http.Clock", self.time.clock)
            patched.setenv("REQUESTS_CA_BUNDLE", str(self._certificates.authority))
            yield self


def files_at(table: dict[str, Path]) -> Answer:
    """Return the answers of a file server: the files by path (a regular expression), "not found" pages elsewhere."""
    scripts = {
        pattern: file_of(path.read_bytes(), etag=f'"{len(path.read_bytes())}"') for pattern, path in table.items()
    }

    def answer(seen: Seen) -> Reply:
        for pattern, script in scripts.items():
            if re.fullmatch(pattern, seen.path):
                return script(seen) if callable(script) else script
        return Reply(b"<html><head><title>404 Not Found</title></head></html>", 404, HTML)

    return answer


def features_at(path: str, name: str, collection: dict[str, Any], number: int = 0) -> Answer:
    """Return the answers of a feature service with one layer, which holds the features of a GeoJSON collection."""
    features = [
        {**one, "id": order, "properties": {**one["properties"], "OBJECTID": order}}
        for order, one in enumerate(collection["features"], 1)
    ]
    fields = [{"name": field} for field in features[0]["properties"]]
    layer = {
        "name": name,
        "geometryType": "esriGeometryPolygon",
        "objectIdField": "OBJECTID",
        "maxRecordCount": 2000,
        "advancedQueryCapabilities": {"supportsPagination": True},
        "supportedQueryFormats": "JSON, geoJSON",
        "fields": fields,
    }

    def said(value: object) -> Reply:
        return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"})

    def answer(seen: Seen) -> Reply:
        asked = seen.query if seen.method == "GET" else seen.form
        if seen.path == path:
            return said({"layers": [{"id": number, "name": name}]})
        if seen.path == f"{path}/{number}":
            return said(layer)
        if seen.path != f"{path}/{number}/query":
            return said({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
        if asked.get("returnCountOnly") == "true":
            return said({"count": len(features)})
        return said({"type": "FeatureCollection", "features": features})

    return answer
