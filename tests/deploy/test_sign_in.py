"""The sign-in proxy with an OpenID provider on loopback, before the guard and a server that only shows."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pipelines.web.guard import Guard, Rules
from tests.conftest import ROOT
from tests.support.identity_provider import CLIENT, WORD, Authority, Provider
from tests.support.web_server import WebServer, until, web_server

APACHE = Path("/usr/sbin/apache2")
MODULE = Path("/usr/lib/apache2/modules/mod_auth_openidc.so")
pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (APACHE.exists() and MODULE.exists()),
        reason="the sign-in proxy is not on this machine: Debian's packages apache2 and libapache2-mod-auth-openidc",
    ),
]
ACTS, SHOWS = "onramp.example.gov", "show.onramp.example.gov"
SECRET = "between proxy and guard"
HEADER = "X-Forwarded-Email"
OPERATOR = {"email": "olga@example.gov", "groups": ["staff", "onramp-operators"]}
READER = {"email": "ruth@example.gov", "groups": ["onramp-readers"]}
STRANGER = {"email": "sid@example.gov", "groups": ["staff"]}
LAUNCH = """mutation{launchRun(executionParams: {mode: "default", runConfigData: {}, selector: {repositoryLocationName:
"onramp", repositoryName: "__repository__", jobName: "check_ages"}}){__typename}}"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def echo(request: Request) -> JSONResponse:
    """Tell what arrived, as a server behind the guard sees it."""
    return JSONResponse({"path": request.url.path, "method": request.method, "headers": request.headers.items()})


async def heard(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers[HEADER])
    await socket.close()


