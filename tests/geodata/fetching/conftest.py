"""Three sources of a publisher on loopback (national, by state, behind a key), and a folder of files to search."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.sources.centers import SPEC as CENTERS
from geodata.sources.spec import SourceSpec
from tests.support.publisher_server import Publisher, Reply, file_of

POINTS = (
    "STATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n"
    "44,001,030100,4000,+41.740000,-071.310000\n44,007,000101,3000,+41.800000,-071.400000\n"
)
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def specs(publisher: Publisher) -> dict[str, SourceSpec]:
    centers = replace(CENTERS, urls=(f"{publisher.url}/CenPop2020_Mean_TR.txt",), others=())
    tracts = replace(
        centers,
        name="tracts",
        title="Tracts",
        scope="state",
        filenames=("tracts_*_{fips}.csv",),
        urls=(f"{publisher.url}/tracts_2024_{{fips}}.csv",),
    )
    keyed = replace(
        centers,
        name="keyed",
        title="Keyed",
        filenames=("keyed*.csv",),
        urls=(f"{publisher.url}/keyed.csv",),
        key_env="A_KEY",
    )
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(BOM + POINTS.encode()))
    publisher.script("/tracts_2024_44.csv", file_of(b"GEOID\n44001030100\n"))
    publisher.script(
        "/keyed.csv",
        lambda seen: Reply(b"a\n") if seen.headers.get("authorization") == "Bearer good" else Reply(b"", 403),
    )
    return {spec.name: spec for spec in (centers, tracts, keyed)}


def live_with(fetcher, folder, **environ) -> LiveAcquirer:
    return LiveAcquirer(fetcher, Cache(folder), options=LiveOptions(environ=environ))


@pytest.fixture
def folder(tmp_path):
    def fill(*names: str):
        for name in names:
            path = tmp_path / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {name}")
            os.utime(path, (1_790_000_000, 1_790_000_000))
        return tmp_path / "files"

    return fill
