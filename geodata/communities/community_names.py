"""Names of communities: the place or county that holds most of their people, with a compass part where it repeats.

Does not hold the grouping. Names are data to a page: `place` and `compass` are kept apart so that it can say
"north" in its reader's language.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geodata.schemas import columns as col

FloatArray = NDArray[np.float64]
COMPASS = ("east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east")
TARGETS = {
    "central": (0.0, 0.0),
    **{name: (math.cos(math.pi * n / 4), math.sin(math.pi * n / 4)) for n, name in enumerate(COMPASS)},
}
# From south to north, each from west to east.
NINTHS = (
    ("south_west", "south", "south_east"),
    ("west", "central", "east"),
    ("north_west", "north", "north_east"),
)


def base_names(members: pd.DataFrame) -> pd.DataFrame:
    """Return [community_id, place, county_geoid, county_name], one row a community.

    `members` is [community_id, geoid, population, place_name, county_geoid, county_name]. `place` is the city
    or town that holds at least half of the residents, else the county that holds most of them.
    """
    members = members.assign(people=members[col.POPULATION].fillna(0.0).clip(lower=1.0))
    county = _most(members, "county_geoid")
    names = members.drop_duplicates(col.COUNTY_GEOID).set_index(col.COUNTY_GEOID)[col.COUNTY_NAME]
    out = county.rename(columns={"part": "ignored"}).drop(columns="ignored")
    out[col.COUNTY_NAME] = out[col.COUNTY_GEOID].map(names)
    out[col.COUNTY_NAME] = out[col.COUNTY_NAME].where(out[col.COUNTY_NAME].notna(), "County " + out[col.COUNTY_GEOID])
    place = _most(members[members[col.PLACE_NAME].fillna("") != ""], "place_name", members)
    most = place[place["part"] >= 0.5].set_index(col.COMMUNITY_ID)[col.PLACE_NAME]
    out[col.PLACE] = out[col.COMMUNITY_ID].map(most).astype("str")
    out[col.PLACE] = out[col.PLACE].where(out[col.PLACE].notna(), out[col.COUNTY_NAME])
    return out[[col.COMMUNITY_ID, col.PLACE, col.COUNTY_GEOID, col.COUNTY_NAME]]


def _most(members: pd.DataFrame, column: str, all_members: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return [community_id, column, part]: the value with most people, and its part of the community's people."""
    everyone = members if all_members is None else all_members
    total = everyone.groupby(col.COMMUNITY_ID)["people"].sum()
    sums = members.groupby([col.COMMUNITY_ID, column])["people"].sum().reset_index()
    first = sums.sort_values([col.COMMUNITY_ID, "people", column], ascending=[True, False, True])
    first = first.drop_duplicates(col.COMMUNITY_ID)
    first["part"] = first["people"] / first[col.COMMUNITY_ID].map(total).astype("float64")
    return first[[col.COMMUNITY_ID, column, "part"]].reset_index(drop=True)


def named(units: pd.DataFrame, previous: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `units` with `compass` and `name`, each name once in its state.

    `units` is [community_id, state, place, latitude, longitude, population]; `previous` the earlier run's
    [community_id, place, compass]. A community that keeps its identifier and its place keeps its name. Where
    several have one place, each takes the part of the compass in which it lies, seen from their common center;
    with more than nine, those of one direction are numbered from the center outward.
    """
    units = units.sort_values(col.COMMUNITY_ID).reset_index(drop=True)
    compass = pd.Series([None] * len(units), dtype="object")
    kept = _kept(units, previous)
    for rows in units.groupby([col.STATE, col.PLACE]).groups.values():
        if len(rows) == 1 and not kept.get(rows[0]):
            continue
        given = {row: kept[row] for row in rows if kept.get(row)}
        open_rows = [row for row in rows if row not in given]
        for row, part in {**given, **_parts(units.loc[rows], open_rows, set(given.values()))}.items():
            compass[row] = part
    words = compass.map(lambda part: f" ({part.replace('_', '-').replace('#', ' ')})" if part else "")
    return units.assign(compass=compass, name=units[col.PLACE] + words)


def _kept(units: pd.DataFrame, previous: pd.DataFrame | None) -> dict[int, str | None]:
    if previous is None or not {"community_id", "place", "compass"} <= set(previous.columns):
        return {}
    both = units.reset_index().merge(
        previous[[col.COMMUNITY_ID, col.PLACE, col.COMPASS]], on=[col.COMMUNITY_ID, col.PLACE]
    )
    both = both[both[col.COMPASS].notna()]
    return dict(zip(both["index"], both[col.COMPASS], strict=True))


def _parts(all_units: pd.DataFrame, rows: list[int], taken: set[str | None]) -> dict[int, str]:
    """Return a compass part for each of `rows`, none in `taken`, by direction from the center of `all_units`."""
    if not rows:
        return {}
    free = [name for name in TARGETS if name not in taken]
    places = all_units[[col.LONGITUDE, col.LATITUDE]].to_numpy(dtype=float)
    mine = all_units.index.get_indexer(pd.Index(rows))
    if len(rows) > len(free):
        return _numbered(rows, _by_rank(places)[mine], taken)
    weight = all_units[col.POPULATION].fillna(0.0).clip(lower=1.0).to_numpy(dtype=float)
    known = np.isfinite(places).all(axis=1)
    center = np.average(places[known], axis=0, weights=weight[known]) if known.any() else np.zeros(2)
    # Degrees of longitude shrink with latitude; a place that is not known is taken to be central.
    offset = np.nan_to_num(places - center) * [np.cos(np.radians(center[1])), 1.0]
    here = offset[mine] / max(float(np.hypot(*offset.T).max()), 1e-12)
    targets = np.array([TARGETS[name] for name in free])
    cost = ((here[:, None, :] - targets[None]) ** 2).sum(axis=2)
    chosen_row, chosen_name = linear_sum_assignment(cost)
    return {rows[r]: free[c] for r, c in zip(chosen_row, chosen_name, strict=True)}


def _by_rank(places: FloatArray) -> FloatArray:
    """Return places by their rank from west to east and from south to north, -1 to 1: many spread evenly."""
    ranks = pd.DataFrame(places).rank(pct=True).fillna(0.5).to_numpy()
    return np.asarray(2.0 * ranks - 1.0)


def _numbered(rows: list[int], here: FloatArray, taken: set[str | None]) -> dict[int, str]:
    """Return a ninth of the plane for each row with a number, counted from the center outward."""
    third = np.clip(np.floor((here + 1.0) * 1.5), 0, 2).astype(int)
    out: dict[int, str] = {}
    used = set(taken)
    for place in np.argsort((here**2).sum(axis=1), kind="stable"):
        ninth, number = NINTHS[third[place, 1]][third[place, 0]], 1
        while f"{ninth}#{number}" in used:
            number += 1
        out[rows[place]] = f"{ninth}#{number}"
        used.add(out[rows[place]])
    return out
