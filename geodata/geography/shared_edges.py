"""Which polygons share an edge (rook contiguity), found by matching the edges themselves.

In a valid coverage two neighbors share whole edges, vertex for vertex, so equal edges are all there is to find.
Vertices are snapped to a grid of a stated tolerance first: the default, a millionth of a degree (about 0.1 m), is
the grid census coordinates are published on, so theirs fall on the middle of its cells and noise of reprojection
cannot move them. Polygons that touch along a line without common vertices are not neighbors here (repair the
coverage first). Does not hold what neighbors are used for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.geography.sphere import EARTH_RADIUS_KM
from geodata.statistics.random_numbers import mix

TOLERANCE_DEGREES = 1e-6
_HALF = np.uint64(32)
NONE, POLYGON, MULTIPOLYGON, COLLECTION = -1, 3, 6, 7


@dataclass(frozen=True, eq=False)
class RookEdges:
    """Neighboring pairs: int64 rows `i` < `j`, sorted, and the length of the boundary they share (float64)."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    shared_length: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.i)


def rook_edges(
    geometries: Sequence[shapely.Geometry] | NDArray[np.object_],
    tolerance: float = TOLERANCE_DEGREES,
    *,
    geographic: bool = True,
    compiled: bool = True,
) -> RookEdges:
    """Return the pairs of (multi)polygons that share at least one edge.

    `geometries`: polygons; rows without one (None, empty) have no neighbors. `tolerance`: size of the snapping grid
    in their units. `geographic`: coordinates are longitude and latitude in degrees and lengths come in km, otherwise
    in the coordinates' unit. `compiled=False` finds the same by sorting in numpy (the readable reference).
    """
    shapes = np.asarray(geometries, dtype=object)
    coordinates, ring, owner = _outline(shapes)
    vertex = _vertices(coordinates, tolerance)
    match = _match_compiled if compiled else _match_sorted
    one, other, length = match(vertex, ring, owner, coordinates, geographic)
    pair = np.minimum(one, other) * len(shapes) + np.maximum(one, other)
    order = np.argsort(pair, kind="stable")
    pair, length = pair[order], length[order]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    shared = np.add.reduceat(length, first) if len(first) else np.empty(0)
    return RookEdges(pair[first] // max(len(shapes), 1), pair[first] % max(len(shapes), 1), shared)


def _outline(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return every ring's coordinates (float64[c, 2]), its number and its polygon's row (int64[c])."""
    kinds = shapely.get_type_id(shapes)
    wrong = ~np.isin(kinds, (NONE, POLYGON, MULTIPOLYGON, COLLECTION)) & ~shapely.is_empty(shapes)
    if wrong.any():
        raise InputError("neighbors are found among polygons only", row=int(np.argmax(wrong)), field="geometry")
    # A polygon without holes is one ring; only the others need be taken apart, which copies them.
    simple = np.flatnonzero((kinds == POLYGON) & (shapely.get_num_interior_rings(shapes) == 0))
    others = np.flatnonzero((kinds > POLYGON) | (shapely.get_num_interior_rings(shapes) > 0))
    parts, part_of = shapely.get_parts(shapes[others], return_index=True)
    nested, within = shapely.get_parts(parts, return_index=True)  # collections may hold multipolygons
    # Clipping leaves collections with stray lines and points beside the polygons; only the latter have edges.
    areal = shapely.get_type_id(nested) == POLYGON
    rings, ring_part = shapely.get_rings(nested[areal], return_index=True)
    of_simple, ring = shapely.get_coordinates(shapes[simple], return_index=True)
    of_others, other_ring = shapely.get_coordinates(rings, return_index=True)
    other_owner = others[part_of][within][areal][ring_part]
    return (
        np.concatenate([of_simple, of_others]),
        np.concatenate([ring, other_ring + len(simple)]),
        np.concatenate([simple[ring], other_owner[other_ring]]),
    )


def _vertices(coordinates: NDArray[np.float64], tolerance: float) -> NDArray[np.uint64]:
    """Return one exact number per snapped vertex: its column and row on the grid, 32 bits each."""
    if not tolerance > 0:
        raise InputError("the snapping tolerance must be above zero", field="tolerance")
    if len(coordinates) == 0:
        return np.empty(0, dtype=np.uint64)
    low = np.array([coordinates[:, 0].min(), coordinates[:, 1].min()])
    high = np.array([coordinates[:, 0].max(), coordinates[:, 1].max()])
    if not (high - low).max() < tolerance * (2.0**32 - 2):
        raise InputError(
            "the snapping tolerance is too fine for the extent of the polygons",
            field="tolerance",
            remedy="Give a coarser one, in the unit of the coordinates.",
        )
    vertex = np.empty(len(coordinates), dtype=np.uint64)
    _snap(coordinates, np.rint(low / tolerance), tolerance, vertex)
    return vertex


@numba.njit(cache=True, nogil=True)
def _snap(coordinates, origin, tolerance, vertex):  # type: ignore[no-untyped-def]
    for k in range(vertex.size):
        column = np.rint(coordinates[k, 0] / tolerance) - origin[0]
        row = np.rint(coordinates[k, 1] / tolerance) - origin[1]
        vertex[k] = (np.uint64(column) << _HALF) | np.uint64(row)


Matches = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


@numba.njit(cache=True, nogil=True)
def _length(coordinates, k, geographic):  # type: ignore[no-untyped-def]
    """Return the length of the segment from coordinate k to the next, km on the sphere if geographic."""
    dx = coordinates[k + 1, 0] - coordinates[k, 0]
    dy = coordinates[k + 1, 1] - coordinates[k, 1]
    if not geographic:
        return math.hypot(dx, dy)
    middle = math.radians(coordinates[k, 1] + 0.5 * dy)
    return EARTH_RADIUS_KM * math.radians(math.hypot(dx * math.cos(middle), dy))


def _match_sorted(
    vertex: NDArray[np.uint64],
    ring: NDArray[np.int64],
    owner: NDArray[np.int64],
    coordinates: NDArray[np.float64],
    geographic: bool,
) -> Matches:
    """Return (polygon, polygon, length) for each segment two polygons share, by sorting."""
    segment = np.flatnonzero((ring[:-1] == ring[1:]) & (vertex[:-1] != vertex[1:]))
    low = np.minimum(vertex[segment], vertex[segment + 1])
    high = np.maximum(vertex[segment], vertex[segment + 1])
    order = np.lexsort((segment, high, low))
    segment, low, high = segment[order], low[order], high[order]
    pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = [(segment[:0], segment[:0])]
    apart = 1
    while True:
        # An edge of more than two polygons (overlaps, slivers) lies more than one place apart in the order.
        same = np.flatnonzero((low[apart:] == low[:-apart]) & (high[apart:] == high[:-apart]))
        if len(same) == 0:
            break
        pairs.append((segment[same], segment[same + apart]))
        apart += 1
    earlier, later = (np.concatenate(side) for side in zip(*pairs, strict=True))
    differ = owner[earlier] != owner[later]
    earlier, later = earlier[differ], later[differ]
    step = coordinates[later + 1] - coordinates[later]
    if geographic:
        middle = np.radians(coordinates[later, 1] + 0.5 * step[:, 1])
        step = EARTH_RADIUS_KM * np.radians(np.column_stack([step[:, 0] * np.cos(middle), step[:, 1]]))
    return owner[earlier], owner[later], np.hypot(step[:, 0], step[:, 1])


def _match_compiled(
    vertex: NDArray[np.uint64],
    ring: NDArray[np.int64],
    owner: NDArray[np.int64],
    coordinates: NDArray[np.float64],
    geographic: bool,
) -> Matches:
    """Return the same by a hash table of segments, with segments that follow one another joined."""
    size = 1 << max(4, math.ceil(math.log2(max(1.6 * len(vertex), 1))))
    room = len(vertex) // 2 + 64
    while True:
        one, other, length = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        table = np.full(size, -1, np.int32)
        count = _hash_segments(vertex, ring, owner, coordinates, geographic, table, one, other, length)
        if count <= room:
            return one[:count], other[:count], length[:count]
        room = count


@numba.njit(cache=True, nogil=True)
def _hash_segments(vertex, ring, owner, coordinates, geographic, table, one, other, length):  # type: ignore[no-untyped-def]
    """Put every segment in `table`, note equal ones of other polygons; return how many runs (noted while room)."""
    mask = np.uint64(table.size - 1)
    count = 0
    last_one, last_other = -1, -1
    for k in range(vertex.size - 1):
        a, b = vertex[k], vertex[k + 1]
        if ring[k] != ring[k + 1] or a == b:
            continue
        slot = mix(mix(min(a, b)) + max(a, b)) & mask
        while table[slot] >= 0:
            held = table[slot]
            p, q = vertex[held], vertex[held + 1]
            if ((p == a and q == b) or (p == b and q == a)) and owner[held] != owner[k]:
                if owner[held] != last_one or owner[k] != last_other:
                    last_one, last_other = owner[held], owner[k]
                    if count < one.size:
                        one[count], other[count], length[count] = last_one, last_other, 0.0
                    count += 1
                if count <= one.size:
                    length[count - 1] += _length(coordinates, k, geographic)
            slot = (slot + np.uint64(1)) & mask
        table[slot] = k
    return count
