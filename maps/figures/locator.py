"""Small maps for briefs, as SVG written directly: a community with what is near it, or the whole state.

Drawn in thousands, so without a drawing library. Names are put in through XML escaping, never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.results import StateResult
from maps.figures.drawing import printable, shortened
from maps.figures.ground import Plane, apart, plane_of, rings_of
from maps.hub_choice import recommended_hubs
from maps.palette import INK, MARKER, MUTED, NOT_RANKED_FILL, TIER_FILL, TIER_HATCH_COLOR
from maps.texts import Texts

WIDTH, HEIGHT, MAP_WIDTH = 720.0, 340.0, 480.0
INSET = (500.0, 4.0, 212.0, 126.0)  # left, top, width, height
AROUND = 1.9  # side of the view over the community's own
LEAST_VIEW_DEGREES = 0.05
MOST_PLACE_NAMES = 6
LETTER_WIDTH = 7.2  # of our font at 11 units, a generous mean
CROWD = 30  # markers of a kind beyond which they are drawn small
KM_PER_DEGREE = 111.2
KM_PER_MILE = 1.609344
FONT = 'font-family="DejaVu Sans, Verdana, Arial, sans-serif"'
WATER_FILL, ROAD_LINE, TRIBAL_LINE = "#DCEAF5", "#B8A98F", "#7A5C99"


@dataclass(frozen=True)
class Ground:
    """All that maps of one state share, in the plane: made once for every brief."""

    plane: Plane
    tracts: NDArray[np.object_]
    fills: list[str]
    communities: dict[str, Any]
    counties: NDArray[np.object_]
    outline: Any
    names: list[tuple[Any, str]]
    landmarks: dict[str, NDArray[np.object_]]
    points: dict[str, NDArray[np.float64]]


def ground_of(result: StateResult) -> Ground:
    """Return the ground of a state."""
    plane = plane_of(result)
    scores = result.table("tract_scores").set_index("geoid")
    tracts = result.table("tracts")
    tracts = tracts[tracts["geoid"].isin(scores.index) & tracts["geometry"].notna()]
    rows = scores.loc[tracts["geoid"]]
    ranked = rows["need"].notna() & (rows["population"].fillna(1) > 0)
    shapes = plane.shapes(tracts["geometry"])
    communities, counties = result.table("communities"), result.table("counties")
    county_shapes = plane.shapes(counties["geometry"].dropna())
    landmarks = result.table("landmarks")
    return Ground(
        plane=plane,
        tracts=shapes,
        fills=[tier if known else "unranked" for tier, known in zip(rows["tier"], ranked, strict=True)],
        communities={
            key: shape
            for key, shape in zip(communities["community_id"], plane.shapes(communities["geometry"]), strict=True)
            if shape is not None
        },
        counties=county_shapes,
        outline=shapely.union_all(county_shapes if len(county_shapes) else shapes),
        names=_names(result, plane),
        landmarks={
            kind: plane.shapes(landmarks.loc[landmarks["kind"] == kind, "geometry"].dropna())
            for kind in ("water", "road", "corridor", "tribal")
        },
        points=_points(result, plane),
    )


def locator_svg(ground: Ground, result: StateResult, community_id: str | None, texts: Texts) -> str:
    """Return the map of a community, or of the state where `community_id` is None, 720×340 user units."""
    shape = ground.communities.get(community_id) if community_id else ground.outline
    bounds = np.asarray(shape.bounds if shape is not None and not shape.is_empty else ground.outline.bounds)
    view = View.around(bounds, AROUND if community_id else 1.06)
    parts = [*_ground(ground, view), *_labels(ground, view)]
    if community_id and shape is not None:
        parts.append(f'<path d="{view.path(shape)}" fill="none" stroke="#fff" stroke-width="5"/>')
        parts.append(f'<path d="{view.path(shape)}" fill="none" stroke="{INK}" stroke-width="2.6"/>')
    parts += _markers(ground, view)
    if not community_id:
        parts += _numbers(ground, result, view)
    parts += _scale(view, texts)
    clip = f'<clipPath id="m"><rect width="{MAP_WIDTH:g}" height="{HEIGHT:g}"/></clipPath>'
    inner = f'<g clip-path="url(#m)">{"".join(parts)}</g>'
    frame = f'<rect x=".5" y=".5" width="{MAP_WIDTH - 1:g}" height="{HEIGHT - 1:g}" fill="none" stroke="{MUTED}"/>'
    aside = [*(_inset(ground, view) if community_id else ()), *_legend(texts, bool(community_id))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" {FONT} font-size="11">'
        f"<defs>{clip}{_patterns()}</defs>"
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>{inner}{frame}{"".join(aside)}</svg>'
    )


def in_view(ground: Ground, community_id: str) -> dict[str, int]:
    """Return how many points of each layer a community's map shows, for its text alternative."""
    shape = ground.communities.get(community_id)
    if shape is None:
        return dict.fromkeys(ground.points, 0)
    view = View.around(np.asarray(shape.bounds), AROUND)
    return {name: int(view.holds(points).sum()) for name, points in ground.points.items()}


