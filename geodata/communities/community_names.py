"""Names of communities: what people call the place, with the part of the compass where several share one.

A community is called by the place that holds most of its people, the town where towns govern, the neighborhood where a
layer of them is given, two places together, the place that holds a fifth and more of them, the city its sites and
institutions name, the nearest place, or as a part of its county. Does not hold the grouping. Names are data to a page:
`place`, `name_basis` and `compass` are kept apart so that it can say “near” and “north” in its reader's language.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from geodata.geography.place_names import place_key, spelled
from geodata.geography.sphere import METERS_PER_DEGREE, chord_of_km, unit_vectors_of_degrees
from geodata.schemas import columns as col

FloatArray = NDArray[np.float64]
COMPASS = ("east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east")
# A part is central within this share of the way from the middle of a place to its edge; a word may be given to what
# lies at most so far from its own direction (an eighth of the compass), or, for central, so far from the middle.
CENTRAL = 0.35
LEANING = math.pi / 4
NEARLY_CENTRAL = 0.5
# The two largest places of a community name it together if each holds at least this share of its people.
SECOND_SHARE = 0.2
_FRAME = ["frame_latitude", "frame_longitude", "half_height", "half_width"]
_NOT_GIVEN = 1e6
_READ = [
    col.COMMUNITY_ID, col.GEOID, col.STATE, col.COUNTY_GEOID, col.COUNTY_NAME, col.PLACE_NAME, col.TOWN_NAME,
    col.NEIGHBORHOOD, "local", col.POPULATION, "people", col.LATITUDE, col.LONGITUDE, col.RURAL,
]  # fmt: skip


class Around(NamedTuple):
    """What communities are named by beside their own tracts.

    `tracts` are all tracts of the states [geoid, state, population, place_name, town_name, neighborhood, county_geoid,
    latitude, longitude], `cities` [geoid, city] the city that each site and institution in a tract names, `points`
    [state, name, latitude, longitude] the middle of named places, `near_km` how far from it one is near, `designated`
    (state, name) of places that have no government and that the census alone delimits (CDP).
    """

    tracts: pd.DataFrame
    cities: pd.DataFrame
    points: pd.DataFrame
    near_km: float
    designated: frozenset[tuple[str, str]] = frozenset()


def base_names(members: pd.DataFrame, around: Around | None = None) -> pd.DataFrame:
    """Return [community_id, place, name_basis, county_geoid, county_name] and the frame of the place, one row a
    community.

    `members` is [community_id, geoid, state, population, place_name, county_geoid, county_name, latitude, longitude],
    and where known town_name, neighborhood and rural. The frame (frame_latitude, frame_longitude, half_height,
    half_width, degrees) is the middle and the extent of what it is called by, on which its part of the compass is read.
    """
    members = _with_names(members)
    if around is None:
        none = members.iloc[:0]
        cities, points = pd.DataFrame({col.GEOID: [], col.CITY: []}, dtype="str"), none.assign(**{col.NAME: None})
        around = Around(none, cities, points, 0.0)
    out = _most(members, col.COUNTY_GEOID).drop(columns="part").set_index(col.COMMUNITY_ID)
    names = members.drop_duplicates(col.COUNTY_GEOID).set_index(col.COUNTY_GEOID)[col.COUNTY_NAME]
    county = out[col.COUNTY_GEOID].map(names)
    out[col.COUNTY_NAME] = county.where(county.notna(), "County " + out[col.COUNTY_GEOID])
    gazetteer = _gazetteer(members, around)
    states = members.drop_duplicates(col.COMMUNITY_ID).set_index(col.COMMUNITY_ID)[col.STATE].reindex(out.index)
    counties = zip(out.index, states, out[col.COUNTY_GEOID], out[col.COUNTY_NAME], strict=True)
    rows = [(one[0], *_named_by(*one, gazetteer)) for one in counties]
    named_by = pd.DataFrame(rows, columns=[col.COMMUNITY_ID, col.PLACE, col.NAME_BASIS, *_FRAME])
    return named_by.merge(out.reset_index(), on=col.COMMUNITY_ID)


Frame = tuple[float, float, float, float]
Named = tuple[str, str, float, float, float, float]
_NOWHERE: Frame = (math.nan, math.nan, math.nan, math.nan)


class _Gazetteer(NamedTuple):
    """What names are looked up in, prepared once for all communities.

    `shares` are by column and community the names and their shares of its people, the largest first. `frames` are of
    (state, column, value): of named places, towns, neighborhoods and counties, and of communities by their identifier.
    `tracts` are those of each state; `geoids` where people live, by (state, county), and of each community; `rural` the
    communities most of whose people are. `cities` are by community [city, letters] as its sites and institutions name
    them, `points` by state the named places with their `letters`.
    """

    shares: dict[str, dict[str, list[tuple[str, float]]]]
    frames: dict[tuple[str, str, str], Frame]
    tracts: dict[str, pd.DataFrame]
    geoids: dict[tuple[str, str], frozenset[str]]
    rural: frozenset[str]
    cities: dict[str, pd.DataFrame]
    points: dict[str, pd.DataFrame]
    near_km: float
    designated: frozenset[tuple[str, str]]


def _gazetteer(members: pd.DataFrame, around: Around) -> _Gazetteer:
    tracts = _with_names(around.tracts)
    lived_in = tracts[tracts[col.POPULATION].fillna(0) > 0]
    keyed = around.points.assign(letters=around.points[col.NAME].map(place_key))
    points = {str(state): of_state for state, of_state in keyed.groupby(col.STATE)}
    names = (col.PLACE_NAME, col.TOWN_NAME, col.NEIGHBORHOOD, "local")
    frames = {key: frame for name in (*names, col.COUNTY_GEOID) for key, frame in _frames(tracts, name).items()}
    return _Gazetteer(
        {column: _shares(members, column) for column in names},
        frames | _frames(members, col.COMMUNITY_ID),
        {str(state): tracts[tracts[col.STATE] == state] for state in members[col.STATE].unique()},
        _geoids(lived_in, col.COUNTY_GEOID) | _geoids(members, col.COMMUNITY_ID),
        _mostly_rural(members),
        _cities(members, around.cities, points),
        points,
        around.near_km,
        around.designated,
    )


def _geoids(tracts: pd.DataFrame, column: str) -> dict[tuple[str, str], frozenset[str]]:
    grouped = tracts.groupby([col.STATE, column])[col.GEOID]
    return {(str(state), str(value)): frozenset(geoids) for (state, value), geoids in grouped}


def _mostly_rural(members: pd.DataFrame) -> frozenset[str]:
    if col.RURAL not in members.columns:
        return frozenset()
    people = members["people"].where(members[col.RURAL].fillna(False).astype(bool), 0.0)
    share = people.groupby(members[col.COMMUNITY_ID]).sum() / members.groupby(col.COMMUNITY_ID)["people"].sum()
    return frozenset(share[share > 0.5].index)


def _with_names(tracts: pd.DataFrame) -> pd.DataFrame:
    names = (col.PLACE_NAME, col.TOWN_NAME, col.NEIGHBORHOOD)
    known = {name: tracts[name].where(tracts[name].fillna("") != "") for name in names if name in tracts.columns}
    absent = {name: None for name in names if name not in tracts.columns}
    if col.STATE not in tracts.columns:
        absent[col.STATE] = ""  # type: ignore[assignment]
    people = tracts[col.POPULATION].astype("float64").fillna(0.0).clip(lower=1.0)
    table = tracts.assign(people=people, **absent, **known)
    table["local"] = table[col.PLACE_NAME].fillna(table[col.TOWN_NAME])
    return table[[name for name in _READ if name in table.columns]]


def _shares(members: pd.DataFrame, column: str) -> dict[str, list[tuple[str, float]]]:
    """Return by community the values of `column` and their shares of its people, the largest first.

    People without a value count in the whole.
    """
    whole = members.groupby(col.COMMUNITY_ID)["people"].sum()
    sums = members.groupby([col.COMMUNITY_ID, column])["people"].sum().reset_index()
    sums = sums.sort_values([col.COMMUNITY_ID, "people", column], ascending=[True, False, True])
    out: dict[str, list[tuple[str, float]]] = {}
    for ident, name, people in zip(sums[col.COMMUNITY_ID], sums[column], sums["people"], strict=True):
        out.setdefault(ident, []).append((str(name), people / whole[ident]))
    return out


def _cities(members: pd.DataFrame, cities: pd.DataFrame, points: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return by community [city, letters] the cities its sites and institutions name, as its state writes them."""
    named = cities.merge(members[[col.GEOID, col.COMMUNITY_ID, col.STATE]], on=col.GEOID)
    named = named.assign(**{col.CITY: named[col.CITY].str.strip()})
    named = named[named[col.CITY].notna() & (named[col.CITY] != "")]
    out: dict[str, pd.DataFrame] = {}
    for state, of_state in named.groupby(col.STATE):
        known = points[str(state)][col.NAME].tolist() if str(state) in points else []
        spellings = spelled(of_state[col.CITY], known)
        of_state = of_state.assign(**{col.CITY: spellings, "letters": spellings.map(place_key)})
        out |= {str(ident): own for ident, own in of_state.groupby(col.COMMUNITY_ID)}
    return out


