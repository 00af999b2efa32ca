"""The ground of a state's maps: its shapes and points in a plane where distances look right.

Made once for all drawings of a state. Does not hold any drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography.extent import inhabited_box, inhabited_part
from maps.cartography.metros import windows
from maps.wording.hub_choice import recommended_hubs

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]


class Plane:
    """Longitudes and latitudes (degrees) as a plane: longitudes shrunk by the cosine of the middle latitude.

    Longitudes east of 0° are moved west by 360° where a state spans the antimeridian.
    """

    def __init__(self, bounds: Floats) -> None:
        west, south, east, north = bounds
        self.wraps = east - west > 180
        self.scale = float(np.cos(np.radians((south + north) / 2)))

    def xy(self, longitude: Any, latitude: Any) -> Floats:
        """Return points (n×2) in the plane."""
        longitude = np.asarray(longitude, dtype=float)
        if self.wraps:
            longitude = np.where(longitude > 0, longitude - 360, longitude)
        return np.column_stack([longitude * self.scale, np.asarray(latitude, dtype=float)])

    def shapes(self, shapes: Iterable[shapely.Geometry]) -> Shapes:
        """Return shapes with their coordinates in the plane."""
        flat = shapely.transform(np.asarray(list(shapes), dtype=object), lambda xy: self.xy(xy[:, 0], xy[:, 1]))
        return np.asarray(flat, dtype=object)


@dataclass(frozen=True)
class Window:
    """A dense part of a state that deserves a close-up; `bounds` is west, south, east, north in the plane."""

    name: str
    bounds: tuple[float, float, float, float]

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which points (n×2) lie in it."""
        west, south, east, north = self.bounds
        x, y = points[:, 0], points[:, 1]
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))

    def stretched(self, aspect: float) -> Window:
        """Return the window made wider or higher until its width is `aspect` times its height."""
        west, south, east, north = self.bounds
        wide = max(east - west, (north - south) * aspect)
        high = max(north - south, (east - west) / aspect)
        x, y = (west + east) / 2, (south + north) / 2
        return Window(self.name, (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))


@dataclass(frozen=True)
class Ground:
    """All that maps of one state share, in the plane.

    `fills` is the tier of each tract, or `unranked`; `first` the communities in order of rank, with their place
    in `first_xy`; `points` the places of planned sites, providers for beginners, job centers and hubs.
    """

    plane: Plane
    tracts: Shapes
    fills: list[str]
    communities: dict[str, Any]
    first: list[dict[str, Any]]
    first_xy: Floats
    counties: Shapes
    county_names: list[str]
    outline: Any
    places: list[tuple[Any, str]]
    landmarks: dict[str, Shapes]
    points: dict[str, Floats]
    windows: list[Window]


def ground_of(result: StateResult) -> Ground:
    """Return the ground of a state."""
    plane = _plane_of(result)
    tracts, fills, county_of = _tracts(result, plane)
    communities, counties = result.table("communities"), _with_shape(result.table("counties"))
    county_shapes = _counties(counties, plane, tracts, county_of)
    first = communities[communities[col.RANK].notna() & communities[col.LATITUDE].notna()].sort_values(col.RANK)
    places = _with_shape(result.table("places"))
    named = places if len(places) else counties
    landmarks = _with_shape(result.table("landmarks"))
    return Ground(
        plane=plane,
        tracts=tracts,
        fills=fills,
        communities={
            key: shape
            for key, shape in zip(communities[col.COMMUNITY_ID], plane.shapes(communities["geometry"]), strict=True)
            if shape is not None
        },
        first=cast(list[dict[str, Any]], first.drop(columns="geometry").to_dict("records")),
        first_xy=plane.xy(first[col.LONGITUDE], first[col.LATITUDE]),
        counties=county_shapes,
        county_names=counties[col.NAME].astype(str).tolist(),
        outline=_outline(result, plane, county_shapes if len(county_shapes) else tracts),
        places=list(zip(plane.shapes(named["geometry"]), named[col.NAME].astype(str), strict=True)),
        landmarks={
            kind: plane.shapes(landmarks.loc[landmarks[col.KIND] == kind, "geometry"])
            for kind in ("water", "road", "corridor", "tribal")
        },
        points=_points(result, plane),
        windows=_windows(result, plane, plane.xy(first[col.LONGITUDE], first[col.LATITUDE])),
    )


def simplified(shapes: Shapes, tolerance: float) -> Shapes:
    """Return a coverage with no more detail than `tolerance` (degrees of latitude); neighbors still meet."""
    return np.asarray(shapely.coverage_simplify(shapes, tolerance)) if len(shapes) else shapes


