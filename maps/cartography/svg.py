"""The SVG backend of the symbol set: pieces of a still map, each a string, in units of half a CSS pixel.

Names are put in through XML escaping, never as markup. Does not decide which map shows what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.decisions.where_to_start import to_start_in
from geodata.schemas import columns as col
from maps.cartography import symbols
from maps.cartography.base_map import Ground, apart
from maps.cartography.frame import Box, Frame, Levels
from maps.cartography.lettering import FAMILY, outline, printable, shortened, width

#: Units of a drawing for one CSS pixel, in which symbols are measured.
UNIT = 2.0
#: Badges stand for the first communities, and for those the first sentence names.
FIRST_COMMUNITIES = 10
PLACE_LETTERS, MOST_PLACE_NAMES = 11.0, 6
#: Marks of a kind beyond which they are drawn smaller, and the least they shrink to.
CROWD, LEAST_SIZE = 60, 0.5
Spot = tuple[float, float]


@dataclass(frozen=True)
class Letters:
    """How a text is set: its size (CSS pixels), weight, color, anchor, and white around it where `halo`."""

    size: float = PLACE_LETTERS
    bold: bool = False
    color: str = symbols.INK
    anchor: str = "start"
    halo: bool = False
    as_outline: bool = False


def definitions() -> str:
    """Return the patterns and marks that other pieces refer to."""
    patterns = "".join(_pattern(name) for name in dict.fromkeys(a.pattern for a in symbols.AREAS.values()) if name)
    marks = "".join(f'<g id="{name}">{_mark(mark)}</g>' for name, mark in symbols.MARKS.items())
    return f"<defs>{patterns}{marks}</defs>"


def stroke(path: str, line: symbols.Line) -> str:
    """Return a path drawn as a line, with its casing under it."""
    dash = f' stroke-dasharray="{" ".join(f"{part * UNIT:g}" for part in line.dash)}"' if line.dash else ""
    under = [(symbols.CASING, line.casing, "")] if line.casing else []
    shape = f'<path d="{path}" fill="none" stroke-linejoin="round"'
    return "".join(
        f'{shape} stroke="{color}" stroke-width="{wide * UNIT:g}"{dashes}/>'
        for color, wide, dashes in [*under, (line.color, line.width, dash)]
        if path
    )


def area(path: str, kind: str, edge: symbols.Line | None = None) -> str:
    """Return a path filled as one of `symbols.AREAS`, with a plain line around it where there is an `edge`."""
    symbol = symbols.AREAS[kind]
    over = f'<path d="{path}" fill="url(#{symbol.pattern})"/>' if symbol.pattern else ""
    line = f' stroke="{edge.color}" stroke-width="{edge.width * UNIT:g}"' if edge else ""
    return f'<path d="{path}" fill="{symbol.fill}"{line}/>{over}' if path else ""


def rectangle(box: Box, attributes: str) -> str:
    """Return a rectangle (left, top, width, height)."""
    left, top, wide, high = box
    return f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" {attributes}/>'


def framed(frame: Frame, name: str, *parts: str) -> str:
    """Return pieces cut at the edge of a frame, with a line around it; `name` is of this frame alone."""
    box = (frame.left, frame.top, frame.wide, frame.high)
    edge = rectangle(box, f'fill="none" stroke="{symbols.LINES["county"].color}" stroke-width="{UNIT:g}"')
    return (
        f'<clipPath id="{name}">{rectangle(box, "")}</clipPath><g clip-path="url(#{name})">{"".join(parts)}</g>{edge}'
    )


def land(ground: Ground, frame: Frame) -> str:
    """Return tracts by kind, water, roads and lines of counties and tribal land, over what lies beyond the state."""
    states = ground.landmarks["state"]
    parts = [rectangle((frame.left, frame.top, frame.wide, frame.high), f'fill="{symbols.AREAS[ground.beyond].fill}"')]
    if len(states):
        parts.append(area(frame.path(frame.cut(states)), "land"))
    near = frame.near(ground.tracts)
    shapes, kinds = frame.cut(ground.tracts, near), ground.kinds[near]
    edge = symbols.LINES["tract"]
    parts += [area(frame.path(shapes[kinds == kind]), kind, edge) for kind in symbols.TRACT_KINDS]
    parts.append(area(frame.path(frame.cut(ground.landmarks["water"])), "water"))
    for kind, levels, closed in (
        ("road", ground.landmarks["road"], False),
        ("corridor", ground.landmarks["corridor"], False),
        ("tribal", ground.landmarks["tribal"], True),
        ("county", ground.counties, True),
    ):
        path = frame.path(frame.cut(levels), closed)
        parts.append(stroke(path, symbols.LINES[kind]))
    return "".join(parts)


def subject(shape: shapely.Geometry, frame: Frame) -> str:
    """Return the outline of the one area a map is about."""
    simple = np.asarray([shapely.simplify(shape, frame.detail / 2)], dtype=object)
    return stroke(frame.path(simple), symbols.LINES["subject"])


def marks(ground: Ground, frame: Frame, layers: Iterable[str], size: float = 1.0) -> str:
    """Return the marks of layers of points in a frame, smaller where there are many."""
    drawn = []
    for layer in layers:
        seen = ground.points[layer][frame.holds(ground.points[layer])]
        shrunk = size * float(np.clip(np.sqrt(CROWD / max(len(seen), 1)), LEAST_SIZE, 1.0))
        drawn += [mark(symbols.MARK_OF[layer], (x, y), shrunk) for x, y in frame.to_sheet(seen)]
    return "".join(drawn)


def mark(name: str, at: Spot, size: float = 1.0) -> str:
    """Return one of `symbols.MARKS`."""
    place = f"translate({at[0]:.0f} {at[1]:.0f})" + (f" scale({size:.2g})" if size != 1 else "")
    return f'<use href="#{name}" transform="{place}"/>'


def text(words: str, at: Spot, letters: Letters) -> str:
    """Return a line of text at its baseline (units)."""
    shown, size, (x, y) = printable(words), letters.size * UNIT, at
    around = f'stroke="{symbols.CASING}" stroke-width="{3.2 * UNIT:g}" stroke-linejoin="round" '
    if letters.as_outline:
        path, wide = outline(shown, size, letters.bold)
        x -= wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[letters.anchor]
        body = f'transform="translate({x:.1f} {y:.1f})" d="{path}" fill="{letters.color}"'
        return (f"<path {around}{body}/>" if letters.halo else "") + f"<path {body}/>"
    weight = ' font-weight="700"' if letters.bold else ""
    anchor = f' text-anchor="{letters.anchor}"' if letters.anchor != "start" else ""
    body = f'x="{x:.0f}" y="{y:.0f}" font-size="{size:g}"{weight}{anchor} fill="{letters.color}">{escape(shown)}</text>'
    return (f"<text {around}{body}" if letters.halo else "") + f"<text {body}"


@dataclass(frozen=True)
class Badge:
    """The rank of a community, where it lies and where there is room to write it."""

    rank: int
    home: Spot
    at: Spot


def badges(ground: Ground, frame: Frame, which: NDArray[np.bool_], size: float = 1.0) -> list[Badge]:
    """Return the badges of communities that `which` picks, moved apart where they crowd.

    Of the first ones by rank, and of those the first sentence names, whatever their rank.
    """
    named = to_start_in(ground.first).to_numpy()
    picked = np.flatnonzero(which & ((np.arange(len(named)) < FIRST_COMMUNITIES) | named))
    spots = frame.to_sheet(ground.first_xy[picked])
    distance = (2 * symbols.BADGE_RADIUS + symbols.BADGE_RING) * UNIT * size
    ranks = ground.first[col.RANK].to_numpy()
    return [
        Badge(int(ranks[place]), (float(x), float(y)), (float(at_x), float(at_y)))
        for place, (x, y), (at_x, at_y) in zip(picked, spots, apart(spots, distance), strict=True)
    ]


def numbers(drawn: Iterable[Badge], size: float = 1.0, as_outline: bool = False) -> str:
    """Return badges, with a line to the place of one that was moved."""
    parts = []
    ring = f'fill="{symbols.CASING}" stroke="{symbols.INK}" stroke-width="{symbols.BADGE_RING * UNIT * size:g}"'
    letters = Letters(symbols.BADGE_LETTERS * size, bold=True, anchor="middle", as_outline=as_outline)
    for badge in drawn:
        (x, y), (at_x, at_y) = badge.home, badge.at
        if abs(at_x - x) + abs(at_y - y) > 6 * UNIT:
            parts.append(f'<path d="M{x:.0f} {y:.0f}L{at_x:.0f} {at_y:.0f}" stroke="{symbols.INK}" stroke-width="2"/>')
        parts.append(f'<circle cx="{at_x:.0f}" cy="{at_y:.0f}" r="{symbols.BADGE_RADIUS * UNIT * size:g}" {ring}/>')
        parts.append(text(str(badge.rank), (at_x, at_y + letters.size * UNIT * 0.36), letters))
    return "".join(parts)


def place_names(ground: Ground, frame: Frame, taken: Sequence[Spot] = (), letters: Letters | None = None) -> str:
    """Return the names of the largest places in view, each where most of it is seen and nothing is written yet.

    `taken` are the middles of badges, which names keep clear of.
    """
    return names(ground.places, ground.place_names, frame, taken, letters, MOST_PLACE_NAMES)


def names(
    shapes: Levels,
    words: Sequence[str],
    frame: Frame,
    taken: Sequence[Spot] = (),
    letters: Letters | None = None,
    most: int = 40,
) -> str:
    """Return the names of the largest shapes in view, without “County”, where there is room for them."""
    letters = letters or Letters(anchor="middle", halo=True)
    near = frame.near(shapes)
    seen = frame.cut(shapes, near, beyond=0.0)
    reach = symbols.BADGE_RADIUS * UNIT
    held: list[Box] = [(x - reach, y - reach, x + reach, y + reach) for x, y in taken]
    high, parts = letters.size * UNIT, []
    for place in np.argsort(-shapely.area(seen), kind="stable")[:most]:
        point = shapely.point_on_surface(seen[place])
        if point.is_empty:
            continue
        x, y = frame.to_sheet(np.array([[point.x, point.y]]))[0]
        name = shortened(words[near[place]].removesuffix(" County"), 22)
        half = width(name, high, letters.bold) / 2 + UNIT
        x = float(np.clip(x, frame.left + half, frame.left + frame.wide - half))
        for aside in (0.0, 1.5, -1.5, 2.6, -2.6):
            at = float(np.clip(y + aside * high, frame.top + 1.3 * high, frame.top + frame.high - 2.2 * high))
            box = (x - half, at - high, x + half, at + high / 3)
            if not any(_overlap(box, other) for other in held):
                held.append(box)
                parts.append(text(name, (x, at), letters))
                break
    return "".join(parts)


def state_in_small(ground: Ground, frame: Frame, window: Box) -> str:
    """Return the state with a window on it, to show where a larger map lies."""
    state = np.asarray([shapely.simplify(ground.outline, frame.detail)], dtype=object)
    path = frame.path(state)
    corners = frame.to_sheet(np.array([[window[0], window[3]], [window[2], window[1]]]))
    west, south, east, north = ground.bounds
    low, high = frame.to_sheet(np.array([[west, north], [east, south]]))
    (left, top), (right, bottom) = np.clip(corners, low - UNIT, high + UNIT)
    least = 6 * UNIT
    box = (round(left), round(top), round(max(right - left, least)), round(max(bottom - top, least)))
    return area(path, "unlisted", symbols.LINES["county"]) + window_box(box)


def window_box(box: Box) -> str:
    """Return the rectangle (left, top, width, height) by which one map shows where another lies."""
    line = symbols.LINES["window"]
    return rectangle(box, f'fill="none" stroke="{line.color}" stroke-width="{line.width * UNIT:g}"')


def swatch(kind: str, box: Box) -> str:
    """Return a sample of an area for a legend."""
    symbol, edge = symbols.AREAS[kind], f'stroke="{symbols.LINES["county"].color}" stroke-width="{UNIT:g}"'
    over = rectangle(box, f'fill="url(#{symbol.pattern})"') if symbol.pattern else ""
    return rectangle(box, f'fill="{symbol.fill}" {edge}') + over


def document(wide: float, high: float, *parts: str) -> str:
    """Return a whole drawing of `wide` by `high` units, on white, that needs no other file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide / UNIT:g}" '
        f'height="{high / UNIT:g}" font-family="{FAMILY}, Verdana, Arial, sans-serif">'
        f"{definitions()}{rectangle((0, 0, wide, high), 'fill=' + chr(34) + '#fff' + chr(34))}{''.join(parts)}</svg>"
    )


