"""What a terminal shows of the client: what is waited for always, each request where it is asked for, never a key."""

from __future__ import annotations

import io

import pytest
from dagster import asset, materialize
from rich.console import Console

from geodata.fetching.client.exchange import Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.progress import DownloadBars, download_bars
from pipelines.command.console import telling_requests
from tests.support.publisher_server import Reply


@pytest.mark.parametrize("every", [True, False])
def test_requests_are_shown_as_they_are_made_without_their_keys(publisher, fetcher, every):
    out = io.StringIO()
    url = publisher.script("/rows", Reply(b"", 503, {"Retry-After": "30"}), Reply(b"a,b\n"))
    request = Request(url, secret_params={"key": "s3cret"}, params={"state": "RI"}, media="csv")
    with telling_requests(Console(file=out, width=60), every=every):
        fetcher.read(request)
    fetcher.read(request)
    lines = out.getvalue().splitlines()
    waiting = f"Waiting 30 seconds: {publisher.host} is failing (HTTP 503) and asks to wait 30 seconds."
    shown = f"{url}?state=RI&key=REDACTED"
    if every:
        assert lines[0] == f"GET {shown}: 503" and lines[-1] == f"GET {shown}: 200"
        assert waiting in lines
    else:
        assert lines == [waiting]


def test_who_launched_a_job_from_a_terminal_watches_its_downloads() -> None:
    seen = []

    @asset
    def watched() -> None:
        with Fetcher() as fetcher:
            seen.append(fetcher._progress)

    with download_bars(Console(file=io.StringIO(), force_terminal=True)):
        materialize([watched])
    assert isinstance(seen[0], DownloadBars)