def rings_of(shapes: Any) -> Shapes:
    """Return the rings of a polygon, of several in one, or of an array of these."""
    return np.asarray(shapely.get_rings(shapely.get_parts(shapes)))


def apart(points: Floats, distance: float, rounds: int = 60) -> Floats:
    """Return points (n×2) pushed from each other until no two are nearer than `distance`, so labels can be read."""
    out = points.astype(float).copy()
    for _ in range(rounds):
        moved = False
        for one in range(len(out)):
            for other in range(one):
                gap = out[one] - out[other]
                length = float(np.hypot(*gap))
                if length >= distance:
                    continue
                # Points in one spot part in a direction of their own, the same every time.
                way = gap / length if length > 1e-9 else np.array([np.cos(one + 1.0), np.sin(one + 1.0)])
                push = way * (distance - length) / 2
                out[one] += push
                out[other] -= push
                moved = True
        if not moved:
            break
    return out


def _outline(result: StateResult, plane: Plane, shapes: Shapes) -> Any:
    """Return the outline of the state where people live: maps of all of it open on that."""
    scores = result.table("tract_scores")
    points, people = plane.xy(scores[col.LONGITUDE], scores[col.LATITUDE]), scores[col.POPULATION].to_numpy(dtype=float)
    whole = shapely.union_all(shapes)
    return inhabited_part(whole, inhabited_box(np.asarray([whole], dtype=object), points, people))


def _with_shape(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["geometry"].notna()]


def _tracts(result: StateResult, plane: Plane) -> tuple[Shapes, list[str], NDArray[np.object_]]:
    scores = result.table("tract_scores").set_index(col.GEOID)
    tracts = _with_shape(result.table("tracts"))
    tracts = tracts[tracts[col.GEOID].isin(scores.index)]
    rows = scores.loc[tracts[col.GEOID]]
    ranked = rows[col.NEED].notna() & (rows[col.POPULATION].fillna(1) > 0)
    fills = [tier if known else "unranked" for tier, known in zip(rows[col.TIER], ranked, strict=True)]
    return plane.shapes(tracts["geometry"]), fills, rows[col.COUNTY_GEOID].to_numpy(dtype=object)


def _counties(counties: pd.DataFrame, plane: Plane, tracts: Shapes, county_of: NDArray[np.object_]) -> Shapes:
    """Return the counties as their tracts make them, so that lines meet; published shapes are often coarser."""
    published = plane.shapes(counties["geometry"])
    own = [tracts[county_of == geoid] for geoid in counties[col.COUNTY_GEOID]]
    merged = [shapely.union_all(parts) if len(parts) else shape for parts, shape in zip(own, published, strict=True)]
    return np.asarray(merged, dtype=object)


def _points(result: StateResult, plane: Plane) -> dict[str, Floats]:
    sites, providers = result.table("sites"), result.table("providers")
    tables = {
        "sites": sites[sites[col.STATUS] == "planned"],
        "providers": providers[providers[col.ENTRY_STAGE] == "entry"],
        "job_centers": result.table("job_centers"),
        "hubs": recommended_hubs(result),
    }
    out = {}
    for name, table in tables.items():
        placed = table[table[col.LATITUDE].notna() & table[col.LONGITUDE].notna()]
        out[name] = plane.xy(placed[col.LONGITUDE], placed[col.LATITUDE])
    return out


def _windows(result: StateResult, plane: Plane, first: Floats) -> list[Window]:
    """Return the dense windows that hold communities, the one with most of them first."""
    found = []
    for window in windows(result.table("tract_scores")):
        west, south, east, north = window["box"]
        corners = plane.xy([west, east], [south, north])
        found.append(Window(window[col.NAME], (*corners[0], *corners[1])))
    found = [window for window in found if window.holds(first).any()]
    return sorted(found, key=lambda window: -int(window.holds(first).sum()))


def _plane_of(result: StateResult) -> Plane:
    polygons = result.table("tracts")
    if isinstance(polygons, gpd.GeoDataFrame) and len(polygons):
        return Plane(polygons.total_bounds)
    scores = result.table("tract_scores").dropna(subset=[col.LONGITUDE, col.LATITUDE])
    if not len(scores):
        return Plane(np.array([-100.0, 30.0, -90.0, 40.0]))
    x, y = scores[col.LONGITUDE], scores[col.LATITUDE]
    return Plane(np.array([x.min(), y.min(), x.max(), y.max()]))
