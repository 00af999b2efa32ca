"""Small maps for briefs: a community with what is near it, or the whole state, beside their legend.

Drawn in thousands, so without a drawing library. Does not hold symbols or geometry (see `maps.cartography`).
"""

from __future__ import annotations

import numpy as np
import shapely

from geodata.geography.sphere import METERS_PER_DEGREE
from maps.cartography import svg, symbols
from maps.cartography.base_map import Ground
from maps.cartography.frame import Box, Frame
from maps.texts import Texts

WIDE, HIGH = 1440.0, 680.0
MAP: Box = (0.0, 0.0, 960.0, HIGH)  # left, top, width, height
INSET: Box = (1000.0, 8.0, 424.0, 240.0)
CLOSE_UP: Box = (1000.0, 400.0, 424.0, 276.0)
AROUND = 2.6  # side of the view over the community's own
KM_PER_DEGREE = METERS_PER_DEGREE / 1000
KM_PER_MILE = 1.609344
LEGEND_TEXTS = {"A": "briefs.map.tier.A", "B": "briefs.map.tier.B", "C": "briefs.map.tier.C"} | {
    "listed": "map.legend.no_tier",
    "unlisted": "map.legend.unlisted",
    "unknown": "map.legend.unknown",
}
LEGEND_LAYERS = ("providers", "job_centers", "sites", "hubs")
LEGEND_STEP = 33.0


def locator_svg(ground: Ground, community_id: str | None, texts: Texts) -> str:
    """Return the map of a community, or of the state where `community_id` is None, 720×340 CSS pixels.

    A state with a dense city gets a close-up of it.
    """
    shape = ground.communities.get(community_id) if community_id else None
    if shape is None or shape.is_empty:
        # Nothing to outline, of tracts without a polygon: the state is shown instead.
        return svg.document(WIDE, HIGH, *_state(ground, texts))
    frame = _around(shape)
    parts = [
        svg.land(ground, frame),
        svg.subject(shape, frame),
        svg.marks(ground, frame, ground.points),
        svg.place_names(ground, frame),
        _scale(frame, texts),
    ]
    small = Frame(ground.bounds, *INSET[2:], *INSET[:2])
    aside = [svg.state_in_small(ground, small, frame.window), _legend(texts, INSET[1] + INSET[3] + 30, outlined=True)]
    return svg.document(WIDE, HIGH, svg.framed(frame, "m", *parts), *aside)


def in_view(ground: Ground, community_id: str) -> dict[str, int]:
    """Return how many points of each layer a community's map shows, for its text alternative."""
    shape = ground.communities.get(community_id)
    if shape is None:
        return dict.fromkeys(ground.points, 0)
    frame = _around(shape)
    return {name: int(frame.holds(points).sum()) for name, points in ground.points.items()}


def _around(shape: shapely.Geometry) -> Frame:
    return Frame.around(np.asarray(shape.bounds), MAP, AROUND)


def _state(ground: Ground, texts: Texts) -> list[str]:
    frame = Frame.around(ground.bounds, MAP, 1.06)
    beyond = np.ones(len(ground.first_xy), dtype=bool)
    aside, window = [_legend(texts, 40.0)], ""
    if ground.windows:
        close = Frame.around(ground.windows[0].bounds, CLOSE_UP)
        beyond = ~close.holds(ground.first_xy)
        window = svg.window_box(frame.box_of(close))
        inner = [svg.land(ground, close), svg.marks(ground, close, ground.points, 0.7)]
        aside.append(svg.framed(close, "c", *inner, svg.numbers(svg.badges(ground, close, ~beyond))))
    badges = svg.badges(ground, frame, beyond)
    parts = [
        svg.land(ground, frame),
        window,
        svg.marks(ground, frame, ground.points),
        svg.place_names(ground, frame, [badge.at for badge in badges]),
        svg.numbers(badges),
        _scale(frame, texts),
    ]
    return [svg.framed(frame, "m", *parts), *aside]


def _scale(frame: Frame, texts: Texts) -> str:
    """Return a bar of a round number of miles, about a fifth of the map wide."""
    miles_across = frame.wide / frame.scale * KM_PER_DEGREE / KM_PER_MILE
    length = max((step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if step <= miles_across / 4), default=0.5)
    wide = length * KM_PER_MILE / KM_PER_DEGREE * frame.scale
    x, y = 24, frame.high - 24
    bar = f"M{x} {y - 10:g}V{y:g}H{x + wide:.0f}V{y - 10:g}"
    label = texts("briefs.map.miles", n=f"{length:g}")
    line = symbols.Line(symbols.INK, 1.5, 4.0)
    return svg.stroke(bar, line) + svg.text(label, (x + wide + 12, y), svg.Letters(halo=True))


def _legend(texts: Texts, y: float, outlined: bool = False) -> str:
    x, parts = INSET[0], []

    def box() -> Box:
        return (x, y - 18, 36, 22)

    if outlined:
        edge = f'fill="none" stroke="{symbols.INK}" stroke-width="{symbols.LINES["subject"].width * svg.UNIT:g}"'
        parts += [svg.rectangle(box(), edge), svg.text(texts("briefs.map.outline"), (x + 52, y), svg.Letters())]
        y += LEGEND_STEP
    for kind, key in LEGEND_TEXTS.items():
        parts += [svg.swatch(kind, box()), svg.text(texts(key), (x + 52, y), svg.Letters())]
        y += LEGEND_STEP
    for layer in LEGEND_LAYERS:
        label = texts(f"briefs.map.{layer}")
        parts.append(svg.mark(symbols.MARK_OF[layer], (x + 18, y - 7)))
        parts.append(svg.text(label[:1].upper() + label[1:], (x + 52, y), svg.Letters()))
        y += LEGEND_STEP
    return "".join(parts)
