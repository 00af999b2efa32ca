"""The Census Data API: keyed, at most 50 variables a request, answers of text that are joined by tract.

A missing or unknown key is answered with a redirect to a page that says so under status 200; redirects are
therefore not followed. Reference: census.gov/data/developers, API user guide.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from urllib.parse import quote

from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of
from geodata.fetching.transport import Job, split_address
from geodata.storage.files import written_aside

MOST_VARIABLES = 50
_GEOGRAPHY = ("state", "county", "tract")

Row = list[str | None]
Rows = dict[str, dict[str, str | None]]


def ask(fetcher: Fetcher, base: str, variables: Sequence[str], geography: str, key: str) -> list[Row] | None:
    """Return the rows of one request, header first, or None where the geography holds nothing (204).

    `geography` is the ready `for=…&in=…` part. Raises FetchError; one about the key says so.
    """
    request = Request(
        f"{base}?get={quote(','.join(variables), safe=',')}&{geography}",
        label="American Community Survey",
        secret_params={"key": key},
        media="json",
        follow_redirects=False,
    )
    try:
        answer = fetcher.json(request)
    except FetchError as problem:
        if problem.kind == "redirect":
            raise _about_key(problem, host_of(base)) from None
        raise
    if answer is None:
        return None
    if not (
        isinstance(answer, list)
        and answer
        and all(isinstance(row, list) and len(row) == len(answer[0]) for row in answer)
    ):
        raise FetchError(f"{host_of(base)} answered with something else than rows of equal length.", "content")
    return answer


def _about_key(problem: FetchError, host: str) -> FetchError:
    page = problem.location.rsplit("/", 1)[-1]
    if page == "missing_key.html":
        return FetchError(f"{host} did not receive a key with the request.", "key", status=problem.status)
    if page == "invalid_key.html":
        return FetchError(
            f"{host} does not accept the key: check it for typing errors, or ask for a new one.",
            "key",
            status=problem.status,
        )
    return problem


def chunks(variables: Sequence[str]) -> list[list[str]]:
    """Return the variables of each request, the name of the tract first: it counts among the 50."""
    wanted = [name for name in dict.fromkeys(variables) if name != "NAME"]
    step = MOST_VARIABLES - 1
    return [["NAME", *wanted[start : start + step]] for start in range(0, len(wanted), step)]


def tract_variables(fetcher: Fetcher, base: str, variables: Sequence[str], state_fips: str, key: str) -> Rows:
    """Return the variables of every tract of a state by 11-digit geoid; values stay text, null stays None.

    Raises FetchError when the chunks of variables do not hold the same tracts.
    """
    rows: Rows = {}
    for number, asked in enumerate(chunks(variables)):
        answer = ask(fetcher, base, asked, f"for=tract:*&in=state:{state_fips}%20county:*", key)
        chunk = {} if answer is None else _by_tract(answer, asked, host_of(base))
        if number == 0:
            rows = chunk
        elif chunk.keys() != rows.keys():
            raise FetchError(f"{host_of(base)} answered with different tracts for different variables.", "content")
        for geoid, values in chunk.items():
            rows[geoid].update(values)
    return rows


def _by_tract(answer: list[Row], asked: Sequence[str], host: str) -> Rows:
    header = [str(name) for name in answer[0]]
    missing = [name for name in (*asked, *_GEOGRAPHY) if name not in header]
    if missing:
        raise FetchError(f"{host} answered without {', '.join(missing)}.", "content")
    place = [header.index(name) for name in _GEOGRAPHY]
    columns = {name: header.index(name) for name in asked}
    rows: Rows = {}
    for row in answer[1:]:
        geoid = "".join(str(row[index]) for index in place)
        if len(geoid) != 11 or not geoid.isdigit() or geoid in rows:
            raise FetchError(
                f"{host} answered with the tract “{geoid[:20]}” where one of 11 digits was due.", "content"
            )
        rows[geoid] = {name: row[index] for name, index in columns.items()}
    return rows


class CensusApi:
    """Obtains the variables named in the address (`?variables=B01001_001E,…&state=44`) for a state's tracts."""

    suffix = ".csv"

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Write a CSV of GEOID, NAME and the variables, one row a tract."""
        base, query = split_address(job.url)
        variables = query["variables"].split(",")
        rows = tract_variables(fetcher, base, variables, query["state"], job.secret())
        if not rows:
            return Download("empty", url=base)
        with written_aside(job.part) as aside, aside.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, ["GEOID", "NAME", *dict.fromkeys(variables)])
            writer.writeheader()
            writer.writerows({"GEOID": geoid, **rows[geoid]} for geoid in sorted(rows))
        return job.written(base)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask for the name of the nation, which needs a key that is accepted."""
        base, _ = split_address(job.url)
        ask(fetcher, base, ["NAME"], "for=us:1", job.secret())