def _named_by(ident: str, state: str, county: str, county_name: str, gazetteer: _Gazetteer) -> Named:
    """Return (place, name_basis, frame) of a community by the first rule that gives a name."""

    def frame(column: str, value: str) -> Frame:
        return gazetteer.frames.get((state, column, value), _NOWHERE)

    for basis, column in (("place", col.PLACE_NAME), ("town", col.TOWN_NAME)):
        for name, _ in _holding_half(gazetteer, column, ident):
            for quarter, _ in _holding_half(gazetteer, col.NEIGHBORHOOD, ident):
                return (f"{quarter}, {name}", "neighborhood", *frame(col.NEIGHBORHOOD, quarter))
            return (name, basis, *frame(column, name))
    two = gazetteer.shares["local"].get(ident, [])[:2]
    if len(two) > 1 and two[0][1] + two[1][1] >= 0.5 and two[1][1] >= SECOND_SHARE:
        tracts = gazetteer.tracts[state]
        both = _known_first([name for name, _ in two], tracts, state, gazetteer.designated)
        return ("–".join(both), "place", *_frame(tracts[tracts["local"].isin(both)]))
    lived_in = gazetteer.geoids.get((state, county))
    if lived_in and lived_in <= gazetteer.geoids[state, ident]:
        return (county_name, "county", *frame(col.COUNTY_GEOID, county))
    if two and two[0][1] >= SECOND_SHARE:
        # Postal addresses in a suburb often name the large city beyond it; people there say the place inside.
        return (two[0][0], "near", *frame("local", two[0][0])[:2], 0.0, 0.0)
    points = gazetteer.points.get(state)
    near = _city(gazetteer.cities.get(ident), points)
    near = near or _nearest(frame(col.COMMUNITY_ID, ident), points, gazetteer.near_km)
    if near is not None:
        return near
    basis = "rural_county" if ident in gazetteer.rural else "part_of_county"
    return (county_name, basis, *frame(col.COUNTY_GEOID, county))


