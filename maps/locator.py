"""Small still maps for pages: where a community or county lies in its state, and what it looks like near by.

Drawn as SVG with attributes only, from the same polygons as the interactive map; no script and no style is needed.
Does not hold the interactive map or its colours' meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from numpy.typing import NDArray

from geodata.results import StateResult
from maps import topology
from maps.map_colors import COLORS

WIDE, HIGH = 640.0, 420.0
STATE_WIDE, STATE_HIGH = 160.0, 120.0
ANSWER_WIDE = 520.0
BADGES = 10
TIER_PLACE = {"A": 0, "B": 1, "C": 2}
#: The surroundings shown are this many times the size of what is located.
SURROUNDINGS = 2.2
LEAST_WINDOW_DEGREES = 0.04


@dataclass(frozen=True)
class Frame:
    """A window (degrees) laid on a sheet (pixels), north up, longitudes shrunk by the cosine of the latitude."""

    window: tuple[float, float, float, float]
    wide: float
    high: float

    def scale(self) -> tuple[float, float, float]:
        """Return pixels a degree of latitude, the shrinking of longitudes, and the middle's latitude."""
        west, south, east, north = self.window
        shrink = float(np.cos(np.radians((south + north) / 2)))
        return (
            min(self.wide / max((east - west) * shrink, 1e-9), self.high / max(north - south, 1e-9)),
            shrink,
            (south + north) / 2,
        )

    def to_sheet(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sheet coordinates (pixels, downward) of points (longitude, latitude)."""
        scale, shrink, middle = self.scale()
        west, _, east, _ = self.window
        x = (points[:, 0] - (west + east) / 2) * shrink * scale + self.wide / 2
        y = (middle - points[:, 1]) * scale + self.high / 2
        return np.stack([x, y], axis=1)


class Locator:
    """Draws the still maps of one state; its shapes are prepared once."""

    def __init__(self, result: StateResult) -> None:
        self._made: dict[tuple[int, ...], Markup] = {}
        tracts = result.geo("tracts")
        scores = result.table("tract_scores").set_index("geoid")
        shapes = np.asarray(tracts.geometry.values)
        counties = result.geo("counties")
        outline = np.asarray(counties.geometry.values)
        everything = np.concatenate([shapes, outline]) if len(shapes) or len(outline) else np.zeros(0, dtype=object)
        self.empty = not len(everything)
        if self.empty:
            return
        bounds = shapely.total_bounds(everything)
        if bounds[2] - bounds[0] > 180:
            shapes, outline = topology.moved_west(shapes), topology.moved_west(outline)
            bounds = shapely.total_bounds(np.concatenate([shapes, outline]))
        west, south, east, north = (float(value) for value in bounds)
        self.bounds = (west, south, east, north)
        span = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
        self.shapes = topology.simplified(shapes, 0.0003)
        self.geoids = tracts["geoid"].to_numpy()
        self.position = {geoid: place for place, geoid in enumerate(self.geoids)}
        self.tiers = scores["tier"].reindex(self.geoids).to_numpy()
        self.listed = scores["gated"].reindex(self.geoids).fillna(False).to_numpy(dtype=bool)
        self.known = scores["need"].reindex(self.geoids).notna().to_numpy()
        self.tree = shapely.STRtree(self.shapes)
        self.counties = topology.simplified(outline, span / 600) if len(outline) else self.shapes[:0]
        self.county_ids = counties["county_geoid"].to_numpy()
        self.water = _areas(result.geo("landmarks"), "water")
        self.marks = _marks(result)
        frame = Frame(self.bounds, STATE_WIDE, STATE_HIGH)
        self.state_lines = "".join(_path(shape, frame) for shape in self.counties)

    def of_tracts(self, geoids: Sequence[str], label: str) -> Markup:
        """Return the map of some tracts with what lies around them; empty where none has a polygon."""
        places = [self.position[geoid] for geoid in geoids if geoid in getattr(self, "position", {})]
        if self.empty or not places:
            return Markup("")
        key = tuple(places)
        if key not in self._made:
            self._made[key] = self._drawn(shapely.union_all(self.shapes[places]))
        # The drawing is the same in every language; only what it is called differs.
        return Markup('<svg class="locator" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg>').format(
            WIDE, HIGH, label, self._made[key]
        )

    def of_county(self, county_geoid: str, label: str) -> Markup:
        """Return the map of a county; empty where it has no polygon."""
        places = [] if self.empty else [k for k, geoid in enumerate(self.geoids) if geoid[:5] == county_geoid]
        return self.of_tracts([self.geoids[k] for k in places], label)

    def _window(self, chosen: shapely.Geometry) -> tuple[float, float, float, float]:
        west, south, east, north = chosen.bounds
        shrink = float(np.cos(np.radians((south + north) / 2)))
        high = max(north - south, (east - west) * shrink * HIGH / WIDE, LEAST_WINDOW_DEGREES) * SURROUNDINGS
        wide = high * WIDE / HIGH / shrink
        x, y = (west + east) / 2, (south + north) / 2
        return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)

    def _drawn(self, chosen: shapely.Geometry) -> Markup:
        window = self._window(chosen)
        frame = Frame(window, WIDE, HIGH)
        sheet = shapely.box(*window)
        parts: dict[str, list[str]] = {"A": [], "B": [], "C": [], "listed": [], "other": [], "unknown": []}
        for place in sorted(self.tree.query(sheet).tolist()):
            tier = self.tiers[place]
            kind = "unknown" if not self.known[place] else tier if tier in TIER_PLACE else None
            kind = kind or ("listed" if self.listed[place] else "other")
            parts[kind].append(_path(self.shapes[place], frame, sheet))
        fills = {
            **{tier: COLORS["tiers"][place] for tier, place in TIER_PLACE.items()},
            "listed": COLORS["tiers"][3],
            "other": COLORS["unlisted"],
            "unknown": COLORS["unknown"],
        }
        drawn = [
            Markup('<path d="{}" fill="{}" stroke="#fff" stroke-width=".7"/>').format("".join(paths), fills[kind])
            for kind, paths in parts.items()
            if paths
        ]
        for tier, pattern in (("B", "lines"), ("C", "dots")):
            if parts[tier]:
                drawn.append(Markup('<path d="{}" fill="url(#{})"/>').format("".join(parts[tier]), pattern))
        water = "".join(_path(shape, frame, sheet) for shape in self.water)
        county_lines = "".join(_path(shape, frame, sheet) for shape in self.counties)
        outline = _path(chosen, frame)
        return Markup(
            '{defs}<rect width="{wide:.0f}" height="{high:.0f}" fill="{ground}"/>{drawn}'
            '<path d="{water}" fill="{blue}"/><path d="{lines}" fill="none" stroke="{county}" stroke-width="1"/>'
            '<path d="{outline}" fill="none" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>'
            '<path d="{outline}" fill="none" stroke="{ink}" stroke-width="2.4" stroke-linejoin="round"/>'
            "{marks}{inset}"
        ).format(
            wide=WIDE,
            high=HIGH,
            defs=_PATTERNS,
            ground=COLORS["ground"],
            drawn=Markup("").join(drawn),
            water=water,
            blue=COLORS["water"],
            lines=county_lines,
            county=COLORS["county"],
            outline=outline,
            ink=COLORS["community"],
            marks=self._marks_in(window, frame),
            inset=self._inset(chosen, window),
        )

    def _marks_in(self, window: tuple[float, float, float, float], frame: Frame) -> Markup:
        west, south, east, north = window
        drawn = []
        for kind, points in self.marks.items():
            inside = points[
                (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
            ]
            for x, y in frame.to_sheet(inside):
                drawn.append(Markup('<use href="#{}" x="{:.0f}" y="{:.0f}"/>').format(kind, x, y))
        return Markup("").join(drawn)

    def _inset(self, chosen: shapely.Geometry, window: tuple[float, float, float, float]) -> Markup:
        """Return the state in a corner with the window of the large map on it."""
        frame = Frame(self.bounds, STATE_WIDE, STATE_HIGH)
        (left, top), (right, bottom) = frame.to_sheet(np.array([[window[0], window[3]], [window[2], window[1]]]))
        return Markup(
            '<g transform="translate({x:.0f} {y:.0f})"><rect x="-8" y="-8" width="{w:.0f}" height="{h:.0f}" rx="4" '
            'fill="#fff" fill-opacity=".94" stroke="#b9b4a6"/><path d="{lines}" fill="#f4f2ec" stroke="#8b9096" '
            'stroke-width=".6"/><rect x="{left:.1f}" y="{top:.1f}" width="{rw:.1f}" height="{rh:.1f}" fill="none" '
            'stroke="{red}" stroke-width="2"/></g>'
        ).format(
            x=WIDE - STATE_WIDE - 12,
            y=HIGH - STATE_HIGH - 12,
            w=STATE_WIDE + 16,
            h=STATE_HIGH + 16,
            lines=self.state_lines,
            left=left,
            top=top,
            rw=max(right - left, 6.0),
            rh=max(bottom - top, 6.0),
            red=COLORS["selected"],
        )

    def of_state(self, communities: pd.DataFrame, members: pd.DataFrame, label: str) -> Markup:
        """Return the state with its communities in the colour of their tier and the first ones numbered.

        `communities` in order of rank; `members` is the table community_tracts.
        """
        if self.empty:
            return Markup("")
        west, south, east, north = self.bounds
        shrink = float(np.cos(np.radians((south + north) / 2)))
        high = min(
            ANSWER_WIDE * 1.1,
            max(ANSWER_WIDE * 0.45, ANSWER_WIDE * (north - south) / max((east - west) * shrink, 1e-9)),
        )
        frame = Frame(self.bounds, ANSWER_WIDE - 12, high - 12)
        place_of = dict(zip(members["geoid"], members["community_id"], strict=True))
        tier_of = dict(zip(communities["community_id"], communities["tier"], strict=True))
        tiers: dict[str, list[str]] = {}
        for place, geoid in enumerate(self.geoids):
            if geoid in place_of:
                path = _path(self.shapes[place], frame)
                tiers.setdefault(str(tier_of.get(place_of[geoid], "none")), []).append(path)
        drawn = [
            Markup('<path d="{}" fill="{}" stroke="{}" stroke-width="1"/>').format(
                "".join(paths), COLORS["tiers"][TIER_PLACE.get(tier, 3)], COLORS["tiers"][TIER_PLACE.get(tier, 3)]
            )
            for tier, paths in sorted(tiers.items())
        ]
        return Markup(
            '<svg class="locator state" viewBox="-6 -6 {wide:.0f} {high:.0f}" role="img" aria-label="{label}">'
            '<path d="{lines}" fill="{ground}"/>{drawn}<path d="{water}" fill="{blue}"/>'
            '<path d="{lines}" fill="none" stroke="{county}" stroke-width=".7"/>{badges}</svg>'
        ).format(
            wide=ANSWER_WIDE,
            high=high,
            label=label,
            lines="".join(_path(shape, frame) for shape in self.counties),
            ground=COLORS["ground"],
            drawn=Markup("").join(drawn),
            water="".join(_path(shape, frame) for shape in self.water),
            blue=COLORS["water"],
            county=COLORS["county"],
            badges=_badges(communities.head(BADGES), frame),
        )


def _badges(communities: pd.DataFrame, frame: Frame) -> Markup:
    """Return numbered circles; one that would hide a better-ranked one is left out."""
    drawn: list[Markup] = []
    taken: list[NDArray[np.float64]] = []
    for row in communities.dropna(subset=["longitude", "latitude"]).itertuples():
        at = frame.to_sheet(np.array([[row.longitude, row.latitude]], dtype=float))[0]
        if any(np.hypot(*(at - other)) < 22 for other in taken):
            continue
        taken.append(at)
        drawn.append(
            Markup(
                '<circle cx="{x:.0f}" cy="{y:.0f}" r="11.5" fill="#fff" stroke="{ink}" stroke-width="2"/>'
                '<text x="{x:.0f}" y="{t:.0f}" text-anchor="middle" font-size="13" font-weight="700" fill="{ink}" '
                'font-family="system-ui, sans-serif">{rank}</text>'
            ).format(x=at[0], y=at[1], t=at[1] + 4.6, ink=COLORS["community"], rank=row.rank)
        )
    return Markup("").join(drawn)


_PATTERNS = Markup(
    '<defs><pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="#fff" stroke-opacity=".75" stroke-width="1.2"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle cx="3" cy="3" r="1.1" fill="#14202b" fill-opacity=".65"/></pattern>'
    '<g id="entry"><rect x="-5" y="-5" width="10" height="10" fill="{entry}" stroke="#fff" stroke-width="1.5"/></g>'
    '<g id="centers"><path d="M0 -6L6 5H-6Z" fill="{centers}" stroke="#fff" stroke-width="1.5"/></g></defs>'
).format(**COLORS["points"])


def _areas(landmarks: gpd.GeoDataFrame, kind: str) -> NDArray[np.object_]:
    shapes = np.asarray(landmarks.loc[landmarks["kind"] == kind].geometry.values)
    return shapes[shapely.get_dimensions(shapes) == 2] if len(shapes) else shapes


def _marks(result: StateResult) -> dict[str, NDArray[np.float64]]:
    providers, centers = result.table("providers"), result.table("job_centers")
    return {
        "entry": _points(providers[providers["entry_stage"] == "entry"]),
        "centers": _points(centers),
    }


def _points(frame: pd.DataFrame) -> NDArray[np.float64]:
    return frame[["longitude", "latitude"]].dropna().to_numpy(dtype=float).reshape(-1, 2)


def _path(shape: shapely.Geometry, frame: Frame, sheet: shapely.Geometry | None = None) -> str:
    """Return the outline of polygons as path data in tenths of a pixel; parts outside the sheet are left out."""
    if sheet is not None:
        if not shape.intersects(sheet):
            return ""
        if not sheet.contains(shape):
            shape = shapely.clip_by_rect(shape, *sheet.buffer(0.02).bounds)
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(shape)) if not shape.is_empty else []:
        if not isinstance(ring, shapely.LinearRing):
            continue
        points = np.round(frame.to_sheet(shapely.get_coordinates(ring)), 1)
        moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
        points = points[moved]
        if len(points) < 4:
            continue
        parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points[:-1]) + "Z")
    return "".join(parts)
