"""Tracts, counties and water as polygons that share their borders exactly, and the people in them.

Straight cells are drawn around groups of people, county by county; all lines are noded together, cut into
short pieces, and only then bent, so that two neighbours always have the same vertices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from geodata.errors import OnrampError
from geodata.sample.fields import hidden_fields
from geodata.sample.settlement import (
    RESIDENTS_PER_TRACT,
    Reserve,
    gather,
    points_per_tract,
    reserves,
    settle,
)
from geodata.sample.terrain import Floats, Terrain

GRID_KM = 1e-4
CRS = "EPSG:4269"


@dataclass(frozen=True)
class Land:
    """The sample land. `tracts` is sorted by GEOID and includes all-water tracts; `people` stand in them.

    tracts: geoid, former (GEOID of 2010), state (index), county (index into counties), kind (people, park,
    barracks, water), label, x, y (km, straight plane), population, latitude, longitude, land_m2, water_m2, geometry (EPSG:4269).
    counties: geoid, state, name. people: tract (index), latitude, longitude, residents.
    fields: the hidden fields (see `fields.hidden_fields`), one row a tract. rivers: polygons in degrees.
    """

    terrain: Terrain
    tracts: gpd.GeoDataFrame
    counties: pd.DataFrame
    people: pd.DataFrame
    fields: pd.DataFrame
    rivers: NDArray[np.object_]


def build_land(terrain: Terrain) -> Land:
    """Draw all tracts of a terrain; bend borders less where the default bend would tangle them."""
    for _ in range(6):
        land = _build(terrain)
        shapes = land.tracts.geometry.values
        if shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes):
            return land
        terrain = replace(terrain, bend=terrain.bend * 0.7)
    raise OnrampError(f"The sample land of seed {terrain.seed} cannot be drawn; choose another seed.")


def _counties(terrain: Terrain) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Return the counties (state, name, geoid) and their straight polygons in km."""
    rows, shapes = [], []
    for index, state in enumerate(terrain.states):
        rng = np.random.default_rng([terrain.seed, 7, index])
        columns, lines = state.county_grid
        x0, y0, x1, y1 = state.box
        wide, high = (x1 - x0) / columns, (y1 - y0) / lines
        grid = [
            (
                x0 + (i + 0.5 + rng.uniform(-0.16, 0.16)) * wide,
                y0 + (j + 0.5 + rng.uniform(-0.16, 0.16)) * high,
            )
            for j in range(lines)
            for i in range(columns)
        ]
        box = shapely.box(*state.box)
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(grid), extend_to=box, ordered=True))
        for number, cell in enumerate(cells):
            code = f"{state.fips}{2 * number + 1:03d}"
            rows.append({"geoid": code, "state": index, "name": state.county_names[number]})
            shapes.append(shapely.intersection(cell, box))
    return pd.DataFrame(rows), np.array(shapes, dtype=object)


def _cell_lines(seeds: Floats) -> NDArray[np.object_]:
    """Return the edges of the Voronoi cells of seeds (n, 2), long enough to cross any county."""
    middle, reach = seeds.mean(axis=0), 4e3 + np.ptp(seeds, axis=0).max() * 20
    far = middle + reach * np.array([[1, 0.3], [-1, 0.2], [0.1, 1], [-0.2, -1]])
    cells = Voronoi(np.concatenate([seeds, far]))
    ends = np.array([ridge for ridge in cells.ridge_vertices if -1 not in ridge])
    return shapely.linestrings(cells.vertices[ends])


def _settled(
    terrain: Terrain, counties: pd.DataFrame, shapes: NDArray[np.object_], set_apart: list[Reserve]
) -> tuple[list[Floats], list[Floats], list[NDArray]]:
    """Return, for every county, tract seeds (km), people points (km), and the seed of each point."""
    closed = shapely.union_all([lake.shape for lake in terrain.lakes] + [r.shape.buffer(0.02) for r in set_apart])
    total = sum(state.tracts for state in terrain.states)
    density = points_per_tract(total)
    seeds, points, owner = [], [], []
    for index, state in enumerate(terrain.states):
        rng = np.random.default_rng([terrain.seed, 8, index])
        mine = np.flatnonzero(counties["state"] == index)
        apart = sum(counties["state"][r.county] == index for r in set_apart)
        ordinary = max(2 * len(mine), state.tracts - apart)
        homes = settle(terrain, index, closed, ordinary * density, rng)
        county = np.full(len(homes), -1)
        for c in mine:
            shapely.prepare(shapes[c])
            county[shapely.intersects_xy(shapes[c], homes[:, 0], homes[:, 1])] = c
        counts = np.array([(county == c).sum() for c in mine])
        quota = np.maximum(2, np.floor(counts / counts.sum() * ordinary).astype(int))
        short = ordinary - quota.sum()
        if short > 0:
            rest = counts / counts.sum() * ordinary - quota
            quota[np.argsort(-rest, kind="stable")[:short]] += 1
        for c, wanted in zip(mine, quota, strict=True):
            here = homes[county == c]
            if len(here) < 2 * wanted:
                here = np.concatenate([here, _anywhere(shapes[c], closed, 2 * int(wanted), rng)])
            centres, nearest = gather(here, int(wanted), rng)
            seeds.append(centres)
            points.append(here)
            owner.append(nearest)
    return seeds, points, owner


