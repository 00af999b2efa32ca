"""The one HTTP client: bounded in time and size, patient only where patience helps, and honest about what came.

Built on requests, which also brings proxies and private certificates (`HTTPS_PROXY`, `REQUESTS_CA_BUNDLE`).
Keys travel in headers or, where a publisher knows nothing else, in a parameter; they are redacted in every
message, log line and record, and never follow a redirect to another host.
"""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, NamedTuple, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError as TransportError

from geodata.errors import OnrampError
from geodata.fetching.client import ftp
from geodata.fetching.client.body import Bounds, Expected, copy_body
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.content import HEAD_BYTES, check_head, check_whole, filename_of
from geodata.fetching.client.exchange import WATCHER, Download, JsonObject, Limits, Progress, Request
from geodata.fetching.client.host_memory import HostMemory
from geodata.fetching.client.http_errors import (
    FetchError,
    broken_connection,
    duration,
    in_one_error,
    no_connection,
    refusal,
    size,
)
from geodata.fetching.client.patience import persist
from geodata.fetching.client.preflight import unreachable
from geodata.fetching.client.redaction import host_of, redact_logs
from geodata.fetching.client.resume import Begun, PartialFile, span_of
from geodata.fetching.client.silence import Silence
from geodata.fetching.client.still_waiting import saying
from geodata.fetching.client.watchdog import WatchedAdapter, is_private, public_only, watched

Came = TypeVar("Came")

# Requests as they are made (INFO) and waits that a person would notice (WARNING).
LOG = logging.getLogger("onramp.fetching")
_WORTH_TELLING_S = 3.0
_FTP_PORT = 21
# The body's own check says how much came, so it goes first.
_LATE_S = 1.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
# After these the bytes that came are worth keeping for the next attempt.
_CONTINUABLE = frozenset({"unreachable", "too_slow", "truncated", "failing", "limited"})


def user_agent(contact: str | None = None) -> str:
    """Return how this program names itself to publishers, with the address of somebody to write to where there is one.

    Census, NCES and others refuse clients that do not say who they are.
    """
    try:
        number = version("onramp")
    except PackageNotFoundError:
        number = "0"
    who = f"; contact: {contact}" if contact else ""
    return f"Onramp/{number} (workforce planning from public data{who}) python-requests"


