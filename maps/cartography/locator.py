"""Small still maps for pages: where a community or county lies in its state, and what it looks like near by.

Drawn as SVG with attributes only, from the same polygons as the interactive map; no script and no style is needed.
Does not hold the interactive map or its colours' meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography import topology
from maps.cartography.colors import COLORS
from maps.cartography.extent import inhabited_box, inhabited_part, residents
from maps.cartography.sheets import Box, Frame, Levels, Shapes, outlines, shown

#: Size of a map in the units of its drawing; on the page it takes the width of its column.
WIDE, HIGH = 1280, 840
STATE_WIDE, STATE_HIGH = 320, 240
ANSWER_WIDE = 1040
MARGIN = 12
BADGES = 10
#: The surroundings shown are this many times the size of a community, and of a county or larger area.
SURROUNDINGS, WIDE_SURROUNDINGS = 2.2, 1.3
#: A window that holds this much of the state needs no small map of the state beside it.
MOST_OF_STATE = 0.7
LEAST_WINDOW_DEGREES = 0.04
#: How far a line may lie from where it belongs, in units of the drawing.
TOLERANCE = 1.5
TIER_PLACE = {"A": 0, "B": 1, "C": 2}


def joined(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """Return tracts as one area, quickly where they meet exactly, and also where a published file has them overlap."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


