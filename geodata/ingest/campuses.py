"""Which places an institution teaches at, and what of its awards stands at each of them.

Campus lists of several sources are matched with the IPEDS directory and with one another. Does not hold which
institutions teach the work (`geodata.ingest.providers`), or how a row without coordinates is placed.

The rule by which awards known for an institution alone are shared: over its campuses of the same state that can be
placed (by a point, a street or a ZIP code), by their students where an office's list tells those of each, else in equal
parts, for no publisher tells students by campus. What stands at one campus is lost at the others, and the parts add up
to the whole. A campus that nothing places is listed and takes no part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.geography.located import LOCATED_QUALITIES, QUALITY_ORDER, located
from geodata.geography.nearby_pairs import distance_m
from geodata.ingest.name_matching import name_key, words
from geodata.schemas import columns as col
from geodata.schemas.programs import by_program_text, seats_by_program
from geodata.settings import Training

#: The order in which sources name a campus: the first one's name and address stay.
PRECEDENCE = ("campus_list", "dapip", "scorecard_branches", "va_approved", "workforce_almanac")
IPEDS_FAMILY = "ipeds:"
PLACED = (*LOCATED_QUALITIES, "zip")
# Two records of one institution closer than this are one campus: another building or another geocoder.
SAME_CAMPUS_M = 1_000.0
# The middle of a ZIP code lies some kilometers from an address in it.
SAME_ZIP_M = 8_000.0
_PLACE = [col.ADDRESS, col.CITY, col.ZIP, col.LATITUDE, col.LONGITUDE, col.LOCATION_QUALITY]

# How the identifiers of a list's campuses begin.
_LISTS = {
    "campus_list": "campus_list",
    "dapip": "dapip",
    "scorecard": "scorecard_branches",
    "va": "va_approved",
    "almanac": "workforce_almanac",
}

Row = dict[str, Any]


def lists_of(rows: pd.DataFrame, column: str) -> list[list[str]]:
    """Return the lists that say where each of `rows` is; `column` holds the names of their sources.

    The place of a branch campus is that of the list of campuses; its institution's is given by the directory.
    """
    found = rows[column].str.split().tolist()
    if col.PROVIDER_ID not in rows.columns:
        return found
    branches = rows[col.PROVIDER_ID].str.extract(r"/(\w+):")[0].map(_LISTS)
    return [own if pd.isna(branch) else [str(branch)] for own, branch in zip(found, branches, strict=True)]


def institutions_of(campuses: pd.DataFrame, directory: pd.DataFrame) -> pd.Series:
    """Return the IPEDS identifier of the institution each row of `campuses` is a branch of; missing where it is none.

    It is the institution the source names by its IPEDS identifier; else that of the family's main place; else the only
    one of the directory among the family's places in the row's state; else the one of that state with the family's
    name, or whose name the place's begins with. A place that is an institution of the directory itself, that belongs to
    somebody else (a hospital, a school) or lies in another state than its institution is no branch.
    """
    known = directory.set_index(col.UNITID)
    own = campuses[col.UNITID].map(lambda text: _first_known(text, known.index), na_action="ignore")
    named = (
        campuses[col.FAMILY_ID]
        .str.removeprefix(IPEDS_FAMILY)
        .where(campuses[col.FAMILY_ID].str.startswith(IPEDS_FAMILY, na=False))
    )
    rows = campuses.assign(_own=own)
    main = rows[(rows[col.KIND] == "main") & rows["_own"].notna()].drop_duplicates(col.FAMILY_ID)
    of_family = rows[col.FAMILY_ID].map(main.set_index(col.FAMILY_ID)["_own"])
    members = rows[rows["_own"].notna()].groupby([col.FAMILY_ID, col.STATE])["_own"].unique()
    lone = {key: values[0] for key, values in members.items() if len(values) == 1}
    of_state = pd.Series(
        [lone.get(key) for key in zip(rows[col.FAMILY_ID], rows[col.STATE], strict=True)], index=rows.index, dtype="str"
    )
    found = named.fillna(of_family).fillna(of_state).astype("str")
    nameless = rows[found.isna() & (rows[col.KIND] != "other_place")]
    by_name = _by_name(directory)
    names = zip(nameless[col.STATE], nameless[col.FAMILY_NAME], nameless[col.NAME], strict=True)
    of_name = pd.Series([_named_like(*row, by_name) for row in names], index=nameless.index, dtype="str")
    found = found.fillna(of_name).astype("str")
    same_state = found.map(known[col.STATE]) == rows[col.STATE]
    branch = (rows[col.KIND] != "other_place") & found.isin(known.index) & same_state
    # A place that the directory has as another institution is that institution's own.
    itself = rows["_own"].notna() & (rows["_own"] != found)
    return found.where(branch & ~itself)


def _first_known(text: str, known: pd.Index) -> str | None:
    return next((code for code in text.split() if code in known), None)


def _by_name(directory: pd.DataFrame) -> dict[tuple[str, tuple[str, ...]], str | None]:
    """Return the institution by state and the words of its name; None where two have the same."""
    found: dict[tuple[str, tuple[str, ...]], str | None] = {}
    for unitid, state, name in zip(directory[col.UNITID], directory[col.STATE], directory[col.NAME], strict=True):
        key = (state, words(name))
        found[key] = None if key in found else unitid
    return found


def _named_like(
    state: str, family: object, name: str, by_name: dict[tuple[str, tuple[str, ...]], str | None]
) -> str | None:
    telling = words(family if isinstance(family, str) else name)
    for length in range(len(telling), 1, -1):
        found = by_name.get((state, telling[:length]))
        if found is not None:
            return found
    return None


def with_campuses(
    rows: pd.DataFrame, directory: pd.DataFrame, campuses: pd.DataFrame, settings: Training
) -> pd.DataFrame:
    """Return provider `rows` of institutions (with unitid) as one row a campus, their seats shared by the rule above.

    Seats, seats by program and the share of each campus add up to those of the institution. Where awards are shared the
    basis is `shared`. Rows of institutions with one campus stay as they are.
    """
    if settings.campuses == "main" or campuses.empty or rows.empty:
        return rows
    of = institutions_of(campuses, directory)
    branches = campuses.assign(_of=of)[of.isin(rows[col.UNITID])]
    order = {name: place for place, name in enumerate(PRECEDENCE)}
    branches = branches.assign(_order=branches[col.SOURCE].map(order).fillna(len(order))).sort_values(
        ["_order", col.CAMPUS_ID]
    )
    by_institution: dict[str, list[Row]] = {}
    for branch in _records(branches):
        by_institution.setdefault(str(branch["_of"]), []).append(branch)
    made: list[Row] = []
    for row in _records(rows):
        # Nothing awarded is nothing to share.
        own = [] if row[col.SEATS] == 0 else by_institution.get(row[col.UNITID], [])
        made += _shared(row, _places(row, own))
    return pd.DataFrame(made, columns=[*rows.columns])


def with_points_of(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return provider `rows` in which those without coordinates have the point of the same name in `places`.

    The same is a name of the same words in the same state and ZIP code, or in the same city where one of the two says
    no ZIP code, at one place alone; `evidence` names it.
    """
    known = places[located(places)]
    lost = rows[~located(rows)]
    if known.empty or lost.empty:
        return rows
    by_key: dict[tuple[object, ...], list[Row]] = {}
    for place in _records(known):
        for key in _keys(place):
            by_key.setdefault(key, []).append(place)
    found: dict[Any, Row] = {}
    for number, row in zip(lost.index, _records(lost), strict=True):
        same = [place for key in _keys(row) for place in by_key.get(key, []) if _same_zip(place, row)]
        if same and all(_same_campus(same[0], other) for other in same[1:]):
            found[number] = same[0]
    if not found:
        return rows
    moved = pd.DataFrame.from_dict(found, orient="index")
    said = "place of “" + moved[col.NAME].astype("str") + "” by " + moved[col.CAMPUS_ID].astype("str")
    earlier = rows.loc[moved.index, col.EVIDENCE].astype("object")
    rows = rows.copy()
    rows.loc[moved.index, [col.LATITUDE, col.LONGITUDE]] = moved[[col.LATITUDE, col.LONGITUDE]].to_numpy(dtype=float)
    rows.loc[moved.index, col.LOCATION_QUALITY] = moved[col.LOCATION_QUALITY].to_numpy(dtype=object)
    rows.loc[moved.index, col.EVIDENCE] = (earlier + "; ").fillna("").to_numpy() + said.to_numpy()
    return rows


