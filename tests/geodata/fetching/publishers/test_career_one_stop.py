"""CareerOneStop: every segment of the path, all pages, the token in a header and the identity nowhere else."""

from __future__ import annotations

import json

import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.schemas.canonical import JOB_CENTERS
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Publisher, Reply

RI = find_state("RI")
KEY = "hunter2hunter2"


def as_json(value) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json", "X-RateLimit-Remaining": "9"})


@pytest.fixture
def live(publisher, fetcher, tmp_path):
    options = LiveOptions(
        fields={"afdc_host": publisher.url},
        environ={"NLR_API_KEY": KEY, "CAREERONESTOP_TOKEN": KEY, "CAREERONESTOP_USER_ID": "me+42"},
    )
    return LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=options)


CENTERS = "/v1/ajcfinder/me+42/RI/0/0/0/0/0/0/0"
TRAINING = "/v1/training/me+42/electrician/RI/0/0/0/0/0/0/0/0/0/1000"


def source(publisher: Publisher, query: str = "") -> SourceSpec:
    return SourceSpec(
        name="job_centers",
        title="American Job Centers",
        publisher="CareerOneStop",
        table=JOB_CENTERS,
        scope="state",
        filenames=("job_centers_{usps}*.json",),
        page="https://publisher.example/careeronestop",
        licence="attribution to CareerOneStop",
        cadence="weekly",
        urls=(f"{publisher.url}?location={{usps}}{query}",),
        media="json",
        key_env="CAREERONESTOP_TOKEN",
        transport="career_one_stop",
    )


def centers(start: int, stop: int, counted: int) -> Reply:
    return as_json(
        {"OneStopCenterList": [{"ID": str(number)} for number in range(start, stop)], "RecordCount": counted}
    )


def paths(publisher: Publisher) -> list[str]:
    return [seen.path.replace("%2B", "+") for seen in publisher.seen]


def test_job_centers_are_paged_with_every_segment_and_the_token_in_a_header(publisher, live):
    for start, reply in ((0, centers(0, 2, 3)), (2, centers(2, 3, 3))):
        publisher.script(f"{CENTERS}/{start}/1000".replace("+", "%2B"), reply)
    acquired = live.obtain(source(publisher), RI)
    assert acquired.path.name == "job_centers_RI_2026-11-22.json"
    assert [one["ID"] for one in json.loads(acquired.path.read_text())["OneStopCenterList"]] == ["0", "1", "2"]
    assert paths(publisher) == [f"{CENTERS}/0/1000", f"{CENTERS}/2/1000"]
    assert all(seen.headers["authorization"] == f"Bearer {KEY}" for seen in publisher.seen)
    for path in live.cache.root.rglob("*"):
        written = str(path) + (path.read_text() if path.is_file() else "")
        assert KEY not in written and "me+42" not in written and "me%2B42" not in written


def test_training_is_asked_for_by_keyword(publisher, live):
    publisher.script(TRAINING.replace("+", "%2B"), as_json({"SchoolPrograms": [{"SchoolName": "A"}], "RecordCount": 1}))
    acquired = live.obtain(source(publisher, "&training=electrician"), RI)
    assert json.loads(acquired.path.read_text())["SchoolPrograms"] == [{"SchoolName": "A"}]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(b"", 401), "does not accept the key (HTTP 401)."),
        (centers(0, 0, 3), "counts 3 records but gave 0."),
        (as_json({"ErrorCode": 1}), "answered without “OneStopCenterList”."),
        (as_json([1]), "answered with something else than records."),
        (Reply(b"me+42 unknown", 404), "has no such file (HTTP 404): “REDACTED unknown”."),
    ],
)
def test_job_centers_that_do_not_come_are_reported(publisher, live, reply, sentence):
    publisher.script(f"{CENTERS}/0/1000".replace("+", "%2B"), reply)
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(source(publisher), RI)
    assert f"{publisher.host} {sentence}" in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CAREERONESTOP_TOKEN": KEY}, "set CAREERONESTOP_USER_ID to it"),
        ({}, "set CAREERONESTOP_TOKEN and CAREERONESTOP_USER_ID to what you are given"),
    ],
)
def test_the_variables_that_are_not_set_are_named(publisher, fetcher, tmp_path, environ, said):
    live = LiveAcquirer(fetcher, Cache(tmp_path), options=LiveOptions(environ=environ))
    with pytest.raises(SourceUnavailable, match=said):
        live.obtain(source(publisher), RI)
