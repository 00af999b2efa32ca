"""Silence: what counts, and that bytes which come all the time cost nothing."""

from __future__ import annotations

import pytest

from geodata.fetching.client.exchange import Limits, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.silence import Silence
from tests.support.publisher_server import Reply


def test_only_time_without_bytes_is_silence(fake_time):
    silence = Silence(fake_time.clock(), 60.0)
    fake_time.forward(seconds=20)
    silence.heard()
    for _ in range(100):
        fake_time.forward(seconds=0.9)
        silence.heard()
    assert silence.left_s == pytest.approx(40.0)
    fake_time.forward(seconds=30)
    assert silence.left_s == pytest.approx(10.0)


def test_a_source_that_a_run_can_do_without_is_not_waited_for_longer_than_allowed(publisher, fake_time, tmp_path):
    busy = [publisher.script(f"/{name}", Reply(b"", 503, {"Retry-After": "50"})) for name in ("a", "b")]
    with Fetcher(clock=fake_time.clock(), limits=Limits()) as fetcher:
        with fetcher.sparing(60.0):
            for url in busy:
                with pytest.raises(FetchError, match="is failing"):
                    fetcher.download(Request(url), tmp_path / "part")
        assert 50 <= fake_time.passed <= 60
        fetcher.download(Request(publisher.script("/c", Reply(b"a,b\n"))), tmp_path / "part")


def test_what_is_waited_for_is_told(publisher, fetcher, tmp_path, caplog):
    url = publisher.script("/a", Reply(b"", 503, {"Retry-After": "30"}), Reply(b"a,b\n"))
    with caplog.at_level("WARNING", "onramp.fetching"):
        fetcher.download(Request(url), tmp_path / "part")
    reason = f"{publisher.host} is failing (HTTP 503) and asks to wait 30 seconds."
    assert caplog.messages == [f"Waiting 30 seconds: {reason}"]
