"""Small still maps for pages: where a community or county lies in its state, and what it looks like near by.

Drawn as SVG with attributes only, from the same shapes and symbols as every other map; no script and no style is
needed. Does not hold the interactive map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography import svg, symbols
from maps.cartography.base_map import ground_of, joined
from maps.cartography.extent import inhabited_part
from maps.cartography.frame import Box, Frame

#: Size of a map in the units of its drawing; on the page it takes the width of its column.
WIDE, HIGH = 1280.0, 840.0
STATE_WIDE, STATE_HIGH = 320.0, 240.0
ANSWER_WIDE = 1040.0
MARGIN = 12.0
#: The surroundings shown are this many times the size of a community, and of a county or larger area.
SURROUNDINGS, WIDE_SURROUNDINGS = 2.2, 1.3
#: A window that holds this much of the state needs no small map of the state beside it.
MOST_OF_STATE = 0.7
#: What the maps of pages mark; their keys say no more.
LAYERS = ("providers", "job_centers")
#: Letters of maps that are shown at about half their size.
PLACE_LETTERS, BADGE_SIZE = 15.0, 1.25


class Locator:
    """Draws the still maps of one state; its shapes are prepared once, and each map is drawn once."""

    def __init__(self, result: StateResult) -> None:
        self._made: dict[tuple[float, tuple[int, ...]], str] = {}
        self.ground = ground_of(result)
        self.empty = self.ground.outline.is_empty

    def of_tracts(self, geoids: Sequence[str], label: str, surroundings: float = SURROUNDINGS) -> Markup:
        """Return the map of some tracts with what lies around them; empty where none has a polygon."""
        position = self.ground.position
        places = tuple(sorted(position[geoid] for geoid in geoids if geoid in position))
        if not places:
            return Markup("")
        key = (surroundings, places)
        if key not in self._made:
            self._made[key] = self._drawn(places, surroundings)
        # The drawing is the same in every language; only what it is called differs.
        return _labeled("locator", (0, 0, WIDE, HIGH), label, self._made[key])

    def of_state(self, communities: pd.DataFrame, members: pd.DataFrame, label: str) -> Markup:
        """Return the state with its communities in the color of their tier and the first ones numbered.

        `communities` in order of rank; `members` is the table community_tracts.
        """
        if self.empty:
            return Markup("")
        ground = self.ground
        high = ANSWER_WIDE * min(1.1, max(0.45, ground.proportion))
        frame = Frame(ground.bounds, ANSWER_WIDE - 2 * MARGIN, high - 2 * MARGIN, MARGIN, MARGIN)
        tier_of = dict(zip(communities[col.COMMUNITY_ID], communities[col.TIER], strict=True))
        places: dict[str, list[int]] = {}
        for geoid, ident in zip(members[col.GEOID], members[col.COMMUNITY_ID], strict=True):
            if geoid in ground.position:
                places.setdefault(symbols.kind_of_tier(tier_of.get(ident)), []).append(ground.position[geoid])
        counties = frame.path(ground.counties(frame.detail))
        shapes = ground.tracts(frame.detail)
        badges = svg.badges(ground, frame, np.ones(len(ground.first_xy), dtype=bool), BADGE_SIZE)
        drawn = [
            svg.area(counties, "unlisted"),
            *(svg.area(frame.path(shapes[sorted(found)]), kind) for kind, found in sorted(places.items())),
            svg.area(frame.path(frame.cut(ground.landmarks["water"])), "water"),
            svg.stroke(counties, symbols.LINES["county"]),
            svg.numbers(badges, BADGE_SIZE),
        ]
        return _labeled("locator state", (0, 0, ANSWER_WIDE, high), label, svg.definitions() + "".join(drawn))

    def _drawn(self, places: tuple[int, ...], surroundings: float) -> str:
        ground = self.ground
        chosen = joined(ground.tracts.shapes[list(places)])
        bounds = inhabited_part(chosen, np.array(ground.bounds)).bounds
        frame = _kept_inside(Frame.around(bounds, (0, 0, WIDE, HIGH), surroundings), ground.bounds)
        names = svg.Letters(PLACE_LETTERS, anchor="middle", halo=True)
        parts = [
            svg.definitions(),
            svg.land(ground, frame),
            svg.subject(chosen, frame),
            svg.marks(ground, frame, LAYERS, 1.4),
            svg.place_names(ground, frame, letters=names),
            self._inset(frame),
        ]
        return "".join(parts)

    def _inset(self, frame: Frame) -> str:
        """Return the state in a corner with the window of the large map on it, where that says anything."""
        south, north = self.ground.bounds[1], self.ground.bounds[3]
        if frame.window[3] - frame.window[1] > MOST_OF_STATE * (north - south):
            return ""
        left, top = WIDE - STATE_WIDE - 2 * MARGIN, HIGH - STATE_HIGH - 2 * MARGIN
        small = Frame(self.ground.bounds, STATE_WIDE, STATE_HIGH, left, top)
        card = (left - 16, top - 16, STATE_WIDE + 32, STATE_HIGH + 32)
        paper = 'rx="8" fill="#fff" fill-opacity=".94" stroke="#b9b4a6" stroke-width="2"'
        return svg.rectangle(card, paper) + svg.state_in_small(self.ground, small, frame.window)


def _kept_inside(frame: Frame, bounds: Box) -> Frame:
    """Return a frame moved so that it shows more of the state (`bounds`) and less of what lies beyond it."""
    west, south, east, north = frame.window
    x, y = _shift(west, east, bounds[0], bounds[2]), _shift(south, north, bounds[1], bounds[3])
    return Frame((west + x, south + y, east + x, north + y), frame.wide, frame.high, frame.left, frame.top)


def _shift(low: float, high: float, least: float, most: float) -> float:
    half, middle = (high - low) / 2, (low + high) / 2
    slack = 0.25 * half
    if 2 * half >= most - least + 2 * slack:
        return (least + most) / 2 - middle
    return min(max(middle, least + half - slack), most - half + slack) - middle


def _labeled(name: str, box: Box, label: str, drawing: str) -> Markup:
    head = Markup('<svg class="{}" viewBox="{}" role="img" aria-label="{}" font-family="system-ui, sans-serif">')
    view = " ".join(f"{edge:.0f}" for edge in box)
    # Drawn here; every name in it was escaped.
    return head.format(name, view, label) + Markup(drawing) + Markup("</svg>")  # noqa: S704