def _holding_half(gazetteer: _Gazetteer, column: str, ident: str) -> list[tuple[str, float]]:
    """Return the name that holds at least half of a community's people, and its share; or nothing."""
    return [first for first in gazetteer.shares[column].get(ident, [])[:1] if first[1] >= 0.5]


def _known_first(
    names: list[str], tracts: pd.DataFrame, state: str, designated: frozenset[tuple[str, str]]
) -> list[str]:
    """Return names in the order in which people know them: cities and towns before places that the census alone
    delimits, then the one more people live in as a whole.
    """
    people = tracts[tracts["local"].isin(names)].groupby("local")["people"].sum().reindex(names).fillna(0.0)
    return sorted(names, key=lambda name: ((state, name) in designated, -float(people[name])))


def _frames(tracts: pd.DataFrame, column: str) -> dict[tuple[str, str, str], Frame]:
    """Return the frame of the tracts of each value of `column` in each state."""
    if tracts.empty or col.LATITUDE not in tracts.columns:
        return {}
    known = tracts[tracts[col.LATITUDE].notna() & tracts[column].notna()]
    by = [known[col.STATE], known[column]]
    weight = known["people"] / known["people"].groupby(by).transform("sum")
    parts = {}
    for axis, middle, half in ((col.LATITUDE, *_FRAME[::2]), (col.LONGITUDE, *_FRAME[1::2])):
        at = known[axis].astype("float64")
        parts[middle] = (at * weight).groupby(by).transform("sum")
        parts[half] = (at - parts[middle]).abs()
    found = pd.DataFrame(parts)[_FRAME].groupby(by).max()
    frames = zip(found.index, found.itertuples(index=False), strict=True)
    return {(str(state), column, str(value)): (a, b, c, d) for (state, value), (a, b, c, d) in frames}