def _keys(row: Row) -> list[tuple[object, ...]]:
    """Return what a row is looked up by: state, the words of its name, and its ZIP code or city."""
    start = (row[col.STATE], name_key(str(row[col.NAME])))
    city = row[col.CITY].casefold() if isinstance(row[col.CITY], str) else None
    return [(*start, what) for what in (row[col.ZIP], city) if isinstance(what, str)]


def _same_zip(one: Row, other: Row) -> bool:
    zips = [row[col.ZIP] for row in (one, other)]
    return zips[0] == zips[1] or not all(isinstance(code, str) for code in zips)


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _places(main: Row, branches: list[Row]) -> list[Row]:
    """Return the distinct places of an institution, the directory's own first."""
    first = {**{name: main[name] for name in (col.NAME, *_PLACE)}, col.STUDENTS: np.nan, "ids": []}
    places = [first]
    for branch in branches:
        same = next((place for place in places if _same_campus(place, branch)), None)
        # A bare name without an address is the institution itself once more, by another geocoder.
        if same is None and not isinstance(branch[col.ZIP], str) and _adds_nothing(branch[col.NAME], main[col.NAME]):
            same = first
        if same is None:
            name = _full_name(str(branch[col.NAME]), str(main[col.NAME]))
            own = {key: branch[key] for key in (*_PLACE, col.STUDENTS)}
            places.append({**own, col.NAME: name, "ids": [branch[col.CAMPUS_ID]]})
            continue
        same["ids"].append(branch[col.CAMPUS_ID])
        if pd.isna(same[col.STUDENTS]):
            same[col.STUDENTS] = branch[col.STUDENTS]
        if QUALITY_ORDER[branch[col.LOCATION_QUALITY]] < QUALITY_ORDER[same[col.LOCATION_QUALITY]]:
            same |= {key: branch[key] for key in (col.LATITUDE, col.LONGITUDE, col.LOCATION_QUALITY)}
    return places


