"""Straight lines that cross open water: reported, because whoever drives goes around it.

Land is the union of polygons (cartographic boundaries end at the shore); where water polygons are given too, a line
that crosses a wide one is reported as well. A line counts where one stretch of it lies on water for at least a given
length and has land on both sides; what sticks out at its ends (a pier, a point off a simplified shore, a neighbor of
whom no land is known) does not. Does not change any minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM

# So few corners to a piece of shore that a search tree tells pieces apart.
_PIECE = 64


@dataclass(frozen=True, eq=False)
class OpenWater:
    """Land (one EPSG:4326 geometry, prepared), pieces of its shore in a search tree, and polygons of water in another.

    `least_km` is the least stretch that counts.
    """

    land: shapely.Geometry
    shore: shapely.STRtree
    water: shapely.STRtree
    least_km: float

    @classmethod
    def of(cls, land: pd.DataFrame, least_km: float, water: pd.DataFrame | None = None) -> OpenWater | None:
        """Return what is water beside `land` [geometry] and inside `water` [geometry]; None where no land is known."""
        known = land["geometry"].dropna().to_numpy()
        if not len(known):
            return None
        joined = shapely.union_all(shapely.make_valid(known))
        shapely.prepare(joined)
        wide = np.zeros(0, dtype=object) if water is None else water["geometry"].dropna().to_numpy()
        # A polygon of water whose box is narrower than that can hold no such stretch.
        wide = wide[_longest_km(shapely.bounds(wide)) >= least_km] if len(wide) else wide
        return cls(joined, shapely.STRtree(_pieces(shapely.boundary(joined))), shapely.STRtree(wide), least_km)

    def crossed(self, origins: Points, destinations: Points) -> NDArray[np.bool_]:
        """Return which straight lines between paired points cross open water, bool[n].

        A line is drawn straight in degrees, which at a hundred kilometers is off by some hundred meters; one that
        crosses the 180th meridian takes the short way.
        """
        east = origins.longitude + (destinations.longitude - origins.longitude + 180.0) % 360.0 - 180.0
        ends = np.stack(
            [np.column_stack([origins.longitude, origins.latitude]), np.column_stack([east, destinations.latitude])],
            axis=1,
        )
        lines = shapely.linestrings(ends)
        found = np.zeros(len(lines), dtype=bool)
        line, piece = self.shore.query(lines, predicate="intersects")
        if len(line):
            self._mark_gaps(found, ends, line, shapely.intersection(lines[line], self.shore.geometries[piece]))
        line, body = self.water.query(lines, predicate="intersects")
        if len(line):
            wet = shapely.intersection(lines[line], self.water.geometries[body])
            np.logical_or.at(found, line, self._long(wet, lines[line]))
        return found

    def _mark_gaps(
        self, found: NDArray[np.bool_], ends: NDArray[np.float64], line: NDArray[np.int64], cuts: NDArray[np.object_]
    ) -> None:
        """Set `found` of the lines that leave the land and come back to it over a long enough stretch.

        `cuts` are where `line` meets the shore. Between two cuts a line is all on land or all off it.
        """
        corner, of = shapely.get_coordinates(cuts, return_index=True)
        row = line[of]
        start, step = ends[row, 0], ends[row, 1] - ends[row, 0]
        along = ((corner - start) * step).sum(axis=1) / np.maximum((step * step).sum(axis=1), 1e-300)
        order = np.lexsort((along, row))
        row, along = row[order], along[order]
        same = row[1:] == row[:-1]
        row, begin, end = row[1:][same], along[:-1][same], along[1:][same]
        far = _length_km(ends[row, 0], ends[row, 1])
        long = (end - begin) * far >= self.least_km
        row, begin, end = row[long], begin[long], end[long]
        middle = ends[row, 0] + ((begin + end) / 2.0)[:, None] * (ends[row, 1] - ends[row, 0])
        found[row[~shapely.intersects_xy(self.land, middle[:, 0], middle[:, 1])]] = True

    def _long(self, wet: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return for which lines one part of `wet`, away from the line's ends, is long enough."""
        parts, of = shapely.get_parts(wet, return_index=True)
        line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
        parts, of = parts[line], of[line]
        inside = np.ones(len(parts), dtype=bool)
        for end in (0, -1):
            tip = shapely.get_point(lines[of], end)
            inside &= ~shapely.equals_exact(shapely.get_point(parts, end), tip, tolerance=1e-12)
        first, last = (shapely.get_coordinates(shapely.get_point(parts, end)) for end in (0, -1))
        long = inside & (_length_km(first, last) >= self.least_km)
        return np.bincount(of[long], minlength=len(lines)) > 0


def _pieces(shore: shapely.Geometry) -> NDArray[np.object_]:
    """Return a shore cut into lines of few corners."""
    out = []
    for ring in shapely.get_parts(shapely.get_parts(shore)):
        corners = shapely.get_coordinates(ring)
        out += [shapely.LineString(corners[at : at + _PIECE + 1]) for at in range(0, len(corners) - 1, _PIECE)]
    return np.array(out, dtype=object)


def _length_km(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the km of lines between float64[n, 2] (longitude, latitude), on the sphere by their middle latitude."""
    middle = np.radians((start[:, 1] + end[:, 1]) / 2.0)
    step = np.radians(end - start)
    return np.asarray(EARTH_RADIUS_KM * np.hypot(step[:, 0] * np.cos(middle), step[:, 1]))


def _longest_km(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the diagonals of boxes, float64[n, 4] in degrees."""
    middle = np.radians((bounds[:, 1] + bounds[:, 3]) / 2.0)
    wide, high = np.radians(bounds[:, 2] - bounds[:, 0]) * np.cos(middle), np.radians(bounds[:, 3] - bounds[:, 1])
    return np.asarray(EARTH_RADIUS_KM * np.hypot(wide, high))
