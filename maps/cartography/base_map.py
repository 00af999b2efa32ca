"""What all maps of a state show: its shapes and points in degrees, prepared once for every drawing.

Does not hold any drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.schemas.canonical import STATUSES_AHEAD
from geodata.schemas.computed import TIERS
from geodata.schemas.state_result import StateResult
from maps.cartography import topology
from maps.cartography.extent import LAND_ABROAD, inhabited_box, inhabited_part, residents
from maps.cartography.frame import Box, Floats, Levels, Shapes, shrinking, within
from maps.cartography.metros import windows
from maps.wording.hub_choice import recommended_hubs

#: Kinds of landmarks drawn as areas, and as lines.
AREA_KINDS, LINE_KINDS = ("state", "water", "tribal"), ("road", "corridor")


@dataclass(frozen=True)
class Antimeridian:
    """Longitudes of a state that go on below −180° where it spans the antimeridian."""

    crossed: bool

    @classmethod
    def of(cls, shapes: Shapes) -> Antimeridian:
        """Return whether shapes in degrees lie on both sides."""
        return cls(bool(len(shapes) and np.ptp(shapely.bounds(shapes)[:, [0, 2]]) > 180))

    def points(self, longitude: ArrayLike, latitude: ArrayLike) -> Floats:
        """Return points (n×2, longitude and latitude)."""
        east_west = np.asarray(longitude, dtype=float)
        if self.crossed:
            east_west = np.where(east_west > 0, east_west - 360, east_west)
        return np.column_stack([east_west, np.asarray(latitude, dtype=float)])

    def shapes(self, shapes: Iterable[shapely.Geometry]) -> Shapes:
        """Return shapes in degrees."""
        held = np.asarray(list(shapes), dtype=object)
        return topology.moved_west(held) if self.crossed and len(held) else held


@dataclass(frozen=True)
class Window:
    """A dense part of a state that deserves a close-up; `bounds` is west, south, east, north in degrees."""

    name: str
    bounds: Box

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which points (n×2) lie in it."""
        return within(self.bounds, points)


@dataclass(frozen=True)
class Ground:
    """All that maps of one state share, in degrees (see `Antimeridian`).

    `kinds` says what each tract is drawn as, and `position` where a tract stands among the shapes. `first` are the
    communities in order of rank, placed at `first_xy`; `points` are planned sites, providers for beginners, job
    centers and hubs. `beyond` is the one of `symbols.AREAS` that lies around the state and its neighbors.
    """

    tracts: Levels
    kinds: NDArray[np.object_]
    position: Mapping[str, int]
    communities: Mapping[str, shapely.Geometry]
    first: pd.DataFrame
    first_xy: Floats
    counties: Levels
    county_names: list[str]
    outline: shapely.Geometry
    places: Levels
    place_names: list[str]
    landmarks: Mapping[str, Levels]
    points: Mapping[str, Floats]
    windows: list[Window]
    beyond: str

    @cached_property
    def bounds(self) -> Box:
        """The box of the inhabited part of the state; of one degree where nothing has a shape."""
        if self.outline.is_empty:
            return (0.0, 0.0, 1.0, 1.0)
        west, south, east, north = self.outline.bounds
        return (west, south, east, north)

    @property
    def proportion(self) -> float:
        """How much higher than wide the state is on a map."""
        west, south, east, north = self.bounds
        return (north - south) / max((east - west) * shrinking(south, north), 1e-9)