def _pattern(name: str) -> str:
    """Return a pattern in the ink that holds on the fill it is used over."""
    pattern, side = symbols.PATTERNS[name], symbols.PATTERN_SIDE
    ink = next(symbols.pattern_ink(area.fill) for area in symbols.AREAS.values() if area.pattern == name)
    lines = "".join(f"M{x1:g} {y1:g}L{x2:g} {y2:g}" for x1, y1, x2, y2 in pattern.strokes)
    drawn = f'<path d="{lines}" stroke="{ink}" stroke-width="{pattern.width:g}"/>' if lines else ""
    if pattern.dot:
        drawn += f'<circle cx="{side / 2:g}" cy="{side / 2:g}" r="{pattern.dot:g}" fill="{ink}"/>'
    return (
        f'<pattern id="{name}" width="{side:g}" height="{side:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({UNIT:g})">{drawn}</pattern>'
    )


def _mark(symbol: symbols.Mark) -> str:
    corners = np.array(symbols.SHAPES[symbol.shape]) * symbol.radius * UNIT
    path = "M" + "L".join(f"{x:.4g} {y:.4g}" for x, y in corners) + "Z"
    white = f'fill="{symbols.CASING}" stroke="{symbols.CASING}" stroke-width="{symbol.casing * UNIT:g}"'
    edge = f'fill="{symbol.fill}" stroke="{symbol.edge}" stroke-width="{symbol.edge_width * UNIT:g}"'
    return f'<path d="{path}" {white}/><path d="{path}" {edge}/>'


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
