"""Noticing that a publisher's file is no longer what it was, before it reaches a table.

A column gone or renamed is refused when the header is read (`text_tables.choose_columns`), a column of another kind and
a code not known before when its numbers are read (`values.numbers`). Here is the third watch: whether a whole
file has the rows and the states it should have.
"""

from __future__ import annotations

import pandas as pd

from geodata.errors import InputError
from geodata.schemas import columns as col
from geodata.schemas.canonical import TRACTS
from geodata.schemas.parsed import Parsed
from geodata.sources.spec import SourceSpec
from geodata.states import REGISTRY

# Below this share of the rows expected a file is a part or something else; above it, a note is enough.
REFUSED_BELOW = 0.5
_REAL = {state.usps for state in REGISTRY if state.kind in ("state", "district")}
_FICTIONAL = {state.usps for state in REGISTRY if state.fictional}


def is_a_part(parsed: Parsed, spec: SourceSpec) -> bool:
    """Return whether a file under the name of all holds less than half of the rows the nation should have."""
    real = not states_of(parsed.table) & _FICTIONAL
    return real and parsed.rows_in < REFUSED_BELOW * spec.expected.least_rows


def held_to(parsed: Parsed, spec: SourceSpec, *, nationwide: bool) -> Parsed:
    """Return `parsed` with notes on what its file lacks against what the source is known to hold.

    Raises InputError where a nationwide file holds less than half of the rows it should, for then it is cut off or
    another file, and where polygons are of 2010 tracts: what is known of those can be carried over, they cannot. Files
    of one state, and fictional ones, are held to nothing but a row.
    """
    if parsed.rows_in == 0 and spec.expected.least_rows > 0:
        raise InputError(f"{spec.title} holds no rows", remedy="Download it again from the publisher.")
    if spec.table is TRACTS and (parsed.table[col.TRACT_VINTAGE] == 2010).any():
        raise InputError(
            f"{spec.title}: these are tracts of the 2010 census, and everything is computed on tracts of 2020",
            remedy="Put a boundary file of 2020 or later in its place, such as cb_2020_44_tract_500k.zip.",
        )
    states = states_of(parsed.table)
    if not nationwide or states & _FICTIONAL:
        return parsed
    least, most = spec.expected.least_rows, spec.expected.most_rows
    if is_a_part(parsed, spec):
        raise InputError(
            f"{spec.title} holds {parsed.rows_in:,} rows where at least {least:,} are expected of the nation",
            remedy="Download the whole file again; a file of one state must carry the state in its name.",
        )
    if parsed.rows_in < least:
        parsed.notes.append(f"Rows: {parsed.rows_in:,}, fewer than the {least:,} expected of the nation.")
    if most is not None and parsed.rows_in > most:
        parsed.notes.append(f"Rows: {parsed.rows_in:,}, more than the {most:,} expected: some may be there twice.")
    absent = sorted(_REAL - states)
    if states and len(states & _REAL) < spec.expected.least_states and absent:
        parsed.notes.append(f"States expected but absent: {', '.join(absent)}.")
    return parsed


def states_of(table: pd.DataFrame) -> set[str]:
    """Return the postal codes of the states a canonical table speaks of; empty where it has no such column."""
    if "state" in table.columns:
        return set(table[col.STATE].unique())
    if "geoid_2020" in table.columns:
        fips = {state.fips: state.usps for state in REGISTRY}
        return {fips[code] for code in table[col.GEOID_2020].str[:2].unique() if code in fips}
    return set()
