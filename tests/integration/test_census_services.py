"""The Census Data API, the keyless summary files and the batch geocoder, as they answer on good days and bad."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.fetching.publishers.geocoder import Address, geocode
from geodata.schemas.canonical import MEASURES
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Publisher, Reply, Seen

RI = find_state("RI")
KEY = "0123456789abcdef0123456789abcdef01234567"
TRACTS = [("44", "001", "030100"), ("44", "007", "000101"), ("44", "007", "000102")]
VARIABLES = [f"B16005_{line:03d}{kind}" for line in range(1, 46) for kind in "EM"]
API = "/data/2024/acs/acs5"
FILES = "/programs-surveys/acs/summary_file/2024/table-based-SF/data/5YRData/acsdt5y2024-"
GEOCODER = "/geocoder/geographies/addressbatch"


def source(publisher: Publisher, **changes) -> SourceSpec:
    spec = SourceSpec(
        name="acs",
        title="American Community Survey",
        publisher="U.S. Census Bureau",
        table=MEASURES,
        scope="state",
        filenames=("acs5_*_{fips}_tracts.csv", "acs5_*_tracts.csv"),
        page="https://publisher.example/acs",
        licence="public domain",
        cadence="yearly",
        urls=(f"{publisher.url}/data/{{year}}/acs/acs5?variables={','.join(VARIABLES)}&state={{fips}}",),
        year=2024,
        media="csv",
        key_env="CENSUS_API_KEY",
        transport="census_api",
    )
    return replace(spec, **changes)


@pytest.fixture
def live(fetcher, tmp_path):
    return LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=LiveOptions(environ={"CENSUS_API_KEY": KEY}))


def data_api(seen: Seen) -> Reply:
    """Answer like the service: keyed, at most 50 variables, everything text, the geography last."""
    if seen.query.get("key") != KEY:
        page = "invalid_key.html" if seen.query.get("key") else "missing_key.html"
        return Reply(b"", 302, {"Location": f"/data/{page}", "X-DataWebAPI-KeyError": "1"})
    asked = seen.query["get"].split(",")
    if len(asked) > 50:
        return Reply(b"error: error: 'get' is limited to 50 variables", 400)
    if seen.query["for"] == "us:1":
        return Reply(
            json.dumps([["NAME", "us"], ["United States", "1"]]).encode(), headers={"Content-Type": "application/json"}
        )
    if seen.query["in"] != "state:44 county:*":
        return Reply(b"", 204)
    rows = [[*asked, "state", "county", "tract"]]
    for number, place in enumerate(TRACTS):
        values = [None if name == "B16005_045M" else f"{number}{name[7:10]}" for name in asked[1:]]
        rows.append([f"Census Tract {number}; Rhode Island", *values, *place])
    # The order of rows is not promised.
    rows[1:] = rows[1:][::-1] if len(asked) < 50 else rows[1:]
    return Reply(json.dumps(rows).encode(), headers={"Content-Type": "application/json;charset=utf-8"})


def test_ninety_variables_come_in_two_requests_joined_by_tract(publisher, live):
    publisher.script(API, data_api)
    acquired = live.obtain(source(publisher), RI)
    assert (acquired.scope, acquired.path.name) == ("RI", "acs5_2024_44_tracts.csv")
    table = pd.read_csv(acquired.path, dtype=str)
    assert list(table.columns) == ["GEOID", "NAME", *VARIABLES]
    assert list(table["GEOID"]) == ["44001030100", "44007000101", "44007000102"]
    assert list(table["B16005_001E"]) == ["0001", "1001", "2001"]
    assert list(table["B16005_044E"]) == ["0044", "1044", "2044"]
    assert table["B16005_045M"].isna().all()
    assert len(publisher.seen) == 2
    assert KEY not in acquired.url + acquired.path.read_text()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("wrong", "does not accept the key: check it for typing errors, or ask for a new one."),
        ("", "It needs a key: ask for one at https://publisher.example/acs and set CENSUS_API_KEY to it."),
    ],
)
def test_a_key_that_is_missing_or_wrong_is_reported_and_the_page_behind_is_never_read(
    publisher, fetcher, tmp_path, key, sentence
):
    publisher.script(API, data_api)
    live = LiveAcquirer(fetcher, Cache(tmp_path), options=LiveOptions(environ={"CENSUS_API_KEY": key}))
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(source(publisher), RI)
    assert sentence in str(caught.value)
    assert not any(seen.path.endswith(".html") for seen in publisher.seen)


def test_a_key_that_was_lost_on_the_way_is_reported(publisher, live):
    publisher.script(API, Reply(b"", 302, {"Location": "/data/missing_key.html"}))
    with pytest.raises(SourceUnavailable, match="did not receive a key with the request"):
        live.obtain(source(publisher), RI)


def test_nothing_for_a_state_is_reported(publisher, live):
    publisher.script(API, data_api)
    with pytest.raises(SourceUnavailable, match=r"U\.S\. Census Bureau gave nothing for American Community Survey\."):
        live.obtain(source(publisher), find_state("VT"))


def as_json(value) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Reply(b"error: unknown variable 'B99_001E'", 400), "(HTTP 400): “error: unknown variable 'B99_001E'”"),
        (as_json({"a": 1}), "answered with something else than rows of equal length"),
        (as_json([["NAME"], ["a", "b"]]), "answered with something else than rows of equal length"),
        (as_json([["NAME", "state"], ["a", "44"]]), "answered without B16005_001E"),
        (
            as_json([["NAME", *VARIABLES[:49], "state", "county", "tract"], ["a", *["1"] * 49, "44", "1", "1"]]),
            "answered with the tract “4411” where one of 11 digits was due",
        ),
    ],
)
def test_an_answer_of_another_shape_is_reported(publisher, live, answer, sentence):
    publisher.script(API, answer)
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(source(publisher), RI)
    assert sentence in str(caught.value)


def test_chunks_that_tell_of_different_tracts_are_refused(publisher, live):
    def fewer(seen: Seen) -> Reply:
        reply = data_api(seen)
        return as_json(json.loads(reply.body)[:-1])

    publisher.script(API, data_api, fewer)
    with pytest.raises(SourceUnavailable, match="answered with different tracts for different variables"):
        live.obtain(source(publisher), RI)


# --- summary files ------------------------------------------------------------------------------------------------


def summary(table: str, lines: int, tracts=TRACTS) -> bytes:
    header = ["GEO_ID", *(f"{table}_{kind}{line:03d}" for line in range(1, lines + 1) for kind in "EM")]
    rows = [["0100000US", *["9"] * 2 * lines], ["0400000US44", *["8"] * 2 * lines], ["140000044", *["7"] * 2 * lines]]
    rows += [
        ["1400000US" + "".join(place), *([str(number), "-555555555"] * lines)] for number, place in enumerate(tracts)
    ]
    return "\n".join("|".join(row) for row in [header, *rows]).encode() + b"\n"


def summary_source(publisher: Publisher) -> SourceSpec:
    variables = "B25044_003E,B25044_003M,B28002_013E"
    url = f"{publisher.url}{FILES.replace('2024', '{year}')}TABLE.dat?variables={variables}"
    return source(publisher, scope="nation", urls=(url,), transport="acs_summary_file", key_env=None)


def test_summary_files_give_tracts_alone_under_the_names_of_the_api(publisher, live):
    publisher.script(f"{FILES}b25044.dat", Reply(summary("B25044", 3)))
    publisher.script(f"{FILES}b28002.dat", Reply(summary("B28002", 13, TRACTS[::-1])))
    acquired = live.obtain(summary_source(publisher), RI)
    assert (acquired.scope, acquired.path.name) == ("nation", "acs5_2024_tracts.csv")
    table = pd.read_csv(acquired.path, dtype=str)
    assert list(table.columns) == ["GEOID", "B25044_003E", "B25044_003M", "B28002_013E"]
    assert list(table["GEOID"]) == ["44001030100", "44007000101", "44007000102"]
    assert list(table["B25044_003E"]) == ["0", "1", "2"]
    assert list(table["B28002_013E"]) == ["2", "1", "0"]
    assert not [path for path in (live.cache.root / "partial").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (summary("B28002", 12), "sent a table without the columns expected"),
        (summary("B28002", 13, TRACTS[:2]), "sent tables that do not hold the same tracts"),
        (summary("B28002", 13, [TRACTS[0]] * 3), "tract codes are not 11 digits each, once"),
    ],
)
def test_summary_files_that_do_not_fit_are_refused(publisher, live, body, sentence):
    publisher.script(f"{FILES}b25044.dat", Reply(summary("B25044", 3)))
    publisher.script(f"{FILES}b28002.dat", Reply(body))
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(summary_source(publisher))
    assert sentence in str(caught.value)


# --- geocoder -----------------------------------------------------------------------------------------------------

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
