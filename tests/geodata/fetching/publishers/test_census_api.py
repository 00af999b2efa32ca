"""The Census Data API: pages joined by tract, keys that are refused in a sentence, answers of another shape."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.states import find_state
from tests.geodata.fetching.publishers.survey import API, KEY, RI, TRACTS, VARIABLES, keyed, source
from tests.support.publisher_server import Reply, Seen


@pytest.fixture
def live(fetcher, tmp_path):
    return keyed(fetcher, Cache(tmp_path / "cache"))


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
