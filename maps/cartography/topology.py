"""Polygons of a coverage as shared arcs of whole-number steps, in few bytes.

A border between two tracts is stored once. The bytes are variable-length integers (seven bits a byte, low
ones first); signed numbers are zigzag-coded. Decoded in the page by static/shapes.js. Does not hold
what the polygons mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]
#: Degrees of one step: about 11 m north to south, below a screen pixel up to zoom 13.
STEP_DEGREES = 1e-4


@dataclass(frozen=True)
class Rings:
    """Closed rings on the grid: vertices of all, without the repeated last one; `starts` has one more entry."""

    points: Ints  # (vertices, 2)
    starts: Ints  # (rings + 1,)
    shape: Ints  # (rings,) index of the polygon each ring belongs to


def moved_west(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes (degrees) with eastern longitudes moved west by 360°: for coverages across the antimeridian."""

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        points = points.copy()
        points[points[:, 0] > 0, 0] -= 360
        return points

    return np.asarray(shapely.transform(shapes, move), dtype=object)


def simplified(shapes: NDArray[np.object_], degrees: float) -> NDArray[np.object_]:
    """Return a coverage simplified without opening gaps; `degrees` of latitude is the tolerance.

    Longitudes are shrunk by the cosine of the mean latitude meanwhile, so that no direction is favored.
    """
    if degrees <= 0 or not len(shapes):
        return shapes
    _, south, _, north = shapely.total_bounds(shapes)
    shrink = np.array([max(0.05, np.cos(np.radians((south + north) / 2))), 1.0])
    flat = shapely.transform(shapes, lambda points: points * shrink)
    simple = shapely.coverage_simplify(flat, degrees)
    return np.asarray(shapely.transform(simple, lambda points: points / shrink), dtype=object)


