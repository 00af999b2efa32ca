"""A search grid on the sphere: points sorted into bands of latitude and cells of longitude, no search tree.

A circle around any place touches a few bands, and in each band one run of neighboring cells (two where it crosses
±180°, the whole ring around a pole), so candidates are read as contiguous memory. Does not hold what is summed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.geography.coordinates import Points
from geodata.geography.sphere import unit_vectors
from geodata.statistics.ranks import sort_pairs

FloatArray = NDArray[np.float64]
MOST_CELLS = 4_000_000
_AT_ONCE = 1_000_000
# Margins in radians (0.3 m in longitude, where arc cosines lose digits): candidates only, never the result.
_ROUNDING, _ROUNDING_AROUND = 1e-9, 5e-8


class Search(NamedTuple):
    """What `runs_near` searches: bands of one height from the lowest latitude up, their edges, cells and points.

    `edge` is float64[bands + 1, 3]: the latitude of each band's lower edge in radians, its sine and its cosine.
    """

    height: float
    lowest: float
    edge: FloatArray
    band_cell: NDArray[np.int64]
    cell_start: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Bands:
    """Points in cell order: `order` (their rows), x, y, z, and where each band's cells and each cell begin."""

    order: NDArray[np.int32]
    x: FloatArray
    y: FloatArray
    z: FloatArray
    search: Search


def bands_of(points: Points, height: float) -> Bands:
    """Sort points into bands `height` radians high, or higher where that would make too many cells."""
    south, north = float(points.latitude.min(initial=90.0)), float(points.latitude.max(initial=-90.0))
    lowest = math.radians(south) - _ROUNDING
    span = max(math.radians(north) + _ROUNDING - lowest, _ROUNDING)
    height = max(height, math.sqrt(2 * math.pi * span / MOST_CELLS), 1e-6)
    bands = int(span / height) + 1
    edge = lowest + height * np.arange(bands + 1)
    widest = np.where(edge[:-1] * edge[1:] < 0, 1.0, np.maximum(np.cos(edge[:-1]), np.cos(edge[1:])))
    cells = np.maximum(1, np.floor(2 * math.pi * np.maximum(widest, 0.0) / height)).astype(np.int64)
    band_cell = np.concatenate(([0], np.cumsum(cells)))
    order = np.empty(len(points), dtype=np.int32)
    start = _cell_order(points.latitude, points.longitude, lowest, height, band_cell, order)
    x, y, z = np.empty(len(points)), np.empty(len(points)), np.empty(len(points))
    for a in range(0, len(points), _AT_ONCE):
        some = slice(a, a + _AT_ONCE)
        x[some], y[some], z[some] = unit_vectors(points.take(order[some])).T
    edges = np.column_stack([edge, np.sin(edge), np.cos(edge)])
    return Bands(order, x, y, z, Search(height, lowest, edges, band_cell, start))


@numba.njit(cache=True, nogil=True)
def _cell(latitude, longitude, lowest, height, band_cell):  # type: ignore[no-untyped-def]
    band = min(int((math.radians(latitude) - lowest) / height), band_cell.size - 2)
    cells = band_cell[band + 1] - band_cell[band]
    return band_cell[band] + min(int((longitude + 180.0) / 360.0 * cells), cells - 1)


@numba.njit(cache=True, nogil=True)
def _cell_order(latitude, longitude, lowest, height, band_cell, order):  # type: ignore[no-untyped-def]
    """Fill `order` with rows by cell and return where each cell begins.

    Within a cell by coordinates, so that sums are taken in one order whatever order the rows came in.
    """
    cells = band_cell[-1]
    start = np.zeros(cells + 1, np.int32)
    cell = np.empty(latitude.size, np.int32)
    for k in range(cell.size):
        cell[k] = _cell(latitude[k], longitude[k], lowest, height, band_cell)
        start[cell[k] + 1] += 1
    for c in range(cells):
        start[c + 1] += start[c]
    place = start.copy()
    keys = np.empty(cell.size)
    for k in range(cell.size):
        at = place[cell[k]]
        place[cell[k]] = at + 1
        order[at] = k
        keys[at] = latitude[k]
    for c in range(cells):
        begin, end = np.int64(start[c]), np.int64(start[c + 1])
        if end - begin < 2:
            continue
        sort_pairs(keys, order, begin, end)
        i = begin
        while i < end:
            j = i + 1
            while j < end and keys[j] == keys[i]:
                j += 1
            if j - i > 1:
                for k in range(i, j):
                    keys[k] = longitude[order[k]]
                sort_pairs(keys, order, i, j)
            i = j
    return start


@numba.njit(cache=True, nogil=True)
def runs_near(x, y, z, radius, search, begin, end):  # type: ignore[no-untyped-def]
    """Fill begin[:k], end[:k] with runs of points that hold all within `radius` (radians) of (x, y, z); return k.

    `search`: `Search`; `begin` and `end` need room for two runs per band. Runs may hold points farther away.
    """
    height, lowest, edge = search.height, search.lowest, search.edge
    band_cell, cell_start = search.band_cell, search.cell_start
    bands = band_cell.size - 1
    latitude = math.asin(min(1.0, max(-1.0, z)))
    longitude = math.atan2(y, x)
    reach = radius + _ROUNDING
    if latitude + reach < lowest:
        return 0
    first = max(0, int((latitude - reach - lowest) / height))
    last = min(bands - 1, int((latitude + reach - lowest) / height))
    cos_reach = math.cos(min(reach, math.pi))
    around = latitude + reach >= 0.5 * math.pi or latitude - reach <= -0.5 * math.pi
    # Where it holds no pole, the circle is widest in longitude at the latitude whose sine this is.
    sine = 0.0 if around else min(1.0, max(-1.0, z / cos_reach))
    widest, across = math.asin(sine), math.sqrt(x * x + y * y)
    k = 0
    for band in range(first, last + 1):
        half = math.pi
        if not around:
            at = band if widest < edge[band, 0] else band + 1
            if edge[band, 0] <= widest <= edge[band + 1, 0]:
                half = _half_width(cos_reach, z, across, sine, math.sqrt(1.0 - sine * sine))
            else:
                half = _half_width(cos_reach, z, across, edge[at, 1], edge[at, 2])
        cell, cells = band_cell[band], band_cell[band + 1] - band_cell[band]
        if half >= math.pi - 2.0 * math.pi / cells:
            begin[k], end[k] = cell_start[cell], cell_start[cell + cells]
            k += 1
            continue
        west = math.floor((longitude - half + math.pi) / (2.0 * math.pi) * cells)
        east = math.floor((longitude + half + math.pi) / (2.0 * math.pi) * cells)
        if west < 0:
            begin[k], end[k] = cell_start[cell + west + cells], cell_start[cell + cells]
            k += 1
            west = 0
        elif east >= cells:
            begin[k], end[k] = cell_start[cell], cell_start[cell + east - cells + 1]
            k += 1
            east = cells - 1
        begin[k], end[k] = cell_start[cell + west], cell_start[cell + east + 1]
        k += 1
    return k


@numba.njit(cache=True, nogil=True)
def _half_width(cos_reach, sine, across, sine_at, across_at):  # type: ignore[no-untyped-def]
    """Return how far the circle reaches in longitude at another latitude, radians (sines and cosines given)."""
    both = across * across_at
    if both <= 1e-12:
        return math.pi
    cosine = (cos_reach - sine * sine_at) / both
    if cosine >= 1.0:
        return _ROUNDING_AROUND
    if cosine <= -1.0:
        return math.pi
    return math.acos(cosine) + _ROUNDING_AROUND
