"""The compiled search against two independent ones: scikit-image on even grids, scipy's Dijkstra on uneven ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from skimage.graph import MCP_Geometric

from geodata.travel.least_cost import Grid, least_cost_minutes


def guarded(friction: NDArray[np.float64], east: NDArray[np.float64] | float = 1000.0, south: float = 1000.0) -> Grid:
    """Return a grid with its impassable edge; `east` may differ by (guarded) row."""
    rows, columns = friction.shape
    padded = np.full((rows + 2, columns + 2), np.inf, np.float32)
    padded[1:-1, 1:-1] = friction
    east_m = np.broadcast_to(east, rows + 2).astype(float)
    south_m = np.full(rows + 2, south)
    diagonal = np.hypot(south_m, np.append((east_m[:-1] + east_m[1:]) / 2, east_m[-1]))
    return Grid(padded, east_m, south_m, diagonal)


def rough(rng: np.random.Generator, rows: int, columns: int, blocked: float = 0.15) -> NDArray[np.float64]:
    """Return a rough surface with gaps."""
    friction = np.clip(np.exp(rng.normal(np.log(1e-3), 1.0, (rows, columns))), 2e-4, 0.05)
    friction[rng.random((rows, columns)) < blocked] = np.inf
    return friction


def table(grid: Grid, sources: NDArray[np.int64], limit: float, threads: int = 1) -> NDArray[np.float64]:
    """Return minutes from every source to every cell; inf where there are none."""
    cells = np.arange(grid.friction.size)
    source, target, minutes = least_cost_minutes(grid, sources, cells, limit, np.full(len(cells), limit), threads)
    out = np.full((len(sources), len(cells)), np.inf)
    out[source, target] = minutes
    return out


@pytest.mark.parametrize("limit", [5.0, 60.0, 1e6])
def test_same_minutes_as_scikit_image(limit: float) -> None:
    rng = np.random.default_rng(7)
    grid = guarded(rough(rng, 60, 80), east=700.0, south=900.0)
    sources = rng.choice(np.flatnonzero(np.isfinite(grid.friction)), 5, replace=False)
    found = table(grid, sources, limit)
    cost = np.where(np.isfinite(grid.friction), grid.friction.astype(float), -1.0)
    for row, source in enumerate(sources):
        search = MCP_Geometric(cost, sampling=(900.0, 700.0))
        peer = search.find_costs([np.unravel_index(source, cost.shape)])[0].ravel()
        peer = np.where(peer <= limit, peer, np.inf)
        assert np.isfinite(peer).sum() > 10
        np.testing.assert_allclose(found[row], peer, rtol=1e-12)


def by_scipy(grid: Grid, sources: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return minutes by an explicit graph: every pair of neighbors an edge."""
    friction = grid.friction.astype(float)
    rows, columns = friction.shape
    edges: list[tuple[int, int, float]] = []
    for r in range(rows):
        for c in range(columns):
            for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
                y, x = r + dr, c + dc
                if y < rows and 0 <= x < columns and np.isfinite(friction[r, c] + friction[y, x]):
                    meters = (
                        grid.east_m[r]
                        if dr == 0
                        else grid.south_m[r]
                        if dc == 0
                        else np.hypot(grid.south_m[r], (grid.east_m[r] + grid.east_m[y]) / 2)
                    )
                    edges.append((r * columns + c, y * columns + x, (friction[r, c] + friction[y, x]) / 2 * meters))
    a, b, minutes = (np.array(part) for part in zip(*edges, strict=True))
    n = rows * columns
    return dijkstra(coo_matrix((minutes, (a, b)), shape=(n, n)).tocsr(), directed=False, indices=sources)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), fast=st.sampled_from([2e-4, 1e-7]))
def test_same_minutes_as_a_graph_where_cells_narrow_towards_the_pole(seed: int, fast: float) -> None:
    """A single very fast cell makes buckets wider than the cheapest move; the minutes must not notice."""
    rng = np.random.default_rng(seed)
    friction = rough(rng, 14, 12)
    friction[7, 5] = fast
    grid = guarded(friction, east=np.linspace(900.0, 200.0, 16), south=927.0)
    sources = rng.choice(np.flatnonzero(np.isfinite(grid.friction)), 3, replace=False)
    np.testing.assert_allclose(table(grid, sources, 1e4), by_scipy(grid, sources), rtol=1e-12)


def test_threads_do_not_change_a_bit() -> None:
    rng = np.random.default_rng(3)
    grid = guarded(rough(rng, 50, 50))
    sources = rng.choice(np.flatnonzero(np.isfinite(grid.friction)), 40, replace=False)
    targets = rng.integers(0, grid.friction.size, 300)
    limit = rng.choice([10.0, 20.0], 300)
    one = least_cost_minutes(grid, sources, targets, 20.0, limit, threads=1)
    for threads in (2, 3, 64):
        for left, right in zip(one, least_cost_minutes(grid, sources, targets, 20.0, limit, threads), strict=True):
            np.testing.assert_array_equal(left, right)


def test_each_target_keeps_its_own_limit_and_blocked_sources_reach_nothing() -> None:
    friction = np.full((1, 40), 1e-3)
    friction[0, 30] = np.inf
    grid = guarded(friction)
    start = 42 + 1
    targets = start + np.array([5, 15, 15, 35])
    source, target, minutes = least_cost_minutes(
        grid, np.array([start, start + 30]), targets, 30.0, np.array([30.0, 10.0, 20.0, 30.0])
    )
    assert source.tolist() == [0, 0]
    assert target.tolist() == [0, 2]
    np.testing.assert_allclose(minutes, [5.0, 15.0], rtol=1e-6)
