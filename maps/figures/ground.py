"""Draws the ground of a map: tracts by tier, county lines, points; in a plane where distances look right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path as DrawnPath
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from geodata.results import StateResult
from maps.figures.drawing import shortened
from maps.palette import MUTED, NOT_RANKED_FILL, TIER_FILL, TIER_HATCH, TIER_HATCH_COLOR


class Plane:
    """Longitudes and latitudes (degrees) as a plane: longitudes shrunk by the cosine of the middle latitude.

    Longitudes east of 0° are moved west by 360° where a state spans the antimeridian.
    """

    def __init__(self, bounds: NDArray[np.float64]) -> None:
        west, south, east, north = bounds
        self.wraps = east - west > 180
        self.scale = float(np.cos(np.radians((south + north) / 2)))

    def xy(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n×2) in the plane."""
        longitude = np.asarray(longitude, dtype=float)
        if self.wraps:
            longitude = np.where(longitude > 0, longitude - 360, longitude)
        return np.column_stack([longitude * self.scale, np.asarray(latitude, dtype=float)])

    def shapes(self, shapes: Iterable[shapely.Geometry]) -> NDArray[np.object_]:
        """Return shapes with their coordinates in the plane."""
        return np.asarray(
            shapely.transform(np.asarray(list(shapes), dtype=object), lambda xy: self.xy(xy[:, 0], xy[:, 1])),
            dtype=object,
        )


def simplified(shapes: NDArray[np.object_], parts_across: int = 900) -> NDArray[np.object_]:
    """Return a coverage with no more detail than a map `parts_across` pixels wide shows; neighbors still meet."""
    if len(shapes) == 0:
        return shapes
    bounds = shapely.total_bounds(shapes)
    return np.asarray(
        shapely.coverage_simplify(shapes, max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / parts_across)
    )


def rings_of(shapes: Any) -> NDArray[np.object_]:
    """Return the rings of a polygon, of several in one, or of an array of these."""
    return np.asarray(shapely.get_rings(shapely.get_parts(shapes)))


def drawn_path(shape: shapely.Geometry) -> DrawnPath:
    """Return a polygon (or several) as one path, holes included."""
    vertices, codes = [], []
    for ring in rings_of(shape):
        points = shapely.get_coordinates(ring)
        vertices.append(points)
        codes.append(np.r_[DrawnPath.MOVETO, np.full(len(points) - 2, DrawnPath.LINETO), DrawnPath.CLOSEPOLY])
    if not vertices:
        return DrawnPath(np.empty((0, 2)))
    return DrawnPath(np.vstack(vertices), np.concatenate(codes))


def draw_tiers(
    axes: Axes, shapes: NDArray[np.object_], tiers: list[str], ranked: list[bool], hatch: bool = True
) -> None:
    """Fill polygons by tier, with a hatch besides color; unranked ones stay white."""
    paths = [drawn_path(shape) for shape in shapes]
    groups: dict[str, list[DrawnPath]] = {}
    for path, tier, is_ranked in zip(paths, tiers, ranked, strict=True):
        groups.setdefault(tier if is_ranked else "unranked", []).append(path)
    for tier in ("unranked", "none", "C", "B", "A"):
        if tier in groups:
            fill = TIER_FILL.get(tier, NOT_RANKED_FILL)
            axes.add_collection(PathCollection(groups[tier], facecolor=fill, edgecolor="#D8D2C4", linewidth=0.25))
            if hatch and TIER_HATCH.get(tier):
                axes.add_collection(
                    PathCollection(
                        groups[tier],
                        facecolor="none",
                        edgecolor=TIER_HATCH_COLOR[tier],
                        hatch=TIER_HATCH[tier],
                        linewidth=0,
                    )
                )


def draw_outlines(axes: Axes, shapes: NDArray[np.object_], color: str, width: float, zorder: float = 3) -> None:
    """Draw the borders of polygons."""
    rings = [shapely.get_coordinates(ring) for ring in rings_of(shapes)] if len(shapes) else []
    axes.add_collection(LineCollection(rings, colors=color, linewidths=width, zorder=zorder))


def draw_names(axes: Axes, shapes: NDArray[np.object_], names: list[str]) -> None:
    """Write names inside polygons, small and muted, with a light edge so that they hold on any fill."""
    for shape, name in zip(shapes, names, strict=True):
        if not shape.is_empty:
            point = shape.representative_point()
            text = axes.text(
                point.x,
                point.y,
                shortened(name, 22),
                fontsize=7.5,
                color=MUTED,
                style="italic",
                ha="center",
                zorder=3.5,
            )
            text.set_path_effects([Stroke(linewidth=2, foreground="white", alpha=0.8), Normal()])


def apart(points: NDArray[np.float64], distance: float, rounds: int = 60) -> NDArray[np.float64]:
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


def tract_shapes(result: StateResult, plane: Plane) -> tuple[NDArray[np.object_], list[str], list[bool]]:
    """Return simplified polygons in the plane with tier and whether ranked, for tracts that have a polygon."""
    scores = result.table("tract_scores").set_index("geoid")
    polygons = result.table("tracts")
    polygons = polygons[polygons["geoid"].isin(scores.index) & polygons["geometry"].notna()]
    rows = scores.loc[polygons["geoid"]]
    ranked = rows["need"].notna() & (rows["population"].fillna(1) > 0)
    return simplified(plane.shapes(polygons["geometry"])), rows["tier"].tolist(), ranked.tolist()


def plane_of(result: StateResult) -> Plane:
    """Return the plane a state is drawn in."""
    polygons = result.table("tracts")
    if isinstance(polygons, gpd.GeoDataFrame) and len(polygons):
        return Plane(polygons.total_bounds)
    scores = result.table("tract_scores")
    if not len(scores):
        return Plane(np.array([-100.0, 30.0, -90.0, 40.0]))
    return Plane(
        np.array(
            [scores["longitude"].min(), scores["latitude"].min(), scores["longitude"].max(), scores["latitude"].max()]
        )
    )
