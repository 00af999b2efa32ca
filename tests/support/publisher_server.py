"""A publisher on loopback that answers as scripted, faults included, and remembers what it was asked."""

from __future__ import annotations

import re
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Reply:
    """An answer. `cut_after` closes the connection after so many bytes of the body, `trickle` gives leave for one byte
    after another, `after` is what the answer waits for, `announce` sends the length, `chunked` sends in chunks."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    trickle: threading.Semaphore | None = None
    after: threading.Event | None = None
    announce: bool = True
    chunked: bool = False


Answer = Reply | Callable[[Seen], Reply]


class QuietServer(ThreadingHTTPServer):
    """Keeps clients that hang up, which the tests make them do, out of the output."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


class Publisher:
    """A server with one script for each path; the last answer of a script repeats."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self._scripts: dict[str, list[Answer]] = defaultdict(list)
        self._lock = threading.Lock()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                publisher._answer(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def host(self) -> str:
        return self.url.removeprefix(f"{self._scheme}://")

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def script(self, path: str, *answers: Answer) -> str:
        """Set what `path` answers, in order, and return its address."""
        with self._lock:
            self._scripts[path] = list(answers)
        return self.url + path

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        seen = Seen(
            handler.command,
            parts.path,
            {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length),
        )
        with self._lock:
            self.seen.append(seen)
            script = self._scripts.get(parts.path, [Reply(b"not scripted", 404)])
            answer = script.pop(0) if len(script) > 1 else script[0]
        reply = answer(seen) if callable(answer) else answer
        try:
            self._send(handler, reply)
        except OSError:
            handler.close_connection = True

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.after is not None:
            reply.after.wait()
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        elif reply.announce and "Content-Length" not in reply.headers and reply.status not in (204, 304):
            handler.send_header("Content-Length", str(len(reply.body)))
        else:
            handler.send_header("Connection", "close")
        handler.end_headers()
        body = reply.body if reply.cut_after is None else reply.body[: reply.cut_after]
        if reply.trickle is not None:
            for byte in body:
                reply.trickle.acquire()
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
        elif reply.chunked:
            for start in range(0, len(body), 1000):
                piece = body[start : start + 1000]
                handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if reply.cut_after is None:
                handler.wfile.write(b"0\r\n\r\n")
        else:
            handler.wfile.write(body)
        handler.wfile.flush()
        if reply.cut_after is not None or not reply.announce:
            handler.close_connection = True


def file_of(content: bytes, *, etag: str | None = '"1"', cut_after: int | None = None, **more: str) -> Answer:
    """Return an answer that serves `content` like a good file server: ranges, If-Range and If-None-Match."""

    def answer(seen: Seen) -> Reply:
        headers = {"Accept-Ranges": "bytes", **({"ETag": etag} if etag else {}), **more}
        if etag and seen.headers.get("if-none-match") == etag:
            return Reply(b"", 304, headers)
        wanted = re.fullmatch(r"bytes=(\d+)-", seen.headers.get("range", ""))
        if wanted and seen.headers.get("if-range", etag) == etag:
            start = int(wanted.group(1))
            if start >= len(content):
                return Reply(b"", 416, {"Content-Range": f"bytes */{len(content)}"})
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return Reply(content[start:], 206, headers)
        return Reply(content, 200, headers, cut_after=cut_after)

    return answer
