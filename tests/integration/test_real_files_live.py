"""Real files served as their publishers serve them, cut and continued, and read on trial by their own parsers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geodata.fetching.acquire import FolderAcquirer
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions, parse_on_trial
from geodata.fetching.mirror import mirror
from geodata.ingest.read_source import read_source
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.states import find_state
from tests.support.publisher_server import Reply, file_of

RI, GA = find_state("RI"), find_state("GA")
pytestmark = pytest.mark.realdata


@pytest.fixture
def live(fetcher, tmp_path):
    options = LiveOptions(environ={})
    return LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=options, trial=parse_on_trial(load_settings()))


def served(publisher, source: str, file: Path, **how):
    """Return the spec of a source whose address is on loopback and serves `file`, cut once."""
    content = file.read_bytes()
    path = f"/{file.name}"
    publisher.script(path, file_of(content, cut_after=len(content) // 2), file_of(content))
    return replace(SOURCES[source].spec, urls=(publisher.url + path,), **how)


def test_files_arrive_whole_through_a_cut_connection_and_give_their_known_rows(publisher, live, realdata):
    national = realdata / "national"
    known = [
        ("centers", national / "CenPop2020_Mean_TR.txt", 85_395),
        ("cejst", national / "cejst_1.0-communities_flags.csv", 74_134),
        ("tracts", realdata / "RI" / "cb_2020_44_tract_500k.zip", 247),
    ]
    for name, file, rows in known:
        spec = served(publisher, name, file)
        # The address of a state's file names the state, or it would be held to what the nation's must hold.
        spec = replace(spec, urls=(spec.urls[0].replace("_44_", "_{fips}_"),))
        acquired = live.obtain(spec, RI)
        assert acquired.status == "live"
        assert acquired.path.read_bytes() == file.read_bytes()
        got = read_source(replace(SOURCES[name], spec=spec), live, [RI], load_settings())
        assert got.uses[0].freshness == "cached"
        assert len(got.table) == rows
    assert sum("range" in seen.headers for seen in publisher.seen) == len(known)


def test_a_real_file_that_lost_its_columns_does_not_replace_the_good_one(publisher, live, realdata, fake_time):
    file = realdata / "national" / "cejst_1.0-communities_flags.csv"
    spec = replace(served(publisher, "cejst", file), archived=False)
    good = live.obtain(spec)
    fake_time.forward(days=40)
    drifted = file.read_bytes().replace(b"Identified as disadvantaged", b"Burdened", 1)
    publisher.script(f"/{file.name}", Reply(drifted))
    stale = live.obtain(spec)
    assert (stale.status, stale.sha256, stale.age_days) == ("stale", good.sha256, 40)
    assert "Identified as disadvantaged" in stale.note


def test_a_mirror_of_real_files_is_read_like_the_publishers(publisher, live, realdata, tmp_path, fake_time):
    specs = [
        served(publisher, "tracts", realdata / "RI" / "cb_2020_44_tract_500k.zip"),
        served(publisher, "counties", realdata / "national" / "us_geo_census_cb_2020_counties.geojson", media="json"),
    ]
    # The address of a state's file names the state, or it would be taken for the nation's.
    specs[0] = replace(specs[0], urls=(specs[0].urls[0].replace("_44_", "_{fips}_"),))
    account = mirror(live, specs, [RI], tmp_path / "mirror", clock=fake_time.clock())
    assert [(row.scope, row.status) for row in account] == [("RI", "live"), ("nation", "live")]
    offline = FolderAcquirer(tmp_path / "mirror", clock=fake_time.clock())
    for spec, rows in zip(specs, (247, 3_234), strict=True):
        got = read_source(replace(SOURCES[spec.name], spec=spec), offline, [RI], load_settings())
        assert len(got.table) == rows
        assert got.uses[0].url.startswith(publisher.url)
