"""Asking hosts all at once: who cannot be reached, and who gives no sign at all."""

from __future__ import annotations

import threading

import pytest

from geodata.fetching.client.exchange import Request
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.preflight import unreachable


def test_hosts_are_asked_side_by_side():
    all_here = threading.Barrier(5)

    def reach(host: str) -> FetchError | None:
        all_here.wait(30)  # Nobody passes before all have been asked.
        return FetchError(f"{host} cannot be reached.", "unreachable") if host in "ab" else None

    assert {host: str(problem) for host, problem in unreachable("abcde", reach, 30).items()} == {
        "a": "a cannot be reached.",
        "b": "b cannot be reached.",
    }


def test_a_host_without_any_sign_is_not_waited_for():
    never = threading.Event()

    def reach(host: str) -> FetchError | None:
        if host == "silent":
            never.wait()
        return None

    found = unreachable(["silent", "well"], reach, 0.2)
    never.set()
    assert list(found) == ["silent"]
    assert found["silent"].kind == "unreachable"


def test_a_host_that_is_not_there_is_given_up_before_its_first_file(publisher, fetcher, tmp_path, unused_port):
    gone = f"http://127.0.0.1:{unused_port}/rows.csv"
    fetcher.look_ahead([gone, f"{publisher.url}/rows.csv"])
    with pytest.raises(FetchError, match="it refuses connections"):
        fetcher.download(Request(gone), tmp_path / "part")
    assert fetcher.peek(Request(publisher.script("/rows.csv", lambda _: _reply()))).state == "new"


def _reply():
    from tests.support.publisher_server import Reply

    return Reply(b"a,b\n")
