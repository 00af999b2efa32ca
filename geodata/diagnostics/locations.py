"""How exactly rows are located: an account by list and source, with the command that would find the addresses.

Rows in = located + placed by ZIP code, place or county + placed by their own rough coordinates + nowhere. None is left
out of the lists. Travel is measured to what is located, and to campuses that share awards from their ZIP code.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from geodata.geography.located import located
from geodata.ingest.campuses import lists_of
from geodata.ingest.geocoding import geocode_command
from geodata.schemas import columns as col
from geodata.schemas.computed import LOCATIONS
from geodata.scoring.study_area import StudyArea
from geodata.scoring.training import counted_by_zip

LISTS = {"providers": col.SOURCES, "sites": col.SOURCE, "job_centers": None}
_COUNTED = {"zip": col.BY_ZIP, "place": col.BY_PLACE, "county": col.BY_COUNTY, "area": col.BY_AREA}


def locations(area: StudyArea) -> pd.DataFrame:
    """Return the `locations` table: the rows of each list and source in the states of `area`.

    A provider that several sources describe counts for each of them, a branch campus for the list that says where it
    is.
    """
    states = area.tracts[col.STATE].unique()
    files = {use.source: use.file for use in area.sources() if use.file}
    tables = {"providers": area.all_providers, "sites": area.all_sites, "job_centers": area.all_job_centers}
    made = [_account(tables[name], name, column, states.tolist(), files) for name, column in LISTS.items()]
    return LOCATIONS.validate(pd.concat(made, ignore_index=True))


def _account(
    table: pd.DataFrame, name: str, column: str | None, states: list[str], files: dict[str, str]
) -> pd.DataFrame:
    rows = table[table[col.STATE].isin(states)]
    lists = lists_of(rows, column) if column else [["job_centers"]] * len(rows)
    source = pd.Series(lists, index=rows.index, dtype="object")
    exact = located(rows)
    nowhere = rows[col.LATITUDE].isna() | rows[col.LONGITUDE].isna()
    rough = rows[col.LOCATION_QUALITY].where(rows[col.LOCATION_QUALITY].isin(list(_COUNTED)), "area")
    kind = rough.map(_COUNTED).mask(nowhere, col.NOWHERE).mask(exact, col.LOCATED)
    counted = counted_by_zip(rows) if name == "providers" else pd.Series(False, index=rows.index)
    each = pd.DataFrame({col.STATE: rows[col.STATE], col.SOURCE: source, "kind": kind, "counted": counted})
    each = each.explode(col.SOURCE)
    counts = each.groupby([col.STATE, col.SOURCE, "kind"]).size().unstack("kind", fill_value=0)
    by_zip = each.groupby([col.STATE, col.SOURCE])["counted"].sum()
    counts = counts.reindex(columns=[col.LOCATED, *_COUNTED.values(), col.NOWHERE], fill_value=0)
    out = counts.assign(rows=counts.sum(axis=1), counted_by_zip=by_zip.astype("int64")).reset_index()
    unlocated = out[col.ROWS] - out[col.LOCATED]
    named = zip(out[col.SOURCE], out[col.STATE], strict=True)
    commands = [geocode_command(source, files.get(source), state) for source, state in named]
    return out.assign(listed_in=name, remedy=pd.Series(commands, dtype="str").where(unlocated.to_numpy() > 0))


def sentence(row: Mapping[Hashable, object], title: str) -> str:
    """Return what to say in the terminal of one row of `locations` that has rows without an exact location."""
    counts = {name: int(str(row[name])) for name in (col.ROWS, col.LOCATED, *_COUNTED.values(), col.NOWHERE)}
    words = {
        col.BY_ZIP: "placed by ZIP code",
        col.BY_PLACE: "placed by city or town",
        col.BY_COUNTY: "placed by county",
        col.BY_AREA: "with rough coordinates",
        col.NOWHERE: "known by state alone",
    }
    parts = ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts[name])
    said = f"{title}: {counts['rows'] - counts[col.LOCATED]:,} of {counts['rows']:,} rows have no exact location"
    counted, lost = int(str(row[col.COUNTED_BY_ZIP])), counts[col.ROWS] - counts[col.LOCATED]
    alone = " alone" if counted < lost else ""
    travel = f"travel is measured to {counted:,} of them{alone}, campuses counted from the middle of their ZIP code"
    said += f" ({parts}). They are listed, and {travel if counted else 'no travel is measured to them'}."
    remedy = row[col.REMEDY]
    return f"{said} To look up their addresses: {remedy}" if isinstance(remedy, str) else said