def _anywhere(shape: shapely.Polygon, closed: shapely.Geometry, count: int, rng: np.random.Generator) -> Floats:
    """Return `count` points spread over the open land of `shape`."""
    x0, y0, x1, y1 = shape.bounds
    tries = rng.uniform((x0, y0), (x1, y1), (count * 40, 2))
    fits = shapely.contains_xy(shape, tries[:, 0], tries[:, 1])
    fits &= ~shapely.contains_xy(closed, tries[:, 0], tries[:, 1])
    return tries[fits][:count]


def _faces(
    terrain: Terrain, shapes: NDArray[np.object_], seeds: list[Floats], set_apart: list[Reserve]
) -> NDArray[np.object_]:
    """Return every face of the noded line work, cut into short pieces (km, straight plane)."""
    lakes = [lake.shape for lake in terrain.lakes]
    holes = shapely.union_all(lakes + [r.shape for r in set_apart])
    shapely.prepare(holes)
    lines: list[NDArray[np.object_]] = [shapely.boundary(shapes)]
    lines.append(shapely.boundary(np.array(lakes + [r.shape for r in set_apart], dtype=object)))
    for shape, centres in zip(shapes, seeds, strict=True):
        if len(centres) < 2:
            continue
        edges = shapely.intersection(_cell_lines(centres), shape)
        touched = shapely.intersects(holes, edges)
        edges[touched] = shapely.difference(edges[touched], holes)
        lines.append(edges[~shapely.is_empty(edges)])
    noded = shapely.get_parts(shapely.union_all(np.concatenate(lines), grid_size=GRID_KM))
    step = np.clip(shapely.length(noded) / 6, 0.12, 1.4)
    return shapely.get_parts(shapely.polygonize(shapely.segmentize(noded, step)))


def _owners(
    faces: NDArray[np.object_],
    terrain: Terrain,
    shapes: NDArray[np.object_],
    seeds: list[Floats],
    set_apart: list[Reserve],
) -> tuple[NDArray, NDArray, NDArray]:
    """Return county, kind (0 people, 1 reserve, 2 lake) and number within its kind of each face."""
    inner = shapely.point_on_surface(faces)
    county = np.full(len(faces), -1)
    which, where = shapely.STRtree(shapes).query(inner, predicate="within")
    county[which] = where
    kind = np.zeros(len(faces), dtype=int)
    number = np.full(len(faces), -1)
    which, where = shapely.STRtree([lake.shape for lake in terrain.lakes]).query(inner, predicate="within")
    kind[which], number[which] = 2, 0
    if set_apart:
        which, where = shapely.STRtree([r.shape for r in set_apart]).query(inner, predicate="within")
        kind[which], number[which] = 1, where
    spots = shapely.get_coordinates(inner)
    for c, centres in enumerate(seeds):
        here = (county == c) & (kind == 0)
        if here.any():
            number[here] = cKDTree(centres).query(spots[here])[1]
    return county, kind, number


def _adopted(faces: NDArray[np.object_], group: NDArray, kind: NDArray, county: NDArray) -> NDArray:
    """Give pieces cut off by a lake or park to the neighbour with the longest common border."""
    group = group.copy()
    sizes = pd.DataFrame({"group": group, "area": shapely.area(faces), "kind": kind})
    ordinary = sizes[sizes["kind"] == 0]
    largest = ordinary.groupby("group")["area"].idxmax()
    stray = np.setdiff1d(ordinary.index.to_numpy(), largest.to_numpy())
    tree = shapely.STRtree(faces)
    for piece in stray:
        near = tree.query(faces[piece], predicate="touches")
        near = near[(kind[near] == 0) & (county[near] == county[piece]) & ~np.isin(near, stray)]
        shared = shapely.length(shapely.intersection(faces[near], faces[piece]))
        if len(near) and shared.max() > 0:
            group[piece] = group[near[int(np.argmax(shared))]]
    return group