@contextmanager
def guarded(port: int) -> Iterator[None]:
    """Serve the guard, as a deployment has it, before an application that tells what arrived."""
    everything = Route("/{path:path}", echo, methods=["GET", "POST"])
    app = Starlette(routes=[WebSocketRoute("/graphql", heard), everything])
    rules = Rules(hosts=(ACTS, SHOWS), login_header=HEADER, proxy_secret=SECRET)
    server = uvicorn.Server(uvicorn.Config(Guard(app, rules), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def apache(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run the proxy by its own configuration, as nobody special."""
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("www-data")
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
    command = [APACHE, "-D", "FOREGROUND", "-f", ROOT / "deploy" / "proxy" / "httpd.conf"]
    port = int(environment["ONRAMP_PROXY_PORT"])
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd="/", **who)

        def listens() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            with socket.socket() as asked:
                return asked.connect_ex(("127.0.0.1", port)) == 0

        try:
            until(listens)
            yield
        finally:
            process.terminate()
            process.wait(20)


class Front:
    """The proxy as a browser meets it."""

    def __init__(self, provider: Provider, authority: Path, port: int, shown: WebServer, log: Path) -> None:
        self.provider, self.authority, self.port, self.shown, self.log = provider, authority, port, shown, log

    def url(self, host: str, path: str = "/") -> str:
        return f"https://{host}:{self.port}{path}"

    def browser(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.authority)
        session.headers["User-Agent"] = "Mozilla/5.0"
        session.headers["Accept"] = "text/html,application/xhtml+xml"
        return session

    def signed_in(self, person: dict[str, Any], host: str = ACTS) -> requests.Session:
        self.provider.person = person
        session = self.browser()
        session.get(self.url(host), timeout=30)
        return session


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = Path(tempfile.mkdtemp(prefix="onramp-proxy-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        usual = socket.getaddrinfo
        patched.setattr(
            socket,
            "getaddrinfo",
            lambda host, *more, **named: usual("127.0.0.1" if host in (ACTS, SHOWS) else host, *more, **named),
        )
        authority = Authority(folder, [ACTS, SHOWS])
        provider = Provider(authority)
        stack.callback(provider.stop)
        port, acts, shows = free_port(), free_port(), free_port()
        stack.enter_context(guarded(acts))
        said = {HEADER: "test@example.gov", "X-Onramp-Proxy-Secret": SECRET}
        settings = {
            "ONRAMP_WEB__HOSTS": f'["{SHOWS}"]',
            "ONRAMP_WEB__LOGIN_HEADER": HEADER,
            "ONRAMP_WEB__READ_ONLY": "true",
            "ONRAMP_PROXY_SECRET": SECRET,
        }
        shown = stack.enter_context(web_server(tmp_path_factory.mktemp("shows"), shows, signed=said, **settings))
        environment = {
            "ONRAMP_PROXY_RUN": str(folder),
            "ONRAMP_PROXY_PORT": str(port),
            "ONRAMP_PROXY_CERTIFICATE": str(folder / "server.pem"),
            "ONRAMP_PROXY_KEY": str(folder / "server.key"),
            "ONRAMP_PROXY_SECRET": SECRET,
            "ONRAMP_HOST": ACTS,
            "ONRAMP_URL": f"https://{ACTS}:{port}",
            "ONRAMP_WEB": f"http://127.0.0.1:{acts}/",
            "ONRAMP_SHOW_HOST": SHOWS,
            "ONRAMP_SHOW_URL": f"https://{SHOWS}:{port}",
            "ONRAMP_SHOW_WEB": f"http://127.0.0.1:{shows}/",
            "ONRAMP_OPERATORS": "onramp-operators",
            "ONRAMP_READERS": "onramp-readers",
            "OIDC_METADATA_URL": f"{provider.address}/.well-known/openid-configuration",
            "OIDC_AUTHORITIES": str(authority.ca),
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": WORD,
            "OIDC_COOKIE_SECRET": "for cookies",
            "OIDC_SCOPE": "groups",
            "OIDC_GROUPS_CLAIM": "groups",
        }
        stack.enter_context(apache(folder, environment))
        yield Front(provider, authority.ca, port, shown, folder / "log")


def arrived(answer: requests.Response) -> dict[str, list[str]]:
    """Return the headers that arrived behind the guard, by small name."""
    assert answer.status_code == 200, answer.text[:300]
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def refused(answer: requests.Response) -> bool:
    """Return whether nothing came from behind the guard; the module's own page of an error has status 200."""
    return answer.status_code != 200 or "<title>Error</title>" in answer.text


@pytest.mark.parametrize("host", [ACTS, SHOWS])
def test_without_a_sign_in_there_is_nothing(front: Front, host: str) -> None:
    forged = {HEADER: "olga@example.gov", "X-Onramp-Proxy-Secret": SECRET, "Cookie": "mod_auth_openidc_session=1"}
    for headers in ({}, forged):
        answer = front.browser().get(front.url(host, "/runs"), headers=headers, allow_redirects=False, timeout=30)
        assert answer.status_code == 302 and answer.headers["Location"].startswith(front.provider.address)
        assert "code_challenge_method=S256" in answer.headers["Location"]
        asked = {**headers, "Content-Type": "application/json", "X-Requested-With": "XMLHttpRequest"}
        answer = front.browser().post(front.url(host, "/graphql"), data="{}", headers=asked, allow_redirects=False)
        assert answer.status_code in (302, 401) and "headers" not in answer.text


def test_the_name_of_who_signed_in_arrives_and_nothing_a_browser_says_of_itself(front: Front) -> None:
    session = front.signed_in(OPERATOR)
    names = arrived(session.get(front.url(ACTS, "/runs"), timeout=30))
    assert names[HEADER.lower()] == ["olga@example.gov"]
    forged = {
        HEADER: "root@example.gov",
        "x-forwarded-EMAIL": "root@example.gov",
        "X-Onramp-Proxy-Secret": "guessed",
        "X-Forwarded-User": "root",
        "OIDC_CLAIM_email": "root@example.gov",
        "Proxy": "http://192.0.2.1",
    }
    names = arrived(session.get(front.url(ACTS, "/runs"), headers=forged, timeout=30))
    assert names[HEADER.lower()] == ["olga@example.gov"] and names["x-onramp-proxy-secret"] == [SECRET]
    assert not {"x-forwarded-user", "proxy"} & names.keys() and "root" not in str(names)
    # Hop by hop: a browser that has the proxy drop what it adds is not answered.
    for dropped in (HEADER, "X-Onramp-Proxy-Secret"):
        answer = session.get(front.url(ACTS, "/runs"), headers={"Connection": f"close, {dropped}"}, timeout=30)
        assert answer.status_code == 401
    posted = session.post(front.url(ACTS, "/graphql"), json={"query": "{version}"}, timeout=30)
    assert posted.json()["method"] == "POST"


def test_a_web_socket_is_opened_for_who_signed_in_and_for_no_other_page(front: Front) -> None:
    session = front.signed_in(OPERATOR)
    cookie = "; ".join(f"{one.name}={one.value}" for one in session.cookies)
    address = front.url(ACTS, "/graphql").replace("https", "wss")
    trust = ssl.create_default_context(cafile=front.authority)

    def opened(origin: str, **headers: str) -> str:
        with connect(address, ssl=trust, origin=Origin(origin), additional_headers=headers, proxy=None) as line:
            return str(line.recv(timeout=20))

    assert opened(front.url(ACTS).rstrip("/"), Cookie=cookie, **{HEADER: "root@example.gov"}) == "olga@example.gov"
    for origin, headers in (("https://evil.example.org", {"Cookie": cookie}), (front.url(ACTS).rstrip("/"), {})):
        with pytest.raises(InvalidStatus):
            opened(origin, **headers)


def test_each_group_reaches_its_server_and_no_other(front: Front) -> None:
    for person, reaches in ((OPERATOR, {ACTS, SHOWS}), (READER, {SHOWS}), (STRANGER, set())):
        for host in (ACTS, SHOWS):
            status = front.signed_in(person, host).get(front.url(host, "/server_info"), timeout=30).status_code
            assert (status == 200) == (host in reaches), (person, host, status)
            assert status in (200, 401, 403)
    # A group is a whole name, and a person's own words are no groups.
    for groups in (["onramp-operators-2"], "x onramp-operators", ["ONRAMP-OPERATORS"], [], None):
        session = front.signed_in({"email": "a@example.gov", "groups": groups, "name": "onramp-operators"})
        assert session.get(front.url(ACTS, "/runs"), timeout=30).status_code in (401, 403), groups


def test_a_reader_sees_runs_and_launches_none(front: Front) -> None:
    session = front.signed_in(READER, SHOWS)
    page = session.get(front.url(SHOWS, "/runs"), timeout=60)
    assert page.status_code == 200 and "Dagster" in page.text
    seen = session.post(front.url(SHOWS, "/graphql"), json={"query": "{runsOrError{... on Runs{count}}}"}, timeout=60)
    assert seen.json()["data"]["runsOrError"] == {"count": 0}
    tried = session.post(front.url(SHOWS, "/graphql"), json={"query": LAUNCH}, timeout=60)
    assert tried.json()["data"]["launchRun"]["__typename"] == "UnauthorizedError"
    assert front.shown.runs() == 0
    # The cookie of one name is not one of the other.
    session.cookies.update({cookie.name: cookie.value or "" for cookie in session.cookies})
    there = session.get(front.url(ACTS, "/runs"), allow_redirects=False, timeout=30)
    assert there.status_code in (302, 401, 403)


def test_the_servers_behind_are_no_use_without_the_proxy(front: Front) -> None:
    session = requests.Session()
    session.trust_env = False
    for headers in ({}, {HEADER: "olga@example.gov"}, {HEADER: "olga@example.gov", "X-Onramp-Proxy-Secret": "guess"}):
        assert session.get(front.shown.address + "/runs", headers=headers, timeout=30).status_code == 401


def test_a_sign_in_that_is_not_the_providers_is_none(front: Front) -> None:
    front.provider.person = OPERATOR
    front.provider.wrong_key = True
    try:
        answer = front.browser().get(front.url(ACTS), timeout=30)
        assert refused(answer)
    finally:
        front.provider.wrong_key = False
    session = front.browser()
    first = session.get(front.url(ACTS), allow_redirects=False, timeout=30)
    back = session.get(first.headers["Location"], allow_redirects=False, timeout=30).headers["Location"]
    # Somebody else's browser with the code, and the code a second time.
    assert refused(front.browser().get(back, timeout=30))
    assert not refused(session.get(back, timeout=30))
    assert refused(front.browser().get(back, timeout=30)) and len(front.provider.codes) == 0
    for claims in ({"aud": "another"}, {"iss": "https://example.org"}, {"exp": 1}, {"nonce": "old"}):
        answer = front.signed_in({**OPERATOR, **claims}).get(
            front.url(ACTS, "/runs"), allow_redirects=False, timeout=30
        )
        assert answer.status_code == 302, claims


def test_a_name_that_is_nobodys_and_a_connection_without_tls_get_nothing(front: Front) -> None:
    session = front.signed_in(OPERATOR)
    answer = session.get(front.url(ACTS, "/runs"), headers={"Host": "evil.example.org"}, timeout=30)
    assert answer.status_code in (400, 403, 421)
    with pytest.raises(requests.RequestException):
        session.get(front.url(ACTS).replace("https", "http"), timeout=10).raise_for_status()


def test_the_log_names_no_cookie_code_or_secret(front: Front) -> None:
    front.signed_in(OPERATOR).get(front.url(ACTS, "/runs?a=b"), timeout=30)
    log = front.log.read_text()
    assert "olga@example.gov GET /runs 200" in log
    assert SECRET not in log and "code=" not in log and "session=" not in log
