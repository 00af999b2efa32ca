"""Turning broken connections and HTTP refusals into sentences that say what to do."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import NameResolutionError

from geodata.fetching.client.content import error_object, message_in
from geodata.fetching.client.http_errors import FetchError, Kind, duration
from geodata.fetching.client.redaction import Redactor, printable

_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_PEEK = 4096


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


def refusal(response: requests.Response, host: str, redact: Redactor, now: datetime, *, with_key: bool) -> FetchError:
    """Return the error for an answer that is no success; reads at most a few kilobytes of its body."""
    status = response.status_code
    try:
        body = response.raw.read1(_PEEK, decode_content=True) or b""
    except (TransportError, OSError):
        body = b""
    said = printable(redact(message_in(body)))
    because = f": “{said}”" if said else ""
    if body.lstrip().startswith(b"{"):
        told = error_object(body, host, status)
        if told.kind == "key":
            return FetchError(redact(str(told)), "key", status=status)
    wait = seconds_until(response.headers.get("Retry-After"), now)
    again = status in _WORTH_ANOTHER_TRY
    kind, sentence = _words(status, host, because, wait, with_key)
    return FetchError(sentence, kind, status=status, again=again, wait_s=wait)


def _words(status: int, host: str, because: str, wait: float | None, with_key: bool) -> tuple[Kind, str]:
    if status == 429:
        when = f" for another {duration(wait)}" if wait else " for now"
        return "limited", f"{host} allows no more requests{when} (HTTP 429){because}."
    if status in (401, 403) and with_key:
        return "key", f"{host} does not accept the key (HTTP {status}){because}."
    if status in (401, 403):
        return "refused", (
            f"{host} refuses to serve this computer (HTTP {status}){because}. "
            "Some publishers refuse data centres: download the file elsewhere and put it in the folder of sources."
        )
    if status in (404, 410):
        return "absent", f"{host} has no such file (HTTP {status}){because}."
    if status >= 500:
        pause = f" and asks to wait {duration(wait)}" if wait else ""
        return "failing", f"{host} is failing (HTTP {status}){pause}{because}."
    return "misunderstood", f"{host} did not accept the request (HTTP {status}){because}."


def broken_connection(problem: BaseException, host: str, redact: Redactor) -> FetchError:
    """Return the error for a connection that could not be made or broke."""
    causes = list(_causes(problem))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return FetchError(
            f"The certificate of {host} is not trusted here. Behind an inspecting proxy, name its certificate "
            "file in REQUESTS_CA_BUNDLE.",
            "unreachable",
        )
    if isinstance(problem, requests.exceptions.ProxyError):
        return FetchError(f"The proxy did not let us reach {host}; see HTTPS_PROXY.", "unreachable", again=True)
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return FetchError(f"{host} cannot be reached: no connection in the time allowed.", "unreachable", again=True)
    if any(isinstance(cause, (requests.exceptions.Timeout, TimeoutError)) for cause in causes):
        return FetchError(f"{host} fell silent and was given up.", "too_slow", again=True)
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return FetchError(f"{host} cannot be reached: its name is not known here.", "unreachable", again=True)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return FetchError(f"{host} cannot be reached: it refuses connections.", "unreachable", again=True)
    if isinstance(problem, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return FetchError(f"“{redact(printable(host))}” is no address that can be asked.", "unreachable")
    return FetchError(f"The connection to {host} broke.", "unreachable", again=True)


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
