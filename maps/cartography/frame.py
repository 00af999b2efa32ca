"""Frames of still maps: a window of degrees laid on a sheet, and shapes cut, simplified and written as SVG paths.

Does not hold what a map shows, or its symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.cartography import topology

Box = tuple[float, float, float, float]
Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
#: Shapes are simplified once for each of these tolerances (degrees); a map takes the coarsest that serves it.
LEVELS = (0.0, 0.0002, 0.0006, 0.002, 0.006, 0.02, 0.06)
#: How far a line may lie from where it belongs, in units of the drawing.
TOLERANCE = 1.5
LEAST_VIEW_DEGREES = 0.04


class Levels:
    """Shapes simplified to the levels that are asked for, each once; neighbors of a coverage still meet."""

    def __init__(self, shapes: Shapes, coverage: bool = True) -> None:
        self.shapes, self.coverage = shapes, coverage
        self.tree = shapely.STRtree(shapes)
        self._made: dict[float, Shapes] = {}

    def __len__(self) -> int:
        return len(self.shapes)

    def __call__(self, degrees: float) -> Shapes:
        """Return the shapes with no line farther than about `degrees` from where it belongs."""
        level = max(known for known in LEVELS if known <= degrees)
        if level not in self._made:
            simplify = topology.simplified if self.coverage else shapely.simplify
            self._made[level] = simplify(self.shapes, level) if level else self.shapes
        return self._made[level]


@dataclass(frozen=True)
class Frame:
    """A window (west, south, east, north, degrees) laid on a box of a sheet (units, downward), north up.

    Longitudes are shrunk by the cosine of the window's middle latitude; the window stands in the middle of the box.
    """

    window: Box
    wide: float
    high: float
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def around(cls, bounds: Box | Floats, box: Box, room: float = 1.0) -> Frame:
        """Return the frame in `box` (left, top, width, height) that shows `bounds` with `room` times their size."""
        left, top, wide, high = box
        west, south, east, north = (float(edge) for edge in bounds)
        x, y, shrink = (west + east) / 2, (south + north) / 2, shrinking(south, north)
        up = max((north - south) * room, (east - west) * room * shrink * high / wide, LEAST_VIEW_DEGREES)
        across = up * wide / high / shrink
        return cls((x - across / 2, y - up / 2, x + across / 2, y + up / 2), wide, high, left, top)

    @property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is than one of latitude in the middle of the window."""
        return shrinking(self.window[1], self.window[3])

    @property
    def scale(self) -> float:
        """Units a degree of latitude."""
        west, south, east, north = self.window
        return min(self.wide / max((east - west) * self.shrink, 1e-9), self.high / max(north - south, 1e-9))

    @property
    def detail(self) -> float:
        """Degrees that a line may lie from where it belongs."""
        return TOLERANCE / self.scale

    @property
    def polygon(self) -> shapely.Polygon:
        """The window as a shape."""
        return shapely.box(*self.window)

    def to_sheet(self, points: Floats) -> Floats:
        """Return sheet coordinates of points (n×2, longitude and latitude)."""
        west, south, east, north = self.window
        x = (points[:, 0] - (west + east) / 2) * self.shrink * self.scale + self.left + self.wide / 2
        y = ((south + north) / 2 - points[:, 1]) * self.scale + self.top + self.high / 2
        return np.stack([x, y], axis=1)

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which points (n×2, longitude and latitude) lie in the window."""
        return within(self.window, points)

    def box_of(self, inner: Frame) -> Box:
        """Return the rectangle (left, top, width, height) that the window of another frame takes on this one."""
        west, south, east, north = inner.window
        (left, top), (right, bottom) = self.to_sheet(np.array([[west, north], [east, south]]))
        return (round(left), round(top), round(right - left), round(bottom - top))

    def near(self, levels: Levels) -> NDArray[np.int64]:
        """Return the places, in order, of the shapes that reach into the window."""
        return np.sort(levels.tree.query(self.polygon, predicate="intersects"))

    def cut(self, levels: Levels, places: NDArray[np.int64] | None = None, beyond: float = 0.05) -> Shapes:
        """Return the shapes in the window, or those at `places`, simplified and cut `beyond` it (of its height)."""
        shapes = levels(self.detail)[self.near(levels) if places is None else places]
        west, south, east, north = self.window
        edge = beyond * (north - south)
        cut = shapely.clip_by_rect(shapes, west - edge, south - edge, east + edge, north + edge)
        return np.asarray(cut, dtype=object)

    def path(self, shapes: Shapes, closed: bool = True) -> str:
        """Return areas, or lines where not `closed`, as one SVG path in whole units, each point as a step."""
        parts = shapely.get_parts(shapes) if len(shapes) else np.zeros(0, dtype=object)
        rings = shapely.get_rings(parts) if closed and len(parts) else parts
        rings = rings[shapely.get_dimensions(rings) == 1] if len(rings) else rings
        if not len(rings):
            return ""
        points, ring = shapely.get_coordinates(rings, return_index=True)
        grid = np.round(self.to_sheet(points)).astype(np.int64)
        repeats = np.r_[False, (grid[1:] == grid[:-1]).all(axis=1) & (ring[1:] == ring[:-1])]
        grid, ring = grid[~repeats], ring[~repeats]
        starts = np.r_[np.searchsorted(ring, np.arange(len(rings))), len(ring)]
        steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        least, last, end_sign = (4, 1, "z") if closed else (2, 0, "")
        written = []
        for begin, end in pairwise(starts):
            if end - begin >= least:
                x, y = grid[begin]
                moves = " ".join(map(str, steps[begin + 1 : end - last].ravel().tolist()))
                written.append(f"M{x} {y}l{moves}{end_sign}")
        return "".join(written)


def within(window: Box, points: Floats) -> NDArray[np.bool_]:
    """Return which points (n×2) lie in a box (west, south, east, north)."""
    west, south, east, north = window
    return np.asarray((points >= [west, south]).all(axis=1) & (points <= [east, north]).all(axis=1))


def shrinking(south: float, north: float) -> float:
    """Return how much shorter a degree of longitude is than one of latitude halfway between two latitudes."""
    return float(np.cos(np.radians((south + north) / 2)))