class _NoLogin(requests.auth.AuthBase):
    """Keeps a .netrc file of the user from being sent to publishers or from replacing a token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Attempt(NamedTuple):
    """One try, counted from 1: where the body goes, and the moment of the monotonic clock (seconds) all tries end.

    `part` is the file that `out` writes to, where what came may be continued later.
    """

    request: Request
    out: IO[bytes]
    number: int
    deadline: float
    part: PartialFile | None = None
    begun: Begun = Begun()


class Fetcher:
    """Asks publishers for files. One per run; it keeps connections open between requests."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        progress: Progress | None = None,
        contact: str | None = None,
        proxies: Mapping[str, str] | None = None,
        ca_bundle: Path | None = None,
        private_redirects: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self.clock = clock or Clock()
        self._progress = progress or WATCHER.get()
        self._session = requests.Session()
        self._session.auth = _NoLogin()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, WatchedAdapter())
        self._session.headers.update({"User-Agent": user_agent(contact), "Accept": "*/*"})
        self._session.proxies.update(proxies or {})
        self._ca_bundle = None if ca_bundle is None else str(ca_bundle)
        self._private_redirects = private_redirects
        self._memory = HostMemory(self.limits, self.clock)
        self._silence = Silence(self.clock)
        self._what = ""
        # Bytes of the body that is coming, and of the whole where that is known.
        self._came: tuple[int, int | None] | None = None

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @contextmanager
    def sparing(self, silence_s: float, what: str = "") -> Iterator[None]:
        """Let what is asked within cost at most `silence_s` seconds in which nothing comes, all attempts together.

        `what` it is that is asked for is named to who waits.
        """
        before, self._silence, self._what = (self._silence, self._what), Silence(self.clock, silence_s), what
        try:
            yield
        finally:
            self._silence, self._what = before

    def look_ahead(self, addresses: Collection[str]) -> None:
        """Ask the hosts of `addresses` all at once whether they can be reached; those that cannot are given up."""
        roots = {host_of(url): url for url in addresses}
        for host, problem in unreachable(roots, lambda host: self._reach(roots[host]), self.limits.preflight_s).items():
            LOG.info("%s", problem)
            self._memory.failed(host, problem)

    def _reach(self, url: str) -> FetchError | None:
        """Return why the host of `url` cannot be reached, None where it can; whatever it answers is an answer."""
        parts, host = urlsplit(url), host_of(url)
        limits = self.limits

        def attempt(_: int) -> None:
            try:
                if parts.scheme == "ftp":
                    socket.create_connection((host, parts.port or _FTP_PORT), limits.connect_s).close()
                else:
                    root = f"{parts.scheme}://{parts.netloc}/"
                    times = (limits.connect_s, limits.connect_s)
                    self._session.head(root, timeout=times, allow_redirects=False, verify=self._ca_bundle)
            except TimeoutError:
                raise no_connection(host) from None
            except (requests.RequestException, TransportError, OSError) as problem:
                error = broken_connection(problem, host)
                # A name that is unknown for a second may be known in the next; a silent address stays silent.
                error.again = error.again and "its name is not known" in str(error)
                raise error from None

        try:
            persist(attempt, limits.patience(2), self.clock)
        except FetchError as problem:
            return problem if problem.kind in ("unreachable", "too_slow") else None
        return None

    def download_ftp(self, request: Request, path: Path) -> Download:
        """Write a file of an FTP server to `path` and return what came; raises FetchError with one sentence."""

        def attempt(number: int, deadline: float) -> Download:
            bounds = Bounds(
                request.max_bytes or self.limits.max_bytes, deadline, self.limits.total_s, self.clock.monotonic
            )
            report = self._report(request)
            with ftp.connected(request, *self._timeouts(deadline)) as session:
                return ftp.download(session, request, path, lambda out: session.copy(out, bounds, report))

        return self._persist(request, attempt)

    def peek_ftp(self, request: Request) -> None:
        """Ask for the date of a file of an FTP server; raises FetchError."""
        with (
            self._bounded(request, self.clock.monotonic() + self.limits.read_s, self.limits.read_s),
            ftp.connected(request, self.limits.connect_s, self.limits.read_s) as session,
        ):
            session.announced()

    def _report(self, request: Request) -> Callable[[int, int | None], None]:
        """Return what hears of the bytes of a body."""
        silence, shown = self._silence, self._progress
        self._came = None

        def report(done: int, whole: int | None) -> None:
            silence.heard()
            self._came = (done, whole)
            if shown is not None:
                shown(request.label or request.host, done, whole)

        return report

    def download(self, request: Request, path: Path) -> Download:
        """Write the answer to `path` and return what came; raises FetchError with one sentence.

        `path` keeps what arrived when the connection breaks and is continued by the next attempt or run, if the
        publisher says that the file is still the same. It holds the whole, checked file on return, and nothing
        when the answer is unchanged or empty.
        """
        part = PartialFile(path, request.redact(request.url))

        def attempt(number: int, deadline: float) -> Download:
            resumed_at = 0
            try:
                begun = part.begun() if request.method == "GET" else Begun()
                with path.open("ab") as out:
                    came = self._try(_Attempt(request, out, number, deadline, part, begun))
                resumed_at = came.resumed_at
                if came.state != "new":
                    return came
                sha256 = check_whole(path, request.media, request.sha256, request.host)
                return replace(came, sha256=sha256, size=path.stat().st_size)
            except FetchError as problem:
                if problem.kind not in _CONTINUABLE or not part.begun().size:
                    part.forget()
                # A wrong whole may come of two halves that do not belong together: begin again once.
                problem.again = problem.again or resumed_at > 0
                raise

        came = self._persist(request, attempt)
        if came.state == "new":
            part.settle()
        else:
            part.forget()
        return came

    def read(self, request: Request) -> tuple[Download, bytes]:
        """Return what came and its bytes, for answers that are small; raises FetchError with one sentence."""

        def attempt(number: int, deadline: float) -> tuple[Download, bytes]:
            out = io.BytesIO()
            return self._try(_Attempt(request, out, number, deadline)), out.getvalue()

        return self._persist(request, attempt)

    def peek(self, request: Request) -> Download:
        """Return what would come, having read no more than the beginning; one attempt, raises FetchError."""
        redact_logs(request.keys)
        deadline = self.clock.monotonic() + self.limits.read_s
        with self._bounded(request, deadline, self.limits.read_s):
            return self._try(_Attempt(replace(request, beginning_only=True), io.BytesIO(), 1, deadline))

    def json_object(self, request: Request, what: str = "an object") -> JsonObject:
        """Return the JSON object that is answered; raises FetchError, naming `what` was expected, for anything else."""
        answer = self.json(request)
        if not isinstance(answer, dict):
            raise FetchError(f"{request.host} answered with something else than {what}.", "content")
        return answer

    def json(self, request: Request) -> object:
        """Return the parsed JSON of an answer, None for an empty one (204); raises FetchError."""
        came, body = self.read(request)
        if came.state == "empty":
            return None
        try:
            parsed: object = json.loads(body)
            return parsed
        except ValueError:
            raise FetchError(f"{request.host} sent JSON that cannot be read.", "content") from None

    def _persist(self, request: Request, attempt: Callable[[int, float], Came]) -> Came:
        """Try as often as the limits and the silence left allow; not at all where the host was given up a while ago."""
        redact_logs(request.keys)
        given_up = self._memory.verdict(request.host)
        if given_up is not None:
            raise given_up
        deadline = self.clock.monotonic() + self.limits.total_s

        def noted(number: int) -> Came:
            try:
                with (
                    saying(lambda: self._still_waiting(request.host), self.limits.tell_s),
                    self._bounded(request, deadline, self.limits.total_s),
                ):
                    return attempt(number, deadline)
            except FetchError as problem:
                LOG.info("%s %s: %s", request.method, request.redact(request.url), problem)
                raise

        try:
            came = persist(noted, self.limits.patience(self.limits.attempts), self.clock, deadline, self._may_pause)
        except FetchError as problem:
            self._memory.failed(problem.host or request.host, problem)
            raise
        finally:
            if self._progress is not None and self._came is not None:
                # It is over, whole or not.
                self._progress(request.label or request.host, self._came[0], self._came[0])
        self._memory.answered(request.host)
        return came

    @contextmanager
    def _bounded(self, request: Request, deadline: float, allowed_s: float) -> Iterator[None]:
        """Make an attempt that ends when it is overdue, however its bytes drip, and fails with FetchError alone.

        `deadline` is the moment of the monotonic clock (seconds) at which `allowed_s` are over.
        """
        began, limits = self.clock.monotonic(), self.limits

        def overdue() -> FetchError | None:
            now, silence = self.clock.monotonic(), self._silence
            if silence.left_s <= 0:
                return self._too_silent()
            if now > deadline + _LATE_S:
                return FetchError(f"{request.host} was too slow for the {duration(allowed_s)} allowed.", "too_slow")
            if min(now - began, silence.quiet_s) > limits.connect_s + limits.read_s:
                sentence = f"{request.host} sent nothing of use for {duration(limits.read_s)} and was given up."
                return FetchError(sentence, "too_slow", again=True)
            return None

        try:
            with watched(overdue):
                yield
        except OnrampError:
            raise
        except Exception as problem:
            LOG.debug("%s", request.host, exc_info=True)
            raise in_one_error(problem, request.host) from None

    def _still_waiting(self, host: str) -> None:
        """Say what is waited for, and what came of it, where no bar shows that."""
        came, quiet_s, silence = self._came, self._silence.quiet_s, self._silence
        what = f"{self._what} from {host}" if self._what else host
        if quiet_s >= self.limits.tell_s:
            patience = (
                f"it is given up after {duration(silence.allowed_s)} without a byte"
                if silence.allowed_s < float("inf")
                else f"it is asked up to {self.limits.attempts} times, for {duration(self.limits.read_s)} each"
            )
            LOG.warning("Waiting for %s: nothing came for %s; %s.", what, duration(quiet_s), patience)
        elif came is not None and came[0] != came[1] and self._progress is None:
            done, whole = came
            LOG.warning("%s: %s%s came so far.", what, size(done), f" of {size(whole)}" if whole else "")

    def _may_pause(self, pause_s: float, problem: FetchError) -> bool:
        """Say what is waited for, and return whether that much silence is left."""
        if pause_s >= self._silence.left_s:
            return False
        if pause_s >= _WORTH_TELLING_S:
            LOG.warning("Waiting %s: %s", duration(pause_s), problem)
        return True

    def _try(self, attempt: _Attempt) -> Download:
        """Ask, follow, judge, and stream the body; every exception on the way becomes a FetchError.

        It names the host it is about, which after a redirect is not the one that was asked first.
        """
        host = attempt.request.host
        try:
            response, moved_to = self._follow(attempt)
            host = host_of(response.url or attempt.request.url)
            with response:
                return self._receive(attempt, response, moved_to)
        except FetchError as problem:
            raise problem.of_host(problem.host or host) from None
        except OnrampError:
            raise
        except Exception as problem:
            LOG.debug("%s", host, exc_info=True)
            raise in_one_error(problem, host).of_host(host) from None

    def _follow(self, attempt: _Attempt) -> tuple[requests.Response, str | None]:
        """Send the request and follow redirects; returns the final response and where the file moved for good."""
        request = attempt.request
        headers = _headers(request, attempt.begun)
        url, method = request.url, request.method
        permanent, moved_to = True, None
        params: Mapping[str, str] | None = {**request.params, **request.secret_params}
        form, upload = request.form, request.upload
        for _ in range(self.limits.redirects + 1):
            away = host_of(url) != request.host
            with self._sent_on(request, url), public_only(away and not self._private_redirects):
                response = self._session.request(
                    method,
                    url,
                    params=params,
                    data=form,
                    files={upload[0]: (upload[1], upload[2], "text/csv")} if upload else None,
                    headers={**headers, **(request.secret_headers if _origin(url) == _origin(request.url) else {})},
                    timeout=self._timeouts(attempt.deadline),
                    allow_redirects=False,
                    stream=True,
                    verify=self._ca_bundle,
                )
            self._silence.heard()
            LOG.info("%s %s: %d", method, request.redact(response.url or url), response.status_code)
            status, location = response.status_code, response.headers.get("Location")
            if status not in _REDIRECTS or not location:
                return response, moved_to
            # Its body is not read: requests would take in all of it before it follows.
            response.close()
            target = urljoin(url, location)
            self._permit_redirect(request, url, target, status)
            permanent = permanent and status in _PERMANENT
            moved_to = request.redact(target) if permanent else moved_to
            if status == 303 or (status in (301, 302) and method == "POST"):
                method, form, upload = "GET", None, None
            url, params = target, None
        raise FetchError(
            f"{request.host} sent us on more than {self.limits.redirects} times without giving the file.", "redirect"
        )

    @contextmanager
    def _sent_on(self, request: Request, url: str) -> Iterator[None]:
        """Raise what goes wrong on the way to `url` as that host's fault, which need not be the one asked first."""
        host = host_of(url)
        if host == request.host:
            yield
            return
        sent_on = f"{request.host} sent us on to {host}."
        given_up = self._memory.verdict(host)
        if given_up is not None:
            said = str(given_up).rpartition(f"sent us on to {host}. ")[2]
            raise FetchError(f"{sent_on} {said}", given_up.kind, status=given_up.status).of_host(host)
        try:
            yield
        except FetchError as problem:
            raise FetchError(f"{sent_on} {problem}", problem.kind).of_host(host) from None
        except (requests.RequestException, TransportError, TimeoutError, ConnectionError) as problem:
            broken = broken_connection(problem, host)
            error = FetchError(f"{sent_on} {broken}", broken.kind, again=broken.again)
            raise error.of_host(host) from None

    def _permit_redirect(self, request: Request, url: str, target: str, status: int) -> None:
        """Raise FetchError for a redirect that is not wanted, or not to a protected, public place without the key."""
        shown, parts = request.redact(target), urlsplit(target)
        if not request.follow_redirects:
            sentence = f"{request.host} sent us on to {shown} instead of answering."
            raise FetchError(sentence, "redirect", status=status, location=shown)
        if parts.scheme not in ("http", "https"):
            problem = "sent us to an address of another kind"
        elif parts.scheme == "http" and urlsplit(url).scheme == "https":
            problem = "sent us from a protected address to an unprotected one"
        elif _origin(target) != _origin(request.url) and any(key and key in unquote(target) for key in request.keys):
            problem = "sent us to another host together with the key"
        elif not self._private_redirects and is_private(parts.hostname or "") and host_of(target) != request.host:
            problem = "sent us to an address of a private network"
        else:
            return
        raise FetchError(f"{request.host} {problem} ({shown}), which is not followed.", "redirect", status=status)

    def _timeouts(self, deadline: float) -> tuple[float, float]:
        """Return how long to wait for a connection and for each byte, in seconds."""
        read_s = self._read_timeout(deadline)
        return min(self.limits.connect_s, read_s), read_s

    def _read_timeout(self, deadline: float) -> float:
        silence_s = self._silence.left_s
        if silence_s <= 0:
            raise self._too_silent()
        left = deadline - self.clock.monotonic()
        if left <= 0:
            raise FetchError(f"The time allowed ({duration(self.limits.total_s)}) is used up.", "too_slow")
        return max(0.05, min(self.limits.read_s, left, silence_s))

    def _too_silent(self) -> FetchError:
        allowed = duration(self._silence.allowed_s)
        return FetchError(f"Nothing came for {allowed} in all, which is as long as is waited here.", "too_slow")

    def _receive(self, attempt: _Attempt, response: requests.Response, moved_to: str | None) -> Download:
        """Judge the status and stream the body."""
        request, out, part = attempt.request, attempt.out, attempt.part
        host, status = host_of(response.url or request.url), response.status_code
        came = Download(
            state="unchanged" if status == 304 else "empty" if status == 204 else "new",
            url=request.redact(response.url),
            filename=filename_of(response.headers, response.url),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            content_type=response.headers.get("Content-Type", ""),
            moved_to=moved_to,
            attempts=attempt.number,
        )
        if came.state != "new":
            return came
        bounds = Bounds(
            request.max_bytes or (self.limits.max_bytes if part else self.limits.max_bytes_in_memory),
            attempt.deadline,
            self.limits.total_s,
            self.clock.monotonic,
        )
        if request.span is not None and status in (200, 206):
            got = span_of(response.headers)
            if status != 206 or got is None or got.first != request.span[0]:
                raise FetchError(f"{host} does not serve parts of its files.", "misunderstood", status=status)
            copy_body(response, out, Expected(request.media, host, middle=got.first > 0), bounds)
            return replace(came, total=got.total)
        start = self._continued_at(attempt, response, host)
        if request.beginning_only:
            head = response.raw.read1(HEAD_BYTES, decode_content=True) or b""
            check_head(head, request.media, came.content_type, host)
            return came
        if start == 0:
            out.seek(0)
            out.truncate()
            if part is not None:
                part.note(response.headers)
        size = copy_body(response, out, Expected(request.media, host, start), bounds, self._report(request))
        return replace(came, size=size, resumed_at=start)

    def _continued_at(self, attempt: _Attempt, response: requests.Response, host: str) -> int:
        """Return how many bytes are here already; raises FetchError for a refusal or another file's continuation."""
        status, part, begun = response.status_code, attempt.part, attempt.begun
        if part is not None and begun.size and status in (206, 416):
            if status == 206 and begun.continued_by(response.headers):
                return begun.size
            part.forget()
            did = "continued another file than the one begun" if status == 206 else "could not continue the download"
            raise FetchError(f"{host} {did}.", "truncated", again=True)
        if status != 200:
            request = attempt.request
            with_key = bool(request.secret_headers or request.secret_params)
            raise refusal(response, host, request.redact, self.clock.now(), with_key=with_key)
        return 0


def _headers(request: Request, begun: Begun) -> dict[str, str]:
    """Return the headers of a request without its keys: what is wanted of the file, and what is here already."""
    # Ranges count the bytes of the encoded form, so what may be resumed must come as it is.
    encoding = "gzip" if request.media == "json" and not begun.size else "identity"
    headers = {**request.headers, "Accept-Encoding": encoding}
    if request.span is not None:
        return headers | {"Range": f"bytes={request.span[0]}-{request.span[1]}"}
    if begun.size and begun.validator:
        return headers | {"Range": f"bytes={begun.size}-", "If-Range": begun.validator}
    known = {"If-None-Match": request.known.etag, "If-Modified-Since": request.known.last_modified}
    return headers | {name: value for name, value in known.items() if value}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
