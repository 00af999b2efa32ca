"""Sheets that still maps are drawn on: a window laid on units of a drawing, and outlines cut and simplified for it.

Does not hold what a map shows, or its colours.
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
#: Shapes are simplified once for each of these tolerances (degrees); a map takes the coarsest that serves it.
LEVELS = (0.0, 0.0002, 0.0006, 0.002, 0.006, 0.02, 0.06)


@dataclass(frozen=True)
class Frame:
    """A window (degrees) laid on a sheet (units), north up, longitudes shrunk by the cosine of the latitude."""

    window: Box
    wide: float
    high: float

    @property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is than one of latitude in the middle of the window."""
        return float(np.cos(np.radians((self.window[1] + self.window[3]) / 2)))

    @property
    def scale(self) -> float:
        """Units a degree of latitude."""
        west, south, east, north = self.window
        return min(self.wide / max((east - west) * self.shrink, 1e-9), self.high / max(north - south, 1e-9))

    def to_sheet(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sheet coordinates (downward) of points (longitude, latitude)."""
        west, south, east, north = self.window
        x = (points[:, 0] - (west + east) / 2) * self.shrink * self.scale + self.wide / 2
        y = ((south + north) / 2 - points[:, 1]) * self.scale + self.high / 2
        return np.stack([x, y], axis=1)


def outlines(shapes: Shapes, frame: Frame) -> str:
    """Return polygons as one SVG path in whole units, each point as a step from the one before."""
    rings = shapely.get_rings(shapely.get_parts(shapes)) if len(shapes) else np.zeros(0, dtype=object)
    rings = rings[shapely.get_dimensions(rings) == 1] if len(rings) else rings
    if not len(rings):
        return ""
    points, ring = shapely.get_coordinates(rings, return_index=True)
    grid = np.round(frame.to_sheet(points)).astype(np.int64)
    repeats = np.r_[False, (grid[1:] == grid[:-1]).all(axis=1) & (ring[1:] == ring[:-1])]
    grid, ring = grid[~repeats], ring[~repeats]
    starts = np.r_[np.searchsorted(ring, np.arange(len(rings))), len(ring)]
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    parts = []
    for begin, end in pairwise(starts):
        if end - begin < 4:
            continue
        x, y = grid[begin]
        parts.append(f"M{x} {y}l{' '.join(map(str, steps[begin + 1 : end - 1].ravel().tolist()))}z")
    return "".join(parts)


def shown(shapes: Shapes, window: Box) -> Shapes:
    """Return the parts of shapes inside a window and a little beyond."""
    inside = shapes[shapely.intersects(shapes, shapely.box(*window))] if len(shapes) else shapes
    if not len(inside):
        return inside
    west, south, east, north = window
    beyond = 0.05 * (north - south)
    return shapely.clip_by_rect(inside, west - beyond, south - beyond, east + beyond, north + beyond)


class Levels:
    """One coverage, simplified to the levels that are asked for, each once."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._made: dict[float, Shapes] = {}

    def __call__(self, degrees: float) -> Shapes:
        """Return the shapes with no line farther than about `degrees` from where it belongs."""
        level = max(known for known in LEVELS if known <= degrees)
        if level not in self._made:
            self._made[level] = topology.simplified(self.shapes, level)
        return self._made[level]