def _frame(tracts: pd.DataFrame) -> Frame:
    """Return the middle (by people) of `tracts` and how far they reach from it, north to south and east to west."""
    return next(iter(_frames(tracts.assign(**{col.STATE: "", "all": ""}), "all").values()), _NOWHERE)


def _city(named: pd.DataFrame | None, points: pd.DataFrame | None) -> Named | None:
    """Return (place, basis, frame) by the city that most sites and institutions of a community name."""
    if named is None:
        return None
    most = named["letters"].value_counts().sort_index().idxmax()
    name = named.loc[named["letters"] == most, col.CITY].value_counts().sort_index().idxmax()
    there = points[points["letters"] == most] if points is not None else named.iloc[:0]
    at = there[[col.LATITUDE, col.LONGITUDE]].iloc[0].tolist() if len(there) else [math.nan, math.nan]
    return (str(name), "near", float(at[0]), float(at[1]), 0.0, 0.0)


def _nearest(frame: Frame, points: pd.DataFrame | None, near_km: float) -> Named | None:
    """Return (place, basis, frame) by the named place of the state that is nearest to the middle of a community."""
    latitude, longitude, *_ = frame
    if points is None or not math.isfinite(latitude):
        return None
    spots = unit_vectors_of_degrees(points[col.LATITUDE].to_numpy(float), points[col.LONGITUDE].to_numpy(float))
    chord, spot = cKDTree(spots).query(unit_vectors_of_degrees([latitude], [longitude])[0])
    if chord > chord_of_km(near_km):
        return None
    at = points.iloc[int(spot)]
    return (str(at[col.NAME]), "near", float(at[col.LATITUDE]), float(at[col.LONGITUDE]), 0.0, 0.0)


