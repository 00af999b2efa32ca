"""The state at one look: tracts by tier, recruitment hubs, training and planned work, and the first communities.

Dense cities, which vanish at the scale of a state, get close-ups below. The map is also the thumbnail in the run's
user interface. Online tiles are never used.
"""

from __future__ import annotations

from textwrap import fill

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path as DrawnPath
from matplotlib.patheffects import Normal, Stroke

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography.base_map import Floats, Ground, Shapes, Window, apart, ground_of, rings_of, simplified
from maps.cartography.palette import (
    INK,
    MARKER,
    MUTED,
    NOT_RANKED_FILL,
    TIER_FILL,
    TIER_HATCH,
    TIER_HATCH_COLOR,
    WATER_FILL,
)
from maps.figures.drawing import figure, fit_width, png_bytes, records, sample_note, shortened, svg_text
from maps.texts import Texts
from maps.wording.hub_choice import recommended_hubs
from maps.wording.source_lines import main_sources
from maps.wording.words import Words

WIDTH_INCHES = 10.0
MAP_INCHES = 6.5
LEAST_HEIGHT_INCHES = 6.9  # holds the legend and the first communities
CLOSE_UP_INCHES = 3.2
CLOSE_UP_HIGH = CLOSE_UP_INCHES - 0.45
FIRST_COMMUNITIES = 8
MOST_COUNTY_NAMES = 40
CROWD = 120  # markers of a kind beyond which they are drawn smaller
DETAIL_PARTS = 900  # a map is this many of its smallest details wide
MARKER_SHAPES = {"sites": "^", "providers": "s", "hubs": "*"}
MARKER_SIZES = {"sites": 14, "providers": 26, "hubs": 190}
COUNTY_LINE = "#6B6B6B"


def state_map_png(result: StateResult, width_px: int, texts: Texts) -> bytes:
    """Return the map as PNG of the given width."""
    ground = ground_of(result)
    with figure(WIDTH_INCHES, _height(ground)) as drawn:
        _draw(drawn, ground, result, texts)
        return png_bytes(drawn, width_px)


def state_map_svg(result: StateResult, texts: Texts) -> str:
    """Return the map as SVG."""
    ground = ground_of(result)
    with figure(WIDTH_INCHES, _height(ground)) as drawn:
        _draw(drawn, ground, result, texts)
        return svg_text(drawn)


def state_map_alt(result: StateResult, texts: Texts) -> str:
    """Return what the map says, in words and figures."""
    words, scores = Words(texts), result.table("tract_scores")
    tiers = scores[col.TIER].value_counts()
    communities, hubs = result.table("communities").sort_values(col.RANK), recommended_hubs(result)
    rows = communities.drop(columns="geometry").head(FIRST_COMMUNITIES)
    names = [words.community(row) for row in records(rows)]
    first = texts("figures.state_map.none")
    if names:
        first = texts("figures.state_map.alt_first", n=len(communities), names="; ".join(names))
    hub_names = "; ".join(hubs[col.NAME].fillna("?"))
    return texts(
        "figures.state_map.alt",
        state=result.state.name,
        ranked=words.number(scores[col.RANK].notna().sum()),
        **{letter.lower(): words.number(tiers.get(letter, 0)) for letter in "ABC"},
        first=first,
        hubs=texts("figures.state_map.alt_hubs", n=len(hubs), names=hub_names) if len(hubs) else "",
    ).strip()


def _height(ground: Ground) -> float:
    room = LEAST_HEIGHT_INCHES
    if not ground.outline.is_empty:
        west, south, east, north = ground.outline.bounds
        room = float(np.clip(6.2 * (north - south) / max(east - west, 1e-6) + 1.6, LEAST_HEIGHT_INCHES, 9.5))
    return room + (CLOSE_UP_INCHES if ground.windows else 0.0)


