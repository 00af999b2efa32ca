"""Why a list changed since the last run: what moved on the ground, and how much of each rank change has which cause.

Causes are three: the data of a source, a source's new vintage, and the settings. They are distinguished by reruns in
which only some of them have changed, made by a callable given from outside. Does not hold how a run is computed, or
what differs between the results (`geodata.comparison.differences`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from geodata.comparison.differences import Differences, differences
from geodata.geography.coordinates import Points
from geodata.geography.sphere import great_circle_km
from geodata.schemas import columns as col
from geodata.schemas.canonical import unit_columns
from geodata.schemas.provenance import SourceUse
from geodata.schemas.state_result import StateResult

DATA, VINTAGE, SETTINGS = "data", "vintage", "settings"
CAUSES = (DATA, VINTAGE, SETTINGS)
MOVED_KM = 0.1
# What makes a row of a table another one although its identifier stays.
SIZES = {
    "sites": (col.POWER_KW, col.STATUS, col.EXPECTED_DATE),
    "providers": (col.SEATS, col.ENTRY_STAGE, col.CIP_CODES),
}
KEYS = {"sites": "site_id", "providers": "provider_id"}
Rerun = Callable[[frozenset[str]], pd.DataFrame]


@dataclass(frozen=True)
class ChangeReport:
    """The change from one run of a state to the next.

    `places`: [table, id, name, change, km, what] of sites and providers added, removed, moved or altered. `causes`:
    [geoid, rank_before, rank_after, rank_change, priority_change, rank_by_…, priority_by_…] of tracts whose rank or
    Priority changed; the parts sum to the change. `sources`: [table, source, change, before, after]. `differences`:
    tracts, communities and evenness. `summary`: single figures.
    """

    places: pd.DataFrame
    sources: pd.DataFrame
    causes: pd.DataFrame
    differences: Differences
    summary: dict[str, Any]


def change_report(before: StateResult, after: StateResult, rerun: Rerun | None = None) -> ChangeReport:
    """Return what changed between two results of one state, and why.

    `rerun` returns `tract_scores` computed with the named causes as they are in `after` and the others as in `before`;
    it is called for the mixtures of the causes that changed, never for all or none. Without it no cause is named.
    """
    found = differences(before, after)
    places = place_changes(before, after)
    sources = source_changes(before.sources, after.sources)
    changed = causes_of(before, after, sources)
    parts = pd.DataFrame()
    if rerun is not None:
        parts = attribution(before.table("tract_scores"), after.table("tract_scores"), changed, rerun)
    counts = (places["table"] + "_" + places["change"]).value_counts().sort_index()
    summary = {
        **found.summary,
        **{str(name): int(count) for name, count in counts.items()},
        "causes": list(changed),
    }
    return ChangeReport(places, sources, parts, found, summary)


def place_changes(before: StateResult, after: StateResult) -> pd.DataFrame:
    """Return the sites and providers added, removed, moved (more than 100 m) or altered, by identifier."""
    frames = []
    for table, key in KEYS.items():
        # Units are counted by kind, in a column each, of which a run has those of its industry.
        units = {name for result in (before, after) for name in unit_columns(result.table(table).columns)}
        sizes = [*sorted(units), *SIZES[table]]
        columns = [key, "name", "latitude", "longitude", *sizes]
        one, other = (pd.DataFrame(result.table(table)).reindex(columns=columns) for result in (before, after))
        both = one.merge(other, on=key, how="outer", suffixes=("_before", "_after"), indicator=True)
        km = _moved_km(both)
        altered = pd.DataFrame({name: _differs(both, name) for name in sizes})
        what = altered.apply(lambda row: " ".join(row.index[row]), axis=1) if len(altered) else pd.Series(dtype="str")
        change = pd.Series("same", index=both.index)
        change[what.ne("")] = "altered"
        change[km > MOVED_KM] = "moved"
        change[both["_merge"] == "left_only"] = "removed"
        change[both["_merge"] == "right_only"] = "added"
        frame = pd.DataFrame(
            {
                "table": table,
                "id": both[key],
                col.NAME: both["name_after"].fillna(both["name_before"]),
                "change": change,
                "km": km.where(change == "moved"),
                "what": what.where(change.isin(["altered", "moved"]), ""),
            }
        )
        frames.append(frame[change != "same"])
    return pd.concat(frames, ignore_index=True).sort_values(["table", "change", "id"]).reset_index(drop=True)


def source_changes(before: Iterable[SourceUse], after: Iterable[SourceUse]) -> pd.DataFrame:
    """Return [table, source, file, change, before, after] of source files that changed.

    `change` is "vintage" where the source speaks of another period (or is there for the first or last time), "data"
    where its content changed under the same vintage.
    """
    one, other = (_by_source(uses) for uses in (before, after))
    rows = []
    for key in sorted(set(one) | set(other)):
        old, new = one.get(key), other.get(key)
        known = new or old
        assert known is not None
        if old is None or new is None or old.vintage != new.vintage:
            change = VINTAGE
        elif old.sha256 != new.sha256:
            change = DATA
        else:
            continue
        vintages = [None if use is None or use.sha256 is None else use.vintage or "undated" for use in (old, new)]
        rows.append((known.table, known.source, known.file, change, *vintages))
    return pd.DataFrame(rows, columns=["table", col.SOURCE, col.FILE, "change", "before", "after"])


def causes_of(before: StateResult, after: StateResult, sources: pd.DataFrame) -> tuple[str, ...]:
    """Return which of the causes changed at all."""
    kinds = set(sources["change"])
    if before.settings_digest != after.settings_digest:
        kinds.add(SETTINGS)
    return tuple(cause for cause in CAUSES if cause in kinds)


def tables_by_cause(sources: pd.DataFrame) -> dict[str, str]:
    """Return the cause each changed canonical table stands for: vintage where any of its sources has a new one."""
    kinds = sources.groupby("table")["change"].agg(lambda changes: VINTAGE if (changes == VINTAGE).any() else DATA)
    return {str(table): str(kind) for table, kind in kinds.items()}


def attribution(before: pd.DataFrame, after: pd.DataFrame, causes: tuple[str, ...], rerun: Rerun) -> pd.DataFrame:
    """Return how much of each tract's rank and Priority change each cause brought.

    Each cause gets its Shapley value (1953): the mean, over all orders in which the causes could have come in, of the
    change it brought when it did. No order is preferred and the parts sum to the change. A tract that is not listed
    in one of the reruns has parts of Priority but none of rank.
    """
    values: dict[frozenset[str], pd.DataFrame] = {frozenset(): before, frozenset(causes): after}
    for count in range(1, len(causes)):
        for some in combinations(causes, count):
            values[frozenset(some)] = rerun(frozenset(some))
    table = before[[col.GEOID, col.RANK, col.PRIORITY]].merge(
        after[[col.GEOID, col.RANK, col.PRIORITY]], on=col.GEOID, how="outer", suffixes=("_before", "_after")
    )
    for name in (col.RANK, col.PRIORITY):
        series = {some: table[col.GEOID].map(_column(scores, name)) for some, scores in values.items()}
        known = pd.DataFrame(series).notna().all(axis=1)
        table[f"{name}_change"] = table[f"{name}_after"] - table[f"{name}_before"]
        for cause in causes:
            table[f"{name}_by_{cause}"] = _shapley(cause, causes, series).where(known)
    moved = table["rank_before"].ne(table["rank_after"]).fillna(True) & ~(
        table["rank_before"].isna() & table["rank_after"].isna()
    )
    moved |= table["priority_change"].abs() > 1e-9
    return table[moved].sort_values(["rank_after", "rank_before", col.GEOID]).reset_index(drop=True)


def _shapley(cause: str, causes: tuple[str, ...], values: dict[frozenset[str], pd.Series]) -> pd.Series:
    others = [other for other in causes if other != cause]
    total = pd.Series(0.0, index=next(iter(values.values())).index)
    for count in range(len(others) + 1):
        weight = factorial(count) * factorial(len(others) - count) / factorial(len(causes))
        for some in combinations(others, count):
            total += weight * (values[frozenset({*some, cause})] - values[frozenset(some)])
    return total


def _column(scores: pd.DataFrame, name: str) -> pd.Series:
    return scores.set_index(col.GEOID)[name].astype("float64")


def _by_source(uses: Iterable[SourceUse]) -> dict[tuple[str, str], SourceUse]:
    """Return the uses by source and its how-manieth file, for names of files carry their dates."""
    found: dict[tuple[str, str], SourceUse] = {}
    count: dict[str, int] = {}
    for use in sorted(uses, key=lambda use: (use.source, use.file or "")):
        number = count.get(use.source, 0)
        count[use.source] = number + 1
        found[(use.source, f"{number}")] = use
    return found


def _moved_km(both: pd.DataFrame) -> pd.Series:
    spots = both[[f"{name}_{when}" for when in ("before", "after") for name in (col.LATITUDE, col.LONGITUDE)]]
    known = spots.notna().all(axis=1)
    km = pd.Series(np.nan, index=both.index)
    if known.any():
        old, new = (
            Points(
                spots.loc[known, f"latitude_{when}"].to_numpy(float),
                spots.loc[known, f"longitude_{when}"].to_numpy(float),
            )
            for when in ("before", "after")
        )
        km[known] = great_circle_km(old, new)
    return km


def _differs(both: pd.DataFrame, name: str) -> pd.Series:
    one, other = both[f"{name}_before"], both[f"{name}_after"]
    return (one.ne(other).fillna(True) & ~(one.isna() & other.isna())).astype(bool)