def _most(members: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return [community_id, column, part]: the value with most people, and its part of the community's people."""
    total = members.groupby(col.COMMUNITY_ID)["people"].sum()
    sums = members.groupby([col.COMMUNITY_ID, column])["people"].sum().reset_index()
    first = sums.sort_values([col.COMMUNITY_ID, "people", column], ascending=[True, False, True])
    first = first.drop_duplicates(col.COMMUNITY_ID)
    first["part"] = first["people"] / first[col.COMMUNITY_ID].map(total).astype("float64")
    return first[[col.COMMUNITY_ID, column, "part"]].reset_index(drop=True)


def named(units: pd.DataFrame, previous: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `units` with `compass` and `name`, each name once in its state.

    `units` is [community_id, state, place, latitude, longitude, population] and, where known, name_basis, n_tracts
    and the frame of `base_names` (else the common center of those of one name is its middle); `previous` the earlier
    run's [community_id, place, compass]. Where several have one name, each takes the part of the compass in which it
    lies, seen from the middle of the place: its own, or the next one to it where that is taken, else
    its own with a number. A community that keeps its identifier and its place keeps its part while that is still true.
    """
    units = units.sort_values(col.COMMUNITY_ID).reset_index(drop=True)
    absent = {name: math.nan for name in _FRAME if name not in units.columns}
    basis = units[col.NAME_BASIS] if col.NAME_BASIS in units.columns else pd.Series("place", units.index)
    framed = units.assign(**absent, name_basis=basis)
    compass = pd.Series([None] * len(units), dtype="object")
    kept = _kept(units, previous)
    for rows in framed.groupby([col.STATE, col.PLACE, col.NAME_BASIS]).groups.values():
        if len(rows) == 1 and not kept.get(rows[0]):
            continue
        for row, part in _parts(framed.loc[rows], {row: kept[row] for row in rows if kept.get(row)}).items():
            compass[row] = part
    tracts = units[col.N_TRACTS] if col.N_TRACTS in units.columns else pd.Series(1, units.index)
    names = [english_name(*row) for row in zip(units[col.PLACE], framed[col.NAME_BASIS], compass, tracts, strict=True)]
    return units.assign(compass=compass, name_basis=framed[col.NAME_BASIS], name=names).drop(
        columns=[name for name in _FRAME if name in units.columns]
    )


def english_name(place: str, basis: str, compass: str | None, tracts: int) -> str:
    """Return the name of a community in English, as tables carry it, fit to begin a heading or to end a sentence."""
    part = f" ({compass.replace('_', '').replace('#', ' ')})" if compass else ""
    count = f"{tracts} tract" if tracts == 1 else f"{tracts} tracts"
    forms = {"near": "{} area", "rural_county": f"{{}}, rural, {count}", "part_of_county": f"{{}}, {count}"}
    return forms.get(basis, "{}").format(place) + part


def _kept(units: pd.DataFrame, previous: pd.DataFrame | None) -> dict[int, str]:
    if previous is None or not {"community_id", "place", "compass"} <= set(previous.columns):
        return {}
    both = units.reset_index().merge(
        previous[[col.COMMUNITY_ID, col.PLACE, col.COMPASS]], on=[col.COMMUNITY_ID, col.PLACE]
    )
    both = both[both[col.COMPASS].notna()]
    return dict(zip(both["index"], both[col.COMPASS], strict=True))


def _parts(units: pd.DataFrame, kept: dict[int, str]) -> dict[int, str]:
    """Return a true part of the compass for each of `units` (of one name), no two alike; `kept` stay where true."""
    rows, names = units.index.tolist(), ("central", *COMPASS)
    cost = _untruth(units)
    given = {row: part for row, part in kept.items() if cost[rows.index(row), names.index(part.split("#")[0])] < 1}
    given = {row: part for n, (row, part) in enumerate(given.items()) if part not in list(given.values())[:n]}
    free = [n for n, name in enumerate(names) if name not in given.values()]
    open_rows = [n for n, row in enumerate(rows) if row not in given]
    out = dict(given)
    if open_rows and free:
        chosen = cost[np.ix_(open_rows, free)]
        for n, k in zip(*linear_sum_assignment(chosen), strict=True):
            if chosen[n, k] < 1:
                out[rows[open_rows[n]]] = names[free[k]]
    for n in open_rows:
        if rows[n] in out:
            continue
        own, number = names[int(cost[n].argmin())], 2
        while f"{own}#{number}" in out.values():
            number += 1
        out[rows[n]] = f"{own}#{number}"
    return out


def _untruth(units: pd.DataFrame) -> FloatArray:
    """Return how far each part of the compass is from the truth, float64[n_units, 9], central first.

    0 is the very direction; from 1 on a part is not true and not to be given.
    """
    spots = units[[col.LATITUDE, col.LONGITUDE]].to_numpy(dtype=float)
    middle, half = units[_FRAME[:2]].to_numpy(dtype=float), units[_FRAME[2:]].to_numpy(dtype=float)
    if not np.isfinite(middle).all():
        weight = units[col.POPULATION].fillna(0.0).clip(lower=1.0).to_numpy(dtype=float)
        known = np.isfinite(spots).all(axis=1)
        center = np.average(spots[known], axis=0, weights=weight[known]) if known.any() else np.zeros(2)
        middle = np.tile(center, (len(units), 1))
        half = np.tile(np.nan_to_num(np.abs(np.nan_to_num(spots - center)).max(axis=0)), (len(units), 1))
    # Degrees of longitude shrink with latitude. A place is as wide as it is high, at least: few are mere lines.
    shrink = np.column_stack([np.ones(len(units)), np.cos(np.radians(middle[:, 0]))])
    offset = np.nan_to_num((spots - middle) * shrink)
    reach = np.maximum((half * shrink).max(axis=1), 1.0 / METERS_PER_DEGREE)
    away = np.hypot(offset[:, 0], offset[:, 1]) / reach
    angle = np.arctan2(offset[:, 0], offset[:, 1])
    cost = np.full((len(units), 1 + len(COMPASS)), _NOT_GIVEN)
    cost[:, 0] = np.where(away < NEARLY_CENTRAL, away / NEARLY_CENTRAL, _NOT_GIVEN)
    for n in range(len(COMPASS)):
        turn = np.abs((angle - math.pi * n / 4 + math.pi) % (2 * math.pi) - math.pi)
        leaning = np.where(turn <= LEANING + 1e-9, turn / LEANING * 0.99, _NOT_GIVEN)
        # Near the middle a direction says little: it is given where “central” is taken.
        cost[:, n + 1] = np.where(away < CENTRAL, np.maximum(leaning, 0.9), leaning)
        cost[:, n + 1] = np.where(leaning < 1, cost[:, n + 1], _NOT_GIVEN)
    return cost
