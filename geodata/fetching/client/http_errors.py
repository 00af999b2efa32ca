"""The one error between a publisher and a file, and the sentences for everything that can cause it."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, Self

import requests
from requests.exceptions import ConnectTimeout, InvalidSchema, InvalidURL, ProxyError
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import NameResolutionError

from geodata.errors import OnrampError
from geodata.fetching.client.media import code_and_message, message_in
from geodata.fetching.client.redaction import Redactor, printable

Kind = Literal[
    "unreachable",  # no connection, or it broke
    "too_slow",  # a deadline passed
    "refused",  # 401, 403
    "absent",  # 404, 410
    "limited",  # 429
    "key",  # the key is missing, unknown or switched off
    "misunderstood",  # any other 4xx
    "failing",  # 5xx
    "truncated",  # fewer bytes than announced
    "too_large",
    "content",  # another kind of thing than was asked for
    "hash",  # other bytes than the pinned ones
    "archive",  # an archive that is not safe to open
    "redirect",
    "disk",
]
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which another attempt may succeed."""
_PEEK = 4096


class FetchError(OnrampError):
    """A publisher did not give what was asked; the message is a sentence without any key in it.

    `again` says whether trying again soon can help; `wait_s` is what the publisher asked to wait, in seconds;
    `location` is where a refused redirect pointed (redacted); `host` is the host that it is about, where that is
    another than the one asked: a publisher may send on to a place that cannot be reached.
    """

    def __init__(
        self,
        sentence: str,
        kind: Kind,
        *,
        status: int | None = None,
        again: bool = False,
        wait_s: float | None = None,
        location: str = "",
    ) -> None:
        super().__init__(sentence)
        self.kind: Kind = kind
        self.status = status
        self.again = again
        self.wait_s = wait_s
        self.location = location
        self.host = ""

    def of_host(self, host: str) -> Self:
        """Note which host the error is about, and return the error."""
        self.host = host
        return self

    def again_later(self) -> FetchError:
        """Return an error of the same words, for the next file of a host that was given up."""
        return FetchError(str(self), self.kind, status=self.status, location=self.location).of_host(self.host)

    def after(self, attempts: int) -> Self:
        """Add the number of attempts to the sentence where there were several, and return the error."""
        if attempts > 1:
            self.args = (f"{str(self).rstrip('.')} ({attempts} attempts).",)
        return self


def refusal(response: requests.Response, host: str, redact: Redactor, now: datetime, *, with_key: bool) -> FetchError:
    """Return the error for an answer that is no success; reads at most a few kilobytes of its body."""
    status = response.status_code
    try:
        body = response.raw.read1(_PEEK, decode_content=True) or b""
    except (TransportError, OSError):
        body = b""
    if body.lstrip().startswith(b"{"):
        explained = error_object(body, host, status)
        if explained.kind == "key":
            return FetchError(redact(str(explained)), "key", status=status)
    said = printable(redact(message_in(body)))
    wait = seconds_until(response.headers.get("Retry-After"), now)
    kind, problem, advice = _status_in_words(status, wait, with_key)
    because = f": “{said}”" if said else ""
    return FetchError(f"{host} {problem}{because}.{advice}", kind, status=status, again=status in PASSING, wait_s=wait)


def _status_in_words(status: int, wait: float | None, with_key: bool) -> tuple[Kind, str, str]:
    """Return the kind of a refusal, what follows the host's name, and advice to end with."""
    if status == 429:
        until = f"another {duration(wait)}" if wait else "now"
        return "limited", f"allows no more requests for {until} (HTTP 429)", ""
    if status in (401, 403) and with_key:
        return "key", f"does not accept the key (HTTP {status})", ""
    if status in (401, 403):
        advice = " Some publishers refuse data centers and networks abroad."
        return "refused", f"refuses to serve this computer (HTTP {status})", advice
    if status in (404, 410):
        return "absent", f"has no such file (HTTP {status})", ""
    if status >= 500:
        pause = f" and asks to wait {duration(wait)}" if wait else ""
        return "failing", f"is failing (HTTP {status}){pause}", ""
    return "misunderstood", f"did not accept the request (HTTP {status})", ""


