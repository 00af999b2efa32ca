"""The straight drawing of the sample land: counties, tracts and lakes that fit together without a gap.

Cells are drawn around groups of people, county by county; all lines are noded together and cut into short
pieces, so that two neighbors always have the same vertices, whatever is done to these later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Voronoi, cKDTree

from geodata.sample.settlement import Reserve, gather, points_per_tract, reserves, settle
from geodata.sample.terrain import Floats, Integers, Objects, Terrain

#: Lines closer than this are one: far above the rounding of degrees, far below any tract.
GRID_KM = 2e-3
#: How many points stand for the people of an institution.
BARRACKS_POINTS = 40
#: Kinds of faces while drawing.
_HOMES, _RESERVE, _LAKE = 0, 1, 2


@dataclass(frozen=True)
class Cells:
    """Everything in the straight plane, in km.

    counties: geoid, state (index), name. tracts: county and state (indices), kind (people, park, barracks,
    water), label, x, y. shapes: one polygon a tract. points (n, 2): where people stand, in the tract `home`.
    """

    counties: pd.DataFrame
    tracts: pd.DataFrame
    shapes: Objects
    points: Floats
    home: Integers


def draw_cells(terrain: Terrain) -> Cells:
    """Return the straight drawing of a terrain."""
    counties, outlines = _counties(terrain)
    state_of = counties["state"].to_numpy()
    set_apart = reserves(terrain, outlines, state_of)
    seeds, points, owner = _settled(terrain, counties, outlines, set_apart)
    faces = _faces(terrain, outlines, seeds, set_apart)
    county, kind, number = _owners(faces, terrain, outlines, seeds, set_apart)
    group, keys = pd.factorize(pd.MultiIndex.from_arrays([county, kind, number]))
    group, stray = _adopted(faces, group, kind, county, state_of)
    left, group = np.unique(group, return_inverse=True)
    key = np.array([keys[g] for g in left])
    order = np.argsort(group, kind="stable")
    chunks = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    shapes = np.array([faces[c[0]] if len(c) == 1 else _whole(faces[c]) for c in chunks], dtype=object)
    tracts = pd.DataFrame({"county": key[:, 0], "state": state_of[key[:, 0]]})
    special = [set_apart[n] if code == _RESERVE else None for _, code, n in key]
    plain = {_HOMES: "people", _LAKE: "water"}
    tracts["kind"] = [r.kind if r else plain[code] for r, code in zip(special, key[:, 1], strict=True)]
    tracts["label"] = [r.name if r else "" for r in special]
    spots = shapely.get_coordinates(shapely.point_on_surface(shapes))
    homes = key[:, 1] == _HOMES
    spots[homes] = [seeds[c][n] for c, n in key[homes][:, [0, 2]]]
    tracts["x"], tracts["y"] = spots.T
    lookup = {tuple(k): i for i, k in enumerate(key.tolist())}
    where, home = _standing(terrain, points, owner, set_apart, lookup)
    for piece in stray:
        home[shapely.contains_xy(faces[piece], where[:, 0], where[:, 1])] = group[piece]
    return Cells(counties, tracts, shapes, where, home)


def _standing(
    terrain: Terrain,
    points: list[Floats],
    owner: list[Integers],
    set_apart: list[Reserve],
    lookup: dict[tuple[int, ...], int],
) -> tuple[Floats, Integers]:
    """Return all points where people stand and the tract of each; `lookup` maps (county, kind, number)."""
    spots = [*points]
    home = [np.array([lookup[c, _HOMES, n] for n in range(near.max() + 1)])[near] for c, near in enumerate(owner)]
    for number, reserve in enumerate(set_apart):
        if reserve.kind == "barracks":
            rng = np.random.default_rng([terrain.seed, 9, number])
            middle = shapely.get_coordinates(reserve.shape.centroid)
            spots.append(middle + rng.normal(0, 0.12, (BARRACKS_POINTS, 2)))
            home.append(np.full(BARRACKS_POINTS, lookup[reserve.county, _RESERVE, number]))
    return np.concatenate(spots), np.concatenate(home)


def _counties(terrain: Terrain) -> tuple[pd.DataFrame, Objects]:
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
        alphabetical = np.argsort(np.argsort(state.county_names[: len(cells)]))
        for name, place, cell in zip(state.county_names, alphabetical, cells, strict=False):
            rows.append({"geoid": f"{state.fips}{2 * place + 1:03d}", "state": index, "name": name})
            shapes.append(shapely.intersection(cell, box))
    return pd.DataFrame(rows), np.array(shapes, dtype=object)


def _cell_lines(seeds: Floats) -> Objects:
    """Return the edges of the Voronoi cells of seeds (n, 2), long enough to cross any county."""
    middle, reach = seeds.mean(axis=0), 4e3 + np.ptp(seeds, axis=0).max() * 20
    far = middle + reach * np.array([[1, 0.3], [-1, 0.2], [0.1, 1], [-0.2, -1]])
    cells = Voronoi(np.concatenate([seeds, far]))
    ends = np.array([ridge for ridge in cells.ridge_vertices if -1 not in ridge])
    return np.asarray(shapely.linestrings(cells.vertices[ends]))


def _settled(
    terrain: Terrain, counties: pd.DataFrame, shapes: Objects, set_apart: list[Reserve]
) -> tuple[list[Floats], list[Floats], list[Integers]]:
    """Return, for every county, tract seeds (km), people points (km), and the seed of each point."""
    closed = shapely.union_all([terrain.lake.shape] + [r.shape.buffer(0.02) for r in set_apart])
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
            centers, nearest = gather(here, int(wanted), rng)
            seeds.append(centers)
            points.append(here)
            owner.append(nearest)
    return seeds, points, owner


def _anywhere(shape: shapely.Polygon, closed: shapely.Geometry, count: int, rng: np.random.Generator) -> Floats:
    """Return `count` points spread over the open land of `shape`."""
    x0, y0, x1, y1 = shape.bounds
    tries = rng.uniform((x0, y0), (x1, y1), (count * 40, 2))
    fits = shapely.contains_xy(shape, tries[:, 0], tries[:, 1])
    fits &= ~shapely.contains_xy(closed, tries[:, 0], tries[:, 1])
    return np.asarray(tries[fits][:count])


def _faces(terrain: Terrain, shapes: Objects, seeds: list[Floats], set_apart: list[Reserve]) -> Objects:
    """Return every face of the noded line work, cut into short pieces (km, straight plane)."""
    apart = [terrain.lake.shape, *(r.shape for r in set_apart)]
    holes = shapely.union_all(apart)
    shapely.prepare(holes)
    lines: list[Objects] = [shapely.boundary(shapes)]
    lines.append(shapely.boundary(np.array(apart, dtype=object)))
    for shape, centers in zip(shapes, seeds, strict=True):
        if len(centers) < 2:
            continue
        edges = shapely.intersection(_cell_lines(centers), shape)
        touched = shapely.intersects(holes, edges)
        edges[touched] = shapely.difference(edges[touched], holes)
        lines.append(edges[~shapely.is_empty(edges)])
    noded = shapely.get_parts(shapely.union_all(np.concatenate(lines), grid_size=GRID_KM))
    step = np.clip(shapely.length(noded) / 6, 0.12, 1.4)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.segmentize(noded, step))))


def _owners(
    faces: Objects,
    terrain: Terrain,
    shapes: Objects,
    seeds: list[Floats],
    set_apart: list[Reserve],
) -> tuple[Integers, Integers, Integers]:
    """Return county, kind (0 people, 1 reserve, 2 lake) and number within its kind of each face."""
    inner = shapely.point_on_surface(faces)
    county = np.full(len(faces), -1)
    which, where = shapely.STRtree(shapes).query(inner, predicate="within")
    county[which] = where
    kind = np.zeros(len(faces), dtype=int)
    number = np.full(len(faces), -1)
    which, where = shapely.STRtree([terrain.lake.shape]).query(inner, predicate="within")
    kind[which], number[which] = _LAKE, 0
    if set_apart:
        which, where = shapely.STRtree([r.shape for r in set_apart]).query(inner, predicate="within")
        kind[which], number[which] = _RESERVE, where
    spots = shapely.get_coordinates(inner)
    for c, centers in enumerate(seeds):
        here = (county == c) & (kind == _HOMES)
        if here.any():
            number[here] = cKDTree(centers).query(spots[here])[1]
    return county, kind, number


def _adopted(
    faces: Objects, group: Integers, kind: Integers, county: Integers, state_of: Integers
) -> tuple[Integers, Integers]:
    """Give pieces cut off by a lake or park to the neighbor with the longest common border.

    A neighbor in the same county comes first; a far shore with none goes to the next county. Returns the
    groups of the faces and the pieces given away.
    """
    group = group.copy()
    sizes = pd.DataFrame({"group": group, "area": shapely.area(faces), "kind": kind})
    ordinary = sizes[sizes["kind"] == _HOMES]
    largest = ordinary.groupby("group")["area"].idxmax()
    stray = np.setdiff1d(ordinary.index.to_numpy(), largest.to_numpy())
    waiting = set(stray.tolist())
    tree = shapely.STRtree(faces)
    for beyond in (False, False, True, True, True):
        for piece in sorted(waiting):
            near = tree.query(faces[piece], predicate="touches")
            same = county[near] == county[piece]
            if beyond:
                same = state_of[county[near]] == state_of[county[piece]]
            near = near[(kind[near] == _HOMES) & same]
            near = near[[n not in waiting for n in near]]
            shared = shapely.length(shapely.intersection(faces[near], faces[piece]))
            if len(near) and shared.max() > 0:
                group[piece] = group[near[int(np.argmax(shared))]]
                waiting.discard(piece)
    return group, stray


def _whole(faces: Objects) -> shapely.Geometry:
    """Return the union of faces that share borders, as one polygon where it is one."""
    parts = shapely.get_parts(shapely.coverage_union_all(faces))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
