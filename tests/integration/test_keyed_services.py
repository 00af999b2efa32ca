"""The station service and CareerOneStop: keys in headers, changes asked for first, and their own ways of failing."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import openpyxl
import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.schemas.canonical import JOB_CENTERS
from geodata.sources.afdc import SPEC as AFDC
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Publisher, Reply

RI = find_state("RI")
KEY = "hunter2hunter2"
STATIONS = "/api/alt-fuel-stations/v1.json"
UPDATED = "/api/alt-fuel-stations/v1/last-updated.json"
OVER = b'{"error":{"code":"OVER_RATE_LIMIT","message":"You have exceeded your rate limit."}}'


def as_json(value) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json", "X-RateLimit-Remaining": "9"})


def stations(count: int) -> Reply:
    return as_json({"total_results": count, "fuel_stations": [{"id": number} for number in range(count)]})


@pytest.fixture
def live(publisher, fetcher, tmp_path):
    options = LiveOptions(
        fields={"afdc_host": publisher.url},
        environ={"NLR_API_KEY": KEY, "CAREERONESTOP_TOKEN": KEY, "CAREERONESTOP_USER_ID": "me+42"},
    )
    return LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=options)


def test_stations_are_asked_for_with_the_key_in_a_header_and_only_when_they_changed(publisher, live, fake_time):
    publisher.script(UPDATED, as_json({"last_updated": "2026-11-21T02:07:04Z"}))
    publisher.script(STATIONS, stations(3))
    first = live.obtain(AFDC)
    assert (first.status, first.path.name) == ("live", "alt_fuel_stations_2026-11-22.json")
    (asked,) = publisher.asked(STATIONS)
    assert asked.query == {
        "fuel_type": "ELEC", "status": "all", "access": "all", "country": "US", "limit": "all"
    }  # fmt: skip
    assert asked.headers["x-api-key"] == KEY
    fake_time.forward(hours=13)
    unchanged = live.obtain(AFDC)
    assert (unchanged.status, unchanged.path) == ("live", first.path)
    assert len(publisher.asked(STATIONS)) == 1
    fake_time.forward(hours=13)
    publisher.script(UPDATED, as_json({"last_updated": "2026-11-22T02:07:04Z"}))
    publisher.script(STATIONS, stations(4))
    assert len(json.loads(live.obtain(AFDC).path.read_text())["fuel_stations"]) == 4


def test_a_used_up_allowance_leaves_the_stations_of_yesterday(publisher, live, fake_time):
    publisher.script(UPDATED, as_json({"last_updated": "2026-11-21T02:07:04Z"}))
    publisher.script(STATIONS, stations(3))
    live.obtain(AFDC)
    fake_time.forward(days=1)
    publisher.script(UPDATED, Reply(OVER, 429, {"Retry-After": "78590", "Content-Type": "application/json"}))
    stale = live.obtain(AFDC)
    assert (stale.status, stale.age_days, fake_time.slept) == ("stale", 1, [])
    assert stale.note == (
        f"This is the last good copy, of 2026-11-22: {publisher.host} allows no more requests for another 22 hours "
        "(HTTP 429): “You have exceeded your rate limit”."
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("API_KEY_MISSING", "No api_key was supplied."),
        ("API_KEY_INVALID", f"An invalid api_key {KEY} was supplied."),
        ("API_KEY_DISABLED", "The api_key supplied has been disabled."),
    ],
)
def test_a_refused_key_is_reported_without_it(publisher, live, code, message):
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    publisher.script(UPDATED, Reply(body, 403, {"Content-Type": "application/json"}))
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(AFDC)
    said = message.rstrip(".").replace(KEY, "REDACTED")
    assert f"{publisher.host} does not accept the key: {said}." in str(caught.value)
    assert KEY not in str(caught.value)
    assert publisher.asked(STATIONS) == []


def test_a_list_of_complaints_is_reported(publisher, live):
    publisher.script(UPDATED, as_json({"last_updated": "2026-11-21T02:07:04Z"}))
    publisher.script(STATIONS, Reply(b'{"errors":["fuel_type is not valid"]}', 422))
    with pytest.raises(SourceUnavailable, match=r"\(HTTP 422\): “fuel_type is not valid”"):
        live.obtain(AFDC)


def test_a_service_that_does_not_say_when_it_changed_is_reported(publisher, live):
    publisher.script(UPDATED, as_json({"updated": 1}))
    with pytest.raises(SourceUnavailable, match="does not say when its stations last changed"):
        live.obtain(AFDC)


# --- CareerOneStop ------------------------------------------------------------------------------------------------

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


def test_without_an_identity_the_variable_is_named(publisher, fetcher, tmp_path):
    live = LiveAcquirer(fetcher, Cache(tmp_path), options=LiveOptions(environ={"CAREERONESTOP_TOKEN": KEY}))
    with pytest.raises(SourceUnavailable, match="set CAREERONESTOP_USER_ID to it"):
        live.obtain(source(publisher), RI)


def test_a_bulk_workbook_is_a_plain_file_held_to_being_a_workbook(publisher, live):
    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    workbook = replace(
        source(publisher),
        scope="nation",
        transport="file",
        key_env=None,
        media="xlsx",
        filenames=("DownloadPrograms*.xlsx",),
    )
    workbook = replace(workbook, urls=(f"{publisher.url}/DownloadPrograms.xlsx",))
    publisher.script("/DownloadPrograms.xlsx", Reply(held.getvalue()))
    assert live.obtain(workbook).path.name == "DownloadPrograms.xlsx"
