"""Answers that come byte by byte and never get anywhere end in time; odd ones become the one fetch error."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import OnrampError
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.exchange import Limits, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.watchdog import is_private, watched
from tests.support.publisher_server import Reply, file_of
from tests.support.raw_server import RawServer

OK = b"HTTP/1.1 200 OK\r\n"
# Enough to outlast any patience here, and an end where nobody has any.
DRIPS = 20_000
# All of them together: longer than an answer may be of no use, shorter than the time a file may take.
STEP_S = 100 / DRIPS


def empty_blocks() -> Iterator[bytes]:
    """Yield a compressed answer of blocks that hold nothing."""
    packer = zlib.compressobj(wbits=31)
    yield packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)
    # An empty stored block of DEFLATE (RFC 1951, 3.2.4).
    yield from repeat(b"\x00\x00\x00\xff\xff", DRIPS)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DRIPPED = {
    "headers": (OK + b"X-Slow: ", repeat(b"a", DRIPS)),
    "100 Continue": (b"", repeat(b"HTTP/1.1 100 Continue\r\n\r\n", DRIPS)),
    "the length of a chunk": (CHUNKED, repeat(b"0", DRIPS)),
    "the extension of a chunk": (CHUNKED + b"5;", repeat(b"x", DRIPS)),
    "trailers": (CHUNKED + b"5\r\nid,na\r\n0\r\nX-Last: ", repeat(b"a", DRIPS)),
    "empty blocks of gzip": (OK + b"Content-Encoding: gzip\r\n\r\n", empty_blocks()),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", DRIPPED)
def test_what_is_dripped_ends_when_it_is_overdue(what, fake_time, tmp_path):
    before, drips = DRIPPED[what]

    def drip(_: bytes) -> Iterator[bytes]:
        yield before
        for piece in drips:
            fake_time.forward(seconds=STEP_S)
            yield piece
        given_up.wait(30)

    given_up = threading.Event()
    with (
        RawServer(drip) as server,
        Fetcher(clock=fake_time.clock(), limits=Limits(attempts=1)) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        fetcher.download(Request(f"http://{server.host}/rows.csv"), tmp_path / "part")
    given_up.set()
    assert str(caught.value) == f"{server.host} sent nothing of use for 60 seconds and was given up."
    assert (caught.value.kind, caught.value.again) == ("too_slow", True)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("scheme", ["https", "ftp"])
def test_a_greeting_that_is_dripped_ends_when_it_is_overdue(scheme, fake_time, tmp_path):
    # The record of a handshake that says it is 16 kB long and never becomes whole, or a line of welcome.
    greeting, drop = (b"\x16\x03\x03\x40\x00", b"\x02") if scheme == "https" else (b"220-", b"-welcome\r\n220")

    def drip(_: bytes) -> Iterator[bytes]:
        yield greeting
        for _ in range(15_000):
            fake_time.forward(seconds=STEP_S)
            yield drop
        given_up.wait(30)

    given_up = threading.Event()
    with (
        RawServer(drip, greets=True) as server,
        Fetcher(clock=fake_time.clock(), limits=Limits(attempts=1)) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        request = Request(f"{scheme}://{server.host}/rows.csv")
        (fetcher.download_ftp if scheme == "ftp" else fetcher.download)(request, tmp_path / "part")
    given_up.set()
    assert str(caught.value) == f"{server.host} sent nothing of use for 60 seconds and was given up."


@pytest.mark.timeout(60)
def test_a_cut_answer_of_unknown_length_is_not_taken_for_the_file(fake_time, tmp_path):
    given_up, read = threading.Event(), threading.Event()

    def drip(_: bytes) -> Iterator[bytes]:
        yield OK + b"\r\nid,name\n1,somewhere\n"
        read.wait(30)
        fake_time.forward(minutes=2)
        given_up.wait(30)

    with (
        RawServer(drip) as server,
        Fetcher(clock=fake_time.clock(), limits=Limits(attempts=1), progress=lambda *_: read.set()) as fetcher,
        pytest.raises(FetchError, match="sent nothing of use"),
    ):
        fetcher.download(Request(f"http://{server.host}/rows.csv"), tmp_path / "part")
    given_up.set()


@pytest.mark.timeout(60)
def test_a_source_that_drips_costs_no_more_silence_than_it_is_allowed(fake_time, tmp_path):
    def drip(_: bytes) -> Iterator[bytes]:
        yield OK + b"X-Slow: "
        for _ in range(DRIPS):
            fake_time.forward(seconds=STEP_S)
            yield b"a"
        given_up.wait(30)

    given_up = threading.Event()
    with (
        RawServer(drip) as server,
        Fetcher(clock=fake_time.clock()) as fetcher,
        fetcher.sparing(20.0, "Rows"),
        pytest.raises(FetchError, match="Nothing came for 20 seconds in all"),
    ):
        fetcher.download(Request(f"http://{server.host}/rows.csv"), tmp_path / "part")
    given_up.set()
    assert server.asked == 1


def test_an_attempt_that_works_is_left_alone(publisher, fetcher, tmp_path):
    came = fetcher.download(Request(publisher.script("/rows.csv", file_of(b"id\n1\n"))), tmp_path / "part")
    assert came.size == 5


def test_what_goes_wrong_in_time_stays_what_it_is():
    with pytest.raises(ValueError, match="other"), watched(lambda: None):
        raise ValueError("other")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("[::1]", True),
        ("fe80::1%eth0", True),
        ("localhost", True),
        ("8.8.8.8", False),
        ("svi.cdc.gov", False),
    ],
)
def test_addresses_of_private_networks_are_known(address, private):
    assert is_private(address) is private


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/meta-data", "http://localhost:1/x", "{name}"])
def test_a_redirect_to_a_private_network_is_not_followed(publisher, fake_time, tmp_path, monkeypatch, location):
    asked, names = [], socket.getaddrinfo

    def rebound(host: str, *more: Any, **named: Any) -> Any:
        return names("127.0.0.1" if host == "inside.example.org" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)

    def remember(head: bytes) -> Iterator[bytes]:
        asked.append(head)
        yield OK + b"Content-Length: 5\r\n\r\nid\n1\n"

    with RawServer(remember) as inside, Fetcher(clock=fake_time.clock()) as strict:
        target = location.replace("{name}", f"http://inside.example.org:{inside.host.rpartition(':')[2]}/secret")
        url = publisher.script("/rows.csv", Reply(b"", 302, {"Location": target}))
        with pytest.raises(FetchError) as caught:
            strict.download(Request(url), tmp_path / "part")
    assert caught.value.kind == "redirect"
    assert "private network" in str(caught.value)
    assert not any(asked)


def test_a_redirect_that_carries_the_key_to_another_host_is_not_followed(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(b"", 302, {"Location": "http://elsewhere.invalid/?key=t0p%2Dsecret"}))
    with pytest.raises(FetchError) as caught:
        fetcher.download(Request(url, secret_params={"key": "t0p-secret"}), tmp_path / "part")
    assert "to another host together with the key" in str(caught.value)
    assert "t0p" not in str(caught.value)


LINES = st.sampled_from(
    [
        b"Content-Length: 7",
        b"Content-Length: -1",
        b"Content-Length: 9999999999999999999999",
        b"Content-Length: seven",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Content-Encoding: gzip",
        b"Content-Encoding: br",
        b"Content-Encoding: deflate, gzip, gzip",
        b"Content-Type: text/csv; charset=\xff",
        b"Content-Disposition: attachment; filename*=UTF-8''%ff%00..%2f..",
        b"Location: http://[::1",
        b"Location: //\xf0\x9f\x92\xa9:99999999/",
        b"Location: http://" + b"a" * 300 + b".invalid/",
        b"Content-Range: bytes 5-2/1",
        b"Content-Range: nonsense",
        b"Retry-After: Thu, 99 Foo 20999 99:99:99",
        b"Retry-After: \xb2",
        b"ETag: \x00\x01",
        b"Set-Cookie: =;;;=\xff",
        b": no name",
        b"no colon",
        b" folded",
        b"X-Long: " + b"x" * 70_000,
    ]
)
STATUS = st.one_of(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK",
            b"HTTP/1.1 206 Partial",
            b"HTTP/1.1 204 None",
            b"HTTP/1.1 304 Same",
            b"HTTP/1.1 302 Found",
            b"HTTP/1.1 307 There",
            b"HTTP/1.1 429 Later",
            b"HTTP/1.1 500 Ouch",
            b"HTTP/1.1 999 What",
            b"HTTP/1.1 \xb22 x",
            b"HTTP/9.9 200 OK",
            b"ICY 200 OK",
            b"",
        ]
    ),
    st.binary(max_size=40),
)
BODY = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"id,name",
            b"7\r\nid,name\r\n0\r\n\r\n",
            b"-7\r\nid,name\r\n",
            b"ffffffffffffffffffff\r\nx",
            b"7;x=y\r\nid,name\r\n0\r\nA: b\r\n\r\n",
            gzip.compress(b"id,name"),
            gzip.compress(b"id,name")[:-4],
            gzip.compress(b"id,name") + b"rest",
            b'{"error": 5}',
            b'{"error": {"code": [], "message": {}}}',
            b"[" * 100_000,
        ]
    ),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(status=STATUS, lines=st.lists(LINES, max_size=4), body=BODY, media=st.sampled_from(["csv", "json", "zip"]))
def test_no_framing_gives_anything_but_a_file_or_the_one_error(status, lines, body, media, tmp_path_factory):
    folder = tmp_path_factory.mktemp("framing")
    answer = b"\r\n".join([status, *lines, b"", body])
    quick = Limits(attempts=1, read_s=2, connect_s=2, total_s=5, host_rest_s=0)
    with RawServer(lambda _: [answer]) as server, Fetcher(clock=Clock(sleep=lambda _: None), limits=quick) as fetcher:
        for get in (
            lambda request: fetcher.download(request, folder / "part"),
            fetcher.json,
            fetcher.peek,
        ):
            try:
                get(Request(f"http://{server.host}/file", media=media, secret_headers={"X-Api-Key": "s3cret-k3y"}))
            except OnrampError as problem:
                assert isinstance(problem, FetchError)
                assert "s3cret-k3y" not in str(problem)
                assert str(problem).isprintable()
