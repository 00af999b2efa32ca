"""Ending what a socket's own timeout cannot: an answer that comes byte by byte and never gets anywhere.

A timeout of a socket counts from the last byte. Headers, lengths of chunks, trailers, endless `100 Continue` and empty
blocks of a compressed body can be dripped for ever, each byte in time. So a thread looks every moment whether the
attempt is overdue, and shuts the socket down under it: whatever was being read ends at once.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import printable

_LOOKS_EVERY_S = 0.1
_HERE = threading.local()


class Watch:
    """The sockets of one attempt, and the error it ended with where it was overdue."""

    def __init__(self) -> None:
        self.ended: FetchError | None = None
        self._sockets: list[socket.socket] = []
        self._connections: list[Any] = []

    def hold(self, sock: socket.socket | None, connection: object = None) -> None:
        """Note a socket, and the connection that may get another one."""
        if sock is not None and sock not in self._sockets:
            self._sockets.append(sock)
        if connection is not None and connection not in self._connections:
            self._connections.append(connection)

    def shut(self) -> None:
        """Shut every socket down; who reads from one gets its end."""
        for sock in [*self._sockets, *(one.sock for one in self._connections)]:
            # Not the method of a protected socket, which would take its state away from the thread that reads.
            with suppress(OSError, TypeError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def hold(sock: socket.socket | None, connection: object = None) -> None:
    """Note a socket for the attempt that this thread makes, if it makes one."""
    watch: Watch | None = getattr(_HERE, "watch", None)
    if watch is not None:
        watch.hold(sock, connection)


@contextmanager
def watched(overdue: Callable[[], FetchError | None]) -> Iterator[None]:
    """Make an attempt that is ended, with the error that `overdue` returns, as soon as that returns one."""
    watch, over = Watch(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOKS_EVERY_S):
            watch.ended = watch.ended or overdue()
            if watch.ended is not None:
                watch.shut()

    before = getattr(_HERE, "watch", None)
    thread = threading.Thread(target=look, daemon=True, name="watchdog")
    _HERE.watch = watch
    thread.start()
    try:
        yield
    except Exception:
        if watch.ended is not None:
            raise watch.ended from None
        raise
    finally:
        over.set()
        thread.join()
        _HERE.watch = before
    # A cut answer without an announced length looks whole.
    if watch.ended is not None:
        raise watch.ended


@contextmanager
def public_only(wanted: bool) -> Iterator[None]:
    """Where `wanted`, refuse to ask what is on this machine or a private network, whatever name it goes by."""
    before = getattr(_HERE, "public_only", False)
    _HERE.public_only = wanted
    try:
        yield
    finally:
        _HERE.public_only = before


def is_private(address: str) -> bool:
    """Return whether an IP address is on this machine or a private network; False for a name."""
    try:
        return not ipaddress.ip_address(address.strip("[]").partition("%")[0]).is_global
    except ValueError:
        return address.rstrip(".").casefold() == "localhost"


class _Held:
    """What a connection does besides: it shows its socket to the watchdog, and asks nobody it may not ask."""

    sock: socket.socket | None
    proxy: Any
    host: str

    def connect(self) -> None:
        # Known before it is made: the greeting of a protected connection may be dripped too.
        hold(None, self)
        super().connect()  # type: ignore[misc]
        hold(self.sock)

    def request(self, *words: Any, **named: Any) -> None:
        if self.sock is None:
            self.connect()
        hold(self.sock, self)
        if getattr(_HERE, "public_only", False) and self.proxy is None and self.sock is not None:
            peer = str(self.sock.getpeername()[0])
            if is_private(peer):
                raise FetchError(f"{printable(self.host)} is an address of a private network ({peer}).", "redirect")
        super().request(*words, **named)  # type: ignore[misc]


class _Connection(_Held, urllib3.connection.HTTPConnection):
    pass


class _ProtectedConnection(_Held, urllib3.connection.HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection  # type: ignore[assignment]


class _ProtectedPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _ProtectedConnection  # type: ignore[assignment]


class WatchedAdapter(HTTPAdapter):
    """The adapter of requests, with connections that the watchdog can end."""

    def init_poolmanager(self, *words: Any, **named: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*words, **named)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _ProtectedPool}

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Return the pools of the connections through `proxy`."""
        manager = super().proxy_manager_for(proxy, **named)  # type: ignore[no-untyped-call]
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _ProtectedPool}
        return manager