def error_object(body: bytes, host: str, status: int | None = None) -> FetchError:
    """Return the error that a JSON error object describes: ArcGIS, api.data.gov and those like them."""
    code, said = code_and_message(body)
    if code.upper().startswith("API_KEY") or code in ("498", "499"):
        return FetchError(f"{host} does not accept the key: {said or code}.", "key", status=status)
    if code.upper() == "OVER_RATE_LIMIT":
        return FetchError(f"{host} allows no more requests for now: {said}.", "limited", status=status)
    named = f" {code}" if code else ""
    if code in ("400", "404") and any(words in said.casefold() for words in _NO_SUCH_SERVICE):
        return FetchError(f"{host} has no such service (error {code}: {said}).", "absent", status=status)
    again = code in ("500", "502", "503", "504")
    return FetchError(f"{host} answered with error{named}: {said or 'no reason given'}.", "content", again=again)


# What feature services say under status 200 of a service that is not there.
_NO_SUCH_SERVICE = ("invalid url", "not found", "does not exist")

_BROKEN: tuple[tuple[tuple[type[BaseException], ...], str, Kind], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        "The certificate of {host} is not trusted here. Behind an inspecting proxy, name its certificate file in "
        "REQUESTS_CA_BUNDLE.",
        "unreachable",
    ),
    ((ProxyError,), "The proxy did not let us reach {host}; see HTTPS_PROXY.", "unreachable"),
    ((ConnectTimeout,), "{host} cannot be reached: no connection in the time allowed.", "unreachable"),
    ((requests.Timeout, TimeoutError), "{host} fell silent and was given up.", "too_slow"),
    ((NameResolutionError, socket.gaierror), "{host} cannot be reached: its name is not known here.", "unreachable"),
    ((ConnectionRefusedError,), "{host} cannot be reached: it refuses connections.", "unreachable"),
    ((InvalidURL, InvalidSchema), "“{host}” is no address that can be asked.", "unreachable"),
)


def no_connection(host: str) -> FetchError:
    """Return the error for a host to which no connection came about in the time allowed."""
    return FetchError(f"{printable(host)} cannot be reached: no connection in the time allowed.", "unreachable")


_HOPELESS = (ssl.SSLCertVerificationError, InvalidURL, InvalidSchema)


def broken_connection(problem: BaseException, host: str) -> FetchError:
    """Return the error for a connection that could not be made or broke."""
    causes = list(_causes(problem))
    again = not any(isinstance(cause, _HOPELESS) for cause in causes)
    for types, sentence, kind in _BROKEN:
        if any(isinstance(cause, types) for cause in causes):
            return FetchError(sentence.format(host=printable(host)), kind, again=again)
    return FetchError(f"The connection to {host} broke.", "unreachable", again=True)


def in_one_error(problem: Exception, host: str) -> FetchError:
    """Return whatever went wrong in an attempt as the one error: a connection that broke, a disk, or an odd answer."""
    if isinstance(problem, FetchError):
        return problem
    if isinstance(problem, (requests.RequestException, TransportError, TimeoutError, ConnectionError)):
        return broken_connection(problem, host)
    if isinstance(problem, OSError):
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return FetchError("There is no room left on the disk for the download.", "disk")
        if problem.filename is None:
            return broken_connection(problem, host)
        return FetchError(f"The download cannot be kept here ({problem.strerror}).", "disk")
    kind = type(problem).__name__
    return FetchError(f"{printable(host)} answered in a way that cannot be understood ({kind}).", "content")


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it wraps: requests and urllib3 nest the true cause in `args` and `reason`."""
    queue, seen = [problem], set()
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        queue += [one for one in inner if isinstance(one, BaseException)]


def seconds_until(header: str | None, now: datetime) -> float | None:
    """Return the wait a Retry-After header asks for (seconds or a date), in seconds; None without a usable one."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header.strip())
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def duration(seconds: float) -> str:
    """Return a length of time as a person would say it, e.g. `22 hours`."""
    for size, unit in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= 1.5 * size:
            return f"{round(seconds / size)} {unit}s"
    whole = max(1, round(seconds))
    return f"{whole} second{'s' if whole > 1 else ''}"


def size(count: float) -> str:
    """Return a number of bytes as a person would say it, e.g. `45 MB` (decimal units)."""
    for step, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count:.0f} bytes"