class Locator:
    """Draws the still maps of one state; its shapes are prepared once, and each map is drawn once."""

    def __init__(self, result: StateResult) -> None:
        self._made: dict[tuple[float, tuple[int, ...]], Markup] = {}
        tracts = result.geo("tracts").sort_values(col.GEOID)
        counties = result.geo("counties").sort_values(col.COUNTY_GEOID)
        shapes, outline = np.asarray(tracts.geometry.values), np.asarray(counties.geometry.values)
        everything = np.concatenate([shapes, outline])
        self.position: dict[str, int] = {}
        self.empty = not len(everything)
        if self.empty:
            return
        scores = result.table("tract_scores")
        wraps = bool(np.ptp(shapely.bounds(everything)[:, [0, 2]]) > 180)
        if wraps:
            shapes, outline = topology.moved_west(shapes), topology.moved_west(outline)
        drawn = np.concatenate([shapes, outline])
        west, south, east, north = inhabited_box(drawn, *residents(scores, wraps)).tolist()
        self.bounds: Box = (west, south, east, north)
        self.position = {geoid: place for place, geoid in enumerate(tracts[col.GEOID])}
        self.shapes, self.tracts, self.counties = shapes, Levels(shapes), Levels(outline)
        self.tree = shapely.STRtree(shapes)
        self.kinds = _kinds(scores.set_index(col.GEOID).reindex(tracts[col.GEOID]))
        self.water = Levels(_areas(result.geo("landmarks"), "water"))
        self.marks = _marks(result)
        self.small = Frame(self.bounds, STATE_WIDE, STATE_HIGH)
        self.state_lines = outlines(self.counties(TOLERANCE / self.small.scale), self.small)

    def of_tracts(self, geoids: Sequence[str], label: str, surroundings: float = SURROUNDINGS) -> Markup:
        """Return the map of some tracts with what lies around them; empty where none has a polygon."""
        places = tuple(sorted(self.position[geoid] for geoid in geoids if geoid in self.position))
        if not places:
            return Markup("")
        key = (surroundings, places)
        if key not in self._made:
            self._made[key] = self._drawn(joined(self.shapes[list(places)]), surroundings)
        # The drawing is the same in every language; only what it is called differs.
        return Markup('<svg class="locator" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            WIDE, HIGH, label, self._made[key]
        )

    def _window(self, chosen: shapely.Geometry, surroundings: float) -> Box:
        west, south, east, north = inhabited_part(chosen, np.array(self.bounds)).bounds
        shrink = float(np.cos(np.radians((south + north) / 2)))
        high = max(north - south, (east - west) * shrink * HIGH / WIDE, LEAST_WINDOW_DEGREES) * surroundings
        wide = high * WIDE / HIGH / shrink
        x = _kept_inside((west + east) / 2, wide / 2, min(self.bounds[0], west), max(self.bounds[2], east))
        y = _kept_inside((south + north) / 2, high / 2, min(self.bounds[1], south), max(self.bounds[3], north))
        return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)

    def _drawn(self, chosen: shapely.Geometry, surroundings: float) -> Markup:
        window = self._window(chosen, surroundings)
        frame = Frame(window, WIDE, HIGH)
        degrees = TOLERANCE / frame.scale
        near = np.sort(self.tree.query(shapely.box(*window)))
        kinds = self.kinds[near]
        around = self.tracts(degrees)[near]
        paths = {kind: outlines(shown(around[kinds == kind], window), frame) for kind in FILLS if (kinds == kind).any()}
        drawn = [
            Markup('<path d="{}" fill="{}" stroke="#fff" stroke-width="1.4"/>').format(path, FILLS[kind])
            for kind, path in paths.items()
        ]
        drawn += _patterned(paths)
        outline = outlines(np.array([shapely.simplify(chosen, degrees / 2)], dtype=object), frame)
        return Markup(
            '{defs}<rect width="{wide}" height="{high}" fill="{ground}"/>{drawn}'
            '<path d="{water}" fill="{blue}"/><path d="{lines}" fill="none" stroke="{county}" stroke-width="2"/>'
            '<path d="{outline}" fill="none" stroke="#fff" stroke-width="10" stroke-linejoin="round"/>'
            '<path d="{outline}" fill="none" stroke="{ink}" stroke-width="5" stroke-linejoin="round"/>'
            "{marks}{inset}"
        ).format(
            wide=WIDE,
            high=HIGH,
            defs=_PATTERNS,
            ground=COLORS["ground"],
            drawn=Markup("").join(drawn),
            water=outlines(shown(self.water(degrees), window), frame),
            blue=COLORS["water"],
            lines=outlines(shown(self.counties(degrees), window), frame),
            county=COLORS["county"],
            outline=outline,
            ink=COLORS["community"],
            marks=self._marks_in(window, frame),
            inset=self._inset(window),
        )

    def _marks_in(self, window: Box, frame: Frame) -> Markup:
        west, south, east, north = window
        drawn = []
        for kind, points in self.marks.items():
            within = (points > np.array([west, south])).all(axis=1) & (points < np.array([east, north])).all(axis=1)
            drawn += [
                Markup('<use href="#{}" x="{:.0f}" y="{:.0f}"/>').format(kind, x, y)
                for x, y in frame.to_sheet(points[within])
            ]
        return Markup("").join(drawn)

    def _inset(self, window: Box) -> Markup:
        """Return the state in a corner with the window of the large map on it, where that says anything."""
        if window[3] - window[1] > MOST_OF_STATE * (self.bounds[3] - self.bounds[1]):
            return Markup("")
        (left, top), (right, bottom) = self.small.to_sheet(np.array([[window[0], window[3]], [window[2], window[1]]]))
        left, top = np.clip([left, top], -MARGIN, [STATE_WIDE, STATE_HIGH])
        right, bottom = np.clip([right, bottom], 0, [STATE_WIDE + MARGIN, STATE_HIGH + MARGIN])
        return Markup(
            '<g transform="translate({x} {y})"><rect x="-16" y="-16" width="{w}" height="{h}" rx="8" '
            'fill="#fff" fill-opacity=".94" stroke="#b9b4a6" stroke-width="2"/><path d="{lines}" fill="#f4f2ec" '
            'stroke="#8b9096"/><rect x="{left:.0f}" y="{top:.0f}" width="{rw:.0f}" height="{rh:.0f}" fill="none" '
            'stroke="{red}" stroke-width="4"/></g>'
        ).format(
            x=WIDE - STATE_WIDE - 2 * MARGIN,
            y=HIGH - STATE_HIGH - 2 * MARGIN,
            w=STATE_WIDE + 32,
            h=STATE_HIGH + 32,
            lines=self.state_lines,
            left=left,
            top=top,
            rw=max(right - left, 12.0),
            rh=max(bottom - top, 12.0),
            red=COLORS["selected"],
        )

    def of_state(self, communities: pd.DataFrame, members: pd.DataFrame, label: str) -> Markup:
        """Return the state with its communities in the colour of their tier and the first ones numbered.

        `communities` in order of rank; `members` is the table community_tracts.
        """
        if self.empty:
            return Markup("")
        west, south, east, north = self.bounds
        shape = (north - south) / max((east - west) * self.small.shrink, 1e-9)
        high = ANSWER_WIDE * min(1.1, max(0.45, shape))
        frame = Frame(self.bounds, ANSWER_WIDE - 2 * MARGIN, high - 2 * MARGIN)
        tier_of = dict(zip(communities[col.COMMUNITY_ID], communities[col.TIER], strict=True))
        places: dict[str, list[int]] = {}
        for geoid, ident in zip(members[col.GEOID], members[col.COMMUNITY_ID], strict=True):
            if geoid in self.position:
                places.setdefault(str(tier_of.get(ident, "none")), []).append(self.position[geoid])
        degrees = TOLERANCE / frame.scale
        lines = outlines(self.counties(degrees), frame)
        paths = {tier: outlines(self.tracts(degrees)[sorted(found)], frame) for tier, found in sorted(places.items())}
        return Markup(
            '<svg class="locator state" viewBox="{start} {start} {wide} {high:.0f}" role="img" aria-label="{label}">'
            '<path d="{lines}" fill="{ground}"/>{drawn}<path d="{water}" fill="{blue}"/>'
            '<path d="{lines}" fill="none" stroke="{county}" stroke-width="1.4"/>{badges}</svg>'
        ).format(
            start=-MARGIN,
            wide=ANSWER_WIDE,
            high=high,
            label=label,
            lines=lines,
            ground=COLORS["unlisted"],
            drawn=_tiers(paths),
            water=outlines(self.water(degrees), frame),
            blue=COLORS["water"],
            county=COLORS["county"],
            badges=_badges(communities.head(BADGES), frame),
        )


