"""Copying the body of an answer: bounded in size and time, judged by its beginning, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import requests
from urllib3.exceptions import DecodeError, ProtocolError

from geodata.fetching.client.content import HEAD_BYTES, Media, check_head
from geodata.fetching.client.http_errors import FetchError, duration, size

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Bounds:
    """The most bytes, unpacked, and the moment (of the monotonic clock, seconds) `allowed_s` is over."""

    most: int
    deadline: float
    allowed_s: float


def copy_body(
    response: requests.Response,
    out: IO[bytes],
    start: int,
    media: Media,
    host: str,
    bounds: Bounds,
    monotonic: Callable[[], float],
    report: Callable[[int, int | None], None] | None,
) -> int:
    """Copy the body to `out`, whose first `start` bytes came before; returns the size of the whole in bytes.

    Raises FetchError when it is too large, too slow, cut short, or begins like something else than `media`.
    """
    announced = response.headers.get("Content-Length", "")
    counted = announced.isdigit() and "Content-Encoding" not in response.headers
    whole = start + int(announced) if counted else None
    too_large = FetchError(f"{host} sent more than the {size(bounds.most)} that are allowed here.", "too_large")
    if whole is not None and whole > bounds.most:
        raise too_large
    content_type = response.headers.get("Content-Type", "")
    done, head, judged = start, b"", start > 0
    while True:
        if monotonic() > bounds.deadline:
            allowed = duration(bounds.allowed_s)
            raise FetchError(f"{host} was too slow: {size(done)} came in the {allowed} allowed.", "too_slow")
        chunk = _next(response, host, done, whole)
        if not chunk:
            break
        done += len(chunk)
        if done > bounds.most:
            raise too_large
        if not judged:
            head += chunk[: HEAD_BYTES - len(head)]
            judged = len(head) >= HEAD_BYTES
            if judged:
                check_head(head, media, content_type, host)
        out.write(chunk)
        if report:
            report(done, whole)
    if not judged:
        check_head(head, media, content_type, host)
    return done


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
