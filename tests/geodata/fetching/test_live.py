"""A publisher's bad day, seen from the run: the last good copy serves, marked stale, and nothing good is lost."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from geodata.errors import InputError, SourceUnavailable
from geodata.fetching.client.download_cache import Cache, CacheBusyError
from geodata.fetching.client.http import Fetcher
from geodata.fetching.live import LiveAcquirer, LiveOptions, OwnFiles, asked_again_after
from geodata.schemas.canonical import CENTERS
from geodata.sources.spec import Address, Editions, SourceSpec
from geodata.states import find_state
from tests.geodata.fetching.conftest import POINTS
from tests.support.publisher_server import Publisher, Reply, Seen, file_of

RI = find_state("RI")
GOOD = b"STATEFP,COUNTYFP\n44,001\n"
HTML = b"<!doctype html><title>Down for maintenance</title>"
REMEDY = "download it at https://publisher.example/centers and put it into the folder supplied under the home folder."


@pytest.fixture
def spec(publisher: Publisher) -> SourceSpec:
    return SourceSpec(
        name="centers",
        title="Centers of Population",
        publisher="U.S. Census Bureau",
        table=CENTERS,
        scope="nation",
        filenames=("CenPop2020_Mean_TR.txt", "CenPop2020_Mean_TR{fips}.txt"),
        page="https://publisher.example/centers",
        licence="public domain",
        cadence="every ten years",
        urls=(f"{publisher.url}/CenPop{{year}}_Mean_TR.txt",),
        year=2020,
        media="csv",
    )


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def live(fetcher: Fetcher, cache: Cache) -> LiveAcquirer:
    return LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}))


def snapshot(cache: Cache) -> dict[str, bytes]:
    objects = cache.root / "objects"
    return {str(path.relative_to(objects)): path.read_bytes() for path in objects.rglob("*") if path.is_file()}


def test_the_first_copy_is_live_the_next_cached_then_confirmed(publisher, live, spec, cache, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD, **{"Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}))
    first = live.obtain(spec, RI)
    assert (first.status, first.scope, first.age_days) == ("live", "nation", 0)
    assert first.path.name == "CenPop2020_Mean_TR.txt"
    assert first.url == f"{publisher.url}/CenPop2020_Mean_TR.txt"
    fake_time.forward(days=1)
    again = live.obtain(spec, RI)
    assert (again.status, again.age_days, again.path) == ("cached", 1, first.path)
    assert len(publisher.seen) == 1
    fake_time.forward(days=7)
    confirmed = live.obtain(spec, RI)
    assert (confirmed.status, confirmed.age_days) == ("live", 8)
    assert publisher.seen[1].headers["if-none-match"] == '"1"'
    assert len(cache.manifest("centers", "nation").entries) == 1
    assert live.obtain(spec, RI).status == "cached"


def test_a_new_edition_becomes_the_newest_and_the_old_one_stays_in_the_history(publisher, live, spec, cache, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    old = live.obtain(spec)
    fake_time.forward(days=7)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD + b"44,003\n", etag='"2"'))
    new = live.obtain(spec)
    assert (new.status, new.size) == ("live", len(GOOD) + 7)
    assert old.path.exists()
    assert [entry.sha256 for entry in cache.manifest("centers", "nation").entries] == [new.sha256, old.sha256]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Reply(HTML), "answered with a web page that says “Down for maintenance” instead of a table of text."),
        (Reply(b"", 503), "is failing (HTTP 503) (4 attempts)."),
        (Reply(b"", 429, {"Retry-After": "78590"}), "allows no more requests for another 22 hours (HTTP 429)."),
        (Reply(GOOD, cut_after=5), "broke off after 5 bytes of 24 bytes (4 attempts)."),
        (Reply(b"", 404), "has no such file (HTTP 404)."),
        (Reply(b""), "answered with an empty file instead of a table of text (4 attempts)."),
        (Reply(b"", 204), None),
    ],
)
def test_a_bad_day_leaves_the_last_good_copy_stale_with_age_and_reason(
    publisher, live, spec, cache, fake_time, fault, reason
):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD, etag=None))
    live.obtain(spec)
    before = snapshot(cache)
    fake_time.forward(days=30)
    publisher.script("/CenPop2020_Mean_TR.txt", fault)
    stale = live.obtain(spec)
    assert (stale.status, stale.age_days, stale.path.read_bytes()) == ("stale", 30, GOOD)
    failure = f"{publisher.host} {reason}" if reason else "U.S. Census Bureau gave nothing for Centers of Population."
    assert stale.note == f"This is the last good copy, of 2026-11-22: {failure}"
    assert snapshot(cache) == before
    assert cache.manifest("centers", "nation").last_failure.reason == failure


@pytest.mark.parametrize(
    "odd",
    [
        b'{"advancedQueryCapabilities": 5}',
        b'{"fields": [null]}',
        b'{"maxRecordCount": [1]}',
        b'{"editingInfo": "now", "layers": 3}',
    ],
)
def test_an_answer_that_nobody_foresaw_leaves_the_last_good_copy_serving(
    publisher, fetcher, cache, spec, fake_time, odd
):
    layer = replace(spec, transport="arcgis", media="json", urls=(f"{publisher.url}/FeatureServer/0",), year=None)
    live = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}))
    said = {"objectIdField": "OBJECTID", "advancedQueryCapabilities": {"supportsPagination": True}}
    publisher.script("/FeatureServer/0", Reply(json.dumps(said).encode()))
    feature = {"attributes": {"OBJECTID": 1}, "geometry": None}
    answers = [{"count": 1}, {"features": [feature]}]
    publisher.script("/FeatureServer/0/query", *(Reply(json.dumps(one).encode()) for one in answers))
    assert live.obtain(layer).status == "live"
    fake_time.forward(days=30)
    publisher.script("/FeatureServer/0", Reply(odd))
    stale = live.obtain(layer)
    assert stale.status == "stale"
    assert f"{publisher.host} answered in a way that cannot be understood" in stale.note


def test_what_a_trial_raises_leaves_the_last_good_copy_serving(publisher, fetcher, cache, spec, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD, etag=None))

    def careful(_: SourceSpec, path: Path, __: object) -> None:
        if b"odd" in path.read_bytes():
            raise ZeroDivisionError

    live = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}), trial=careful)
    live.obtain(spec)
    fake_time.forward(days=30)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD + b"odd\n", etag=None))
    assert live.obtain(spec).status == "stale"


@pytest.mark.parametrize("fault", [Reply(HTML), Reply(b"", 404), Reply(GOOD, cut_after=5)])
def test_without_an_earlier_copy_one_sentence_says_what_to_do_and_the_cache_stays_empty(
    publisher, live, spec, cache, fault
):
    publisher.script("/CenPop2020_Mean_TR.txt", fault)
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(spec)
    sentence = str(caught.value)
    assert sentence.startswith(
        f"Centers of Population could not be obtained and there is no earlier copy. {publisher.host} "
    )
    assert sentence.endswith(f" Try again later, or {REMEDY}")
    assert snapshot(cache) == {}


def test_the_bad_day_ends_by_itself(publisher, live, spec, cache, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec)
    fake_time.forward(days=30)
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(HTML))
    assert live.obtain(spec).status == "stale"
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    rested = len(publisher.seen)
    assert live.obtain(spec).status == "stale"
    assert len(publisher.seen) == rested
    fake_time.forward(minutes=11)
    assert live.obtain(spec).status == "live"
    assert cache.manifest("centers", "nation").last_failure is None


def test_a_refresh_asks_at_once(publisher, fetcher, cache, live, spec):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec)
    eager = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}, refresh=True))
    assert eager.obtain(spec).status == "live"
    assert len(publisher.seen) == 2


def test_a_pinned_file_that_changed_is_not_taken(publisher, live, spec, cache, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    pinned = replace(spec, sha256=(live.obtain(spec).sha256,))
    fake_time.forward(days=31)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD + b"evil\n", etag='"2"'))
    stale = live.obtain(pinned)
    assert stale.status == "stale"
    assert "sent other bytes than the ones this source is pinned to" in stale.note


def test_an_archived_file_is_pinned_by_its_first_copy(publisher, live, spec, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    archived = replace(spec, archived=True)
    first = live.obtain(archived)
    fake_time.forward(days=31)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD + b"44,003\n", etag='"2"'))
    stale = live.obtain(archived)
    assert (stale.status, stale.sha256) == ("stale", first.sha256)
    assert "sent other bytes than the ones this source is pinned to" in stale.note


def test_the_second_address_is_used_when_the_first_fails(publisher, live, spec):
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(b"", 404))
    publisher.script("/mirror/CenPop2020_Mean_TR.txt", file_of(GOOD))
    twice = replace(spec, urls=(*spec.urls, f"{publisher.url}/mirror/CenPop2020_Mean_TR.txt"))
    assert live.obtain(twice).url == f"{publisher.url}/mirror/CenPop2020_Mean_TR.txt"


def test_validators_of_one_address_are_not_sent_to_another(publisher, live, spec, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec)
    fake_time.forward(days=7)
    publisher.script("/next/CenPop2020_Mean_TR.txt", file_of(GOOD + b"44,003\n"))
    moved = replace(spec, urls=(f"{publisher.url}/next/CenPop2020_Mean_TR.txt",))
    assert live.obtain(moved).size == len(GOOD) + 7


def test_a_state_file_serves_where_the_national_one_never_came(publisher, live, spec):
    both = replace(spec, urls=(*spec.urls, f"{publisher.url}/CenPop2020_Mean_TR{{fips}}.txt"))
    publisher.script("/CenPop2020_Mean_TR44.txt", file_of(GOOD))
    acquired = live.obtain(both, RI)
    assert (acquired.scope, acquired.path.name) == ("RI", "CenPop2020_Mean_TR44.txt")
    with pytest.raises(SourceUnavailable, match=r"no such file \(HTTP 404\)"):
        live.obtain(both)


def test_a_state_source_needs_a_state(live, spec, publisher):
    with pytest.raises(SourceUnavailable, match="comes by state: name the state it is wanted for"):
        live.obtain(replace(spec, scope="state", urls=(f"{publisher.url}/{{fips}}.txt",)))


def test_a_permanent_move_is_noted(publisher, live, spec):
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(b"", 301, {"Location": "/new.txt"}))
    publisher.script("/new.txt", file_of(GOOD))
    acquired = live.obtain(spec)
    assert acquired.note == f"It has moved for good to {publisher.url}/new.txt."
    assert acquired.path.name == "CenPop2020_Mean_TR.txt"


def test_a_copy_that_cannot_be_read_is_not_accepted(publisher, fetcher, cache, live, spec, fake_time):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec)
    seen = []

    def trial(tried, path, state):
        seen.append((tried.name, path.name, state))
        raise InputError("the column “LATITUDE” is gone", file=path)

    careful = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}), trial=trial)
    fake_time.forward(days=7)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(b"STATEFP\n44\n", etag='"2"'))
    stale = careful.obtain(spec)
    assert stale.path.read_bytes() == GOOD
    assert stale.note == (
        "This is the last good copy, of 2026-11-22: CenPop2020_Mean_TR.txt: the column “LATITUDE” is gone."
    )
    assert seen == [("centers", "CenPop2020_Mean_TR.txt", None)]
    assert not [path for path in (cache.root / "partial").rglob("*") if path.is_file()]


def test_a_damaged_cached_copy_is_fetched_again(publisher, fetcher, cache, live, spec):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec).path.write_bytes(b"damaged")
    again = LiveAcquirer(fetcher, Cache(cache.root), options=LiveOptions(environ={})).obtain(spec)
    assert (again.status, again.path.read_bytes()) == ("live", GOOD)


def test_a_missing_key_is_said_with_where_to_ask_for_one(publisher, live, spec):
    keyed = replace(spec, key_env="CENSUS_API_KEY", key_page="https://publisher.example/signup")
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(keyed)
    assert str(caught.value) == (
        "Centers of Population could not be obtained and there is no earlier copy. It needs a key: "
        f"ask for one at https://publisher.example/signup and set CENSUS_API_KEY to it. Or {REMEDY}"
    )
    assert publisher.seen == []


def test_no_key_is_written_anywhere_in_the_cache(publisher, fetcher, cache, spec):
    secret = "t0p+s3cret/value"
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(b"", 302, {"Location": "/signed.txt?signature=abc123"}))
    publisher.script("/signed.txt", file_of(GOOD))
    keyed = replace(spec, key_env="A_KEY")
    LiveAcquirer(fetcher, cache, options=LiveOptions(environ={"A_KEY": secret})).obtain(keyed)
    assert publisher.seen[0].headers["authorization"] == f"Bearer {secret}"
    for path in cache.root.rglob("*"):
        written = str(path) + (path.read_text() if path.is_file() else "")
        assert "t0p" not in written and "abc123" not in written


def test_two_sources_that_read_one_file_download_it_once(publisher, live, spec):
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    live.obtain(spec)
    other = live.obtain(replace(spec, name="centers_again", file_of="centers"))
    assert (other.status, other.source) == ("cached", "centers_again")
    assert len(publisher.seen) == 1


def test_a_source_without_an_address_comes_from_the_operator(fetcher, cache, live, spec, tmp_path):
    own = replace(spec, urls=(), filenames=("planned_sites*.csv",), title="Planned sites")
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(own)
    assert str(caught.value) == (
        "Planned sites is brought by you: put a file called planned_sites*.csv in a folder named in sources.folder."
    )
    supplied = tmp_path / "supplied"
    bringing = LiveAcquirer(fetcher, cache, own=OwnFiles(supplied))
    with pytest.raises(SourceUnavailable, match=r"planned_sites\*\.csv in the folder supplied under the home"):
        bringing.obtain(own)
    supplied.mkdir()
    (supplied / "planned_sites_2026.csv").write_bytes(b"a\n")
    assert bringing.obtain(own).status == "folder"


def test_a_run_that_waits_for_another_one_too_long_says_so(publisher, fetcher, tmp_path, spec):
    cache = Cache(tmp_path / "cache", download_seconds=0.05)
    with cache.obtaining("centers", "nation"), pytest.raises(CacheBusyError, match="Another run has held the cache"):
        LiveAcquirer(fetcher, Cache(tmp_path / "cache", download_seconds=0.05)).obtain(spec)


def test_a_zip_pretending_is_refused_and_a_real_one_named_as_its_pattern_wants(publisher, live, spec):
    zipped = replace(
        spec, media="zip", urls=(f"{publisher.url}/download?id=7",), filenames=("cb_*_us_tract_500k.zip",), year=2024
    )
    publisher.script("/download", Reply(HTML, headers={"Content-Type": "application/zip"}))
    with pytest.raises(SourceUnavailable, match="a web page that says “Down for maintenance” instead of a zip archive"):
        live.obtain(zipped)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.shp", b"")
    named = {"Content-Disposition": "attachment; filename=tracts.zip"}
    publisher.script("/download", Reply(held.getvalue(), headers=named))
    assert live.obtain(zipped).path.name == "cb_2024_us_tract_500k.zip"


def test_how_often_a_publisher_is_asked(spec):
    assert asked_again_after(replace(spec, cadence="Daily")) == timedelta(hours=12)
    assert asked_again_after(spec) == timedelta(days=6)
    assert asked_again_after(replace(spec, archived=True)) == timedelta(days=30)


def test_two_runs_at_once_download_one_file_once(publisher, cache, spec, fake_time):
    begun = threading.Semaphore(0)

    def once_all_have_begun(seen: Seen) -> Reply:
        for _ in range(4):
            begun.acquire()
        return Reply(GOOD)

    publisher.script("/CenPop2020_Mean_TR.txt", once_all_have_begun)

    def run(_: int):
        begun.release()
        with Fetcher(clock=fake_time.clock()) as own:
            return LiveAcquirer(own, Cache(cache.root), options=LiveOptions(environ={})).obtain(spec)

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(acquired.status for acquired in pool.map(run, range(4)))
    assert statuses == ["cached", "cached", "cached", "live"]
    assert len(publisher.seen) == 1


def test_a_run_that_is_killed_half_way_is_continued_by_the_next(publisher, cache, spec, fake_time):
    content = GOOD * 20_000
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(content))

    def killed(label: str, done: int, whole: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    dying = Fetcher(clock=fake_time.clock(), progress=killed)
    with pytest.raises(KeyboardInterrupt):
        LiveAcquirer(dying, cache, options=LiveOptions(environ={})).obtain(spec)
    assert snapshot(cache) == {}
    with Fetcher(clock=fake_time.clock()) as next_run:
        acquired = LiveAcquirer(next_run, Cache(cache.root), options=LiveOptions(environ={})).obtain(spec)
    assert acquired.path.read_bytes() == content
    assert publisher.seen[1].headers["range"].startswith("bytes=1")


def test_an_optional_source_is_downloaded_only_when_named_but_used_where_it_lies(publisher, specs, tmp_path, fetcher):
    optional = replace(specs["centers"], optional=True)
    supplied = tmp_path / "supplied"
    shy = LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=LiveOptions(environ={}), own=OwnFiles(supplied))
    with pytest.raises(SourceUnavailable, match=r"is optional and not asked for: name centers in sources\.optional"):
        shy.obtain(optional)
    assert publisher.seen == []
    supplied.mkdir()
    (supplied / "CenPop2020_Mean_TR.txt").write_bytes(POINTS.encode())
    assert shy.obtain(optional).status == "folder"
    named = LiveOptions(environ={}, optional=frozenset({"centers"}))
    assert LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=named).obtain(optional).status == "live"


def test_the_newest_edition_is_asked_for_first_and_the_one_that_answers_is_taken_and_told(publisher, live, spec):
    yearly = replace(spec, year=2024, editions=Editions())
    publisher.script("/CenPop2025_Mean_TR.txt", file_of(GOOD))
    acquired = live.obtain(yearly, RI)
    assert [seen.path for seen in publisher.seen] == ["/CenPop2026_Mean_TR.txt", "/CenPop2025_Mean_TR.txt"]
    assert acquired.note == "It is the edition of 2025; the one known to this program is that of 2024."


def test_a_newer_edition_that_cannot_be_read_gives_way_to_the_one_that_can(publisher, fetcher, cache, spec):
    def trial(tried, path, state):
        if tried.year == 2026:
            raise InputError("the column “LATITUDE” is gone", file=path)

    publisher.script("/CenPop2026_Mean_TR.txt", file_of(b"STATEFP\n44\n"))
    publisher.script("/CenPop2025_Mean_TR.txt", file_of(GOOD))
    careful = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}), trial=trial)
    acquired = careful.obtain(replace(spec, year=2025, editions=Editions()), RI)
    assert acquired.url.endswith("/CenPop2025_Mean_TR.txt")
    assert "the column “LATITUDE” is gone" in acquired.note


@pytest.mark.parametrize(
    ("editions", "known", "this_year", "years"),
    [
        (Editions(), 2024, 2026, [2026, 2025, 2024, 2023]),
        (Editions(ahead=-1), 2024, 2026, [2025, 2024, 2023]),
        (Editions(ahead=-1, every=2), 2022, 2026, [2024, 2022, 2020]),
        (Editions(ahead=1), 2026, 2026, [2027, 2026, 2025]),
        (Editions(ahead=-2), 2024, 2024, [2024, 2023]),
    ],
)
def test_which_editions_may_be_out(editions, known, this_year, years):
    assert editions.candidates(known, this_year) == years


def test_another_address_serves_where_the_publisher_refuses_and_the_account_says_so(publisher, live, spec):
    refusing = Reply(b"<html><title>Just a moment...</title></html>", 403)
    publisher.script("/CenPop2020_Mean_TR.txt", refusing)
    publisher.script("/elsewhere.txt", file_of(GOOD))
    other = Address(f"{publisher.url}/elsewhere.txt", says="It is a copy.")
    acquired = live.obtain(replace(spec, others=(other,)), RI)
    assert acquired.url == f"{publisher.url}/elsewhere.txt"
    assert acquired.note.startswith(
        f"It came from {publisher.host}, after another address failed: {publisher.host} refus"
    )
    assert acquired.note.endswith("It is a copy.")


def test_an_edition_that_is_absent_is_looked_for_elsewhere_only_where_it_may_be(publisher, live, spec):
    same = Address(f"{publisher.url}/same{{year}}.txt")
    more = Address(f"{publisher.url}/more{{year}}.txt", fills_gaps=True)
    publisher.script("/more2025.txt", file_of(GOOD))
    live.obtain(replace(spec, year=2024, editions=Editions(ahead=-1), others=(same, more)), RI)
    assert [seen.path for seen in publisher.seen] == ["/CenPop2025_Mean_TR.txt", "/more2025.txt"]


def test_a_file_without_an_ending_is_named_by_what_it_is(publisher, live, spec):
    publisher.script("/data-generator", file_of(GOOD))
    named = replace(
        spec,
        filenames=("HD????.zip", "HD????.csv"),
        urls=(f"{publisher.url}/data-generator?year={{year}}",),
        media="any",
    )
    assert live.obtain(named, RI).path.name == "HD2020.csv"


@pytest.mark.parametrize(("first", "asked", "status"), [(True, 0, "folder"), (False, 1, "live")])
def test_a_file_brought_by_hand_counts_before_the_publisher_or_after(
    publisher, fetcher, cache, spec, tmp_path, first, asked, status
):
    (tmp_path / "supplied").mkdir()
    (tmp_path / "supplied" / "CenPop2020_Mean_TR.txt").write_bytes(GOOD)
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD), Reply(b"", 404))
    options = LiveOptions(environ={}, supplied_first=first, refresh=True)
    live = LiveAcquirer(fetcher, cache, options=options, own=OwnFiles(tmp_path / "supplied"))
    acquired = live.obtain(spec, RI)
    assert (acquired.status, len(publisher.seen)) == (status, asked)
    assert ("It was brought by hand." in acquired.note) == first


def test_a_file_brought_by_hand_serves_where_the_publisher_gave_nothing(publisher, fetcher, cache, spec, tmp_path):
    (tmp_path / "supplied").mkdir()
    (tmp_path / "supplied" / "CenPop2020_Mean_TR.txt").write_bytes(GOOD)
    options = LiveOptions(environ={}, supplied_first=False)
    acquired = LiveAcquirer(fetcher, cache, options=options, own=OwnFiles(tmp_path / "supplied")).obtain(spec, RI)
    assert acquired.status == "folder"
    assert "It was brought by hand." in acquired.note and "has no such file (HTTP 404)" in acquired.note


def test_one_state_is_asked_for_with_its_neighbors_and_several_with_the_nation(publisher, fetcher, cache, spec):
    near = replace(spec, urls=(f"{publisher.url}/v1?state={{around}}", f"{publisher.url}/v1"))
    publisher.script("/v1", file_of(GOOD))
    for alone, scope, query in ((True, "RI", {"state": "RI,CT,MA,NY"}), (False, "nation", {})):
        live = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}, alone=alone))
        assert live.obtain(near, RI).scope == scope
        assert publisher.seen[-1].query == query


def test_an_optional_source_is_wanted_where_its_key_is_set(fetcher, cache, spec):
    keyed = replace(spec, optional=True, key_env="A_KEY")
    for environ, off, wanted in (({}, (), False), ({"A_KEY": "x"}, (), True), ({"A_KEY": "x"}, ("centers",), False)):
        options = LiveOptions(environ=environ, off=frozenset(off))
        assert LiveAcquirer(fetcher, cache, options=options).asks_publisher(keyed) is wanted


def test_the_hosts_of_a_run_are_asked_once_and_only_where_no_recent_copy_is(
    publisher, fetcher, cache, spec, monkeypatch
):
    looked: list[list[str]] = []
    monkeypatch.setattr(fetcher, "look_ahead", lambda addresses: looked.append(list(addresses)))
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(GOOD))
    other = replace(spec, name="other", urls=("https://elsewhere.example/a.txt",))
    for _ in range(2):
        live = LiveAcquirer(fetcher, cache, options=LiveOptions(environ={}), ahead=[(spec, RI), (other, RI)])
        live.obtain(spec, RI)
        live.obtain(spec, RI)
    assert looked == [[f"{publisher.url}/CenPop2020_Mean_TR.txt", "https://elsewhere.example/a.txt"]]
