"""The Census batch geocoder: addresses in, points and 2020 tracts out, whatever the order of the answer.

The service is free and slow; it takes up to 10,000 addresses at once but answers small batches more surely.
Reference: Census Geocoding Services API, “Geocoding Batch (Addresses and Geographies)”.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geodata.fetching.client.exchange import Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of, printable

HOST = "https://geocoding.geo.census.gov"
_PATH = "/geocoder/geographies/addressbatch"
BATCH = 1000

Outcome = Literal["match", "tie", "no_match", "unanswered"]


@dataclass(frozen=True)
class Address:
    """An address as the operator wrote it."""

    street: str
    city: str = ""
    state: str = ""
    zip: str = ""


@dataclass(frozen=True)
class Geocoded:
    """What the geocoder made of an address, at the same place in the list.

    `exact` is false for a near match. Degrees are WGS 84 for all purposes here (NAD 83 at the source); `geoid` is the
    11-digit 2020 tract, with Connecticut in planning regions. A tie or no match has neither.
    """

    address: Address
    outcome: Outcome
    exact: bool = False
    matched: str = ""
    longitude: float | None = None
    latitude: float | None = None
    geoid: str | None = None


def geocode(
    fetcher: Fetcher,
    addresses: Iterable[Address],
    *,
    host: str = HOST,
    benchmark: str = "Public_AR_Current",
    vintage: str = "Current_Current",
    batch: int = BATCH,
) -> list[Geocoded]:
    """Return one result for each address, in the order given.

    Addresses the service passes over, and those of a batch that failed, are asked for once more, then called
    unanswered: that is no verdict on the address. Raises FetchError when nothing at all was answered.
    """
    asked = list(addresses)
    results: dict[int, Geocoded] = {}
    problem: FetchError | None = None
    for _ in range(2):
        open_numbers = [number for number in range(len(asked)) if number not in results]
        for start in range(0, len(open_numbers), batch):
            numbers = open_numbers[start : start + batch]
            try:
                answer = _ask(fetcher, host + _PATH, {one: asked[one] for one in numbers}, benchmark, vintage)
                results.update(_read(answer, asked, frozenset(numbers), host))
            except FetchError as caught:
                # The fetcher has tried several times; more batches now would only fail one by one.
                problem = caught
                break
    if problem is not None and not results:
        raise problem
    return [results.get(number, Geocoded(address, "unanswered")) for number, address in enumerate(asked)]


def _ask(fetcher: Fetcher, url: str, addresses: dict[int, Address], benchmark: str, vintage: str) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    for number, address in addresses.items():
        # Our own numbers: what operators call their rows is none of the service's business.
        lines = [address.street, address.city, address.state, address.zip]
        writer.writerow([number, *(printable(line, 200) for line in lines)])
    request = Request(
        url,
        label="Census geocoder",
        method="POST",
        form={"benchmark": benchmark, "vintage": vintage},
        upload=("addressFile", "addresses.csv", sheet.getvalue().encode("utf-8")),
        media="csv",
    )
    _, body = fetcher.read(request)
    return body.decode("utf-8", "replace")


def _read(answer: str, asked: Sequence[Address], numbers: frozenset[int], host: str) -> dict[int, Geocoded]:
    """Return the results of one answer by number; rows may come in any order and are short without a match."""
    results: dict[int, Geocoded] = {}
    for row in csv.reader(io.StringIO(answer)):
        if not row:
            continue
        number = int(row[0]) if row[0].strip().isdigit() else -1
        if number not in numbers or number in results or len(row) < 3:
            raise FetchError(
                f"{host_of(host)} answered with a row that was not asked for: “{printable(row[0])}”.", "content"
            )
        results[number] = _result(row, asked[number])
    return results


def _result(row: list[str], address: Address) -> Geocoded:
    verdict = row[2].strip().casefold()
    nothing = Geocoded(address, "tie" if verdict == "tie" else "no_match")
    if verdict != "match" or len(row) < 6:
        return nothing
    longitude, _, latitude = row[5].partition(",")
    try:
        found = replace(nothing, outcome="match", longitude=float(longitude), latitude=float(latitude))
    except ValueError:
        return nothing
    geoid = "".join(part.strip() for part in row[8:11])
    return replace(
        found,
        exact=row[3].strip().casefold() == "exact",
        matched=printable(row[4]),
        geoid=geoid if len(geoid) == 11 and geoid.isdigit() else None,
    )
