"""The state at one look: tracts by tier, recruitment hubs, training and planned work, and the first communities.

Dense cities, which vanish at the scale of a state, get close-ups below. The map is also the thumbnail in the run's
user interface. Online tiles are never used. Does not hold symbols or geometry (see `maps.cartography`).
"""

from __future__ import annotations

from textwrap import wrap

import numpy as np

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography import svg, symbols
from maps.cartography.base_map import Ground, ground_of
from maps.cartography.frame import Frame
from maps.cartography.lettering import shortened, width
from maps.cartography.palette import MUTED, SAMPLE_FILL
from maps.cartography.svg import UNIT, Letters
from maps.figures.drawing import png_of_svg
from maps.texts import Texts
from maps.wording.hub_choice import recommended_hubs
from maps.wording.rows import records
from maps.wording.source_lines import main_sources
from maps.wording.words import Words

# Lengths are units of the drawing, of which there are two to a CSS pixel.
WIDE, MARGIN = 1920.0, 40.0
MAP_WIDE = 1250.0
LEAST_MAP_HIGH, MOST_MAP_HIGH = 1150.0, 1640.0  # the least holds the legend and the first communities
CLOSE_UP_HIGH, CLOSE_UP_HEAD = 530.0, 56.0
FOOT = 64.0
PANEL_LEFT = 1320.0
PANEL_LETTERS = 40  # of a line in the panel
FIRST_COMMUNITIES = 8
MOST_COUNTY_NAMES = 40
LAYERS = ("sites", "providers", "hubs")
LEGEND_TEXTS = {kind: f"figures.state_map.legend.{kind}" for kind in ("A", "B", "C")} | {
    "listed": "map.legend.no_tier",
    "unlisted": "map.legend.unlisted",
    "unknown": "map.legend.unknown",
}


def state_map_png(result: StateResult, width_px: int, texts: Texts) -> bytes:
    """Return the map as PNG of the given width."""
    return png_of_svg(state_map_svg(result, texts), width_px)


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


def state_map_svg(result: StateResult, texts: Texts) -> str:
    """Return the map as SVG, its letters as outlines: it looks the same on a machine without our fonts."""
    ground = ground_of(result)
    parts, top = [], MARGIN
    if result.sample:
        parts.append(_notice(texts("lists.sample"), top))
        top += 70
    title = texts("figures.state_map.title", state=result.state.name)
    size = min(23.0, 23.0 * (WIDE - 2 * MARGIN) / max(width(title, 23 * UNIT, bold=True), 1.0))
    parts.append(_text(title, MARGIN, top + 40, size, bold=True))
    top += 80
    high = float(np.clip(MAP_WIDE * ground.proportion + 60, LEAST_MAP_HIGH, MOST_MAP_HIGH))
    frame = Frame.around(ground.bounds, (MARGIN, top, MAP_WIDE, high), 1.02)
    close_ups = _close_ups(ground, top + high + CLOSE_UP_HEAD)
    beyond = np.ones(len(ground.first_xy), dtype=bool)
    for close in close_ups.values():
        beyond &= ~close.holds(ground.first_xy)
    parts.append(svg.framed(frame, "m", *_map(ground, frame, beyond, close_ups)))
    for place, (name, close) in enumerate(close_ups.items()):
        badges = svg.numbers(svg.badges(ground, close, close.holds(ground.first_xy)), as_outline=True)
        inner = [svg.land(ground, close), svg.marks(ground, close, LAYERS), badges]
        parts.append(_text(shortened(name, 30), close.left, close.top - 14, 12.5, bold=True))
        parts.append(svg.framed(close, f"c{place}", *inner))
    parts += _panel(ground, result, texts, top + 20)
    foot = top + high + (CLOSE_UP_HEAD + CLOSE_UP_HIGH if close_ups else 0) + FOOT
    sources = texts("figures.sources", sources=main_sources(result, texts, 105), date=Words(texts).date(result.as_of))
    parts.append(_text(sources, MARGIN, foot - 18, 11, color=MUTED))
    return svg.document(WIDE, round(foot), *parts)


def _text(words: str, x: float, y: float, size: float, bold: bool = False, color: str = symbols.INK) -> str:
    return svg.text(words, (x, y), Letters(size, bold=bold, color=color, as_outline=True))


