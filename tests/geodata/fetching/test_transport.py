"""Plain files: held to being what they are called, and addresses filled in and taken apart."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import openpyxl
import pytest

from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.fetching.transport import Job, fill_address, split_address
from geodata.schemas.canonical import JOB_CENTERS
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Reply

BULK = SourceSpec(
    name="job_centers",
    title="American Job Centers",
    publisher="CareerOneStop",
    table=JOB_CENTERS,
    scope="nation",
    filenames=("DownloadPrograms*.xlsx",),
    page="https://publisher.example/careeronestop",
    licence="attribution to CareerOneStop",
    cadence="weekly",
    media="xlsx",
)


def test_a_bulk_workbook_is_a_plain_file_held_to_being_a_workbook(publisher, fetcher, tmp_path):
    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    workbook = replace(BULK, urls=(f"{publisher.url}/DownloadPrograms.xlsx",))
    publisher.script("/DownloadPrograms.xlsx", Reply(held.getvalue()))
    live = LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=LiveOptions(environ={}))
    assert live.obtain(workbook).path.name == "DownloadPrograms.xlsx"


def test_addresses_are_filled_for_a_state_or_not_at_all():
    template = "https://{host}/{year}/SVI_{state_name}_{fips}_{usps}.csv?where={{}}"
    spec = replace(BULK, year=2022)
    filled = fill_address(template, spec, find_state("NH"), {"host": "publisher.example"})
    assert filled == "https://publisher.example/2022/SVI_NewHampshire_33_NH.csv?where={{}}"
    assert fill_address(template, spec, None, {"host": "publisher.example"}) is None


def test_an_address_comes_apart_into_its_place_and_its_query():
    assert split_address("https://publisher.example/a?box=1,2&empty=#top") == (
        "https://publisher.example/a",
        {"box": "1,2", "empty": ""},
    )


def test_a_key_that_is_not_there_is_named_with_where_to_ask_for_it(tmp_path):
    job = Job(replace(BULK, key_env="SOME_KEY"), None, "https://publisher.example", tmp_path, environ={"SOME_KEY": " "})
    with pytest.raises(FetchError, match=r"ask for one at https://publisher\.example/careeronestop and set SOME_KEY"):
        job.secret()


def test_a_copy_that_was_put_together_is_described(tmp_path):
    part = tmp_path / "part"
    part.write_bytes(b"a,b\n")
    came = Job(BULK, None, "https://publisher.example", part).written("https://publisher.example/a", version="7")
    assert (came.state, came.size, came.version) == ("new", 4, "7")
    assert came.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
