"""Barriers other than skill, with their margins, tested against the state's median tract.

Takes the canonical `measures`. Does not hold which tracts make a community.
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import BARRIERS
from geodata.scoring.eligible_adults import wide
from geodata.settings import Barriers
from geodata.statistics.margins import grouped_margin

SUPPORTS = {
    "no_vehicle": "transit_or_mobile",
    "limited_english": "bilingual_esl",
    "single_parent": "childcare",
    "disability": "accommodations",
    "no_internet": "devices",
    "no_diploma": "ged_bridge",
}
# Below this share of residents with a value, a community's share would speak for people nobody asked.
LEAST_COVERED = 0.5


def barriers(
    measures: pd.DataFrame, tracts: pd.DataFrame, community_tracts: pd.DataFrame, settings: Barriers
) -> pd.DataFrame:
    """Return the `barriers` table of all tracts, communities and states.

    `tracts` is [geoid, state, population], `community_tracts` the table of that name. A tract's share and
    margin are those published. A larger unit's share is Σ count / Σ universe; its 90 % margin is the root
    sum of squares of its tracts' margins, each weighted by its universe (Census Bureau, ACS General
    Handbook 2020, ch. 8, with universes taken as known). Where the survey has no value the row has no share,
    and nor has a community less than half of whose residents live in tracts with a value.

    `clearly_above`: the lower end of the 90 % interval lies above the median share of the state's tracts, so
    one in twenty rows whose true share is at the median is listed by chance. Without a margin it is unknown.
    """
    names = settings.measures
    tracts = tracts[[col.GEOID, col.STATE, col.POPULATION]].sort_values(col.GEOID)
    parts = _tract_parts(measures, tracts, names)
    medians = parts.groupby([col.STATE, col.MEASURE])[col.SHARE].median().rename(col.STATE_MEDIAN).reset_index()
    members = community_tracts[[col.GEOID, col.COMMUNITY_ID]]
    units = [
        parts.assign(unit_kind="tract", unit_id=parts[col.GEOID]),
        _summed(parts.merge(members, on=col.GEOID), "community_id", "community"),
        _summed(parts, "state", "state"),
    ]
    table = pd.concat(units, ignore_index=True).merge(medians, on=[col.STATE, col.MEASURE], how="left")
    lower = table[col.SHARE] - table[col.SHARE_MOE]
    known = lower.notna() & table[col.STATE_MEDIAN].notna()
    table[col.CLEARLY_ABOVE] = (lower > table[col.STATE_MEDIAN]).astype("boolean").where(known)
    above = table[col.CLEARLY_ABOVE].fillna(False).astype(bool)
    table[col.SUPPORT] = table[col.MEASURE].map(SUPPORTS).where(above, None)
    return BARRIERS.validate(table.sort_values([col.UNIT_KIND, col.UNIT_ID, col.MEASURE]))


def barrier_lists(table: pd.DataFrame, unit_kind: str) -> pd.Series:
    """Return, by unit_id, the measures clearly above the state median, the farthest above first, blank-joined."""
    above = table[(table[col.UNIT_KIND] == unit_kind) & table[col.CLEARLY_ABOVE].fillna(False)].copy()
    above["ratio"] = above[col.SHARE] / above[col.STATE_MEDIAN].clip(lower=1e-9)
    ordered = above.sort_values([col.UNIT_ID, "ratio", col.MEASURE], ascending=[True, False, True])
    return ordered.groupby(col.UNIT_ID)[col.MEASURE].agg(" ".join)


def _tract_parts(measures: pd.DataFrame, tracts: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return [geoid, state, population, measure, count, share, share_moe, universe], a row a tract and measure."""
    count, share, moe = (wide(measures, names, value) for value in (col.COUNT, col.SHARE, col.SHARE_MOE))
    index = pd.Index(tracts[col.GEOID], name="geoid")
    frames = []
    for name in names:
        part = tracts.set_index(col.GEOID).assign(measure=name)
        part[col.COUNT], part[col.SHARE], part[col.SHARE_MOE] = (
            table[name].reindex(index) for table in (count, share, moe)
        )
        part["universe"] = _universe(part)
        frames.append(part.reset_index())
    return pd.concat(frames, ignore_index=True)


def _universe(part: pd.DataFrame) -> pd.Series:
    """Return how many people or households a tract's share refers to: count / share.

    Where the count is zero the two say nothing of it, and where counts are not published they are missing:
    the tract's residents times the usual universe per resident among the state's other tracts stand in.
    """
    some = (part[col.SHARE] > 0) & (part[col.COUNT] > 0)
    universe = (part[col.COUNT] / part[col.SHARE]).where(some)
    usual = (
        (universe / part[col.POPULATION]).where(part[col.POPULATION] > 0).groupby(part[col.STATE]).transform("median")
    )
    return universe.fillna(part[col.POPULATION] * usual.fillna(1.0)).where(part[col.SHARE].notna())


def _summed(parts: pd.DataFrame, unit: str, kind: str) -> pd.DataFrame:
    """Return a row a unit and measure, from tracts that have a value."""
    known = parts[col.SHARE].notna()
    parts = parts.assign(
        known_people=parts[col.POPULATION].where(known, 0.0),
        known_universe=parts["universe"].where(known, 0.0),
        above=(parts["universe"] * parts[col.SHARE]).where(known, 0.0),
        margin=(parts["universe"] * parts[col.SHARE_MOE]).where(known, 0.0),
        unit_id=parts[unit],
    )
    keys = [col.UNIT_ID, col.STATE, col.MEASURE] if unit != "state" else [col.UNIT_ID, col.MEASURE]
    sums = parts.groupby(keys)[[col.POPULATION, "known_people", "known_universe", "above"]].sum()
    margin = grouped_margin(parts["margin"], [parts[name] for name in keys])
    enough = (sums["known_universe"] > 0) & (sums["known_people"] >= LEAST_COVERED * sums[col.POPULATION])
    sums[col.SHARE] = (sums["above"] / sums["known_universe"]).where(enough)
    sums[col.SHARE_MOE] = (margin / sums["known_universe"]).where(enough)
    out = sums.reset_index().assign(unit_kind=kind)
    return out if "state" in out else out.assign(state=out[col.UNIT_ID])
