"""A bundle of what rarely changes: made from what is at hand, held to its hashes, used where a publisher refuses."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.errors import InputError, OnrampError
from geodata.fetching.acquire import FolderAcquirer
from geodata.fetching.baseline import fetch_baseline, states_in, unpack_baseline, write_baseline
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.live import LiveAcquirer, OwnFiles
from geodata.sources import SOURCES
from geodata.states import find_state
from geodata.storage.files import sha256_of
from tests.geodata.fetching.conftest import POINTS
from tests.support.publisher_server import Reply, file_of

RI = find_state("RI")


@pytest.fixture
def bundle(folder, tmp_path: Path) -> Path:
    files = folder("cb_2025_44_tract_500k.zip", "cb_2025_us_county_500k.zip")
    (files / "CenPop2020_Mean_TR.txt").write_text(POINTS)
    target = tmp_path / "stick" / "baseline.zip"
    rows, sha256 = write_baseline(FolderAcquirer(files), [RI], target)
    assert {row.source for row in rows if row.path} == {"centers", "tracts", "counties"}
    assert (sha256_of(target), f"{sha256}  baseline.zip\n") == (
        sha256,
        (target.parent / "baseline.zip.sha256").read_text(),
    )
    return target


def test_a_bundle_serves_where_the_publisher_refuses_and_says_so(bundle, specs, publisher, fetcher, tmp_path):
    files = unpack_baseline(bundle, tmp_path / "home" / "baseline")
    assert (len(files), states_in(files)) == (3, ["RI"])
    live = LiveAcquirer(fetcher, Cache(tmp_path / "cache"), own=OwnFiles(baseline=tmp_path / "home" / "baseline"))
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(b"", 403))
    taken = live.obtain(specs["centers"])
    assert (taken.status, taken.path.read_text()) == ("stale", POINTS)
    assert taken.note.startswith("It is the copy of the baseline, of ")
    assert "refuses to serve this computer (HTTP 403)" in taken.note and "Try again later" not in taken.note
    # What the publisher gives comes first.
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(POINTS.encode()))
    fresh = LiveAcquirer(fetcher, Cache(tmp_path / "other"), own=OwnFiles(baseline=tmp_path / "home" / "baseline"))
    assert fresh.obtain(specs["centers"]).status == "live"
    # A state that is not in it is not served by another's.
    tracts = replace(SOURCES["tracts"].spec, urls=(f"{publisher.url}/{{fips}}.zip",), others=(), editions=None)
    with pytest.raises(OnrampError):
        live.obtain(tracts, find_state("CT"))


@pytest.mark.parametrize("fault", ["whole", "hash", "member", "outside", "no list", "absent"])
def test_a_bundle_that_is_not_what_it_was_is_refused_and_the_old_one_stays(bundle, tmp_path, fault):
    home = tmp_path / "home" / "baseline"
    unpack_baseline(bundle, home)
    before = sorted(path.name for path in home.rglob("*"))
    sha256, said = None, "its SHA-256 is not"
    if fault == "whole":
        bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    elif fault == "hash":
        sha256 = "ab" * 32
    elif fault == "absent":
        bundle, said = tmp_path / "none.zip", "there is no such bundle"
    else:
        with zipfile.ZipFile(bundle) as old:
            members = {name: old.read(name) for name in old.namelist()}
        if fault == "member":
            members["national/CenPop2020_Mean_TR.txt"] += b"44,1\n"
            said = "has another SHA-256 than its list"
        elif fault == "outside":
            members["MANIFEST.json"] = members["MANIFEST.json"].replace(b"national/Cen", b"../../Cen")
            said = "it names a file outside its folder"
        else:
            del members["MANIFEST.json"]
            said = "this is no baseline"
        bundle = tmp_path / "other.zip"
        with zipfile.ZipFile(bundle, "w") as new:
            for name, content in members.items():
                new.writestr(name, content)
    with pytest.raises(InputError, match=said):
        unpack_baseline(bundle, home, sha256)
    assert sorted(path.name for path in home.rglob("*")) == before


def test_a_bundle_is_fetched_from_an_address_and_held_to_its_hash(bundle, publisher, fetcher, tmp_path):
    url = publisher.script("/baseline.zip", file_of(bundle.read_bytes()))
    assert len(fetch_baseline(fetcher, url, tmp_path / "baseline", sha256_of(bundle))) == 3
    with pytest.raises(InputError, match="SHA-256"):
        fetch_baseline(fetcher, url, tmp_path / "baseline", "cd" * 32)
    with pytest.raises(FetchError):
        fetch_baseline(fetcher, publisher.script("/gone.zip", Reply(b"", 404)), tmp_path / "baseline")


def test_a_bundle_without_what_is_required_is_not_written(folder, tmp_path):
    with pytest.raises(OnrampError, match="A baseline without"):
        write_baseline(FolderAcquirer(folder("cb_2025_us_county_500k.zip")), [RI], tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
