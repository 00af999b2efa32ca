"""Copying the body of an answer: bounded in size and time, judged by its beginning, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, NamedTuple

import requests
from urllib3.exceptions import DecodeError, ProtocolError

from geodata.fetching.client.content import HEAD_BYTES, check_head
from geodata.fetching.client.http_errors import FetchError, duration, size
from geodata.fetching.client.media import Media

_CHUNK = 1 << 16


class Bounds(NamedTuple):
    """The most bytes, unpacked, and the moment of the clock `monotonic` (seconds) at which `allowed_s` is over."""

    most: int
    deadline: float
    allowed_s: float
    monotonic: Callable[[], float]


class Expected(NamedTuple):
    """What a body should be: `media` from `host`, whose first `start` bytes came before.

    What comes from the `middle` of a file cannot be judged by its first bytes.
    """

    media: Media
    host: str
    start: int = 0
    middle: bool = False


def copy_body(
    response: requests.Response,
    out: IO[bytes],
    expected: Expected,
    bounds: Bounds,
    report: Callable[[int, int | None], None] = lambda done, whole: None,
) -> int:
    """Copy the body to `out` and return the size of the whole in bytes; `report` hears of bytes done and of all.

    Raises FetchError when it is too large, too slow, cut short, or begins like something else than is expected.
    """
    host, done = expected.host, expected.start
    announced = response.headers.get("Content-Length", "")
    counted = announced.isdigit() and "Content-Encoding" not in response.headers
    whole = done + int(announced) if counted else None
    too_large = FetchError(f"{host} sent more than the {size(bounds.most)} that are allowed here.", "too_large")
    if whole is not None and whole > bounds.most:
        raise too_large
    head: bytes | None = None if done or expected.middle else b""
    while True:
        if bounds.monotonic() > bounds.deadline:
            allowed = duration(bounds.allowed_s)
            raise FetchError(f"{host} was too slow: {size(done)} came in the {allowed} allowed.", "too_slow")
        chunk = _next(response, host, done, whole)
        done += len(chunk)
        if done > bounds.most:
            raise too_large
        if head is not None:
            head += chunk[: HEAD_BYTES - len(head)]
            if len(head) >= HEAD_BYTES or not chunk:
                check_head(head, expected.media, response.headers.get("Content-Type", ""), host)
                head = None
        if not chunk:
            return done
        out.write(chunk)
        report(done, whole)


def _next(response: requests.Response, host: str, done: int, whole: int | None) -> bytes:
    """Return the next bytes; the library notices when fewer came than were announced.

    One read of the socket at a time: waiting for a full block would let a trickle pass the deadline.
    """
    try:
        return response.raw.read1(_CHUNK, decode_content=True) or b""
    except DecodeError:
        raise FetchError(f"{host} sent a compressed answer that cannot be unpacked.", "truncated", again=True) from None
    except ProtocolError:
        of = "" if whole is None else f" of {size(whole)}"
        raise FetchError(f"{host} broke off after {size(done)}{of}.", "truncated", again=True) from None
