"""The one HTTP client: bounded in time and size, patient only where patience helps, and honest about what came.

Built on requests, which also brings proxies and private certificates (`HTTPS_PROXY`, `REQUESTS_CA_BUNDLE`).
Keys travel in headers or, where a publisher knows nothing else, in a parameter; they are redacted in every
message, log line and record, and never follow a redirect to another host.
"""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError as TransportError

from geodata.errors import InputError
from geodata.fetching.client import resume
from geodata.fetching.client.body import Bounds, copy_body
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.content import HEAD_BYTES, check_end, check_head, filename_of
from geodata.fetching.client.exchange import Download, Limits, Progress, Request
from geodata.fetching.client.http_errors import FetchError, duration
from geodata.fetching.client.redaction import Redactor, host_of, redact_logs
from geodata.fetching.client.refusals import broken_connection, refusal
from geodata.sources.formats.archives import check_zip
from geodata.storage.files import sha256_of

USER_AGENT = "Onramp/0.1 (workforce planning; reads public tract data; python-requests)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
# After these the bytes that came are worth keeping for the next attempt.
_CONTINUABLE = frozenset({"unreachable", "too_slow", "truncated", "failing", "limited"})


class _NoLogin(requests.auth.AuthBase):
    """Keeps a .netrc file of the user from being sent to publishers or from replacing a token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Fetcher:
    """Asks publishers for files. One per run; it keeps connections open between requests."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        progress: Progress | None = None,
        user_agent: str = USER_AGENT,
        proxies: Mapping[str, str] | None = None,
        ca_bundle: Path | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.clock = clock or Clock()
        self._progress = progress
        self._session = requests.Session()
        self._session.auth = _NoLogin()
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept"] = "*/*"
        if proxies:
            self._session.proxies.update(proxies)
        self._ca_bundle = None if ca_bundle is None else str(ca_bundle)
        self._given_up: dict[str, float] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def download(self, request: Request, part: Path) -> Download:
        """Write the answer to `part` and return what came; raises FetchError with one sentence.

        `part` keeps what arrived when the connection breaks and is continued by the next attempt or run, if the
        publisher says that the file is still the same. It holds the whole, checked file on return, and nothing
        when the answer is unchanged or empty.
        """

        def attempt(deadline: float) -> Download:
            resumed_at = 0
            try:
                with part.open("ab") as out:
                    came = self._attempt(request, out, part, deadline)
                resumed_at = came.resumed_at
                return self._checked(request, part, came) if came.state == "new" else came
            except FetchError as problem:
                if problem.kind not in _CONTINUABLE or not resume.kept(part, request.redactor()(request.url)).size:
                    resume.forget(part)
                # A wrong whole may come of two halves that do not belong together: begin again once.
                problem.again = problem.again or resumed_at > 0
                raise

        came = self._persist(request, attempt)
        if came.state == "new":
            resume.settle(part)
        else:
            resume.forget(part)
        return came

    def read(self, request: Request) -> tuple[Download, bytes]:
        """Return what came and its bytes, for answers that are small; raises FetchError with one sentence."""
        held: list[bytes] = []

        def attempt(deadline: float) -> Download:
            out = io.BytesIO()
            came = self._attempt(request, out, None, deadline)
            held[:] = [out.getvalue()]
            return came

        came = self._persist(request, attempt)
        return came, held[0]

    def peek(self, request: Request) -> Download:
        """Return what would come, having read no more than the beginning; one attempt, raises FetchError."""
        deadline = self.clock.monotonic() + self.limits.read_s
        redact_logs([*request.secret_params.values(), *request.secret_headers.values(), *request.secrets])
        return self._attempt(replace(request, beginning_only=True), io.BytesIO(), None, deadline)

    def json(self, request: Request) -> Any:
        """Return the parsed JSON of an answer, None for an empty one (204); raises FetchError."""
        came, body = self.read(request)
        if came.state == "empty":
            return None
        try:
            return json.loads(body)
        except ValueError:
            raise FetchError(f"{host_of(request.url)} sent JSON that cannot be read.", "content") from None

    def _persist(self, request: Request, attempt: Callable[[float], Download]) -> Download:
        """Try until it works, it cannot work, or time or attempts are used up."""
        redact_logs([*request.secret_params.values(), *request.secret_headers.values(), *request.secrets])
        deadline = self.clock.monotonic() + self.limits.total_s
        attempts = self._attempts_at(request.url)
        for number in range(1, attempts + 1):
            try:
                came = attempt(deadline)
                return came if number == 1 else replace(came, attempts=number)
            except FetchError as problem:
                if not problem.again or number == attempts:
                    if problem.kind == "unreachable":
                        self._given_up[host_of(request.url)] = self.clock.monotonic()
                    raise problem.after(number) from None
                self._wait(problem, number, deadline)
        raise AssertionError("limits.attempts is at least 1")

    def _attempts_at(self, url: str) -> int:
        """Return how often to try: once where the host could not be reached a while ago, for any of its files."""
        given_up = self._given_up.get(host_of(url))
        resting = given_up is not None and self.clock.monotonic() - given_up < self.limits.host_rest_s
        return 1 if resting else self.limits.attempts

    def _wait(self, problem: FetchError, number: int, deadline: float) -> None:
        """Sleep before the next attempt: full jitter (Brooker 2015), and no less than the publisher asked for."""
        ceiling = min(self.limits.backoff_cap_s, self.limits.backoff_s * 2 ** (number - 1))
        pause = self.clock.random() * ceiling
        if problem.wait_s is not None:
            if problem.wait_s > self.limits.longest_wait_s:
                raise problem
            pause += problem.wait_s
        if self.clock.monotonic() + pause >= deadline:
            raise problem.after(number)
        self.clock.sleep(pause)

    def _attempt(self, request: Request, out: IO[bytes], part: Path | None, deadline: float) -> Download:
        """One try: ask, follow, judge, and stream the body to `out`."""
        redact = request.redactor()
        kept = resume.Kept() if part is None or request.method != "GET" else resume.kept(part, redact(request.url))
        headers = self._headers(request, kept)
        try:
            response, moved_to = self._follow(request, headers, deadline)
            with response:
                return self._receive(request, response, out, part, kept, deadline, moved_to)
        except (requests.RequestException, TransportError, TimeoutError, ConnectionError) as problem:
            raise broken_connection(problem, host_of(request.url), redact) from None
        except OSError as problem:
            if problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise FetchError("There is no room left on the disk for the download.", "disk") from None
            raise

    def _headers(self, request: Request, kept: resume.Kept) -> dict[str, str]:
        headers = dict(request.headers)
        # Ranges count the bytes of the encoded form, so what may be resumed must come as it is.
        headers["Accept-Encoding"] = "gzip" if request.media == "json" and not kept.size else "identity"
        if request.span is not None:
            headers["Range"] = f"bytes={request.span[0]}-{request.span[1]}"
        elif kept.size and kept.validator:
            headers |= {"Range": f"bytes={kept.size}-", "If-Range": kept.validator}
        else:
            if request.known.etag:
                headers["If-None-Match"] = request.known.etag
            if request.known.last_modified:
                headers["If-Modified-Since"] = request.known.last_modified
        return headers

    def _follow(
        self, request: Request, headers: dict[str, str], deadline: float
    ) -> tuple[requests.Response, str | None]:
        """Send the request and follow redirects; returns the final response and where the file moved for good."""
        redact = request.redactor()
        url, method, moved_to = request.url, request.method, None
        first = urlsplit(url)
        params: Mapping[str, str] | None = {**request.params, **request.secret_params}
        form, upload = request.form, request.upload
        permanent = True
        for _ in range(self.limits.redirects + 1):
            parts = urlsplit(url)
            home = (parts.scheme, parts.netloc) == (first.scheme, first.netloc)
            response = self._session.request(
                method,
                url,
                params=params,
                data=form,
                files={upload[0]: (upload[1], upload[2], "text/csv")} if upload else None,
                headers={**headers, **(request.secret_headers if home else {})},
                timeout=(self.limits.connect_s, self._read_timeout(deadline)),
                allow_redirects=False,
                stream=True,
                verify=self._ca_bundle,
            )
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not location:
                return response, moved_to
            response.close()
            target = urljoin(url, location)
            self._permit_redirect(request, url, target, response.status_code, redact)
            permanent = permanent and response.status_code in _PERMANENT
            moved_to = redact(target) if permanent else moved_to
            if response.status_code == 303 or (response.status_code in (301, 302) and method == "POST"):
                method, form, upload = "GET", None, None
            url, params = target, None
        raise FetchError(
            f"{host_of(request.url)} sent us on more than {self.limits.redirects} times without giving the file.",
            "redirect",
        )

    def _permit_redirect(self, request: Request, url: str, target: str, status: int, redact: Redactor) -> None:
        host = host_of(request.url)
        if not request.follow_redirects:
            raise FetchError(
                f"{host} sent us on to {redact(target)} instead of answering.",
                "redirect",
                status=status,
                location=redact(target),
            )
        scheme = urlsplit(target).scheme
        if scheme not in ("http", "https"):
            problem = "sent us to an address of another kind"
        elif scheme == "http" and urlsplit(url).scheme == "https":
            problem = "sent us from a protected address to an unprotected one"
        else:
            return
        raise FetchError(f"{host} {problem} ({redact(target)}), which is not followed.", "redirect", status=status)

    def _read_timeout(self, deadline: float) -> float:
        left = deadline - self.clock.monotonic()
        if left <= 0:
            raise FetchError(f"The time allowed ({duration(self.limits.total_s)}) is used up.", "too_slow")
        return max(0.05, min(self.limits.read_s, left))

    def _receive(
        self,
        request: Request,
        response: requests.Response,
        out: IO[bytes],
        part: Path | None,
        kept: resume.Kept,
        deadline: float,
        moved_to: str | None,
    ) -> Download:
        """Judge the status and stream the body."""
        redact = request.redactor()
        host = host_of(response.url or request.url)
        came = Download(
            state="new",
            url=redact(response.url),
            filename=filename_of(response.headers, response.url),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            content_type=response.headers.get("Content-Type", ""),
            moved_to=moved_to,
        )
        start = 0
        if response.status_code == 304:
            return replace(came, state="unchanged")
        if response.status_code == 204:
            return replace(came, state="empty")
        if request.span is not None and response.status_code in (200, 206):
            return self._receive_span(request, response, out, came, deadline)
        if response.status_code == 206 and part is not None and kept.size:
            start = kept.size
            if not resume.continues(kept, response.headers):
                resume.forget(part)
                raise FetchError(f"{host} continued another file than the one begun.", "truncated", again=True)
        elif response.status_code == 416 and part is not None and kept.size:
            resume.forget(part)
            raise FetchError(f"{host} could not continue the download.", "truncated", again=True)
        elif response.status_code != 200:
            raise refusal(
                response, host, redact, self.clock.now(), with_key=bool(request.secret_headers or request.secret_params)
            )
        if request.beginning_only:
            head = response.raw.read1(HEAD_BYTES, decode_content=True) or b""
            check_head(head, request.media, came.content_type, host)
            return came
        if start == 0:
            out.seek(0)
            out.truncate()
            if part is not None:
                resume.note(part, redact(request.url), response.headers)
        most = self.limits.max_bytes_in_memory if part is None else self.limits.max_bytes
        bounds = Bounds(request.max_bytes or most, deadline, self.limits.total_s)
        label = request.label or host
        report = partial(self._progress, label) if self._progress else None
        got = copy_body(response, out, start, request.media, host, bounds, self.clock.monotonic, report)
        return replace(came, size=got, resumed_at=start)

    def _receive_span(
        self, request: Request, response: requests.Response, out: IO[bytes], came: Download, deadline: float
    ) -> Download:
        """Read one span of a file; only its first bytes can be judged by their kind."""
        host = host_of(response.url or request.url)
        got = resume.span_of(response.headers)
        if response.status_code != 206 or request.span is None or got is None or got[0] != request.span[0]:
            raise FetchError(f"{host} does not serve parts of its files.", "misunderstood", status=response.status_code)
        judged = 0 if got[0] == 0 else 1
        bounds = Bounds(self.limits.max_bytes_in_memory, deadline, self.limits.total_s)
        copy_body(response, out, judged, request.media, host, bounds, self.clock.monotonic, None)
        return replace(came, total=got[2])

    def _checked(self, request: Request, part: Path, came: Download) -> Download:
        """Return `came` with the hash of the whole file; raises FetchError when it is not the file meant."""
        host = host_of(request.url)
        check_end(part, request.media, host)
        if request.media in ("zip", "xlsx"):
            try:
                check_zip(part)
            except InputError as problem:
                raise FetchError(f"{host} sent an archive that is not opened: {problem.problem}.", "archive") from None
        sha256 = sha256_of(part)
        if request.sha256 and sha256 not in request.sha256:
            pins = " or ".join(f"{pin[:12]}…" for pin in request.sha256)
            raise FetchError(
                f"{host} sent other bytes than the ones this source is pinned to (SHA-256 {sha256[:12]}…, not {pins}).",
                "hash",
            )
        return replace(came, sha256=sha256, size=part.stat().st_size)