def _build(terrain: Terrain) -> Land:
    counties, shapes = _counties(terrain)
    state_of = counties["state"].to_numpy()
    set_apart = reserves(terrain, shapes, state_of)
    seeds, points, owner = _settled(terrain, counties, shapes, set_apart)
    faces = _faces(terrain, shapes, seeds, set_apart)
    county, kind, number = _owners(faces, terrain, shapes, seeds, set_apart)
    keys = pd.MultiIndex.from_arrays([county, kind, number])
    group, unique = pd.factorize(keys)
    group = _adopted(faces, group, kind, county)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    plane = np.array(
        [
            faces[chunk[0]] if len(chunk) == 1 else shapely.coverage_union_all(faces[chunk])
            for chunk in np.split(order, starts[1:])
        ],
        dtype=object,
    )
    first = np.array([unique[g] for g in group[order][starts]])
    tracts = pd.DataFrame(first, columns=["county", "kind_code", "number"])
    tracts["kind"] = np.array(["people", "park", "water"], dtype=object)[tracts["kind_code"]]
    for i in np.flatnonzero(tracts["kind_code"] == 1):
        tracts.loc[i, "kind"] = set_apart[tracts["number"][i]].kind
    tracts["label"] = [
        set_apart[n].name if code == 1 else "" for code, n in zip(tracts["kind_code"], tracts["number"], strict=True)
    ]
    tracts["state"] = state_of[tracts["county"]]
    spots = shapely.get_coordinates(shapely.point_on_surface(plane))
    ordinary = (tracts["kind"] == "people").to_numpy()
    spots[ordinary] = [seeds[c][n] for c, n in first[ordinary][:, [0, 2]]]
    tracts["x"], tracts["y"] = spots.T
    bent, degrees = _bent(terrain, plane)
    tracts[["geoid", "former"]] = _codes(tracts, counties, plane, terrain.seed)
    frame = gpd.GeoDataFrame(tracts, geometry=degrees, crs=CRS)
    rivers = _bent(terrain, shapely.segmentize(np.array([r.shape for r in terrain.rivers], dtype=object), 0.4))
    frame["land_m2"], frame["water_m2"] = _areas(bent, rivers[0], tracts["kind"])
    frame = frame.sort_values("geoid", kind="stable")
    place = pd.Series(np.arange(len(frame)), index=frame.index).sort_index().to_numpy()
    lookup = {tuple(key): place[i] for i, key in enumerate(first)}
    people = _people(terrain, points, owner, lookup, frame, first, set_apart)
    frame = frame.reset_index(drop=True)
    frame = _with_centres(terrain, frame, people)
    keep = ["geoid", "former", "state", "county", "kind", "label", "x", "y", "population", "latitude", "longitude"]
    return Land(
        terrain,
        frame[[*keep, "land_m2", "water_m2", "geometry"]],
        counties,
        people,
        hidden_fields(terrain, frame),
        rivers[1],
    )


