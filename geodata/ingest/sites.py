"""One table of sites from several sources: none that contradicts its state, and each counted once.

Networks that share a place are distinct sites and stay so. Does not hold what sites are worth in work
(`geodata.scoring.opportunity`).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.geography.nearby_pairs import distance_m, near_pairs
from geodata.geography.points_in_areas import check_states
from geodata.ingest.name_matching import address_key, alike
from geodata.schemas import columns as col
from geodata.schemas.canonical import REJECTS, SITES, STATUSES_AHEAD, unit_columns
from geodata.schemas.parsed import Refined

# Two lists geocode one address to its entrance or its parcel; across a junction it is another site.
SAME_SITE_M = 250.0
# The record that stays when a site is in two lists: the federal one, which is updated daily.
PRECEDENCE = ("afdc", "planned_sites")
_FILLED = (
    col.NAME,
    col.ADDRESS,
    col.CITY,
    col.ZIP,
    col.POWER_KW,
    col.EXPECTED_DATE,
    col.NETWORK,
)


def sites(rows: pd.DataFrame, counties: gpd.GeoDataFrame) -> Refined:
    """Return the sites of all sources, each once, without those whose coordinates contradict their state.

    `rows` are the site rows of all sources, `counties` the outlines their states are checked against (without
    rows nothing is checked). A site given by two sources stays once, under the record of the first source in
    PRECEDENCE, filled from the other; the other is listed among the rejects with the evidence.
    """
    rejects, notes = [], []
    if len(counties):
        checked = check_states(rows, counties, key="site_id")
        rows, notes = checked.table, list(checked.notes)
        rejects.append(checked.rejects)
        if len(checked.rejects):
            notes.append(f"Sites outside the state they state, left out: {len(checked.rejects):,}.")
    elif len(rows):
        notes.append("No county outlines are at hand, so the states of sites were not checked.")
    merged, twice = without_repeats(rows)
    if len(twice):
        notes.append(f"Planned sites listed by two sources, counted once: {len(twice):,}.")
        rejects.append(twice)
    perhaps_open = with_open_twin(merged)
    if perhaps_open:
        notes.append(
            f"Planned sites of lists with an open station of similar name within {SAME_SITE_M:.0f} m, kept as planned: "
            f"{perhaps_open:,}. Where the list is old, look whether they have opened."
        )
    filled = [frame for frame in rejects if len(frame)]
    return Refined(merged, REJECTS.validate(pd.concat(filled, ignore_index=True)) if filled else REJECTS.empty(), notes)


def without_repeats(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sites with planned sites of different sources that are one taken together, and the rejects.

    Two planned sites are one if they are within SAME_SITE_M of one another, no known network separates them, and
    their names can be spellings of one or their street addresses agree. Records of one source are never merged.
    """
    rank = rows[col.SOURCE].map({name: i for i, name in enumerate(PRECEDENCE)}).fillna(len(PRECEDENCE))
    rows = rows.assign(_rank=rank).sort_values(["_rank", col.SITE_ID], ignore_index=True)
    planned = np.flatnonzero(rows[col.STATUS].isin(STATUSES_AHEAD).to_numpy())
    latitude = rows[col.LATITUDE].to_numpy(dtype="float64")
    longitude = rows[col.LONGITUDE].to_numpy(dtype="float64")
    pairs = planned[near_pairs(latitude[planned], longitude[planned], SAME_SITE_M)].reshape(-1, 2)
    meters = distance_m(latitude, longitude, pairs)
    same = _same(rows, pairs, meters)
    kept = rows.drop(index=list(same))
    filled = _filled(kept, rows, same)
    return SITES.validate(filled), _twice(rows, same)


def with_open_twin(rows: pd.DataFrame) -> int:
    """Return how many planned sites of lists stand beside an open station of a similar name in the federal file.

    They may have opened since the list was made, or be a second set at the place, which is common: of
    stations that opened in a year one in ten stands beside an older one of its name. So they are counted only.
    """
    latitude, longitude = (rows[name].to_numpy(dtype="float64") for name in (col.LATITUDE, col.LONGITUDE))
    federal = (rows[col.SOURCE] == PRECEDENCE[0]).to_numpy()
    opened = federal & (rows[col.STATUS] == "open").to_numpy()
    planned = ~federal & rows[col.STATUS].isin(STATUSES_AHEAD).to_numpy()
    pairs = near_pairs(latitude, longitude, SAME_SITE_M)
    names = rows[col.NAME].fillna("").tolist()
    found: set[int] = set()
    for first, second in pairs.tolist():
        site = first if planned[first] else second
        station = second if site == first else first
        if planned[site] and opened[station] and site not in found and alike(names[site], names[station]):
            found.add(site)
    return len(found)


def _same(
    rows: pd.DataFrame, pairs: npt.NDArray[np.intp], meters: npt.NDArray[np.float64]
) -> dict[int, tuple[int, str]]:
    """Return for each record that repeats another the position of that one and the evidence; the nearest wins."""
    text = {name: rows[name].fillna("").tolist() for name in (col.SOURCE, col.NETWORK, col.NAME, col.ADDRESS)}
    found: dict[int, tuple[int, str]] = {}
    repeated: set[int] = set()
    for order in np.argsort(meters, kind="stable"):
        first, second = (int(spot) for spot in pairs[order])
        if text[col.SOURCE][first] == text[col.SOURCE][second] or {first, second} & (set(found) | repeated):
            continue
        networks = text[col.NETWORK][first].casefold(), text[col.NETWORK][second].casefold()
        if all(networks) and networks[0] != networks[1]:
            continue
        reason = _reason(text, first, second)
        if reason:
            found[second] = (first, f"{reason}, {meters[order]:.0f} m apart")
            repeated.add(first)
    return found


def _reason(text: dict[str, list[str]], first: int, second: int) -> str | None:
    if alike(text[col.NAME][first], text[col.NAME][second]):
        return "similar name"
    address = address_key(text[col.ADDRESS][first])
    return "same address" if address and address == address_key(text[col.ADDRESS][second]) else None


def _filled(kept: pd.DataFrame, rows: pd.DataFrame, same: dict[int, tuple[int, str]]) -> pd.DataFrame:
    """Return the kept records with what only their repeats know; units come whole from one record."""
    if not same:
        return kept
    known = kept.loc[[first for first, _ in same.values()]]
    other = rows.loc[list(same)].set_axis(known.index)
    units = unit_columns(rows.columns)
    other.loc[known[units].notna().any(axis=1), units] = None
    filled = known.assign(**{name: known[name].where(known[name].notna(), other[name]) for name in (*_FILLED, *units)})
    both = known[col.PROGRAM].fillna("") + " " + other[col.PROGRAM].fillna("")
    filled[col.PROGRAM] = [" ".join(dict.fromkeys(text.split())) or None for text in both]
    return pd.concat([kept.drop(index=known.index), filled]).sort_index()


def _twice(rows: pd.DataFrame, same: dict[int, tuple[int, str]]) -> pd.DataFrame:
    if not same:
        return REJECTS.empty()
    left = rows.loc[list(same)]
    kept = rows[col.SITE_ID].tolist()
    return REJECTS.validate(
        pd.DataFrame(
            {
                col.SOURCE: left[col.SOURCE],
                col.FILE: "sites listed by two sources",
                col.KEY: left[col.SITE_ID],
                col.FIELD: "site_id",
                col.VALUE: left[col.NAME],
                col.REASON: "same_site",
                col.REMEDY: [f"Counted as {kept[first]}: {evidence}." for first, evidence in same.values()],
            }
        )
    )
