"""Travel engine (b): least-cost minutes over a friction raster such as the Malaria Atlas motorized surface.

Weiss et al. 2020 (doi:10.1038/s41591-020-1059-1) describe the surface: each cell holds the minutes it takes to cross
a meter. Minutes run from cell center to cell center, so two points of one cell are 0 minutes apart. Does not
hold the search itself (`geodata.travel.least_cost`) or the reading of the file (`geodata.travel.friction_raster`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.travel.friction_raster import FASTEST_MINUTES_PER_M, FrictionRaster, meters_per_degree
from geodata.travel.least_cost import Grid, least_cost_minutes
from geodata.travel.minutes import FloatArray, TravelMinutes, per_origin
from geodata.travel.pairs import FoundPairs, MeasuredBy, sorted_minutes

ENGINE_VERSION = "1"
ASSUMED_FASTEST = 4e-4  # minutes per meter, 150 km/h; windows grow where the raster holds faster cells
MOST_WINDOW_CELLS = 6_000_000
LOCATE_BLOCK = 1024


@dataclass(frozen=True)
class Located:
    """Where points lie on the raster: cell (−1 where there is none) and kilometers moved to reach it."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    snap_km: FloatArray

    @property
    def found(self) -> NDArray[np.bool_]:
        """bool[n]: whether the point has a passable cell."""
        return self.row >= 0


@dataclass(frozen=True)
class FrictionEngine:
    """Least-cost travel minutes over a friction raster in minutes per meter (GeoTIFF or COG).

    Points on an impassable cell (no data, zero, water without a value) are moved to the nearest passable cell
    within `max_snap_km`; points without one, or beyond the raster, reach nothing, and their `snap_km` is NaN.
    The time of such a move is not added. `data_date` overrides the date in the file. The minutes do not
    depend on `threads`.
    """

    raster: Path | str
    data_date: str | None = None
    band: int = 1
    max_snap_km: float = 5.0
    threads: int | None = None
    name: str = "friction"

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | FloatArray) -> TravelMinutes:
        """Return the pairs at most `catchment_minutes` apart (one number, or one per origin).

        InputError where the file is not a friction raster, or holds none of the origins or destinations.
        """
        limit = per_origin(catchment_minutes, len(origins))
        threads = self.threads or numba.get_num_threads()
        with FrictionRaster(self.raster, self.band) as raster:
            homes = self._locate(raster, origins, "origins")
            places = self._locate(raster, destinations, "destinations")
            found = list(_tiled_search(raster, homes, places, limit, threads))
            data_date = self.data_date or raster.data_date
            version = ENGINE_VERSION
            if raster.warped_from:
                version += f", warped from {raster.warped_from}"
        return sorted_minutes(found, MeasuredBy(self.name, version, data_date), homes.snap_km, places.snap_km)

    def _locate(self, raster: FrictionRaster, points: Points, what: str) -> Located:
        located = locate(raster, points, self.max_snap_km)
        missing = int((~located.found).sum())
        if len(points) and missing == len(points):
            raise InputError(
                f"none of the {len(points)} {what} lies on or near passable ground of the raster",
                file=self.raster,
                remedy="Give a raster that covers the study area.",
            )
        return located


