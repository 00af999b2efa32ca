"""The stations service: the key in a header, one download for each change, refusals in a sentence without the key."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.sources.afdc import SPEC
from geodata.states import find_state
from tests.support.publisher_server import Reply

# The server of this test stands for the publisher's own.
AFDC = replace(SPEC, key_hosts=("127.0.0.1",))
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


def test_a_host_that_is_not_the_publishers_is_asked_without_the_key(publisher, live):
    publisher.script(UPDATED, as_json({"last_updated": "2026-11-21T02:07:04Z"}))
    publisher.script(STATIONS, stations(3))
    assert live.obtain(SPEC).status == "live"
    assert publisher.seen and all(KEY not in str(seen) for seen in publisher.seen)
    # Nor does the publisher's own host get it unprotected, or one that is only called alike.
    assert SPEC.sends_key("https://developer.nlr.gov/api") and SPEC.sends_key("https://developer.nrel.gov/api")
    for url in ("http://developer.nlr.gov/api", "https://developer.nlr.gov.example/api", "https://xnlr.gov/api"):
        assert not SPEC.sends_key(url)