def _bent(terrain: Terrain, shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return shapes bent in the plane (km) and the same on the globe (degrees); equal vertices stay equal."""
    points = shapely.get_coordinates(shapes)
    unique, back = np.unique(points[:, 0] + 1j * points[:, 1], return_inverse=True)
    bent = terrain.warp(np.column_stack([unique.real, unique.imag]))
    degrees = terrain.to_degrees(bent)
    return (
        shapely.set_coordinates(shapes.copy(), bent[back]),
        shapely.set_coordinates(shapes.copy(), degrees[back]),
    )


def _areas(bent: NDArray[np.object_], rivers: NDArray[np.object_], kind: pd.Series) -> tuple[NDArray, NDArray]:
    """Return land and water area of each tract in whole m²: the plane is equal-area."""
    whole = shapely.area(bent) * 1e6
    wet = np.where(kind == "water", whole, 0.0)
    tree = shapely.STRtree(bent)
    for river in rivers:
        crossed = tree.query(river, predicate="intersects")
        crossed = crossed[(kind.to_numpy()[crossed]) != "water"]
        wet[crossed] += shapely.area(shapely.intersection(bent[crossed], river)) * 1e6
    return np.round(whole - wet).astype(np.int64), np.round(wet).astype(np.int64)


def _codes(tracts: pd.DataFrame, counties: pd.DataFrame, plane: NDArray[np.object_], seed: int) -> pd.DataFrame:
    """Return `geoid` and `former` (the GEOID ten years before, if nothing else changed) of each tract.

    Neighbours get near numbers; about one tract in five is half of a former one (1.01 and 1.02 of 1);
    reserves are 98xxxx and lakes 990000.
    """
    codes = pd.DataFrame({"geoid": "", "former": ""}, index=tracts.index)
    for county, here in tracts.groupby("county", sort=True):
        prefix = counties["geoid"][county]
        ordinary = here[here["kind"].isin(["people", "barracks"])]
        order = ordinary.index[np.argsort(_along_curve(ordinary[["x", "y"]].to_numpy()), kind="stable")].to_numpy()
        rng = np.random.default_rng([seed, 10, int(prefix)])
        halved = np.zeros(len(order), dtype=bool)
        touching = shapely.touches(plane[order[:-1]], plane[order[1:]])
        for i in np.flatnonzero(touching & (rng.random(len(order) - 1) < 0.12)):
            halved[i] = not halved[i] and not halved[i - 1]
        step = -(-len(order) // 8_500)
        base = 9501 if len(order) <= 40 else 1
        number = base + np.arange(len(order)) // step
        tail = np.zeros(len(order), dtype=int) if step == 1 else np.arange(len(order)) % step + 1
        if step == 1:
            number -= np.concatenate([[0], np.cumsum(halved)[:-1]])
            tail[:-1][halved[:-1]] = 1
            tail[1:][halved[:-1]] = 2
        codes.loc[order, "geoid"] = [f"{prefix}{n:04d}{p:02d}" for n, p in zip(number, tail, strict=True)]
        former = tail if step > 1 else np.zeros(len(order), dtype=int)
        codes.loc[order, "former"] = [f"{prefix}{n:04d}{p:02d}" for n, p in zip(number, former, strict=True)]
        for i, index in enumerate(here.index[here["kind"] == "park"]):
            codes.loc[index] = f"{prefix}{9801 + i:04d}00"
        for index in here.index[here["kind"] == "water"]:
            codes.loc[index] = f"{prefix}990000"
    return codes


def _along_curve(points: Floats) -> NDArray:
    """Return each point's place along a Z-shaped curve, on which near points are mostly near."""
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    cell = np.minimum(1023, (points - low) / span * 1024).astype(np.int64)
    place = np.zeros(len(points), dtype=np.int64)
    for bit in range(10):
        place |= ((cell[:, 0] >> bit) & 1) << (2 * bit)
        place |= ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return place


def _people(
    terrain: Terrain,
    points: list[Floats],
    owner: list[NDArray],
    lookup: dict[tuple[int, int, int], int],
    frame: gpd.GeoDataFrame,
    first: NDArray,
    set_apart: list[Reserve],
) -> pd.DataFrame:
    """Return one row per point of people: tract, latitude, longitude, residents."""
    each = RESIDENTS_PER_TRACT / points_per_tract(sum(state.tracts for state in terrain.states))
    spots = [*points]
    tract = [
        np.array([lookup[(c, 0, n)] for n in range(nearest.max() + 1)])[nearest] for c, nearest in enumerate(owner)
    ]
    for number, reserve in enumerate(set_apart):
        if reserve.kind == "barracks":
            inner = np.repeat(shapely.get_coordinates(reserve.shape.centroid), 40, axis=0)
            spots.append(inner + np.random.default_rng([terrain.seed, 9, number]).normal(0, 0.12, inner.shape))
            tract.append(np.full(40, lookup[(reserve.county, 1, number)]))
    flat = np.concatenate(spots)
    degrees = terrain.to_degrees(terrain.warp(flat))
    people = pd.DataFrame({"tract": np.concatenate(tract), "latitude": degrees[:, 1], "longitude": degrees[:, 0]})
    people["residents"] = each
    return people


def _with_centres(terrain: Terrain, frame: gpd.GeoDataFrame, people: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add population and population centre; where nobody lives, a point inside the tract."""
    totals = np.bincount(people["tract"], people["residents"], len(frame))
    frame["population"] = np.round(totals).astype(int)
    inner = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.values))
    for axis, name in ((1, "latitude"), (0, "longitude")):
        sums = np.bincount(people["tract"], people[name] * people["residents"], len(frame))
        frame[name] = np.round(np.where(totals > 0, sums / np.maximum(totals, 1), inner[:, axis]), 6)
    return frame
