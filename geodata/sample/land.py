"""Tracts, counties and people of the sample land on the globe: bent, numbered, measured.

The straight drawing comes from `cells`. Does not hold survey figures or files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.errors import OnrampError
from geodata.sample.cells import Cells, draw_cells
from geodata.sample.hidden_fields import hidden_fields
from geodata.sample.settlement import RESIDENTS_PER_TRACT, points_per_tract
from geodata.sample.terrain import Floats, Integers, Objects, Terrain

CRS = "EPSG:4269"


@dataclass(frozen=True)
class Land:
    """The sample land. `tracts` is sorted by GEOID and includes all-water tracts; `people` stand in them.

    tracts: geoid, former (GEOID of 2010), state (index), county (index into counties), kind (people, park,
    barracks, water), label, x, y (km, straight plane), population, latitude, longitude, land_m2, water_m2,
    geometry (EPSG:4269). counties: geoid, state, name. people: tract (index), latitude, longitude, residents.
    fields: the hidden fields (see `fields.hidden_fields`), one row a tract. roads: a line for each road of
    the terrain, rivers: a polygon for each river, both in degrees.
    """

    terrain: Terrain
    tracts: gpd.GeoDataFrame
    counties: pd.DataFrame
    people: pd.DataFrame
    fields: pd.DataFrame
    roads: Objects
    rivers: Objects


def build_land(terrain: Terrain) -> Land:
    """Return the land of a terrain, its borders bent less where the usual bend would tangle them.

    Raises OnrampError for a seed whose borders tangle however little they are bent.
    """
    cells = draw_cells(terrain)
    for _ in range(8):
        bent, degrees = _bent(terrain, cells.shapes)
        if shapely.is_valid(degrees).all() and shapely.coverage_is_valid(degrees):
            return _land(terrain, cells, bent, degrees)
        terrain = replace(terrain, bend=terrain.bend * 0.7)
    raise OnrampError(f"The sample land of seed {terrain.seed} cannot be drawn; choose another seed.")


def _land(terrain: Terrain, cells: Cells, bent: Objects, degrees: Objects) -> Land:
    """Number the tracts, measure them and let people in; `bent` is in km, `degrees` on the globe."""
    tracts = gpd.GeoDataFrame(cells.tracts, geometry=degrees, crs=CRS)
    tracts[["geoid", "former"]] = _codes(cells, terrain.seed)
    rivers = _rivers(terrain)
    tracts["land_m2"], tracts["water_m2"] = _areas(bent, rivers, tracts["kind"])
    order = np.argsort(tracts["geoid"].to_numpy(dtype=str), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    spots = terrain.to_degrees(terrain.warp(cells.points))
    people = pd.DataFrame({"tract": place[cells.home], "latitude": spots[:, 1], "longitude": spots[:, 0]})
    people["residents"] = RESIDENTS_PER_TRACT / points_per_tract(sum(state.tracts for state in terrain.states))
    tracts = _with_centers(tracts.iloc[order].reset_index(drop=True), people)
    on_globe = shapely.transform(rivers, terrain.to_degrees)
    keep = ["geoid", "former", "state", "county", "kind", "label", "x", "y", "population", "latitude", "longitude"]
    tracts = tracts[[*keep, "land_m2", "water_m2", "geometry"]]
    return Land(terrain, tracts, cells.counties, people, hidden_fields(terrain, tracts), _roads(terrain), on_globe)


def _bent(terrain: Terrain, shapes: Objects) -> tuple[Objects, Objects]:
    """Return shapes bent in the plane (km) and the same on the globe (degrees); equal vertices stay equal."""
    points = shapely.get_coordinates(shapes)
    unique, back = np.unique(points[:, 0] + 1j * points[:, 1], return_inverse=True)
    bent = terrain.warp(np.column_stack([unique.real, unique.imag]))
    degrees = terrain.to_degrees(bent)
    return (
        shapely.set_coordinates(shapes.copy(), bent[back]),
        shapely.set_coordinates(shapes.copy(), degrees[back]),
    )


def _rivers(terrain: Terrain) -> Objects:
    """Return the rivers as polygons in the bent plane (km)."""
    lines = shapely.segmentize(np.array([river.shape for river in terrain.rivers], dtype=object), 0.4)
    half = [river.wide_km / 2 for river in terrain.rivers]
    return np.asarray(shapely.buffer(shapely.transform(lines, terrain.warp), half, 2))


def _roads(terrain: Terrain) -> Objects:
    """Return the highways as lines on the globe (degrees)."""
    lines = shapely.segmentize(np.array([shapely.LineString(road.points) for road in terrain.roads], dtype=object), 1.0)
    return np.asarray(shapely.transform(lines, lambda spots: terrain.to_degrees(terrain.warp(spots))))


def _areas(bent: Objects, rivers: Objects, kind: pd.Series) -> tuple[Integers, Integers]:
    """Return land and water area of each tract in whole m²: the plane is equal-area."""
    whole = shapely.area(bent) * 1e6
    wet = np.where(kind == "water", whole, 0.0)
    tree = shapely.STRtree(bent)
    for river in rivers:
        crossed = tree.query(river, predicate="intersects")
        crossed = crossed[(kind.to_numpy()[crossed]) != "water"]
        wet[crossed] += shapely.area(shapely.intersection(bent[crossed], river)) * 1e6
    return np.round(whole - wet).astype(np.int64), np.round(wet).astype(np.int64)


def _codes(cells: Cells, seed: int) -> pd.DataFrame:
    """Return `geoid` and `former` (the GEOID ten years before, if nothing else changed) of each tract.

    Neighbors get near numbers; about one tract in five is half of a former one (1.01 and 1.02 of 1);
    reserves are 98xxxx and lakes 990000.
    """
    kind, spots = cells.tracts["kind"].to_numpy(dtype=object), cells.tracts[["x", "y"]].to_numpy()
    geoid = np.empty(len(kind), dtype=object)
    former = np.empty(len(kind), dtype=object)
    county_of = cells.tracts["county"].to_numpy()
    for county, prefix in enumerate(cells.counties["geoid"]):
        here = np.flatnonzero(county_of == county)
        order = here[np.isin(kind[here], ["people", "barracks"])]
        order = order[np.argsort(_along_curve(spots[order]), kind="stable")]
        rng = np.random.default_rng([seed, 10, int(prefix)])
        halved = np.zeros(len(order), dtype=bool)
        touching = shapely.touches(cells.shapes[order[:-1]], cells.shapes[order[1:]])
        for i in np.flatnonzero(touching & (rng.random(len(order) - 1) < 0.12)):
            halved[i] = not halved[i] and not halved[i - 1]
        number = (9501 if len(order) <= 40 else 1) + np.arange(len(order))
        number -= np.concatenate([[0], np.cumsum(halved)[:-1]])
        tail = np.zeros(len(order), dtype=int)
        tail[:-1][halved[:-1]] = 1
        tail[1:][halved[:-1]] = 2
        geoid[order] = [f"{prefix}{n:04d}{p:02d}" for n, p in zip(number, tail, strict=True)]
        former[order] = [f"{prefix}{n:04d}00" for n in number]
        parks, lakes = here[kind[here] == "park"], here[kind[here] == "water"]
        geoid[parks] = former[parks] = [f"{prefix}{n:04d}00" for n in range(9801, 9801 + len(parks))]
        geoid[lakes] = former[lakes] = f"{prefix}990000"
    return pd.DataFrame({"geoid": geoid, "former": former}, index=cells.tracts.index)


def _along_curve(points: Floats) -> Integers:
    """Return each point's place along a Z-shaped curve, on which near points are mostly near."""
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    cell = np.minimum(1023, (points - low) / span * 1024).astype(np.int64)
    place = np.zeros(len(points), dtype=np.int64)
    for bit in range(10):
        place |= ((cell[:, 0] >> bit) & 1) << (2 * bit)
        place |= ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return place


def _with_centers(frame: gpd.GeoDataFrame, people: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add population and population center; where nobody lives, a point inside the tract."""
    totals = np.bincount(people["tract"], people["residents"], len(frame))
    frame["population"] = np.round(totals).astype(int)
    inner = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.values))
    for axis, name in ((1, "latitude"), (0, "longitude")):
        sums = np.bincount(people["tract"], people[name] * people["residents"], len(frame))
        frame[name] = np.round(np.where(totals > 0, sums / np.maximum(totals, 1), inner[:, axis]), 6)
    return frame