def _same_campus(place: Row, branch: Row) -> bool:
    """Return whether two records are one campus: near one another, or in one ZIP code where one has no point."""
    exact = all(row[col.LOCATION_QUALITY] in LOCATED_QUALITIES for row in (place, branch))
    latitude, longitude = (np.array([place[name], branch[name]], dtype=float) for name in (col.LATITUDE, col.LONGITUDE))
    meters = float(distance_m(latitude, longitude, np.array([[0, 1]]))[0])
    zips = [row[col.ZIP] for row in (place, branch)]
    one_zip = isinstance(zips[0], str) and zips[0] == zips[1]
    if exact:
        return meters <= SAME_CAMPUS_M
    if all(isinstance(code, str) for code in zips):
        return one_zip
    return meters <= SAME_ZIP_M


def _adds_nothing(name: str, institution: str) -> bool:
    return set(words(name)) <= set(words(institution))


def _full_name(name: str, institution: str) -> str:
    """Return the name of a campus with that of its institution, which lists often leave out (“Macon Campus”)."""
    return name if set(words(institution)) <= set(words(name)) else f"{institution}, {name}"


def _shared(row: Row, places: list[Row]) -> list[Row]:
    if len(places) == 1:
        return [{**row, **{name: places[0][name] for name in _PLACE}}]
    placed = [place[col.LOCATION_QUALITY] in PLACED and not pd.isna(place[col.LATITUDE]) for place in places]
    # Where no place is known all take part: nobody can say which.
    takes = placed if any(placed) else [True] * len(places)
    students = np.array([place[col.STUDENTS] if part else 0.0 for place, part in zip(places, takes, strict=True)])
    by_students = bool(np.isfinite(students).all() and students.sum() > 0)
    shares = students / students.sum() if by_students else np.array(takes) / sum(takes)
    made = []
    for number, (place, part, own) in enumerate(zip(places, takes, shares.tolist(), strict=True)):
        ids = ", ".join(place["ids"])
        ident = row[col.PROVIDER_ID] if number == 0 else f"{row[col.PROVIDER_ID]}/{place['ids'][0]}"
        origin = f"campus of {row[col.NAME]} by {ids}" if ids else f"main campus of {row[col.NAME]}"
        rest = (
            f"awards shared over {sum(takes)} campuses{' by their students' if by_students else ''}"
            if part
            else "nothing places it, so it takes no part of the awards"
        )
        made.append(
            {
                **row,
                **{name: place[name] for name in (col.NAME, *_PLACE)},
                col.PROVIDER_ID: ident,
                col.SHARE: own,
                col.CAMPUS: f"{sum(takes[: number + 1])} of {sum(takes)}" if part and not by_students else None,
                col.SEATS: row[col.SEATS] * own if part else np.nan,
                col.SEATS_BY_PROGRAM: by_program_text(seats_by_program(row[col.SEATS_BY_PROGRAM]), own),
                col.P_TEACHES: 1.0 if row[col.SEATS] > 0 else row[col.P_TEACHES],
                col.SEATS_BASIS: "shared"
                if own < 1 and row[col.SEATS_BASIS] == "completions"
                else row[col.SEATS_BASIS],
                col.EVIDENCE: "; ".join(text for text in (row[col.EVIDENCE], origin, rest) if isinstance(text, str)),
            }
        )
    return made
