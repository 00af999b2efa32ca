"""What stands between a browser and Dagster's web server, which itself asks nobody who they are.

Any web page a person opens can make their browser ask a server on their own machine or network. The guard answers
only requests that name this server (a name rebound to a loopback address does not), that come from its own pages or
from no page at all, and that change something only by a POST of JSON; it forbids other pages to frame these, and where
the settings say so it admits only people an identity-aware proxy has signed in. It follows the resource isolation
policy of Fetch Metadata (W3C, https://www.w3.org/TR/fetch-metadata/). Does not hold the starting of the server (see
`pipelines.web.server`).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Header in which a proxy proves by the shared secret that a request came through it.
SECRET_HEADER = "X-Onramp-Proxy-Secret"  # noqa: S105
#: What probes of a deployment ask: versions, nothing else. They are not signed in.
HEALTH = "/server_info"
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY_VIOLATION = 1008
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Rules:
    """Who may ask for what.

    `hosts` are the names besides loopback under which this server is known. With `login_header` every request must
    bear it, filled by a proxy that proves itself by `proxy_secret`.
    """

    hosts: tuple[str, ...] = ()
    read_only: bool = False
    login_header: str | None = None
    proxy_secret: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a request is not passed on."""

    status: HTTPStatus
    sentence: str


class Guard:
    """An ASGI application that passes on to `app` only what `rules` allow, and adds headers to its answers."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        """Stand before `app`."""
        self.app, self.rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or open one web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = refusal(HTTPConnection(scope), scope.get("method"), self.rules)
        if refused is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refused.sentence})
        else:
            answer = PlainTextResponse(refused.sentence + "\n", status_code=refused.status)
            await answer(scope, receive, _with_headers(send))


def refusal(request: HTTPConnection, method: str | None, rules: Rules) -> Refusal | None:
    """Return why a request may not pass, or None; `method` is None for a web socket."""
    headers, path = request.headers, request.url.path
    return (
        _wrong_name(headers, rules)
        or _not_signed_in(headers, path, rules)
        or _from_another_page(headers, method, rules)
        or _not_by_json(headers, method, path, request.url.query)
        or _not_to_be_changed(method, path, rules)
    )


def _name_of(address: str) -> str | None:
    """Return the host name of `host[:port]` in small letters, or None where it is none."""
    try:
        name = urlsplit(f"//{address}").hostname
    except ValueError:
        return None
    return name.rstrip(".") if name else None


def _wrong_name(headers: Headers, rules: Rules) -> Refusal | None:
    hosts = headers.getlist("host")
    name = _name_of(hosts[0]) if len(hosts) == 1 else None
    if name is not None and name in {*LOOPBACK, *(host.casefold() for host in rules.hosts)}:
        return None
    sentence = "This server does not go by that name. Its operator can add it to the setting web.hosts."
    return Refusal(HTTPStatus.MISDIRECTED_REQUEST, sentence)


def _not_signed_in(headers: Headers, path: str, rules: Rules) -> Refusal | None:
    if rules.login_header is None or path == HEALTH:
        return None
    given = headers.get(SECRET_HEADER, "")
    proven = bool(rules.proxy_secret) and hmac.compare_digest(given.encode(), (rules.proxy_secret or "").encode())
    if proven and headers.get(rules.login_header, "").strip():
        return None
    sentence = "Sign in first: this server is reached through its sign-in proxy only."
    return Refusal(HTTPStatus.UNAUTHORIZED, sentence)


def _from_another_page(headers: Headers, method: str | None, rules: Rules) -> Refusal | None:
    refused = Refusal(HTTPStatus.FORBIDDEN, "Another web page asked for this in your name, and is not answered.")
    origin = headers.get("origin")
    if origin is not None and method not in _SAFE and not _own(origin, headers["host"], rules):
        return refused
    # A link on another page may open one of these pages; nothing else of them may be asked for from there.
    elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return refused if elsewhere and not (opened and method in _SAFE) else None


def _own(origin: str, host: str, rules: Rules) -> bool:
    """Return whether a page of this server has this origin; behind a proxy its port and scheme are the proxy's."""
    try:
        parts = urlsplit(origin)
        name = parts.hostname
    except ValueError:
        return False
    return parts.netloc == host or (name is not None and name in {host.casefold() for host in rules.hosts})


def _not_by_json(headers: Headers, method: str | None, path: str, query: str) -> Refusal | None:
    if not path.rstrip("/").endswith("/graphql") or method is None:
        return None
    if method in _SAFE:
        # The page on which questions are typed is a GET without a question.
        return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Ask by a POST of JSON.") if query else None
    if headers.get("content-type", "").split(";")[0].strip().casefold() != "application/json":
        # A form or text could be sent by any page without asking the browser first.
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Ask by a POST of JSON.")
    return None


def _not_to_be_changed(method: str | None, path: str, rules: Rules) -> Refusal | None:
    # What GraphQL may change is Dagster's to refuse: it is started read-only.
    if not rules.read_only or method is None or method in _SAFE or path.rstrip("/").endswith("/graphql"):
        return None
    return Refusal(HTTPStatus.FORBIDDEN, "This server only shows; nothing can be changed here.")


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            # One more policy beside the page's own: a browser obeys both.
            headers.append("Content-Security-Policy", "frame-ancestors 'none'")
        await send(message)

    return sent