def locate(raster: FrictionRaster, points: Points, max_snap_km: float) -> Located:
    """Return the passable cell of each point, the nearest within `max_snap_km` where its own is impassable."""
    row, column, inside = raster.cells(points.latitude, points.longitude)
    snap = np.full(len(points), np.nan)
    reach_rows = int(np.ceil(max_snap_km * 1000 / (110_500 * abs(raster.row_degrees)))) + 1
    block = np.where(inside, row // LOCATE_BLOCK * (raster.columns + 1) + column // LOCATE_BLOCK, -1)
    for members in _groups(block):
        if not inside[members[0]]:
            continue
        r, c = row[members], column[members]
        reach_columns = _margin_columns(raster, r, max_snap_km * 1000, reach_rows)
        rows = raster.clip_rows(int(r.min()) - reach_rows, int(r.max()) + reach_rows + 1)
        columns = raster.clip_columns(int(c.min()) - reach_columns, int(c.max()) + reach_columns + 1)
        grid = raster.grid(rows, columns)
        near_row, near_column, meters = _nearest_passable(
            grid.friction, grid.east_m, grid.south_m, r - rows[0] + 1, (c - columns[0]) % raster.columns + 1,
            max_snap_km * 1000, raster.wraps and columns[1] - columns[0] == raster.columns,
        )  # fmt: skip
        hit = near_row >= 0
        row[members] = np.where(hit, near_row + rows[0] - 1, -1)
        column[members] = (near_column + columns[0] - 1) % raster.columns
        snap[members] = np.where(hit, meters / 1000, np.nan)
    row[~inside] = -1
    return Located(row, column, snap)


def _groups(key: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the positions of each distinct key, in order of the key."""
    if not len(key):
        return
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=key[order[0]] - 1))
    yield from np.split(order, starts[1:])


def _margin_columns(raster: FrictionRaster, rows: NDArray[np.int64], meters: float, margin_rows: int) -> int:
    """Return how many columns `meters` are on the row, of those within reach of `rows`, nearest to a pole."""
    edges = raster.row_latitude(np.array([rows.min() - margin_rows, rows.max() + margin_rows]))
    east = meters_per_degree(edges)[0].min() * raster.column_degrees
    return int(min(np.ceil(meters / east) + 1, raster.columns))


@numba.njit(cache=True, nogil=True)
def _nearest_passable(friction, east, south, rows, columns, max_m, around):  # type: ignore[no-untyped-def]
    """Return row, column and meters of the nearest passable cell of each cell; row −1 where none is near.

    `around` says that the window holds the whole circle, so that columns run on past its edge.
    """
    near_row = np.full(rows.size, -1, np.int64)
    near_column = np.zeros(rows.size, np.int64)
    meters = np.zeros(rows.size, np.float64)
    width = friction.shape[1] - 2
    for i in range(rows.size):
        r, c = rows[i], columns[i]
        if friction[r, c] < np.inf:
            near_row[i], near_column[i] = r, c
            continue
        best = max_m * max_m
        down, across = int(max_m / south[r]), min(int(max_m / east[r]), width)
        for y in range(max(1, r - down), min(friction.shape[0] - 1, r + down + 1)):
            for step in range(-across, across + 1):
                x = c + step
                if around:
                    x = (x - 1) % width + 1
                elif x < 1 or x > width:
                    continue
                if friction[y, x] < np.inf:
                    squared = ((y - r) * south[r]) ** 2 + (step * east[r]) ** 2
                    if squared < best or (squared == best and near_row[i] < 0):
                        best = squared
                        near_row[i], near_column[i] = y, x
        meters[i] = np.sqrt(best)
    return near_row, near_column, meters


def _tiled_search(
    raster: FrictionRaster, homes: Located, places: Located, limit: FloatArray, threads: int
) -> Iterator[FoundPairs]:
    """Yield what is found tile by tile of the destinations, so that memory stays bounded."""
    home_ids = np.flatnonzero(homes.found)
    home_ids = home_ids[np.argsort(homes.row[home_ids], kind="stable")]
    home_rows = homes.row[home_ids]
    place_ids = np.flatnonzero(places.found)
    furthest = float(limit[home_ids].max(initial=0.0))
    row_m = 110_500 * abs(raster.row_degrees)  # meters of a row, never more than the truth
    margin_rows = int(np.ceil(furthest / ASSUMED_FASTEST / row_m)) + 1
    core = 2 * margin_rows if 16 * margin_rows**2 <= MOST_WINDOW_CELLS else margin_rows
    for band in _groups(places.row[place_ids] // core):
        in_band = place_ids[band]
        per_row = _margin_columns(raster, places.row[in_band], furthest / ASSUMED_FASTEST, margin_rows)
        core_columns = max(1, core * per_row // margin_rows)
        for tile in _groups(places.column[in_band] // core_columns):
            members = in_band[tile]
            grid, rows, columns = _window(raster, places.row[members], places.column[members], furthest)
            start, stop = np.searchsorted(home_rows, rows)
            near = home_ids[start:stop]
            home_column = (homes.column[near] - columns[0]) % raster.columns
            near, home_column = (part[home_column < columns[1] - columns[0]] for part in (near, home_column))
            if not len(near):
                continue
            width = grid.friction.shape[1]
            place_column = (places.column[members] - columns[0]) % raster.columns
            place_cell = (places.row[members] - rows[0] + 1) * width + place_column + 1
            home_cell = (homes.row[near] - rows[0] + 1) * width + home_column + 1
            # Providers that share a cell share its search.
            cells, which = np.unique(place_cell, return_inverse=True)
            found = least_cost_minutes(grid, cells, home_cell, furthest, limit[near], threads)
            place, home, minutes = _shared(*found, which, len(cells))
            yield FoundPairs(near[home].astype(np.int32), members[place].astype(np.int32), minutes)


def _window(
    raster: FrictionRaster, row: NDArray[np.int64], column: NDArray[np.int64], furthest: float
) -> tuple[Grid, tuple[int, int], tuple[int, int]]:
    """Return the part of the raster that no path of `furthest` minutes from these cells can leave."""
    fastest = ASSUMED_FASTEST
    while True:
        meters = furthest / fastest
        margin = int(np.ceil(meters / (110_500 * abs(raster.row_degrees)))) + 1
        sideways = _margin_columns(raster, row, meters, margin)
        rows = raster.clip_rows(int(row.min()) - margin, int(row.max()) + margin + 1)
        columns = raster.clip_columns(int(column.min()) - sideways, int(column.max()) + sideways + 1)
        grid = raster.grid(rows, columns)
        found = float(grid.friction.min(initial=np.inf))
        if found >= fastest or fastest <= FASTEST_MINUTES_PER_M:
            return grid, rows, columns
        fastest = max(found, FASTEST_MINUTES_PER_M)


def _shared(
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    minutes: FloatArray,
    which: NDArray[np.int64],
    n_cells: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], FloatArray]:
    """Give every provider of a cell the pairs found for the cell (`which`: cell of each provider)."""
    order = np.argsort(which, kind="stable")
    per_cell = np.bincount(which, minlength=n_cells)
    first = np.concatenate(([0], np.cumsum(per_cell)))[:-1]
    times = per_cell[source]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return order[np.repeat(first[source], times) + within], np.repeat(target, times), np.repeat(minutes, times)
