"""What the guard passes on and what it refuses, request by request, without a server."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from pipelines.web.guard import SECRET_HEADER, Guard, Rules

JSON = {"content-type": "application/json"}
OURS = "http://127.0.0.1:3000"
MUTATION = "query=mutation%7BlaunchRun%7D"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand in for the web server: everything that reaches it is answered."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        headers = [(b"content-security-policy", b"object-src 'none'")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"served"})


def asked(
    method: str | None, target: str, headers: dict[str, str], rules: Rules, host: str | None = "127.0.0.1:3000"
) -> list[Message]:
    """Return what the guard sends for a request, or for a web socket where there is no method."""
    path, _, query = target.partition("?")
    given = ({} if host is None else {"host": host}) | headers
    scope: dict[str, Any] = {
        "type": "websocket" if method is None else "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 3000),
        "scheme": "http",
    }
    if method is not None:
        scope["method"] = method
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(application, rules)(scope, receive, send))
    return sent


def status(method: str | None, target: str = "/graphql", rules: Rules | None = None, **options: Any) -> int | str:
    headers, rules = options.pop("headers", {}), rules or Rules()
    first = asked(method, target, headers, rules, **options)[0]
    return first["status"] if first["type"] == "http.response.start" else str(first["type"])


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost", "LOCALHOST:80", "[::1]:3000", "onramp.example.gov"])
def test_a_request_that_names_this_server_is_served(host: str) -> None:
    rules = Rules(hosts=("Onramp.example.gov",))
    assert status("GET", "/runs", rules, host=host) == 200
    assert status("POST", headers=JSON, rules=rules, host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:3000", "", "[", None]
)
def test_a_name_rebound_to_this_machine_is_not_served(host: str | None) -> None:
    assert status("GET", "/runs", host=host) == HTTPStatus.MISDIRECTED_REQUEST
    assert status(None, host=host) == "websocket.close"


def test_two_names_in_one_request_are_not_served() -> None:
    first = asked("GET", "/", {"host": "localhost", "Host ": "evil.example"}, Rules(), host=None)[0]
    assert first["status"] == 200
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http"},
        **{"server": ("127.0.0.1", 1), "headers": [(b"host", b"localhost"), (b"host", b"evil.example")]},
    }
    asyncio.run(Guard(application, Rules())(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:8000", "null", "http://[", "http://127.0.0.1"]
)
def test_another_page_cannot_change_anything(origin: str) -> None:
    assert status("POST", headers=JSON | {"Origin": origin}) == HTTPStatus.FORBIDDEN
    assert status("POST", "/report_asset_materialization/a", headers={"Origin": origin}) == HTTPStatus.FORBIDDEN
    assert status(None, headers={"Origin": origin}) == "websocket.close"


def test_its_own_pages_and_programs_without_a_page_can() -> None:
    assert status("POST", headers=JSON | {"Origin": OURS, "Sec-Fetch-Site": "same-origin"}) == 200
    assert status("POST", headers=JSON) == 200
    assert status(None, headers={"Origin": OURS}) == "websocket.accept"
    behind = Rules(hosts=("onramp.example.gov",))
    headers = JSON | {"Origin": "https://onramp.example.gov"}
    assert status("POST", headers=headers, rules=behind, host="127.0.0.1:3000") == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_may_link_to_these_pages_and_nothing_else(site: str) -> None:
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert status("GET", "/runs", headers=opened) == 200
    assert status("GET", "/runs", headers=opened | {"Sec-Fetch-Dest": "iframe"}) == HTTPStatus.FORBIDDEN
    assert status("GET", "/runs", headers=opened | {"Sec-Fetch-Mode": "no-cors"}) == HTTPStatus.FORBIDDEN
    assert status("POST", headers=JSON | opened) == HTTPStatus.FORBIDDEN


def test_a_question_is_never_asked_by_get() -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for target in (f"/graphql?{MUTATION}", f"/graphql/?{MUTATION}", f"/prefix/graphql?{MUTATION}"):
        for headers in ({}, opened, {"Accept": "text/html"}):
            assert status("GET", target, headers=headers) == HTTPStatus.METHOD_NOT_ALLOWED
    assert status("GET", "/graphql") == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_a_question_is_json(kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    assert status("POST", f"/graphql?{MUTATION}", headers=headers) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert status("POST", headers={"content-type": "application/json; charset=utf-8"}) == 200


def test_a_server_that_only_shows_takes_no_reports() -> None:
    rules = Rules(read_only=True)
    assert status("POST", "/report_asset_check/a", rules, headers=JSON) == HTTPStatus.FORBIDDEN
    assert status("GET", "/runs", rules) == 200
    assert status("POST", "/report_asset_check/a", headers=JSON) == 200


def test_only_who_came_through_the_sign_in_proxy_is_served() -> None:
    rules = Rules(login_header="X-Forwarded-Email", proxy_secret="long and random")
    person, proof = {"X-Forwarded-Email": "ana@example.gov"}, {SECRET_HEADER: "long and random"}
    assert status("GET", "/runs", rules, headers=person | proof) == 200
    for headers in ({}, person, proof, person | {SECRET_HEADER: "guess"}, {"X-Forwarded-Email": " "} | proof):
        assert status("GET", "/runs", rules, headers=headers) == HTTPStatus.UNAUTHORIZED
        assert status("GET", "/logs/a", rules, headers=headers) == HTTPStatus.UNAUTHORIZED
        assert status(None, rules=rules, headers=headers) == "websocket.close"
    assert status("GET", "/server_info", rules) == 200
    without = Rules(login_header="X-Forwarded-Email")
    assert status("GET", "/runs", without, headers=person | {SECRET_HEADER: ""}) == HTTPStatus.UNAUTHORIZED


def test_no_page_may_frame_these_and_the_policy_of_the_page_stays() -> None:
    for headers in ({}, {"Origin": "null"}):
        start = asked("POST", "/x", headers, Rules())[0]
        sent = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
        assert ("x-frame-options", "DENY") in sent
        assert ("content-security-policy", "frame-ancestors 'none'") in sent
        assert ("cross-origin-resource-policy", "same-origin") in sent
    start = asked("GET", "/x", {}, Rules())[0]
    assert (b"content-security-policy", b"object-src 'none'") in start["headers"]


def test_what_is_no_request_is_passed_on() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(Guard(app, Rules())({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