def _notice(words: str, top: float) -> str:
    """Return the notice of fictional data across the top."""
    wide = width(words, 12 * UNIT) + 40
    edge = f'fill="{SAMPLE_FILL}" stroke="{symbols.INK}" stroke-width="{UNIT:g}"'
    letters = Letters(12, anchor="middle", as_outline=True)
    box = (round((WIDE - wide) / 2), top - 20, round(wide), 48)
    return svg.rectangle(box, edge) + svg.text(words, (WIDE / 2, top + 12), letters)


def _close_ups(ground: Ground, top: float) -> dict[str, Frame]:
    """Return the frames of close-ups, side by side, by name."""
    count = max(len(ground.windows), 1)
    wide = (WIDE - MARGIN * (count + 1)) / count
    return {
        window.name: Frame.around(window.bounds, (MARGIN + place * (wide + MARGIN), top, wide, CLOSE_UP_HIGH))
        for place, window in enumerate(ground.windows)
    }


def _map(ground: Ground, frame: Frame, beyond: np.ndarray, close_ups: dict[str, Frame]) -> list[str]:
    """Return the state with its close-ups marked and those first communities numbered that lie `beyond` them."""
    parts = [svg.land(ground, frame), svg.marks(ground, frame, LAYERS)]
    badges = svg.badges(ground, frame, beyond)
    taken = [badge.at for badge in badges]
    for name, close in close_ups.items():
        box = frame.box_of(close)
        parts.append(svg.window_box(box))
        letters = Letters(11.5, bold=True, halo=True, as_outline=True)
        parts.append(svg.text(shortened(name, 24), (box[0] + 4, box[1] - 10), letters))
        taken += [(box[0] + x, box[1] - 10) for x in (40.0, 110.0, 180.0)]
    if len(ground.county_names) <= MOST_COUNTY_NAMES:
        letters = Letters(10, color=MUTED, anchor="middle", halo=True, as_outline=True)
        parts.append(svg.names(ground.counties, ground.county_names, frame, taken, letters))
    return [*parts, svg.numbers(badges, as_outline=True)]


def _legend(result: StateResult, texts: Texts, y: float) -> tuple[list[str], float]:
    """Return the legend below `y`, and where it ends."""
    words, parts = Words(texts), []
    top = words.top_share(result.settings.uncertainty)
    hubs = len(recommended_hubs(result))
    for kind, key in LEGEND_TEXTS.items():
        parts.append(svg.swatch(kind, (PANEL_LEFT, y, 48, 24)))
        for line in wrap(texts(key, top=top), PANEL_LETTERS):
            parts.append(_text(line, PANEL_LEFT + 66, y + 20, 12))
            y += 34
        y += 6
    for layer in reversed(LAYERS):
        label = texts(f"figures.state_map.{layer}", **({"n": hubs} if layer == "hubs" else {}))
        parts.append(svg.mark(symbols.MARK_OF[layer], (PANEL_LEFT + 24, y + 12)))
        parts.append(_text(label[:1].upper() + label[1:], PANEL_LEFT + 66, y + 20, 12))
        y += 40
    return parts, y


def _panel(ground: Ground, result: StateResult, texts: Texts, y: float) -> list[str]:
    """Return the legend and, below it, the first communities with their ranks and what to do."""
    words = Words(texts)
    parts, y = _legend(result, texts, y)
    y += 56
    parts.append(_text(texts("figures.state_map.first"), PANEL_LEFT, y, 15, bold=True))
    if not len(ground.first):
        for line in wrap(texts("figures.state_map.none"), PANEL_LETTERS):
            y += 40
            parts.append(_text(line, PANEL_LEFT, y, 12))
    for row in records(ground.first.head(FIRST_COMMUNITIES)):
        y += 46
        span = texts("figures.state_map.range", span=words.span(row[col.RANK_LOW], row[col.RANK_HIGH]))
        parts.append(_text(words.number(row[col.RANK]), PANEL_LEFT, y, 12.5, bold=True))
        parts.append(_text(shortened(words.community(row), 34), PANEL_LEFT + 50, y, 12.5))
        y += 30
        parts.append(_text(f"{span} · {words.code('action', row[col.ACTION])}", PANEL_LEFT + 50, y, 11, color=MUTED))
    more = len(ground.first) - FIRST_COMMUNITIES
    if more > 0:
        parts.append(_text(texts("figures.state_map.more", n=more), PANEL_LEFT + 50, y + 46, 12))
    return parts
