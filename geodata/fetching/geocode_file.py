"""Filling in the coordinates of an operator's list from its addresses, once and where one can see it.

A list is geocoded into a new file that somebody looks at, not silently within a run: a wrong match moves a site to
another tract. Rows that have coordinates keep them; ties and misses stay empty and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.fetching.publishers.geocoder import Address, Geocoded
from geodata.settings import Settings
from geodata.sources.formats.text_tables import Wanted, choose_columns
from geodata.sources.reader import table_of_text
from geodata.storage.files import written_aside

OUTCOME_COLUMN = "geocoded"
MATCHED_COLUMN = "geocoded_address"
_COLUMNS = (
    Wanted("street", ("address", "street_address", "street", "Address1", "location_address")),
    Wanted("city", ("city", "location_city"), required=False),
    Wanted("state", ("state", "state_abbr", "StateAbbr"), required=False),
    Wanted("zip", ("zip", "zip_code", "postal_code"), required=False),
    Wanted("latitude", ("latitude", "lat"), required=False),
    Wanted("longitude", ("longitude", "lon", "lng"), required=False),
)

Geocode = Callable[[Sequence[Address]], list[Geocoded]]


@dataclass(frozen=True)
class Filled:
    """How many rows had coordinates, and what became of the others by outcome (`no_address` where there is none)."""

    rows: int
    had: int
    outcomes: dict[str, int]


def fill_coordinates(source: Path, target: Path, geocode: Geocode, settings: Settings) -> Filled:
    """Write the rows of `source` (CSV or XLSX) to `target` (CSV) with latitude and longitude filled in.

    A column `geocoded` says how each row came by its point: given, exact, near, tie, no_match, unanswered or
    no_address; `geocoded_address` repeats what was matched. Raises InputError without a column of addresses.
    """
    table = table_of_text(Path(source), settings)
    chosen, absent = choose_columns(list(table.columns), _COLUMNS, Path(source).name)
    names = {name: str(table.columns[spot]) for name, spot in chosen.items()}
    for name in absent:
        if name in ("latitude", "longitude"):
            names[name] = name
            table[name] = ""
    given = (table[names["latitude"]].str.strip() != "") & (table[names["longitude"]].str.strip() != "")
    lacking = [name for name in ("street", "city", "state", "zip") if name in names]
    lines = table[[names[name] for name in lacking]].set_axis(lacking, axis=1)
    asked = ~given & (lines["street"].str.strip() != "")
    rows = [{str(name): str(line) for name, line in row.items()} for row in lines[asked].to_dict("records")]
    results = dict(zip(table.index[asked], geocode([Address(**row) for row in rows]), strict=True))
    outcome = pd.Series(["given" if had else "no_address" for had in given], index=table.index)
    outcome.update(pd.Series({spot: _outcome(result) for spot, result in results.items()}, dtype="str"))
    matched = pd.Series({spot: result.matched for spot, result in results.items()}, dtype="str")
    for name in ("latitude", "longitude"):
        for spot, result in results.items():
            value = getattr(result, name)
            table.loc[spot, names[name]] = "" if value is None else f"{value:.6f}"
    with written_aside(Path(target)) as aside:
        table.assign(**{OUTCOME_COLUMN: outcome, MATCHED_COLUMN: matched.reindex(table.index).fillna("")}).to_csv(
            aside, index=False
        )
    others = Counter(outcome[~given])
    return Filled(len(table), int(given.sum()), dict(sorted(others.items())))


def _outcome(result: Geocoded) -> str:
    if result.outcome != "match":
        return result.outcome
    return "exact" if result.exact else "near"