def _draw(drawn: Figure, ground: Ground, result: StateResult, texts: Texts) -> None:
    words, height = Words(texts), drawn.get_figheight()
    top = 1 - (0.62 if result.sample else 0.25) / height
    if result.sample:
        sample_note(drawn, texts("lists.sample"), y=1 - 0.12 / height)
    title = texts("figures.state_map.title", state=result.state.name)
    fit_width(drawn.text(0.02, top, title, fontsize=16, fontweight="bold", va="top"), 0.96 * WIDTH_INCHES)
    foot = (0.45 + (CLOSE_UP_INCHES if ground.windows else 0.0)) / height
    axes = drawn.add_axes((0.01, foot, MAP_INCHES / WIDTH_INCHES, top - 0.35 / height - foot))
    _map(axes, ground, whole := _whole(ground))
    if len(ground.county_names) <= MOST_COUNTY_NAMES:
        _names(axes, ground.counties, [name.removesuffix(" County") for name in ground.county_names])
    beyond = np.ones(len(ground.first_xy), dtype=bool)
    wide = (WIDTH_INCHES - 0.2) / max(len(ground.windows), 1) - 0.2
    close_ups = [window.stretched(wide / CLOSE_UP_HIGH) for window in ground.windows]
    for window in close_ups:
        beyond &= ~window.holds(ground.first_xy)
        west, south, east, north = window.bounds
        axes.add_patch(Rectangle((west, south), east - west, north - south, fill=False, ec=INK, lw=1.4, zorder=6))
        axes.text(west, north, f" {shortened(window.name, 24)}", fontsize=8.5, fontweight="bold", va="bottom", zorder=8)
    _numbers(axes, ground, beyond, 0.055 * (whole.bounds[2] - whole.bounds[0]))
    for place, window in enumerate(close_ups):
        left = (0.2 + place * (wide + 0.2)) / WIDTH_INCHES
        inset = drawn.add_axes((left, 0.42 / height, wide / WIDTH_INCHES, CLOSE_UP_HIGH / height))
        _close_up(inset, ground, window)
    _panel(drawn, ground, result, texts, words, top - 0.45 / height)
    sources = texts("figures.sources", sources=main_sources(result, texts, 105), date=words.date(result.as_of))
    drawn.text(0.02, 0.12 / height, sources, fontsize=8, color=MUTED, va="bottom")


def _whole(ground: Ground) -> Window:
    bounds = (0.0, 0.0, 1.0, 1.0) if ground.outline.is_empty else ground.outline.bounds
    pad = 0.01 * (bounds[2] - bounds[0])
    return Window("", (bounds[0] - pad, bounds[1] - pad, bounds[2] + pad, bounds[3] + pad))


def _map(axes: Axes, ground: Ground, window: Window) -> None:
    """Draw tracts, water, county lines and markers of a window."""
    west, south, east, north = window.bounds
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    box = shapely.box(west, south, east, north)
    near = shapely.intersects(ground.tracts, box) if len(ground.tracts) else np.zeros(0, dtype=bool)
    detail = max(east - west, north - south) / DETAIL_PARTS
    fills = [tier for tier, is_near in zip(ground.fills, near, strict=True) if is_near]
    _tiers(axes, simplified(ground.tracts[near], detail), fills)
    water = ground.landmarks["water"]
    if len(water):
        paths = [_path(shape) for shape in shapely.simplify(water[shapely.intersects(water, box)], detail)]
        axes.add_collection(PathCollection(paths, facecolor=WATER_FILL, edgecolor="none"))
    rings = [shapely.get_coordinates(ring) for ring in rings_of(simplified(ground.counties, detail))]
    axes.add_collection(LineCollection(rings, colors=COUNTY_LINE, linewidths=0.7, zorder=3))
    for name, shape in MARKER_SHAPES.items():
        points = ground.points[name]
        points = points[window.holds(points)]
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=MARKER_SIZES[name] * (1.0 if name == "hubs" else float(np.clip(CROWD / max(len(points), 1), 0.3, 1.0))),
            marker=shape,
            facecolor=MARKER[name],
            edgecolor=INK,
            linewidth=0.5,
            zorder=5 if name == "hubs" else 4,
        )


def _close_up(axes: Axes, ground: Ground, window: Window) -> None:
    _map(axes, ground, window)
    west, south, east, north = window.bounds
    frame = Rectangle((west, south), east - west, north - south, fill=False, ec=INK, lw=2, zorder=6)
    axes.add_patch(frame)
    _numbers(axes, ground, window.holds(ground.first_xy), 0.13 * (north - south))
    axes.set_title(shortened(window.name, 30), fontsize=9, fontweight="bold", loc="left", pad=3)


def _path(shape: object) -> DrawnPath:
    """Return a polygon (or several) as one path, holes included."""
    vertices, codes = [np.empty((0, 2))], [np.empty(0, dtype=np.uint8)]
    for ring in rings_of(shape):
        points = shapely.get_coordinates(ring)
        vertices.append(points)
        codes.append(np.r_[DrawnPath.MOVETO, np.full(len(points) - 2, DrawnPath.LINETO), DrawnPath.CLOSEPOLY])
    return DrawnPath(np.vstack(vertices), np.concatenate(codes))