@dataclass(frozen=True)
class View:
    """A window of the plane, and its place in the drawing."""

    west: float
    north: float
    scale: float  # user units for a degree of latitude
    width: float = MAP_WIDTH
    height: float = HEIGHT
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def around(cls, bounds: NDArray[np.float64], factor: float, box: tuple[float, ...] = ()) -> View:
        """Return the view that holds `bounds` with room around it, in `box` (left, top, width, height)."""
        left, top, width, height = box or (0.0, 0.0, MAP_WIDTH, HEIGHT)
        across = max((bounds[2] - bounds[0]) * factor, LEAST_VIEW_DEGREES)
        up = max((bounds[3] - bounds[1]) * factor, LEAST_VIEW_DEGREES)
        scale = min(width / across, height / up)
        x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
        return cls(x - width / scale / 2, y + height / scale / 2, scale, width, height, left, top)

    @property
    def box(self) -> Any:
        """The window as a polygon of the plane."""
        return shapely.box(
            self.west, self.north - self.height / self.scale, self.west + self.width / self.scale, self.north
        )

    def xy(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points of the plane (n×2) in user units."""
        return np.column_stack(
            [self.left + (points[:, 0] - self.west) * self.scale, self.top + (self.north - points[:, 1]) * self.scale]
        )

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points lie in the window."""
        at = self.xy(points) - [self.left, self.top]
        return np.asarray((at >= 0).all(axis=1) & (at[:, 0] <= self.width) & (at[:, 1] <= self.height))

    def path(self, shape: Any, closed: bool = True) -> str:
        """Return a shape as SVG path data, to a tenth of a unit."""
        rings = rings_of(shape) if closed else shapely.get_parts(shape)
        out = []
        for ring in rings:
            points = np.round(self.xy(shapely.get_coordinates(ring)), 1)
            out.append("M" + "L".join(f"{x:g},{y:g}" for x, y in points) + ("Z" if closed else ""))
        return "".join(out)

    def near(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return which shapes reach into the window."""
        return np.asarray(shapely.intersects(shapes, self.box)) if len(shapes) else np.zeros(0, dtype=bool)

    def simple(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return a coverage without detail the window cannot show."""
        return np.asarray(shapely.coverage_simplify(shapes, 0.4 / self.scale)) if len(shapes) else shapes


def _points(result: StateResult, plane: Plane) -> dict[str, NDArray[np.float64]]:
    sites, providers = result.table("sites"), result.table("providers")
    tables = {
        "sites": sites[sites["status"] == "planned"],
        "providers": providers[providers["entry_stage"] == "entry"],
        "job_centers": result.table("job_centers"),
        "hubs": recommended_hubs(result),
    }
    out = {}
    for name, table in tables.items():
        placed = table[table["latitude"].notna() & table["longitude"].notna()]
        out[name] = plane.xy(placed["longitude"].to_numpy(), placed["latitude"].to_numpy())
    return out


def _names(result: StateResult, plane: Plane) -> list[tuple[Any, str]]:
    """Return places with their polygon, or counties where there are no places."""
    table = result.table("places")
    table = table if len(table) else result.table("counties")
    table = table[table["geometry"].notna()]
    return list(zip(plane.shapes(table["geometry"]), table["name"].astype(str), strict=True))


def _ground(ground: Ground, view: View) -> Iterator[str]:
    near = view.near(ground.tracts)
    shapes = view.simple(ground.tracts[near])
    fills = [fill for fill, is_near in zip(ground.fills, near, strict=True) if is_near]
    for tier in ("unranked", "none", "C", "B", "A"):
        data = "".join(view.path(shape) for shape, fill in zip(shapes, fills, strict=True) if fill == tier)
        if data:
            color = TIER_FILL.get(tier, NOT_RANKED_FILL)
            yield f'<path d="{data}" fill="{color}" stroke="#CFC8B8" stroke-width=".5"/>'
            if tier in ("B", "C"):
                yield f'<path d="{data}" fill="url(#{tier})"/>'
    for kind, style in (
        ("water", f'fill="{WATER_FILL}"'),
        ("road", f'fill="none" stroke="{ROAD_LINE}" stroke-width="1.4"'),
        ("corridor", f'fill="none" stroke="{ROAD_LINE}" stroke-width="2.4"'),
        ("tribal", f'fill="none" stroke="{TRIBAL_LINE}" stroke-width="1.4" stroke-dasharray="5 3"'),
    ):
        marks = ground.landmarks[kind]
        for shape in np.atleast_1d(shapely.intersection(marks[view.near(marks)], view.box)):
            closed = shape.geom_type in ("Polygon", "MultiPolygon")
            simple = shapely.simplify(shape, 0.4 / view.scale)
            if not simple.is_empty and simple.geom_type != "GeometryCollection":
                yield f'<path d="{view.path(simple, closed)}" {style}/>'
    counties = ground.counties[view.near(ground.counties)]
    data = "".join(view.path(shape) for shape in view.simple(counties))
    yield f'<path d="{data}" fill="none" stroke="#6B6B6B" stroke-width="1.2"/>'


def _labels(ground: Ground, view: View) -> Iterator[str]:
    """Write the names of the largest places in view, each where most of it can be seen."""
    shapes = np.asarray([shape for shape, _ in ground.names], dtype=object)
    near = np.flatnonzero(view.near(shapes))
    seen = shapely.intersection(shapes[near], view.box)
    order = np.argsort(-shapely.area(seen), kind="stable")[:MOST_PLACE_NAMES]
    for place in order:
        point = shapely.point_on_surface(seen[place])
        x, y = view.xy(np.array([[point.x, point.y]]))[0]
        name = shortened(ground.names[near[place]][1].removesuffix(" County"), 22)
        half = len(name) * LETTER_WIDTH / 2
        x, y = float(np.clip(x, half, view.width - half)), float(np.clip(y, 14, view.height - 24))
        yield _text(x, y, name, f'text-anchor="middle" fill="{INK}"', halo=True)


def _markers(ground: Ground, view: View) -> Iterator[str]:
    for name, points in ground.points.items():
        seen = points[view.holds(points)]
        size = 0.55 if name != "hubs" and len(seen) > CROWD else 1.0
        for x, y in view.xy(seen):
            yield _marker(name, x, y, size)


def _marker(name: str, x: float, y: float, size: float = 1.0) -> str:
    style = f'fill="{MARKER[name]}" stroke="{INK}" stroke-width=".8"'
    if name == "providers":
        half = 4.5 * size
        return f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:g}" height="{2 * half:g}" {style}/>'
    shapes = {
        "sites": [(0, -5), (4.8, 3.8), (-4.8, 3.8)],
        "job_centers": [(0, -6), (5, 0), (0, 6), (-5, 0)],
        "hubs": [
            (radius * np.sin(angle), -radius * np.cos(angle))
            for angle, radius in zip(np.arange(10) * np.pi / 5, [10, 4.2] * 5, strict=True)
        ],
    }
    corners = " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in shapes[name])
    return f'<polygon points="{corners}" {style}/>'


def _numbers(ground: Ground, result: StateResult, view: View, most: int = 10) -> Iterator[str]:
    """Write the rank of the first communities where they are, with a line to the spot where they crowd."""
    first = result.table("communities").sort_values("rank").head(most)
    first = first[first["rank"].notna() & first["latitude"].notna()]
    points = view.xy(ground.plane.xy(first["longitude"].to_numpy(), first["latitude"].to_numpy()))
    for rank, (x, y), (at_x, at_y) in zip(first["rank"], points, apart(points, 21), strict=True):
        if abs(at_x - x) + abs(at_y - y) > 6:
            yield f'<path d="M{x:.1f},{y:.1f}L{at_x:.1f},{at_y:.1f}" stroke="{INK}"/>'
        yield f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="9.5" fill="{INK}" stroke="#fff" stroke-width="1.2"/>'
        yield _text(at_x, at_y + 4, str(int(rank)), 'text-anchor="middle" font-weight="bold" fill="#fff"')


def _scale(view: View, texts: Texts) -> Iterator[str]:
    """Draw a bar of a round number of miles, about a fifth of the map wide."""
    miles_across = view.width / view.scale * KM_PER_DEGREE / KM_PER_MILE
    length = max((step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if step <= miles_across / 4), default=0.5)
    wide = length * KM_PER_MILE / KM_PER_DEGREE * view.scale
    y = view.height - 12
    yield f'<path d="M12,{y - 5:g}V{y:g}H{12 + wide:.1f}V{y - 5:g}" fill="none" stroke="#fff" stroke-width="4"/>'
    yield f'<path d="M12,{y - 5:g}V{y:g}H{12 + wide:.1f}V{y - 5:g}" fill="none" stroke="{INK}" stroke-width="1.5"/>'
    yield _text(18 + wide, y, texts("briefs.map.miles", n=f"{length:g}"), f'fill="{INK}"', halo=True)


def _inset(ground: Ground, view: View) -> Iterator[str]:
    """Draw the state in small with the window of the map."""
    small = View.around(np.asarray(ground.outline.bounds), 1.04, INSET)
    simple = shapely.simplify(ground.outline, 1 / small.scale)
    yield f'<path d="{small.path(simple)}" fill="{TIER_FILL["none"]}" stroke="#6B6B6B" stroke-width=".8"/>'
    whole = shapely.box(*ground.outline.bounds)
    corners = small.xy(shapely.get_coordinates(shapely.intersection(view.box, whole)))
    west, north = corners.min(axis=0)
    wide, high = np.maximum(corners.max(axis=0) - corners.min(axis=0), 5)
    yield (
        f'<rect x="{west:.1f}" y="{north:.1f}" width="{wide:.1f}" height="{high:.1f}" '
        f'fill="none" stroke="{MARKER["hubs"]}" stroke-width="2"/>'
    )


def _legend(texts: Texts, community: bool) -> Iterator[str]:
    x, y = INSET[0], 152.0 if community else 24.0
    if community:
        yield f'<rect x="{x:g}" y="{y - 9:g}" width="18" height="11" fill="none" stroke="{INK}" stroke-width="2.4"/>'
        yield _text(x + 26, y, texts("briefs.map.outline"), f'fill="{INK}"')
        y += 19
    for tier in ("A", "B", "C", "none"):
        yield f'<rect x="{x:g}" y="{y - 9:g}" width="18" height="11" fill="{TIER_FILL[tier]}" stroke="{MUTED}"/>'
        if tier in ("B", "C"):
            yield f'<rect x="{x:g}" y="{y - 9:g}" width="18" height="11" fill="url(#{tier})"/>'
        yield _text(x + 26, y, texts(f"briefs.map.tier.{tier}"), f'fill="{INK}"')
        y += 19
    for name in ("providers", "job_centers", "sites", "hubs"):
        yield _marker(name, x + 9, y - 4)
        label = texts(f"briefs.map.{name}")
        yield _text(x + 26, y, label[:1].upper() + label[1:], f'fill="{INK}"')
        y += 19


def _patterns() -> str:
    stripes = '<pattern id="B" width="6" height="6" patternUnits="userSpaceOnUse">'
    dots = '<pattern id="C" width="5" height="5" patternUnits="userSpaceOnUse">'
    return (
        f'{stripes}<path d="M-1,1L1,-1M0,6L6,0M5,7L7,5" stroke="{TIER_HATCH_COLOR["B"]}" stroke-width=".9"/></pattern>'
        f'{dots}<circle cx="2.5" cy="2.5" r=".8" fill="{TIER_HATCH_COLOR["C"]}"/></pattern>'
    )


def _text(x: float, y: float, text: str, style: str, halo: bool = False) -> str:
    shown = escape(printable(text))
    edge = (
        f'<text x="{x:.1f}" y="{y:.1f}" {style} stroke="#fff" stroke-width="4" stroke-linejoin="round">{shown}</text>'
    )
    return (edge if halo else "") + f'<text x="{x:.1f}" y="{y:.1f}" {style}>{shown}</text>'
