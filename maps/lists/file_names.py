"""The names of the files lists are written to."""

from __future__ import annotations

from geodata.schemas.state_result import StateResult

FORMATS = ("csv", "json", "parquet")


def file_name(result: StateResult, name: str, ending: str) -> str:
    """Return the name of a list's file, such as `ri-tracts.csv`; `lists` is the name of all of them together."""
    return f"{result.state.usps.lower()}-{name}.{ending}"
