"""Points and the areas they lie in: tracts with a shoreline tolerance, and whether a stated state can be true.

Coordinates and polygons are EPSG:4326, tolerances meters. Does not hold travel from or to points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.geography.located import located
from geodata.geography.sphere import METERS_PER_DEGREE
from geodata.schemas import columns as col
from geodata.schemas.canonical import REJECTS
from geodata.schemas.parsed import Refined

# Piers, marinas and bridges stand off the generalized shore by this much at most.
SHORELINE_M = 1_000.0
# County outlines for the whole country are generalized to within a few hundred meters to two kilometers.
STATE_LINE_M = 2_500.0
# Outlines of the whole country leave out small islands, such as many of the Florida Keys: a point that lies in no
# state at all passes if it is this near to its own.
OFFSHORE_M = 60_000.0


def place(
    points: pd.DataFrame,
    tracts: gpd.GeoDataFrame,
    *,
    tolerance_m: float = SHORELINE_M,
) -> pd.DataFrame:
    """Return [geoid, tract_basis, distance_m] for each row of `points`, with its index.

    `points` has latitude and longitude and, perhaps, location_quality: rows that are neither at a point nor on
    a known street get the basis "coarse" and no tract, for a town's midpoint is no address. A point in a
    tract has the basis "inside"; one outside all within `tolerance_m` of one, "nearest" with its distance; any
    other, "none". On a shared border the lower GEOID wins.
    """
    latitude, longitude = (points[name].to_numpy(dtype="float64") for name in (col.LATITUDE, col.LONGITUDE))
    out = pd.DataFrame({col.GEOID: None, "tract_basis": "none", "distance_m": np.nan}, index=points.index)
    out = out.astype({col.GEOID: "str", "tract_basis": "str"})
    usable = np.isfinite(latitude) & np.isfinite(longitude)
    if "location_quality" in points.columns:
        coarse = usable & ~located(points).to_numpy()
        out.loc[coarse, "tract_basis"] = "coarse"
        usable &= ~coarse
    spots = np.flatnonzero(usable)
    ordered = tracts.sort_values(col.GEOID, ignore_index=True)
    found, distance = areas_of(longitude[spots], latitude[spots], ordered.geometry.values, tolerance_m)
    hit = found >= 0
    rows, areas, meters = spots[hit], found[hit], distance[hit]
    geoids = ordered[col.GEOID].to_numpy()[areas]
    out.iloc[rows, 0] = geoids
    out.iloc[rows, 1] = np.where(meters == 0, "inside", "nearest")
    out.iloc[rows, 2] = meters
    return out


def states_of(points: pd.DataFrame, counties: gpd.GeoDataFrame, *, tolerance_m: float = STATE_LINE_M) -> pd.Series:
    """Return the postal code of the state each point lies in, or near within `tolerance_m`; missing elsewhere."""
    latitude, longitude = (points[name].to_numpy(dtype="float64") for name in (col.LATITUDE, col.LONGITUDE))
    spots = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    ordered = counties.sort_values(col.COUNTY_GEOID, ignore_index=True)
    found, _ = areas_of(longitude[spots], latitude[spots], ordered.geometry.values, tolerance_m)
    states = pd.Series(None, index=points.index, dtype="str")
    hit = found >= 0
    states.iloc[spots[hit]] = ordered[col.STATE].to_numpy()[found[hit]]
    return states


def check_states(
    table: pd.DataFrame, counties: gpd.GeoDataFrame, *, key: str, tolerance_m: float = STATE_LINE_M
) -> Refined:
    """Return `table` without the rows whose coordinates lie outside the state they state, and those as rejects.

    `key` names the identifying column; a `source` column, where there is one, names the source of the reject.
    Rows without coordinates pass: nothing contradicts them. A point in another state passes within `tolerance_m` of
    its own, one in no state at all within OFFSHORE_M, for outlines leave out small islands. States of which
    `counties` has no polygon cannot be checked, which a note says.
    """
    latitude, longitude = (table[name].to_numpy(dtype="float64") for name in (col.LATITUDE, col.LONGITUDE))
    stated = table[col.STATE].to_numpy(dtype=object)
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    known = np.isin(stated.astype(str), counties[col.STATE].unique().astype(str))
    ordered = counties.sort_values(col.COUNTY_GEOID, ignore_index=True)
    states = ordered[col.STATE].to_numpy(dtype=object)
    spots = np.flatnonzero(placed & known)
    found, _ = areas_of(longitude[spots], latitude[spots], ordered.geometry.values, 0.0)
    actual = np.where(found >= 0, states[found], None) if len(states) else np.full(len(spots), None)
    elsewhere, nowhere = (found >= 0) & (actual != stated[spots]), found < 0
    wrong = np.sort(
        np.concatenate(
            [
                _beyond_own_state(longitude, latitude, stated, spots[doubtful], ordered, reach)
                for doubtful, reach in ((elsewhere, tolerance_m), (nowhere, max(tolerance_m, OFFSHORE_M)))
            ]
        )
    )
    where = dict(zip(spots, actual, strict=True))
    bad = np.zeros(len(table), dtype=bool)
    bad[wrong] = True
    notes = []
    unchecked = int((placed & ~known).sum())
    if unchecked:
        notes.append(f"Points of states without an outline here, so that their state was not checked: {unchecked:,}.")
    rejects = _wrong_state_rejects(table[bad], [where.get(spot) for spot in wrong], key)
    return Refined(table[~bad].reset_index(drop=True), rejects, notes)


def _beyond_own_state(
    longitude: npt.NDArray[np.float64],
    latitude: npt.NDArray[np.float64],
    stated: npt.NDArray[Any],
    doubtful: npt.NDArray[np.intp],
    counties: gpd.GeoDataFrame,
    tolerance_m: float,
) -> npt.NDArray[np.intp]:
    """Return those of the rows `doubtful` that are farther than `tolerance_m` from any county of their state."""
    wrong: list[npt.NDArray[np.intp]] = []
    for state in sorted(set(stated[doubtful])):
        mine = doubtful[stated[doubtful] == state]
        shapes = counties.geometry.values[(counties[col.STATE] == state).to_numpy()]
        found, _ = areas_of(longitude[mine], latitude[mine], shapes, tolerance_m)
        wrong.append(mine[found < 0])
    return np.concatenate(wrong) if wrong else np.array([], dtype=np.intp)


def _wrong_state_rejects(rows: pd.DataFrame, actual: list[str | None], key: str) -> pd.DataFrame:
    if rows.empty:
        return REJECTS.empty()
    remedies = [
        f"Its coordinates lie in {state}: correct the one or the other."
        if state
        else "Its coordinates lie in no state: correct them."
        for state in actual
    ]
    return REJECTS.validate(
        pd.DataFrame(
            {
                col.SOURCE: rows[col.SOURCE].to_numpy() if "source" in rows.columns else key,
                col.FILE: "coordinates against state outlines",
                col.KEY: rows[key].to_numpy(),
                col.FIELD: "state",
                col.VALUE: rows[col.STATE].to_numpy(),
                col.REASON: ["wrong_state" if state else "in_no_state" for state in actual],
                col.REMEDY: remedies,
            }
        )
    )


def areas_of(
    longitude: npt.NDArray[np.float64],
    latitude: npt.NDArray[np.float64],
    shapes: Any,
    tolerance_m: float,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return for each point the position of its area (-1 for none) and its distance in meters (0 inside).

    Of several areas that hold a point the first wins; of several near it the nearest.
    """
    count = len(longitude)
    found, distance = np.full(count, -1, dtype=np.intp), np.full(count, np.nan)
    if count == 0 or len(shapes) == 0:
        return found, distance
    tree = shapely.STRtree(shapes)
    spots = shapely.points(longitude, latitude)
    inside = tree.query(spots, predicate="intersects")
    order = np.lexsort((inside[1], inside[0]))
    points, areas = inside[0][order], inside[1][order]
    first = np.r_[True, points[1:] != points[:-1]] if len(points) else np.array([], dtype=bool)
    found[points[first]], distance[points[first]] = areas[first], 0.0
    if tolerance_m <= 0:
        return found, distance
    lost = np.flatnonzero(found < 0)
    reach_y = tolerance_m / METERS_PER_DEGREE
    reach_x = reach_y / np.maximum(np.cos(np.radians(latitude[lost])), 0.05)
    boxes = shapely.box(
        longitude[lost] - reach_x, latitude[lost] - reach_y, longitude[lost] + reach_x, latitude[lost] + reach_y
    )
    for which, area in zip(*tree.query(boxes), strict=True):
        spot = lost[which]
        meters = _meters(longitude[spot], latitude[spot], shapes[area])
        if meters <= tolerance_m and not meters >= distance[spot]:
            found[spot], distance[spot] = area, meters
    return found, distance


def _meters(longitude: float, latitude: float, shape: Any) -> float:
    """Return the distance from a point to a shape near it, on the plane that touches the globe at the point.

    Within some tens of kilometers the error is below a thousandth.
    """
    local = shapely.transform(shape, _toward(longitude, latitude))
    return float(shapely.distance(local, shapely.Point(0, 0)) * METERS_PER_DEGREE)


def _toward(longitude: float, latitude: float) -> Callable[[Any], Any]:
    scale = np.array([np.cos(np.radians(latitude)), 1.0])

    def moved(coordinates: Any) -> Any:
        return (coordinates - (longitude, latitude)) * scale

    return moved
