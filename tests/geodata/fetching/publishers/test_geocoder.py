"""The batch geocoder: every address keeps its place, whatever the service answers, repeats or forgets."""

from __future__ import annotations

import csv
import io

import pytest

from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.publishers.geocoder import Address, geocode
from geodata.states import find_state
from tests.support.publisher_server import Reply, Seen

RI = find_state("RI")
GEOCODER = "/geocoder/geographies/addressbatch"


PLACES = [
    Address("4600 Silver Hill Rd", "Washington", "DC", "20233"),
    Address("1 Nowhere St", "X", "ZZ", "00000"),
    Address("1 Main St", "Twin", "RI", "02801"),
    Address('5 "Quoted", Ave', "Providence", "RI", "02903"),
]


def sheet(seen: Seen) -> list[list[str]]:
    """Return the rows of the uploaded sheet."""
    body = seen.body.decode()
    content = body.split('name="addressFile"', 1)[1].split("\r\n\r\n", 1)[1].split("\r\n--", 1)[0]
    return list(csv.reader(io.StringIO(content)))


def answer_to(row: list[str]) -> list[str]:
    number, street = row[0], row[1]
    if "Nowhere" in street:
        return [number, "1 Nowhere St, X, ZZ, 00000", "No_Match"]
    if "Main" in street:
        return [number, "1 Main St, Twin, RI, 02801", "Tie"]
    exact = "Exact" if "Silver" in street else "Non_Exact"
    place = ["24", "033", "802405", "1023"]
    return [number, street, "Match", exact, street.upper(), "-76.92743,38.84598", "76355984", "L", *place]


def batch_geocoder(seen: Seen) -> Reply:
    held = io.StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL).writerows(answer_to(row) for row in sheet(seen)[::-1])
    return Reply(held.getvalue().encode(), headers={"Content-Type": "text/csv"})


def test_answers_in_any_order_are_put_beside_their_addresses(publisher, fetcher):
    publisher.script(GEOCODER, batch_geocoder)
    results = geocode(fetcher, PLACES, host=publisher.url, batch=3)
    assert [result.outcome for result in results] == ["match", "no_match", "tie", "match"]
    assert [result.address for result in results] == PLACES
    first = results[0]
    assert (first.longitude, first.latitude, first.geoid, first.exact) == (-76.92743, 38.84598, "24033802405", True)
    assert results[3].exact is False and results[3].matched == '5 "QUOTED", AVE'
    assert results[2].geoid is None
    assert len(publisher.seen) == 2
    assert b"Current_Current" in publisher.seen[0].body


def test_addresses_passed_over_are_asked_for_once_more(publisher, fetcher):
    def forgetful(seen: Seen) -> Reply:
        held = io.StringIO()
        csv.writer(held).writerows(answer_to(row) for row in sheet(seen)[1:])
        return Reply(held.getvalue().encode() or b"\n")

    publisher.script(GEOCODER, forgetful, batch_geocoder)
    assert [result.outcome for result in geocode(fetcher, PLACES, host=publisher.url)] == [
        "match", "no_match", "tie", "match"
    ]  # fmt: skip
    assert [row[0] for row in sheet(publisher.seen[1])] == ["0"]
    publisher.script(GEOCODER, forgetful)
    assert [result.outcome for result in geocode(fetcher, PLACES[:3], host=publisher.url)] == [
        "unanswered", "no_match", "tie"
    ]  # fmt: skip


def test_a_failing_geocoder_is_tried_again_then_reported(publisher, fetcher, fake_time):
    publisher.script(GEOCODER, Reply(b"", 502), batch_geocoder)
    assert geocode(fetcher, PLACES[:1], host=publisher.url)[0].outcome == "match"
    assert len(fake_time.slept) == 1
    publisher.script(GEOCODER, Reply(b"<html><title>Gateway</title>", 200))
    with pytest.raises(FetchError, match="a web page that says “Gateway” instead of a table of text"):
        geocode(fetcher, PLACES[:1], host=publisher.url)


def test_a_batch_that_fails_leaves_the_others_standing(publisher, fetcher):
    publisher.script(GEOCODER, batch_geocoder, Reply(b"", 400))
    results = geocode(fetcher, PLACES, host=publisher.url, batch=2)
    assert [result.outcome for result in results] == ["match", "no_match", "unanswered", "unanswered"]


def test_an_answer_to_something_not_asked_is_refused(publisher, fetcher):
    publisher.script(GEOCODER, Reply(b'"99","x","Match","Exact","X","1,2","3","L","24","033","802405","1"\n'))
    with pytest.raises(FetchError, match="answered with a row that was not asked for: “99”"):
        geocode(fetcher, PLACES[:1], host=publisher.url)


def test_no_addresses_ask_nothing(publisher, fetcher):
    assert geocode(fetcher, [], host=publisher.url) == []
    assert publisher.seen == []
