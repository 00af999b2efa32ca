"""The addresses of all sources, filled in: complete, of the right shape, and named so that they are found."""

from __future__ import annotations

from datetime import UTC, datetime
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import pytest

from geodata.fetching.client.clock import Clock
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.exchange import Download
from geodata.fetching.client.http import Fetcher
from geodata.fetching.copy_names import copy_name
from geodata.fetching.folder import fill_patterns
from geodata.fetching.live import TRANSPORTS, LiveAcquirer, LiveOptions
from geodata.fetching.transport import split_address
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.states import find_state

RI = find_state("RI")
# What the address of a protocol must say, besides the place.
PARAMETERS = {
    "census_api": {"variables", "state"},
    "acs_summary_file": {"variables"},
    "career_one_stop": {"location"},
    "raster_window": {"box"},
    "afdc": {"fuel_type", "status"},
}
WITH_ADDRESS = sorted(name for name, source in SOURCES.items() if source.spec.urls or source.spec.others)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    fields = {"afdc_host": Settings().sources.afdc_host}
    clock = Clock(now=lambda: datetime(2026, 11, 22, tzinfo=UTC))
    return LiveAcquirer(
        Fetcher(), Cache(tmp_path_factory.mktemp("cache")), clock=clock, options=LiveOptions(fields=fields, alone=True)
    )


@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_every_address_is_complete_and_says_what_its_protocol_needs(live, name):
    spec = SOURCES[name].spec
    assert spec.transport in TRANSPORTS
    found = [way for ways in live.ways(spec, RI).values() for way in ways]
    years = len(spec.editions.candidates(spec.year, 2026)) if spec.editions else 1
    dated = [template for template in (*spec.urls, *(one.url for one in spec.others)) if "{year}" in template]
    assert len(found) == len(spec.urls) + len(spec.others) + len(dated) * (years - 1)
    for way in found:
        assert "{" not in way.url
        assert way.spec.transport in TRANSPORTS
        assert urlsplit(way.url).scheme == ("ftp" if way.spec.transport == "ftp" else "https")
        assert PARAMETERS.get(way.spec.transport, set()) <= set(split_address(way.url)[1])


@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_a_downloaded_copy_has_a_name_by_which_a_folder_finds_it(live, name):
    spec = SOURCES[name].spec
    for scope, ways in live.ways(spec, RI).items():
        state = None if scope == "nation" else RI
        for way in ways:
            base, _ = split_address(way.url)
            transport = way.spec.transport
            came = Download(
                "new", url=way.url, filename=base.rsplit("/", 1)[-1] if transport in ("file", "ftp") else ""
            )
            moment = datetime(2026, 11, 22, tzinfo=UTC)
            named = copy_name(way.spec, state, came, moment, TRANSPORTS[transport].suffix)
            patterns = fill_patterns(spec.filenames, state)
            assert any(fnmatchcase(named.casefold(), pattern.casefold()) for pattern in patterns), named


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_with_a_key_says_where_to_ask_for_one(name):
    spec = SOURCES[name].spec
    assert (spec.key_env is None) == (spec.key_page is None)