def quantised(shapes: NDArray[np.object_], step: float = STEP_DEGREES) -> Rings:
    """Return the rings of polygons on a grid of `step` degrees; what shrinks to nothing stays as a small box."""
    singles, owner = shapely.get_parts(shapes, return_index=True)
    rings, single = shapely.get_rings(singles, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return Rings(np.zeros((0, 2), dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))
    grid = np.round(points / step).astype(np.int64)
    same_ring = np.r_[ring[1:] == ring[:-1], False]
    # A point goes where the next one of its ring is equal; so the ring's repeated last point goes too.
    repeats = np.r_[(grid[1:] == grid[:-1]).all(axis=1), False] & same_ring
    keep = ~repeats & same_ring
    grid, ring = grid[keep], ring[keep]
    counts = np.bincount(ring, minlength=len(rings))
    whole = counts >= 3
    keep = whole[ring]
    grid, ring = grid[keep], ring[keep]
    shape = owner[single]
    lost = np.setdiff1d(shape, shape[whole])
    boxes = np.round(shapely.get_coordinates(shapely.centroid(shapes[lost])) / step).astype(np.int64)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    grid = np.concatenate([grid, (boxes[:, None, :] + corners[None]).reshape(-1, 2)])
    starts = np.r_[0, np.cumsum(np.r_[counts[whole], np.full(len(lost), 4, dtype=np.int64)])]
    shape = np.r_[shape[whole], lost]
    return _ordered(Rings(grid, starts.astype(np.int64), shape.astype(np.int64)))


def _ordered(rings: Rings) -> Rings:
    order = np.argsort(rings.shape, kind="stable")
    sizes = np.diff(rings.starts)[order]
    picks = [np.arange(rings.starts[i], rings.starts[i + 1]) for i in order]
    points = rings.points[np.concatenate(picks)] if picks else rings.points
    return Rings(points, np.r_[0, np.cumsum(sizes)].astype(np.int64), rings.shape[order])


def _junctions(vertex: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Return which vertices (by position) are where borders meet: not all rings pass them the same way."""
    position = np.arange(len(vertex))
    before, after = position - 1, position + 1
    first, last = starts[:-1], starts[1:] - 1
    before[first], after[last] = last, first
    low = np.minimum(vertex[before], vertex[after])
    high = np.maximum(vertex[before], vertex[after])
    order = np.lexsort((high, low, vertex))
    v, a, b = vertex[order], low[order], high[order]
    differs = (v[1:] == v[:-1]) & ((a[1:] != a[:-1]) | (b[1:] != b[:-1]))
    met = np.zeros(int(vertex.max(initial=-1)) + 1, dtype=bool)
    met[v[1:][differs]] = True
    return met[vertex]


def encode(rings: Rings, n_shapes: int) -> bytes:
    """Return rings as shared arcs, for `n_shapes` polygons (those without rings are kept, empty)."""
    _, vertex = np.unique(rings.points, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1).astype(np.int64)
    where = _first_positions(vertex)
    met = _junctions(vertex, rings.starts)
    arcs: dict[bytes, int] = {}
    points: list[Ints] = []
    refs: list[int] = []
    per_ring: list[int] = []
    for begin, end in pairwise(rings.starts):
        ids = vertex[begin:end]
        cuts = np.flatnonzero(met[begin:end])
        turn = int(cuts[0]) if len(cuts) else int(ids.argmin())
        closed = np.r_[ids[turn:], ids[:turn], ids[turn]]
        edges = np.r_[cuts - turn, len(ids)] if len(cuts) else np.array([0, len(ids)])
        per_ring.append(len(edges) - 1)
        for left, right in pairwise(edges):
            arc = closed[left : right + 1]
            backwards = (arc[0], arc[1]) > (arc[-1], arc[-2])
            if backwards:
                arc = arc[::-1]
            key = arc.tobytes()
            number = arcs.get(key)
            if number is None:
                number = arcs[key] = len(arcs)
                points.append(rings.points[where[arc]])
            refs.append(number * 2 + int(backwards))
    sizes = np.array([len(arc) for arc in points], dtype=np.int64)
    rings_per_shape = np.bincount(rings.shape, minlength=n_shapes).astype(np.int64)
    all_refs = np.array(refs, dtype=np.int64)
    numbers = (
        np.array([len(sizes), n_shapes, len(per_ring), len(refs)], dtype=np.int64),
        sizes,
        zigzag(_steps(points, sizes)),
        rings_per_shape,
        np.array(per_ring, dtype=np.int64),
        zigzag(np.diff(all_refs, prepend=0)),
    )
    return b"".join(varints(part) for part in numbers)


def _first_positions(vertex: Ints) -> Ints:
    first = np.zeros(int(vertex.max(initial=-1)) + 1, dtype=np.int64)
    first[vertex[::-1]] = np.arange(len(vertex))[::-1]
    return first


def _steps(points: list[Ints], sizes: Ints) -> Ints:
    """Return all points as steps from the one before; an arc begins with the step from the start of the last."""
    if not points:
        return np.zeros(0, dtype=np.int64)
    flat = np.concatenate(points)
    steps = np.diff(flat, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    begins = np.r_[0, np.cumsum(sizes)[:-1]]
    steps[begins] = np.diff(flat[begins], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return steps.reshape(-1)


def zigzag(values: Ints) -> Ints:
    """Return signed numbers as unsigned ones, small in size staying small."""
    return (values << 1) ^ (values >> 63)


def varints(values: Ints) -> bytes:
    """Return non-negative numbers below 2^35 in seven bits a byte, low ones first; the high bit says more follow."""
    values = np.asarray(values, dtype=np.int64)
    parts = np.stack([(values >> (7 * k)) & 127 for k in range(5)], axis=1)
    used = np.maximum(1, 5 - (parts[:, ::-1] > 0).argmax(axis=1))
    used[~(parts > 0).any(axis=1)] = 1
    index = np.arange(5)
    parts = parts | ((index < used[:, None] - 1) * 128)
    return bytes(parts[index < used[:, None]].astype(np.uint8))


def lines_encoded(lines: NDArray[np.object_], step: float = STEP_DEGREES) -> bytes:
    """Return lines (LineString or MultiLineString) as arcs without sharing; decoded like shapes of one open ring."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    points, index = shapely.get_coordinates(parts, return_index=True)
    grid = np.round(points / step).astype(np.int64)
    repeats = np.r_[
        np.zeros(min(1, len(grid)), dtype=bool), (grid[1:] == grid[:-1]).all(axis=1) & (index[1:] == index[:-1])
    ]
    grid, index = grid[~repeats], index[~repeats]
    sizes = np.bincount(index, minlength=len(parts)).astype(np.int64)
    pieces = [grid[index == number] for number in range(len(parts))]
    numbers = (
        np.array([len(parts), len(lines), len(parts), len(parts)], dtype=np.int64),
        sizes,
        zigzag(_steps(pieces, sizes)),
        np.bincount(owner, minlength=len(lines)).astype(np.int64),
        np.ones(len(parts), dtype=np.int64),
        zigzag(np.diff(np.arange(len(parts), dtype=np.int64) * 2, prepend=0)),
    )
    return b"".join(varints(part) for part in numbers)
