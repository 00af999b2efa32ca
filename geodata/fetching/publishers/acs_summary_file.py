"""The American Community Survey without a key: table-based summary files, one for each table and year.

Each file holds every geography of the nation, named `GEO_ID|B25003_E001|B25003_M001|…`; the columns are given
the names the Data API uses (`B25003_001E`, `B25003_001M`), so that one parser reads both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of
from geodata.fetching.transport import Job, split_address
from geodata.storage.files import written_aside

TRACT_PREFIX = "1400000US"
_ROWS_AT_ONCE = 50_000
_VARIABLE = re.compile(r"^([A-Z]+\d+[A-Z]*)_(\d{3})([EM])$")


def tables_of(variables: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return for each table the summary-file column of each variable: {"B25003": {"B25003_E001": "B25003_001E"}}.

    Raises FetchError for a name that is no estimate or margin of a detailed table.
    """
    tables: dict[str, dict[str, str]] = {}
    for variable in variables:
        found = _VARIABLE.match(variable)
        if not found:
            raise FetchError(f"“{variable}” is no variable of a detailed table.", "misunderstood")
        table, line, kind = found.groups()
        tables.setdefault(table, {})[f"{table}_{kind}{line}"] = variable
    return tables


def read_tracts(path: Path, columns: dict[str, str], host: str) -> pd.DataFrame:
    """Return the tract rows of one file as text, by 11-digit geoid, under the Data API's names.

    The file holds every other geography as well, whose rows are left out as they are read. Raises FetchError when a
    column is gone or a tract stands twice.
    """
    try:
        with pd.read_csv(
            path, sep="|", dtype=str, usecols=["GEO_ID", *columns], encoding="utf-8-sig", chunksize=_ROWS_AT_ONCE
        ) as parts:
            tracts = pd.concat([part[part["GEO_ID"].str.startswith(TRACT_PREFIX, na=False)] for part in parts])
    except ValueError as problem:
        raise FetchError(f"{host} sent a table without the columns expected: {problem}.", "content") from None
    geoids = tracts["GEO_ID"].str.removeprefix(TRACT_PREFIX)
    if geoids.duplicated().any() or not geoids.str.fullmatch(r"\d{11}").all():
        raise FetchError(f"{host} sent a table whose tract codes are not 11 digits each, once.", "content")
    return tracts.set_index(geoids.rename("GEOID"))[list(columns)].rename(columns=columns)


class SummaryFiles:
    """Obtains the variables named in the address (`…-TABLE.dat?variables=…`) for all tracts of the nation.

    `TABLE` stands for the name of the table, which is filled in in lower case.
    """

    suffix = ".csv"

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Download each table, keep the tract rows, and write one CSV of GEOID and the variables."""
        base, query = split_address(job.url)
        variables = query["variables"].split(",")
        parts = []
        for table, columns in tables_of(variables).items():
            name = table.lower()
            file = job.part.with_name(f"{job.part.name}.{name}")
            request = Request(base.replace("TABLE", name), label=f"{job.spec.title}: {table}", media="csv")
            fetcher.download(request, file)
            parts.append(read_tracts(file, columns, host_of(base)))
            file.unlink()
        if any(not part.index.sort_values().equals(parts[0].index.sort_values()) for part in parts):
            raise FetchError(f"{host_of(base)} sent tables that do not hold the same tracts.", "content")
        joined = pd.concat(parts, axis=1).sort_index()[list(dict.fromkeys(variables))]
        with written_aside(job.part) as aside:
            joined.to_csv(aside)
        return job.written(base)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Read the beginning of the first table."""
        base, query = split_address(job.url)
        table = next(iter(tables_of(query["variables"].split(","))))
        fetcher.peek(Request(base.replace("TABLE", table.lower()), media="csv"))