def _tiers(axes: Axes, shapes: Shapes, tiers: list[str]) -> None:
    """Fill polygons by tier, with a hatch besides color; unranked ones stay white."""
    groups: dict[str, list[DrawnPath]] = {}
    for shape, tier in zip(shapes, tiers, strict=True):
        groups.setdefault(tier, []).append(_path(shape))
    for tier in ("unranked", "none", "C", "B", "A"):
        paths = groups.get(tier, [])
        color = TIER_FILL.get(tier, NOT_RANKED_FILL)
        axes.add_collection(PathCollection(paths, facecolor=color, edgecolor="#D8D2C4", linewidth=0.25))
        if TIER_HATCH.get(tier):
            hatch = {"edgecolor": TIER_HATCH_COLOR[tier], "hatch": TIER_HATCH[tier], "linewidth": 0}
            axes.add_collection(PathCollection(paths, facecolor="none", **hatch))  # type: ignore[arg-type]


def _names(axes: Axes, shapes: Shapes, names: list[str]) -> None:
    """Write names inside polygons, small and muted, with a light edge so that they hold on any fill."""
    for shape, name in zip(shapes, names, strict=True):
        point = shape.representative_point()
        text = axes.text(point.x, point.y, shortened(name, 22), fontsize=7.5, color=MUTED, ha="center", zorder=3.5)
        text.set_path_effects([Stroke(linewidth=2, foreground="white", alpha=0.8), Normal()])


def _numbers(axes: Axes, ground: Ground, which: Floats | np.ndarray, distance: float) -> None:
    """Write the rank of those first communities that `which` picks, with a line to the place where they crowd."""
    picked = [place for place in np.flatnonzero(which) if place < FIRST_COMMUNITIES]
    points = ground.first_xy[picked]
    for place, point, label in zip(picked, points, apart(points, distance), strict=True):
        axes.annotate(
            str(int(ground.first[place][col.RANK])),
            (float(point[0]), float(point[1])),
            xytext=(float(label[0]), float(label[1])),
            arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
            fontsize=9,
            fontweight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=7,
            bbox={"boxstyle": "circle,pad=0.25", "fc": INK, "ec": "white", "lw": 0.8},
        )


def _legend(result: StateResult, texts: Texts, words: Words) -> list[Patch | Line2D]:
    top = words.top_share(result.settings.uncertainty)
    handles: list[Patch | Line2D] = [
        Patch(
            facecolor=TIER_FILL.get(key, NOT_RANKED_FILL),
            edgecolor=TIER_HATCH_COLOR[key] if TIER_HATCH.get(key) else "#9A9486",
            hatch=TIER_HATCH.get(key, ""),
            label=fill(texts(f"figures.state_map.legend.{key}", top=top), 36),
        )
        for key in ("A", "B", "C", "none", "unranked")
    ]
    labels = {
        "hubs": texts("figures.state_map.hubs", n=len(recommended_hubs(result))),
        "providers": texts("figures.state_map.providers"),
        "sites": texts("figures.state_map.sites"),
    }
    for name, label in labels.items():
        style = {"marker": MARKER_SHAPES[name], "markersize": 11 if name == "hubs" else 6}
        color = {"markerfacecolor": MARKER[name], "markeredgecolor": INK, "markeredgewidth": 0.5}
        label = label[:1].upper() + label[1:]
        handles.append(Line2D([], [], linestyle="", label=label, **style, **color))  # type: ignore[arg-type]
    return handles


def _panel(drawn: Figure, ground: Ground, result: StateResult, texts: Texts, words: Words, top: float) -> None:
    height = drawn.get_figheight()
    left, line = 0.68, 0.19 / height
    handles = _legend(result, texts, words)
    corner = (left - 0.008, top)
    drawn.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, frameon=False, fontsize=9, borderaxespad=0)
    lines = len(handles) + sum(str(handle.get_label()).count("\n") for handle in handles)
    y = top - (lines * 0.215 + 0.25) / height
    drawn.text(left, y, texts("figures.state_map.first"), fontsize=11, fontweight="bold", va="top")
    if not ground.first:
        drawn.text(left, y - 1.4 * line, fill(texts("figures.state_map.none"), 40), fontsize=9, va="top")
    for row in ground.first[:FIRST_COMMUNITIES]:
        y -= 2.0 * line
        drawn.text(left, y, words.number(row[col.RANK]), fontsize=9.5, fontweight="bold", va="top")
        drawn.text(left + 0.025, y, shortened(words.community(row), 34), fontsize=9.5, va="top")
        span = texts("figures.state_map.range", span=words.span(row[col.RANK_LOW], row[col.RANK_HIGH]))
        told = f"{span} · {words.code('action', row['action'])}"
        drawn.text(left + 0.025, y - 0.85 * line, told, fontsize=8, color=MUTED, va="top")
    beyond = len(ground.first) - FIRST_COMMUNITIES
    if beyond > 0:
        drawn.text(left + 0.025, y - 2.0 * line, texts("figures.state_map.more", n=beyond), fontsize=9, va="top")