def _tiers(paths: Mapping[str, str]) -> Markup:
    """Return the outlines of each tier in its colour and pattern."""
    solid = [
        Markup('<path d="{path}" fill="{fill}" stroke="{fill}" stroke-width="2"/>').format(
            path=path, fill=COLORS["tiers"][TIER_PLACE.get(tier, 3)]
        )
        for tier, path in paths.items()
    ]
    return Markup("").join([_PATTERNS, *solid, *_patterned(paths)])


def _patterned(paths: Mapping[str, str]) -> list[Markup]:
    """Return the patterns over tiers that are less than nearly sure, so that not color alone tells them apart."""
    return [
        Markup('<path d="{}" fill="url(#{})"/>').format(paths[tier], pattern)
        for tier, pattern in (("B", "lines"), ("C", "dots"))
        if tier in paths
    ]


def _kept_inside(middle: float, half: float, low: float, high: float) -> float:
    """Return the middle of a window moved so that it shows more of the state and less of what lies beyond it."""
    slack = 0.25 * half
    if 2 * half >= high - low + 2 * slack:
        return (low + high) / 2
    return min(max(middle, low + half - slack), high - half + slack)


FILLS = {
    "other": COLORS["unlisted"],
    "unknown": COLORS["unknown"],
    "listed": COLORS["tiers"][3],
    **{tier: COLORS["tiers"][place] for tier, place in TIER_PLACE.items()},
}
_PATTERNS = Markup(
    '<defs><pattern id="lines" width="12" height="12" patternUnits="userSpaceOnUse">'
    '<path d="M-2 14L14 -2M-2 2L2 -2M10 14L14 10" stroke="#fff" stroke-opacity=".75" stroke-width="2.4"/></pattern>'
    '<pattern id="dots" width="12" height="12" patternUnits="userSpaceOnUse">'
    '<circle cx="6" cy="6" r="2.2" fill="#14202b" fill-opacity=".65"/></pattern>'
    '<g id="entry"><rect x="-10" y="-10" width="20" height="20" fill="{entry}" stroke="#fff" stroke-width="3"/></g>'
    '<g id="centers"><path d="M0 -12L12 10H-12Z" fill="{centers}" stroke="#fff" stroke-width="3"/></g></defs>'
).format(**COLORS["points"])


def _kinds(scores: pd.DataFrame) -> Shapes:
    """Return what each tract is drawn as: its tier, else listed, other or unknown."""
    listed = scores[col.GATED].fillna(False).to_numpy(dtype=bool)
    kinds = np.where(scores[col.NEED].isna(), "unknown", np.where(listed, "listed", "other")).astype(object)
    tiers = scores[col.TIER].to_numpy(dtype=object)
    ranked = np.isin(tiers, list(TIER_PLACE))
    kinds[ranked] = tiers[ranked]
    return kinds


def _badges(communities: pd.DataFrame, frame: Frame) -> Markup:
    """Return numbered circles; one that would hide a better-ranked one is left out."""
    drawn: list[Markup] = []
    taken: list[NDArray[np.float64]] = []
    known = communities.dropna(subset=[col.LONGITUDE, col.LATITUDE])
    spots = frame.to_sheet(known[[col.LONGITUDE, col.LATITUDE]].to_numpy(dtype=float))
    for rank, at in zip(known[col.RANK], spots, strict=True):
        if any(np.hypot(*(at - other)) < 44 for other in taken):
            continue
        taken.append(at)
        drawn.append(
            Markup(
                '<circle cx="{x:.0f}" cy="{y:.0f}" r="23" fill="#fff" stroke="{ink}" stroke-width="4"/>'
                '<text x="{x:.0f}" y="{t:.0f}" text-anchor="middle" font-size="26" font-weight="700" fill="{ink}" '
                'font-family="system-ui, sans-serif">{rank}</text>'
            ).format(x=at[0], y=at[1], t=at[1] + 9, ink=COLORS["community"], rank=rank)
        )
    return Markup("").join(drawn)


def _areas(landmarks: gpd.GeoDataFrame, kind: str) -> Shapes:
    chosen = landmarks[landmarks[col.KIND] == kind].sort_values(col.LANDMARK_ID)
    shapes = np.asarray(chosen.geometry.values)
    return shapes[shapely.get_dimensions(shapes) == 2] if len(shapes) else shapes


def _marks(result: StateResult) -> dict[str, NDArray[np.float64]]:
    providers, centers = result.table("providers"), result.table("job_centers")
    return {"entry": _points(providers[providers[col.ENTRY_STAGE] == "entry"]), "centers": _points(centers)}


def _points(frame: pd.DataFrame) -> NDArray[np.float64]:
    known = frame[[col.LONGITUDE, col.LATITUDE]].dropna().sort_values([col.LONGITUDE, col.LATITUDE])
    return known.to_numpy(dtype=float).reshape(-1, 2)