def ground_of(result: StateResult) -> Ground:
    """Return the ground of a state."""
    scores, communities = result.table("tract_scores"), result.table("communities")
    tracts, published = _with_shape(result.table("tracts")), _with_shape(result.table("counties"))
    tracts = tracts[tracts[col.GEOID].isin(scores[col.GEOID])].sort_values(col.GEOID)
    published = published.sort_values(col.COUNTY_GEOID)
    line = Antimeridian.of(np.asarray([*tracts["geometry"], *published["geometry"]], dtype=object))
    rows = scores.set_index(col.GEOID).loc[tracts[col.GEOID]]
    shapes = line.shapes(tracts["geometry"])
    counties = _counties(published, line, shapes, rows[col.COUNTY_GEOID].to_numpy(dtype=object))
    drawn = counties if len(counties) else shapes
    whole = joined(drawn)
    part = inhabited_box(np.asarray([whole], dtype=object), *residents(scores, line.crossed))
    first = communities[communities[col.RANK].notna() & communities[col.LATITUDE].notna()].sort_values(col.RANK)
    first_xy = line.points(first[col.LONGITUDE], first[col.LATITUDE])
    places = _with_shape(result.table("places"))
    landmarks = _landmarks(_with_shape(result.table("landmarks")), line)
    named = places if len(places) else published
    return Ground(
        tracts=Levels(shapes),
        kinds=tract_kinds(rows),
        position={geoid: place for place, geoid in enumerate(tracts[col.GEOID])},
        communities={
            ident: shape
            for ident, shape in zip(communities[col.COMMUNITY_ID], line.shapes(communities["geometry"]), strict=True)
            if shape is not None
        },
        first=first.drop(columns="geometry"),
        first_xy=first_xy,
        counties=Levels(counties),
        county_names=published[col.NAME].astype(str).tolist(),
        outline=inhabited_part(whole, part),
        places=Levels(line.shapes(named["geometry"]), coverage=False),
        place_names=named[col.NAME].astype(str).tolist(),
        landmarks=landmarks,
        points=_points(result, line),
        windows=_windows(scores, first_xy),
        beyond=_beyond(result.state.usps, bool(len(landmarks["state"]))),
    )


def tract_kinds(scores: pd.DataFrame) -> NDArray[np.object_]:
    """Return what each tract is drawn as: its tier, else listed, unlisted or unknown (see `symbols.AREAS`)."""
    listed = scores[col.GATED].fillna(False).to_numpy(dtype=bool)
    unknown = scores[col.NEED].isna() | (scores[col.POPULATION].fillna(1) <= 0)
    kinds = np.where(unknown, "unknown", np.where(listed, "listed", "unlisted")).astype(object)
    tiers = scores[col.TIER].to_numpy(dtype=object)
    ranked = np.isin(tiers, [tier for tier in TIERS if tier != "none"]) & ~unknown.to_numpy()
    kinds[ranked] = tiers[ranked]
    return kinds


def _beyond(usps: str, states_known: bool) -> str:
    """Return what lies beyond the state and its neighbors: the sea, unless land abroad does or no neighbor is known."""
    return "land" if not states_known else "abroad" if usps in LAND_ABROAD else "sea"


def joined(shapes: Shapes) -> shapely.Geometry:
    """Return tracts as one area, quickly where they meet exactly, and also where a published file has them overlap."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


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


def _with_shape(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["geometry"].notna()]


def _counties(published: pd.DataFrame, line: Antimeridian, tracts: Shapes, county_of: NDArray[np.object_]) -> Shapes:
    """Return the counties as their tracts make them, so that lines meet; published shapes are often coarser."""
    own = [tracts[county_of == geoid] for geoid in published[col.COUNTY_GEOID]]
    shapes = line.shapes(published["geometry"])
    merged = [joined(parts) if len(parts) else shape for parts, shape in zip(own, shapes, strict=True)]
    return np.asarray(merged, dtype=object)


def _landmarks(landmarks: pd.DataFrame, line: Antimeridian) -> dict[str, Levels]:
    ordered = landmarks.sort_values(col.LANDMARK_ID)
    shapes = line.shapes(ordered["geometry"])
    kinds, dimensions = ordered[col.KIND].to_numpy(dtype=object), shapely.get_dimensions(shapes)
    return {
        kind: Levels(shapes[(kinds == kind) & (dimensions == dimension)], coverage=False)
        for dimension, group in ((2, AREA_KINDS), (1, LINE_KINDS))
        for kind in group
    }


def _points(result: StateResult, line: Antimeridian) -> dict[str, Floats]:
    sites, providers = result.table("sites"), result.table("providers")
    tables = {
        "sites": sites[sites[col.STATUS].isin(STATUSES_AHEAD)],
        "providers": providers[(providers[col.ENTRY_STAGE] == "entry") & located(providers)],
        "job_centers": result.table("job_centers").loc[located],
        "hubs": recommended_hubs(result),
    }
    placed = {
        name: table.dropna(subset=[col.LATITUDE, col.LONGITUDE]).sort_values([col.LONGITUDE, col.LATITUDE])
        for name, table in tables.items()
    }
    return {name: line.points(table[col.LONGITUDE], table[col.LATITUDE]) for name, table in placed.items()}


def _windows(scores: pd.DataFrame, first: Floats) -> list[Window]:
    """Return the dense windows that hold communities, the one with most of them first."""
    found = [Window(window.name, window.box) for window in windows(scores)]
    found = [window for window in found if window.holds(first).any()]
    return sorted(found, key=lambda window: -int(window.holds(first).sum()))
