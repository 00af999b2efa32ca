"""Feature services: every feature once, whatever the server forgets, repeats or loses; else an error."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.fetching.publishers.arcgis import FeatureService, Query
from geodata.sources.landmarks import CORRIDORS
from tests.support.arcgis_server import PATH, FeatureServer
from tests.support.publisher_server import Reply


def corridors(count: int) -> dict[int, dict]:
    return {number: {"STATE": "RI", "NUMBER": str(number)} for number in range(1, count + 1)}


def numbers(features) -> list[int]:
    return [feature["properties"]["OBJECTID"] for feature in features]


@pytest.mark.parametrize("formats", ["JSON, geoJSON", "JSON"])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35])
def test_all_pages_are_read_in_both_formats(publisher, fetcher, formats, count):
    server = FeatureServer(corridors(count), formats=formats)
    service = FeatureService(fetcher)
    features = service.features(service.layer(server.serve(publisher)))
    assert numbers(features) == list(range(1, count + 1))
    assert all(feature["type"] == "Feature" for feature in features)
    paging = [one for one in server.requests if "resultOffset" in one]
    assert all(one["orderByFields"] == "OBJECTID" and one["outSR"] == "4326" for one in paging)


@pytest.mark.parametrize(
    "fault",
    [{"forgets": True}, {"repeats": True}, {"loses": True}, {"paged": False}, {"paged": False, "limit_by_ids": 7}],
)
def test_a_server_that_forgets_repeats_loses_or_cannot_page_still_gives_all(publisher, fetcher, fault):
    server = FeatureServer(corridors(35), **fault)
    service = FeatureService(fetcher)
    assert numbers(service.features(service.layer(server.serve(publisher)))) == list(range(1, 36))


def test_ids_are_asked_for_by_post_so_that_no_address_grows_too_long(publisher, fetcher):
    server = FeatureServer(corridors(1200), paged=False)
    service = FeatureService(fetcher)
    assert len(service.features(service.layer(server.serve(publisher)))) == 1200
    posted = [one for one in server.requests if "objectIds" in one]
    assert [one["method"] for one in posted] == ["POST"] * 3
    assert all("where" not in one for one in posted)


def test_what_does_not_add_up_is_an_error(publisher, fetcher):
    service = FeatureService(fetcher)
    layer = service.layer(FeatureServer(corridors(35), miscounts=2).serve(publisher))
    with pytest.raises(FetchError) as caught:
        service.features(layer)
    assert str(caught.value) == f"{publisher.host} counts 37 features in “Corridors” but gave 35."


def test_an_error_under_200_is_reported(publisher, fetcher):
    service = FeatureService(fetcher)
    layer = service.layer(FeatureServer(corridors(3)).serve(publisher))
    with pytest.raises(FetchError) as caught:
        service.features(layer, Query(where="bad"))
    assert str(caught.value) == f"{publisher.host} answered with error 400: Invalid query parameters. 'where' is wrong."


def test_a_layer_is_found_by_its_name(publisher, fetcher):
    url = FeatureServer(corridors(3)).serve(publisher).removesuffix("/0")
    service = FeatureService(fetcher)
    assert service.layer(url, "corridors").url == f"{url}/0"
    with pytest.raises(FetchError) as caught:
        service.layer(url, "Tracts")
    assert str(caught.value) == f"{publisher.host} has no single layer “Tracts”; its layers are Roads, Corridors."


def test_a_box_comes_with_its_reference_system(publisher, fetcher):
    server = FeatureServer(corridors(3))
    service = FeatureService(fetcher)
    service.features(service.layer(server.serve(publisher)), Query(box=(-72.0, 41.0, -71.0, 42.0), out_fields="STATE"))
    assert all(one["inSR"] == "4326" and one["geometry"] == "-72.0,41.0,-71.0,42.0" for one in server.requests)
    assert server.requests[-1]["outFields"] == "STATE,OBJECTID"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(0, 60),
    page=st.integers(1, 25),
    fault=st.sampled_from(["none", "forgets", "repeats", "loses"]),
    limit=st.integers(1, 30),
)
def test_any_mixture_gives_each_feature_once(publisher, fetcher, count, page, fault, limit):
    flags = {} if fault == "none" else {fault: True}
    server = FeatureServer(corridors(count), page=page, limit_by_ids=limit, **flags)
    service = FeatureService(fetcher)
    assert numbers(service.features(service.layer(server.serve(publisher)))) == list(range(1, count + 1))


def test_a_layer_becomes_a_geojson_file_and_is_not_asked_again_unless_edited(publisher, fetcher, tmp_path, fake_time):
    server = FeatureServer(corridors(25), edited=1_790_000_000_000)
    spec = replace(CORRIDORS, urls=(f"{server.serve(publisher)}?where=EV%3D1",))
    live = LiveAcquirer(fetcher, Cache(tmp_path), options=LiveOptions(environ={}))
    first = live.obtain(spec)
    assert first.path.suffix == ".geojson"
    assert len(json.loads(first.path.read_text())["features"]) == 25
    assert server.requests[0]["where"] == "EV=1"
    asked = len(server.requests)
    fake_time.forward(days=7)
    assert live.obtain(spec).status == "live"
    assert len(server.requests) == asked
    fake_time.forward(days=7)
    server.edited += 1
    server.features = corridors(26)
    assert len(json.loads(live.obtain(spec).path.read_text())["features"]) == 26


def test_a_layer_that_breaks_half_way_leaves_the_last_good_file(publisher, fetcher, tmp_path, fake_time):
    server = FeatureServer(corridors(25))
    spec = replace(CORRIDORS, urls=(server.serve(publisher),), others=())
    live = LiveAcquirer(fetcher, Cache(tmp_path), options=LiveOptions(environ={}))
    good = live.obtain(spec)
    fake_time.forward(days=7)
    server.miscounts = 1
    stale = live.obtain(spec)
    assert (stale.status, stale.path) == ("stale", good.path)
    assert stale.note.endswith(f"{publisher.host} counts 26 features in “Corridors” but gave 25.")
    with pytest.raises(SourceUnavailable, match="counts 26 features"):
        LiveAcquirer(fetcher, Cache(tmp_path / "other"), options=LiveOptions(environ={})).obtain(spec)


def test_a_page_of_the_service_is_scripted_where_real_ones_have_it(publisher, fetcher):
    FeatureServer(corridors(1)).serve(publisher)
    FeatureService(fetcher, token="hunter2").layer(f"{publisher.url}{PATH}/0")
    assert publisher.seen[0].headers["x-esri-authorization"] == "Bearer hunter2"


def test_a_layer_whose_number_and_name_moved_is_found_by_its_field(publisher, fetcher):
    service = FeatureService(fetcher)
    root = FeatureServer(corridors(3)).serve(publisher).removesuffix("/0")
    described = {"name": "Results", "fields": [{"name": "CIscore"}], "objectIdField": "OBJECTID"}
    other = {"name": "Roads", "fields": [{"name": "Other"}], "objectIdField": "OBJECTID"}
    publisher.script(f"{PATH}/0", Reply(json.dumps(described).encode(), headers={"Content-Type": "application/json"}))
    publisher.script(f"{PATH}/3", Reply(json.dumps(other).encode(), headers={"Content-Type": "application/json"}))
    assert service.layer(root, field="ciscore").url == f"{root}/0"
    with pytest.raises(
        FetchError, match="has no single layer with “Absent”; its layers are Roads, Corridors"
    ) as caught:
        service.layer(root, field="Absent")
    assert caught.value.kind == "absent"


def test_a_service_that_is_not_there_is_absent_so_that_another_is_tried(publisher, fetcher):
    said = {"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}}
    publisher.script(PATH, Reply(json.dumps(said).encode(), headers={"Content-Type": "application/json"}))
    with pytest.raises(FetchError, match="has no such service") as caught:
        FeatureService(fetcher).layer(f"{publisher.url}{PATH}", field="GEOID")
    assert caught.value.kind == "absent"
