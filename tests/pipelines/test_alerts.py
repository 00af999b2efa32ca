"""Alerts of failed runs, sent to real servers on loopback."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from dagster import DagsterInstance, Failure, build_run_status_sensor_context, job, op

from geodata.errors import OnrampError
from geodata.settings import Alerts
from pipelines.alerts import alerts, send_alert

KEY = "s3cret-key-of-a-publisher"


class Hook(HTTPServer):
    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.answer = 200
        super().__init__(("127.0.0.1", 0), _Hooked)


class _Hooked(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Post(socketserver.TCPServer):
    def __init__(self) -> None:
        self.mails: list[str] = []
        super().__init__(("127.0.0.1", 0), _Posted)


class _Posted(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one message needs."""

    server: Post

    def handle(self) -> None:
        self.say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                text = ""
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    text += part
                self.server.mails.append(text)
            if verb == "QUIT":
                return self.say("221 bye")
            self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def served(server: socketserver.TCPServer) -> Iterator[socketserver.TCPServer]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    yield from served(Hook())  # type: ignore[misc]


@pytest.fixture
def post() -> Iterator[Post]:
    yield from served(Post())  # type: ignore[misc]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def address(hook: Hook, path: str = "/hooks/token") -> str:
    return f"http://127.0.0.1:{hook.server_address[1]}{path}"


def test_a_failure_is_posted_and_mailed(hook: Hook, post: Post) -> None:
    settings = Alerts(smtp_host="127.0.0.1", smtp_port=post.server_address[1], mail_to=("gis@example.org",))
    ways = send_alert(
        "Onramp: state for RI failed", ["sites: No file."], settings, {"ONRAMP_ALERT_WEBHOOK": address(hook)}
    )
    assert ways == ["web address", "e-mail"]
    assert hook.bodies[0]["failures"] == ["sites: No file."]
    assert hook.bodies[0]["text"] == "Onramp: state for RI failed\nsites: No file."
    mail = message_from_string(post.mails[0])
    assert (mail["To"], mail["Subject"]) == ("gis@example.org", "Onramp: state for RI failed")
    assert mail.get_payload().strip() == "sites: No file."


def test_nothing_is_sent_where_nobody_is_named() -> None:
    assert send_alert("s", ["t"], Alerts(), {}) == []


def test_one_way_that_fails_does_not_stop_the_other_and_gives_away_no_address(hook: Hook, post: Post) -> None:
    hook.answer = 500
    settings = Alerts(smtp_host="127.0.0.1", smtp_port=post.server_address[1], mail_to=("gis@example.org",))
    with pytest.raises(OnrampError) as caught:
        send_alert("s", ["t"], settings, {"ONRAMP_ALERT_WEBHOOK": address(hook, "/hooks/token")})
    assert len(post.mails) == 1
    assert "web address" in str(caught.value)
    assert "token" not in str(caught.value)


def test_a_password_is_never_sent_in_the_clear(post: Post) -> None:
    settings = Alerts(smtp_host="127.0.0.1", smtp_port=post.server_address[1], mail_to=("gis@example.org",))
    with pytest.raises(OnrampError, match="smtp_starttls"):
        send_alert("s", ["t"], settings, {"ONRAMP_SMTP_USER": "me", "ONRAMP_SMTP_PASSWORD": "p"})
    assert post.mails == []


@op
def read_sites() -> None:
    raise Failure(description=f"The service refused the key {KEY}: ask for another one.")


@job
def nightly() -> None:
    read_sites()


def test_a_failed_run_is_reported_in_a_sentence_without_its_key(
    hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRAMP_ALERT_WEBHOOK", address(hook))
    monkeypatch.setenv("NLR_API_KEY", KEY)
    with DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        result = nightly.execute_in_process(instance=instance, raise_on_error=False, tags={"dagster/partition": "RI"})
        run = instance.get_run_by_id(result.run_id)
        assert run is not None
        context = build_run_status_sensor_context(
            sensor_name="alerts",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=run,
        ).for_run_failure()
        alerts(context)
    (body,) = hook.bodies
    assert body["subject"] == "Onramp: nightly for RI failed"
    assert "read_sites: The service refused the key REDACTED" in str(body["text"])
    assert KEY not in str(body)
    assert "Traceback" not in str(body)
