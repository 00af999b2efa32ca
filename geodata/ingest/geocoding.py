"""Which lists `onramp geocode` can complete, and the command to type.

Does not hold the geocoder or the writing of its answers (`geodata.fetching.geocode_file`).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.fetching.folder import GEOCODED
from geodata.geography.located import located
from geodata.ingest.campuses import lists_of
from geodata.schemas import columns as col
from geodata.sources import SOURCES


def geocode_command(source: str, file: str | None, state: str = "") -> str | None:
    """Return what to type to look up the addresses of a list, in a national one those of `state` alone.

    None where nobody would complete it: a publisher's download that comes again with each run, or no table.
    """
    if source not in SOURCES or file is None:
        return None
    spec = SOURCES[source].spec
    # Job centers come from a service, or from a list an office keeps.
    kept_by_hand = not spec.urls or spec.transport == "career_one_stop"
    path = Path(file)
    if not kept_by_hand or path.suffix.lower() not in (".csv", ".xlsx"):
        return None
    target = f"{path.stem.removesuffix(GEOCODED)}{GEOCODED}.csv"
    command = f"onramp geocode {shlex.quote(file)} {shlex.quote(target)}"
    national = spec.expected.least_states > 1 or bool(spec.others)
    return f"{command} --state {state}" if national and state else command


def can_be_looked_up(rows: pd.DataFrame, column: str, files: Mapping[str, str]) -> bool:
    """Return whether any of `rows` that is not located has an address in a list that the command can complete.

    `column` names the lists of a row, `files` the file of each list.
    """
    lost = rows[~located(rows) & rows[col.ADDRESS].notna()]
    lists = {name for names in lists_of(lost, column) for name in names}
    return any(geocode_command(name, files.get(name)) for name in lists)
