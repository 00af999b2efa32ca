"""Which windows of a state need an inset: small areas that hold many tracts and vanish at state zoom.

Does not hold drawing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from geodata.schemas import columns as col

MOST_WINDOWS = 3
#: A window is this share of the state's longer side; smaller ones hold a downtown, larger ones a region.
WINDOW_SHARE = 0.09
#: An inset is worth its room where it holds this share of the tracts, and this many times its share of the area.
LEAST_SHARE = 0.04
LEAST_DENSITY = 6.0
LEAST_TRACTS = 25


class Metro(NamedTuple):
    """A dense window by its name; `box` is west, south, east, north in degrees."""

    name: str
    box: tuple[float, float, float, float]


def windows(scores: pd.DataFrame) -> list[Metro]:
    """Return up to three windows around dense groups of tracts, densest first.

    Greedy: the square with most tracts, centered on the middle of those it holds, then the next among the rest.
    Each is named by the place most of its tracts are in.
    """
    known = scores.dropna(subset=[col.LONGITUDE, col.LATITUDE])
    if len(known) < 100:
        return []
    longitude, y = known[col.LONGITUDE].to_numpy(dtype=float), known[col.LATITUDE].to_numpy(dtype=float)
    if np.ptp(longitude) > 180:  # across the antimeridian
        longitude = np.where(longitude > 0, longitude - 360, longitude)
    shrink = float(np.cos(np.radians(y.mean())))
    x = longitude * shrink
    side = WINDOW_SHARE * max(np.ptp(x), np.ptp(y))
    area_share = side * side / max(np.ptp(x) * np.ptp(y), 1e-9)
    free = np.ones(len(known), dtype=bool)
    found: list[Metro] = []
    for _ in range(MOST_WINDOWS):
        cells = np.stack([np.floor(x / (side / 2)), np.floor(y / (side / 2))], axis=1)[free]
        if not len(cells):
            break
        values, counts = np.unique(cells, axis=0, return_counts=True)
        cx, cy = (values[counts.argmax()] + 0.5) * side / 2
        for _ in range(3):
            inside = free & (abs(x - cx) <= side / 2) & (abs(y - cy) <= side / 2)
            if inside.any():
                cx, cy = x[inside].mean(), y[inside].mean()
        share = inside.sum() / len(known)
        if inside.sum() < LEAST_TRACTS or share < LEAST_SHARE or share / area_share < LEAST_DENSITY:
            break
        found.append(_window(known[inside], cx, cy, side, shrink))
        free &= ~((abs(x - cx) <= side) & (abs(y - cy) <= side))
    return found


def _window(inside: pd.DataFrame, cx: float, cy: float, side: float, shrink: float) -> Metro:
    names = inside[col.PLACE_NAME].dropna()
    if names.empty:
        names = inside[col.COUNTY_NAME].dropna()
    common = names.value_counts(sort=False).sort_index()
    half = side / 2
    west, south, east, north = ((cx - half) / shrink, cy - half, (cx + half) / shrink, cy + half)
    box = (round(float(west), 4), round(float(south), 4), round(float(east), 4), round(float(north), 4))
    return Metro(str(common.idxmax()) if len(common) else "", box)
