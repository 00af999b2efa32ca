"""The one symbol set of all maps, as data: pages, briefs, figures, the interactive map and QGIS read it here.

Sizes are CSS pixels. What is certain is dark and plain, what is not is lighter and patterned, so that no meaning
hangs on color alone. Does not draw, and does not hold the colors of the interactive map's other layers.
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import NamedTuple

from maps.cartography.colors import luminance
from maps.cartography.palette import MARKER, TIER_FILL

Spot = tuple[float, float]
#: What is written and drawn over everything else; white goes around it, so that it holds on any ground.
INK, CASING = "#14202b", "#ffffff"


class Area(NamedTuple):
    """A filled area, with a pattern of `PATTERNS` over it where color alone must not carry the meaning."""

    fill: str
    pattern: str | None = None


class Line(NamedTuple):
    """A line; `casing` is the width of the white under it, none where 0."""

    color: str
    width: float
    casing: float = 0.0
    dash: tuple[float, ...] = ()


class Mark(NamedTuple):
    """A point, as one of `SHAPES` of this radius, with a thin edge and white around it."""

    shape: str
    fill: str
    radius: float
    edge: str = "#0000008c"
    edge_width: float = 0.8
    casing: float = 3.0


class Label(NamedTuple):
    """How the names of a kind of place are set: size, weight as a style sheet writes it, and color."""

    size: float
    weight: str
    color: str


class Pattern(NamedTuple):
    """A square tile of `PATTERN_SIDE`: strokes (x1, y1, x2, y2) of a width, or one dot of a radius in its middle."""

    strokes: tuple[tuple[float, float, float, float], ...] = ()
    width: float = 0.0
    dot: float = 0.0


#: Areas by what they are; tracts by tier, else as listed, not listed or unknown. Drawn in this order.
AREAS = {
    "land": Area("#e8e8e5"),
    "unknown": Area("#fbfaf7", "cross"),
    "unlisted": Area(TIER_FILL["none"]),
    "listed": Area("#d5d8cf"),
    "C": Area(TIER_FILL["C"], "dots"),
    "B": Area(TIER_FILL["B"], "lines"),
    "A": Area(TIER_FILL["A"]),
    "water": Area("#c9dfe9"),
    "sea": Area("#dbe7ee"),
    "abroad": Area("#f3f2ee"),
}
TRACT_KINDS = ("unknown", "unlisted", "listed", "C", "B", "A")
LINES = {
    "tract": Line("#ffffff", 0.7),
    "road": Line("#8a7f6c", 1.2, 2.6),
    "corridor": Line("#7a5c00", 1.2, 2.6),
    "place": Line("#6b6f73", 0.8, dash=(1, 2)),
    "tribal": Line("#6a3d1c", 1.6, dash=(6, 3)),
    "county": Line("#6e757c", 0.9),
    "state": Line("#565e66", 1.2),
    "community": Line(INK, 1.7, 3.4),
    # The one community a page or brief is about, and what is chosen among all of them.
    "subject": Line(INK, 2.5, 5.0),
    "selected": Line("#b3005e", 3.0, 6.0),
    # Where a close-up lies in a larger map, or the larger map in the state.
    "window": Line("#b3005e", 2.0),
    # A relation, not a route: from a place to the training nearest in travel time.
    "way": Line(MARKER["providers"], 2.0, 4.0, (7, 5)),
    "reach": Line(MARKER["providers"], 1.4, dash=(5, 4)),
}
#: Corners of each shape around its middle, downward, for a radius of 1.
SHAPES: dict[str, tuple[Spot, ...]] = {
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "square": ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    "triangle": ((0, -1), (1, 0.8), (-1, 0.8)),
    "star": tuple(
        (round(far * sin(turn * pi / 5), 4), round(-far * cos(turn * pi / 5), 4))
        for turn, far in enumerate((1.0, 0.45) * 5)
    ),
}
MARKS = {
    "sites": Mark("diamond", MARKER["sites"], 5.0),
    "entry": Mark("square", MARKER["providers"], 6.5),
    "advanced": Mark("square", "#ffffff", 6.5, MARKER["providers"], 2.0),
    "centers": Mark("triangle", MARKER["job_centers"], 6.5),
    "hubs": Mark("star", MARKER["hubs"], 11.0),
}
#: The mark of each layer of points; providers for beginners, who are drawn everywhere.
MARK_OF = {"sites": "sites", "providers": "entry", "job_centers": "centers", "hubs": "hubs"}
LABELS = {
    "place": Label(12.5, "600", "#1b1f24"),
    "county": Label(11.0, "400", "#3c434b"),
    "tribal": Label(11.5, "italic 600", LINES["tribal"].color),
    "water": Label(11.0, "italic 400", "#1f5c82"),
}
#: The rank of a community: a white disc with a ring and the number in it.
BADGE_RADIUS, BADGE_RING, BADGE_LETTERS = 10.0, 2.0, 11.0

PATTERN_SIDE = 6.0
_RISING = ((-1.0, 1.0, 1.0, -1.0), (0.0, 6.0, 6.0, 0.0), (5.0, 7.0, 7.0, 5.0))
_FALLING = tuple((x1, PATTERN_SIDE - y1, x2, PATTERN_SIDE - y2) for x1, y1, x2, y2 in _RISING)
PATTERNS = {
    "lines": Pattern(_RISING, 1.3),
    "back": Pattern(_FALLING, 1.3),
    "cross": Pattern(_RISING + _FALLING, 0.9),
    "dots": Pattern(dot=1.1),
}
#: Ink of a pattern on fills lighter, and not lighter, than this luminance.
LIGHT_FILL, INK_ON_LIGHT, INK_ON_DARK = 0.3, "#141e28a6", "#ffffffbf"


def kind_of_tier(tier: object) -> str:
    """Return what a listed tract of a tier is drawn as."""
    return tier if isinstance(tier, str) and tier in AREAS else "listed"


def pattern_ink(fill: str) -> str:
    """Return the color (#rrggbbaa) of a pattern over a fill (#rrggbb)."""
    return INK_ON_LIGHT if luminance(fill) > LIGHT_FILL else INK_ON_DARK


def as_json() -> dict[str, object]:
    """Return the symbols as plain values, as the scripts of the interactive map read them."""
    return {
        "areas": {name: area._asdict() for name, area in AREAS.items()},
        "lines": {name: line._asdict() for name, line in LINES.items()},
        "marks": {name: mark._asdict() for name, mark in MARKS.items()},
        "labels": {name: label._asdict() for name, label in LABELS.items()},
        "shapes": SHAPES,
        "patterns": {name: pattern._asdict() for name, pattern in PATTERNS.items()},
        "pattern_side": PATTERN_SIDE,
        "pattern_ink": {"light_fill": LIGHT_FILL, "on_light": INK_ON_LIGHT, "on_dark": INK_ON_DARK},
        "badge": {"radius": BADGE_RADIUS, "ring": BADGE_RING, "letters": BADGE_LETTERS, "ink": INK},
        "casing": CASING,
    }
