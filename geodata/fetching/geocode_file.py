"""Filling in the coordinates of an operator's list from its addresses, once and where one can see it.

A list is geocoded into a new file that somebody looks at, not silently within a run: a wrong match moves a site to
another tract. Rows that have coordinates keep them; ties and misses stay empty and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.fetching.publishers.geocoder import Address, Geocoded
from geodata.geography.zips import clean_zips, state_of_zips
from geodata.settings import Settings
from geodata.sources.formats.text_tables import Wanted, choose_columns
from geodata.sources.places_of_rows import split_addresses, state_codes
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


def fill_coordinates(
    source: Path, target: Path, geocode: Geocode, settings: Settings, states: Collection[str] = ()
) -> Filled:
    """Write the rows of `source` (CSV or XLSX) to `target` (CSV) with latitude and longitude filled in.

    Addresses may stand on one line (“1 Main St, Newport, RI 02840”) or in columns of their own. Rows of other states
    than `states` (postal codes; none: all) are not asked for. A column `geocoded` says how each row came by its point:
    given, exact, near, tie, no_match, unanswered, no_address or not_asked; what an earlier run found stays.
    `geocoded_address` repeats what was matched. Raises InputError without a column of addresses.
    """
    table = table_of_text(Path(source), settings)
    chosen, absent = choose_columns(list(table.columns), _COLUMNS, Path(source).name)
    names = {name: str(table.columns[spot]) for name, spot in chosen.items()}
    for name in absent:
        if name in ("latitude", "longitude"):
            names[name] = name
            table[name] = ""
    given = (table[names["latitude"]].str.strip() != "") & (table[names["longitude"]].str.strip() != "")
    lines = _lines(table, names)
    named = state_codes(lines["state"]).fillna(state_of_zips(clean_zips(lines["zip"])))
    elsewhere = ~named.isin(states) if states else pd.Series(False, index=table.index)
    asked = ~given & ~elsewhere & (lines["street"].str.strip() != "")
    rows = [{str(name): str(line) for name, line in row.items()} for row in lines[asked].to_dict("records")]
    results = dict(zip(table.index[asked], geocode([Address(**row) for row in rows]), strict=True))
    outcome = pd.Series("no_address", index=table.index).mask(elsewhere, "not_asked")
    before = table[OUTCOME_COLUMN] if OUTCOME_COLUMN in table.columns else pd.Series("", index=table.index)
    outcome = outcome.mask(given, before.where(before != "", "given"))
    outcome.update(pd.Series({spot: _outcome(result) for spot, result in results.items()}, dtype="str"))
    found = pd.Series({spot: result.matched for spot, result in results.items()}, dtype="str").reindex(table.index)
    matched = found.fillna(table[MATCHED_COLUMN]) if MATCHED_COLUMN in table.columns else found
    for name in ("latitude", "longitude"):
        for spot, result in results.items():
            value = getattr(result, name)
            table.loc[spot, names[name]] = "" if value is None else f"{value:.6f}"
    with written_aside(Path(target)) as aside:
        table.assign(**{OUTCOME_COLUMN: outcome, MATCHED_COLUMN: matched.fillna("")}).to_csv(aside, index=False)
    others = Counter(outcome[~given])
    return Filled(len(table), int(given.sum()), dict(sorted(others.items())))


def _lines(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return [street, city, state, zip] of each row as text, taken from one line where the others are empty."""
    parts = ["street", "city", "state", "zip"]
    lines = pd.DataFrame({part: table[names[part]] if part in names else "" for part in parts}, index=table.index)
    alone = (lines[parts[1:]].apply(lambda column: column.str.strip()) == "").all(axis=1)
    split = split_addresses(lines["street"].where(alone)).fillna("").rename(columns={"address": "street"})
    whole = alone & (split["state"] != "")
    return lines.mask(whole, split)


def _outcome(result: Geocoded) -> str:
    if result.outcome != "match":
        return result.outcome
    return "exact" if result.exact else "near"
