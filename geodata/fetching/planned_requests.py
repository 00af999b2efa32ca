"""Every request that a run would make, before it makes one: method, address, size where it is known, key by its name.

Nothing secret is here: where a key would stand in an address there is the name of its variable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from geodata.fetching.acquire import NATION
from geodata.fetching.client.redaction import host_of
from geodata.fetching.live import CAREER_USER, LiveAcquirer, Way
from geodata.fetching.publishers.acs_summary_file import tables_of
from geodata.fetching.publishers.career_one_stop import centers_path
from geodata.fetching.publishers.census_api import chunks
from geodata.fetching.publishers.station_service import ALWAYS
from geodata.fetching.to_get import keys_of
from geodata.fetching.transport import split_address
from geodata.settings import Settings
from geodata.sources.spec import SourceSpec, turned_off
from geodata.states import State

HOSTS = "hosts"
"""Stands for the name of a source where a host is asked whether it can be reached."""

Asked = tuple[str, str]
"""Method and address."""


@dataclass(frozen=True)
class PlannedRequest:
    """A request of a run. `turn` is 1 for a source's first address, more for those asked where the ones before fail.

    `size_bytes` is about what the source weighs as a whole, None where that is not known; `keys` are the environment
    variables sent with it, `keys_set` says whether all of them are; `more` says what may follow, in words.
    """

    source: str
    required: bool
    turn: int
    method: str
    address: str
    size_bytes: int | None
    keys: tuple[str, ...]
    keys_set: bool
    more: str = ""


def planned_requests(
    live: LiveAcquirer, specs: Sequence[SourceSpec], states: Sequence[State], settings: Settings
) -> list[PlannedRequest]:
    """Return the requests of a run for `states` without any earlier copy, source by source, in the order of turns.

    The first are those by which all hosts are asked at once whether they can be reached.
    """
    found: dict[tuple[str, str, str], PlannedRequest] = {}
    hosts: dict[str, PlannedRequest] = {}
    for spec in specs:
        if turned_off(spec, settings) or spec.file_of or not live.asks_publisher(spec):
            continue
        for state in states:
            turn = 0
            for scope, ways in live.ways(spec, state).items():
                # What a source weighs is that of the kind of file it is known by.
                weight = spec.size_bytes if (scope == NATION) == (spec.scope == NATION) else None
                for way in ways:
                    turn += 1
                    if live.has_key(spec) or not spec.sends_key(way.url):
                        hosts.setdefault(host_of(way.url), _reached(way.url))
                    asked, more = _REQUESTS[way.spec.transport](way)
                    for method, address in asked:
                        planned = PlannedRequest(
                            spec.name,
                            spec.required,
                            turn,
                            method,
                            address,
                            weight,
                            keys_of(spec) if spec.sends_key(way.url) else (),
                            live.has_key(spec) or not spec.sends_key(way.url),
                            more,
                        )
                        found.setdefault((spec.name, method, address), planned)
    return [*hosts.values(), *found.values()]


def _reached(url: str) -> PlannedRequest:
    parts = urlsplit(url)
    method = "CONNECT" if parts.scheme == "ftp" else "HEAD"
    return PlannedRequest(HOSTS, False, 1, method, f"{parts.scheme}://{parts.netloc}/", None, (), True)


def _file(way: Way) -> tuple[list[Asked], str]:
    return [("GET", way.url)], ""


def _ftp(way: Way) -> tuple[list[Asked], str]:
    return [("RETR", way.url)], ""


def _stations(way: Way) -> tuple[list[Asked], str]:
    base, query = split_address(way.url)
    sent = "&".join(f"{name}={quote(value, safe=',')}" for name, value in {**query, **ALWAYS}.items())
    return [("GET", f"{base.rsplit('.', 1)[0]}/last-updated.json"), ("GET", f"{base}?{sent}")], ""


def _layer(way: Way) -> tuple[list[Asked], str]:
    base, query = split_address(way.url)
    place = base if not {"layer", "field"} & set(query) else f"{base}/…"
    described = [("GET", base)] if place == base else [("GET", base), ("GET", place)]
    return [*described, ("GET", f"{place}/query")], "its count, then pages of up to 2,000 features"


def _survey(way: Way) -> tuple[list[Asked], str]:
    base, query = split_address(way.url)
    place = f"for=tract:*&in=state:{query['state']}%20county:*&key=${way.spec.key_env}"
    return [("GET", f"{base}?get={','.join(names)}&{place}") for names in chunks(query["variables"].split(","))], ""


def _summary(way: Way) -> tuple[list[Asked], str]:
    base, query = split_address(way.url)
    return [("GET", base.replace("TABLE", table.lower())) for table in tables_of(query["variables"].split(","))], ""


def _centers(way: Way) -> tuple[list[Asked], str]:
    base, query = split_address(way.url)
    path = centers_path("USER", query["location"]).replace("/USER/", f"/${CAREER_USER}/")
    return [("GET", base.rstrip("/") + path)], "further pages where there are more centers than one holds"


def _window(way: Way) -> tuple[list[Asked], str]:
    return [("GET", split_address(way.url)[0])], "spans of a megabyte, as many as the box needs"


_REQUESTS: Mapping[str, Callable[[Way], tuple[list[Asked], str]]] = {
    "file": _file,
    "ftp": _ftp,
    "afdc": _stations,
    "arcgis": _layer,
    "census_api": _survey,
    "acs_summary_file": _summary,
    "career_one_stop": _centers,
    "raster_window": _window,
}
