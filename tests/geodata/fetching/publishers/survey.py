"""The survey as its two services are asked for it: a source on loopback, and an acquirer with a key."""

from __future__ import annotations

from dataclasses import replace

from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http import Fetcher
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.schemas.canonical import MEASURES
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Publisher

RI = find_state("RI")
KEY = "0123456789abcdef0123456789abcdef01234567"
TRACTS = [("44", "001", "030100"), ("44", "007", "000101"), ("44", "007", "000102")]
VARIABLES = [f"B16005_{line:03d}{kind}" for line in range(1, 46) for kind in "EM"]
API = "/data/2024/acs/acs5"


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


def keyed(fetcher: Fetcher, cache: Cache) -> LiveAcquirer:
    """Return an acquirer that has the key of the Data API."""
    return LiveAcquirer(fetcher, cache, options=LiveOptions(environ={"CENSUS_API_KEY": KEY}))
