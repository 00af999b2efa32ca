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

from geodata.schemas import columns as col
from maps.cartography.base_map import Ground, apart, rings_of, simplified
from maps.cartography.palette import INK, MARKER, MUTED, NOT_RANKED_FILL, TIER_FILL, TIER_HATCH_COLOR, WATER_FILL
from maps.figures.drawing import printable, shortened
from maps.texts import Texts

WIDTH, HEIGHT, MAP_WIDTH = 720.0, 340.0, 480.0
INSET = (500.0, 4.0, 212.0, 126.0)  # left, top, width, height
CLOSE_UP = (500.0, 196.0, 212.0, 142.0)
AROUND = 2.6  # side of the view over the community's own
LEAST_VIEW_DEGREES = 0.05
MOST_PLACE_NAMES = 6
LETTER_WIDTH = 7.2  # of our font at 11 units, a generous mean
FIRST_COMMUNITIES = 10
CROWD = 30  # markers of a kind beyond which they are drawn small
KM_PER_DEGREE = 111.2
KM_PER_MILE = 1.609344
FONT = 'font-family="DejaVu Sans, Verdana, Arial, sans-serif"'
Spot = tuple[float, float]
ROAD_LINE, TRIBAL_LINE = "#B8A98F", "#7A5C99"


def locator_svg(ground: Ground, community_id: str | None, texts: Texts) -> str:
    """Return the map of a community, or of the state where `community_id` is None, 720×340 user units.

    A state with a dense city gets a close-up of it.
    """
    shape = ground.communities.get(community_id) if community_id else ground.outline
    if shape is None or shape.is_empty:
        # Nothing to outline, of tracts without a polygon: the state is shown instead.
        shape, community_id = ground.outline, None
    view = View.around(np.asarray(shape.bounds), AROUND if community_id else 1.06)
    parts = list(_ground(ground, view))
    aside = [*(_inset(ground, view) if community_id else ()), *_legend(texts, bool(community_id))]
    beyond = np.ones(len(ground.first_xy), dtype=bool)
    if community_id:
        for color, width in (("#fff", 5), (INK, 2.6)):
            parts.append(f'<path d="{view.path(shape)}" fill="none" stroke="{color}" stroke-width="{width}"/>')
    elif ground.windows:
        close = View.around(np.asarray(ground.windows[0].bounds), 1.0, CLOSE_UP)
        beyond = ~close.holds(ground.first_xy)
        parts.append(f'<path d="{view.path(close.box)}" fill="none" stroke="{INK}" stroke-width="1.6"/>')
        inner = [*_ground(ground, close), *_markers(ground, close, 0.7), *_numbers(_badges(ground, ~beyond, close))]
        aside.append(_framed(inner, close, "c"))
    badges = [] if community_id else _badges(ground, beyond, view)
    parts += [*_markers(ground, view, 1.0), *_labels(ground, view, [badge.at for badge in badges])]
    parts += _numbers(badges)
    parts += _scale(view, texts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" {FONT} font-size="11">'
        f"<defs>{_patterns()}</defs>"
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>{_framed(parts, view, "m")}{"".join(aside)}</svg>'
    )


def _framed(parts: list[str], view: View, name: str) -> str:
    """Return what a view shows, cut at its frame."""
    box = f'x="{view.left:g}" y="{view.top:g}" width="{view.width:g}" height="{view.height:g}"'
    return (
        f'<clipPath id="{name}"><rect {box}/></clipPath><g clip-path="url(#{name})">{"".join(parts)}'
        f'<rect {box} fill="none" stroke="{MUTED}" stroke-width="2"/></g>'
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


def _ground(ground: Ground, view: View) -> Iterator[str]:
    near = view.near(ground.tracts)
    shapes = simplified(ground.tracts[near], 0.4 / view.scale)
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
    data = "".join(view.path(shape) for shape in simplified(counties, 0.4 / view.scale))
    yield f'<path d="{data}" fill="none" stroke="#6B6B6B" stroke-width="1.2"/>'


def _labels(ground: Ground, view: View, badges: list[Spot]) -> Iterator[str]:
    """Write the names of the largest places in view, each where most of it can be seen and nothing is written yet."""
    taken = [(x - 10, y - 10, x + 10, y + 10) for x, y in badges]
    shapes = np.asarray([shape for shape, _ in ground.places], dtype=object)
    near = np.flatnonzero(view.near(shapes))
    seen = shapely.intersection(shapes[near], view.box)
    order = np.argsort(-shapely.area(seen), kind="stable")[:MOST_PLACE_NAMES]
    for place in order:
        point = shapely.point_on_surface(seen[place])
        x, y = view.xy(np.array([[point.x, point.y]]))[0]
        name = shortened(ground.places[near[place]][1].removesuffix(" County"), 22)
        half = len(name) * LETTER_WIDTH / 2
        x = float(np.clip(x, half, view.width - half))
        for aside in (0, 16, -16, 28, -28):
            at = float(np.clip(y + aside, 14, view.height - 24))
            box = (x - half, at - 10, x + half, at + 3)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield _text(x, at, name, f'text-anchor="middle" fill="{INK}"', halo=True)
                break


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _markers(ground: Ground, view: View, scale: float) -> Iterator[str]:
    for name, points in ground.points.items():
        seen = points[view.holds(points)]
        size = scale * (0.55 if name != "hubs" and len(seen) > CROWD else 1.0)
        for x, y in view.xy(seen):
            yield _marker(name, x, y, size)


def _marker(name: str, x: float, y: float, size: float = 1.0) -> str:
    style = f'fill="{MARKER[name]}" stroke="{INK}" stroke-width=".8"'
    if name == "providers":
        half = 4.5 * size
        return f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:g}" height="{2 * half:g}" {style}/>'
    shapes: dict[str, list[tuple[float, float]]] = {
        "sites": [(0, -5), (4.8, 3.8), (-4.8, 3.8)],
        "job_centers": [(0, -6), (5, 0), (0, 6), (-5, 0)],
        "hubs": [
            (radius * np.sin(angle), -radius * np.cos(angle))
            for angle, radius in zip(np.arange(10) * np.pi / 5, [10, 4.2] * 5, strict=True)
        ],
    }
    corners = " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in shapes[name])
    return f'<polygon points="{corners}" {style}/>'


@dataclass(frozen=True)
class Badge:
    """The rank of a community, where it lies and where there is room to write it."""

    rank: int
    home: Spot
    at: Spot


def _badges(ground: Ground, which: NDArray[np.bool_], view: View) -> list[Badge]:
    """Return the badges of those first communities that `which` picks, moved apart where they crowd."""
    picked = [place for place in np.flatnonzero(which) if place < FIRST_COMMUNITIES]
    points = view.xy(ground.first_xy[picked])
    return [
        Badge(int(ground.first[place][col.RANK]), (float(x), float(y)), (float(at_x), float(at_y)))
        for place, (x, y), (at_x, at_y) in zip(picked, points, apart(points, 21), strict=True)
    ]


def _numbers(badges: list[Badge]) -> Iterator[str]:
    """Write badges, with a line to the place of one that was moved."""
    for badge in badges:
        (x, y), (at_x, at_y) = badge.home, badge.at
        if abs(at_x - x) + abs(at_y - y) > 6:
            yield f'<path d="M{x:.1f},{y:.1f}L{at_x:.1f},{at_y:.1f}" stroke="{INK}"/>'
        yield f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="9.5" fill="{INK}" stroke="#fff" stroke-width="1.2"/>'
        yield _text(at_x, at_y + 4, str(badge.rank), 'text-anchor="middle" font-weight="bold" fill="#fff"')


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
