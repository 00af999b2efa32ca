"""Least-cost minutes over a friction raster: a state at 1 km and 250 m, and the nation at 1 km.

The surface is made up: country roads of 30 km/h with noise, faster roads every 15 and 60 km, slow patches and water.
scikit-image's MCP_Geometric is given the same even grid; it searches all of it for every source, as its limit on
cumulative cost has no effect.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results

Work = Callable[[], np.ndarray]
LIMIT = 60.0
COMPARED = 5
# South, west, rows and columns of 1 km (30″) cells.
STATE = (38.0, -98.0, 550, 580)
NATION = (24.5, -125.0, 3000, 7020)


def surface(rows: int, columns: int, fine: int) -> np.ndarray:
    """Return minutes per meter; `fine` is the number of cells per 1 km step."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(1)
    coarse = gaussian_filter(rng.normal(size=(rows // (8 * fine) + 1, columns // (8 * fine) + 1)), 4)
    relief = np.kron((coarse / coarse.std()).astype(np.float32), np.ones((8 * fine, 8 * fine), np.float32))
    relief = relief[:rows, :columns]
    minutes = np.where(relief > 1, 60 / 20e3, 60 / 30e3) * rng.uniform(0.8, 1.2, relief.shape)
    for every, kmh in ((15 * fine, 70e3), (60 * fine, 105e3)):
        minutes[::every] = np.minimum(minutes[::every], 60 / kmh)
        minutes[:, ::every] = np.minimum(minutes[:, ::every], 60 / kmh)
    minutes[relief < -2.2] = np.inf
    return minutes.astype(np.float32)


def _points(box: tuple[float, float, int, int], count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return latitudes and longitudes at random; a quarter of the box's edge is left free."""
    south, west, rows, columns = box
    rng = np.random.default_rng(seed)
    return south + rng.uniform(0.02, 0.98, count) * rows / 120, west + rng.uniform(0.02, 0.98, count) * columns / 120


def _raster(box: tuple[float, float, int, int], fine: int) -> Path:
    """Write the surface once as a tiled GeoTIFF and return its path."""
    import rasterio
    from rasterio.transform import from_origin

    from geodata.storage.files import written_aside

    south, west, rows, columns = box
    path = Path(gettempdir()) / f"onramp-bench-friction-{rows}x{columns}x{fine}.tif"
    if not path.exists():
        values = surface(rows * fine, columns * fine, fine)
        values[~np.isfinite(values)] = -9999
        step = 1 / (120 * fine)
        with written_aside(path) as aside, rasterio.open(
            aside, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype="float32",
            crs="EPSG:4326", nodata=-9999, transform=from_origin(west, south + rows / 120, step, step), tiled=True,
            blockxsize=512, blockysize=512, compress="deflate", predictor=3,
        ) as out:  # fmt: skip
            out.write(values, 1)
    return path


def _even(fine: int, sources: int, targets: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the state's surface with an impassable edge, and flat cells of sources and targets."""
    friction = np.full((STATE[2] * fine + 2, STATE[3] * fine + 2), np.inf, np.float32)
    friction[1:-1, 1:-1] = surface(STATE[2] * fine, STATE[3] * fine, fine)
    rng = np.random.default_rng(2)
    passable = np.flatnonzero(np.isfinite(friction))
    return friction, rng.choice(passable, sources), rng.choice(passable, targets)


def compiled(fine: int, sources: int, targets: int, threads: int = 2) -> Work:
    """Prepare the bounded search of this project."""
    from geodata.travel.least_cost import Grid, least_cost_minutes

    friction, starts, ends = _even(fine, sources, targets)
    meters = np.full(friction.shape[0], 1000.0 / fine)
    grid = Grid(friction, meters, meters, meters * np.sqrt(2))

    def work() -> np.ndarray:
        source, target, minutes = least_cost_minutes(grid, starts, ends, LIMIT, np.full(targets, LIMIT), threads)
        out = np.full((COMPARED, targets), LIMIT + 1)
        few = source < COMPARED
        out[source[few], target[few]] = minutes[few]
        return out

    return work


def scikit_image(fine: int, sources: int, targets: int, share: float) -> Work:
    """Prepare scikit-image over the first `share` of the sources."""
    from skimage.graph import MCP_Geometric

    friction, starts, ends = _even(fine, sources, targets)
    cost = np.where(np.isfinite(friction), friction.astype(float), -1.0)

    def work() -> np.ndarray:
        out = np.full((COMPARED, targets), LIMIT + 1)
        for number, start in enumerate(starts[: max(COMPARED, round(share * sources))]):
            search = MCP_Geometric(cost, sampling=(1000.0 / fine, 1000.0 / fine))
            minutes = search.find_costs([np.unravel_index(start, cost.shape)])[0].ravel()[ends]
            if number < COMPARED:
                out[number] = np.where(minutes <= LIMIT, minutes, LIMIT + 1)
        return out

    return work


def engine(fine: int, sources: int, targets: int, nation: bool = False, threads: int = 2) -> Work:
    """Prepare the engine: from a GeoTIFF and points in degrees to sorted pairs, with true meters."""
    from geodata.geography.coordinates import Points
    from geodata.travel.friction import FrictionEngine

    box = NATION if nation else STATE
    made = FrictionEngine(_raster(box, fine), threads=threads)
    homes, places = Points(*_points(box, targets, 4)), Points(*_points(box, sources, 3))

    def work() -> np.ndarray:
        found = made.minutes(homes, places, LIMIT)
        return np.array([len(found), found.minutes.sum()])

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/friction_*`."""
    asked = parser(__doc__)
    given = asked.parse_args(arguments)
    sources, targets = sized(given, (200, 1500), (20, 1500), (COMPARED, 50))
    suffix = size_suffix(given)
    again = "python -m bench.travel_friction" + size_option(given)
    note = "Compared are the minutes of the first five sources to every target; the engine also reads its raster."
    for fine, share, name in ((1, 0.25, "1 km"), (4, 0.025, "250 m")):
        if suffix and fine > 1:
            continue
        contenders = [
            Contender("onramp, bounded search, 2 threads", "compiled", 3),
            Contender("onramp, bounded search, 1 thread", "compiled", 2, arguments={"threads": 1}),
            Contender("onramp, engine from GeoTIFF to pairs", "engine", 3, checked=False),
            Contender("scikit-image MCP_Geometric", "scikit_image", share=share, arguments={"share": share}),
        ]
        size: dict[str, Any] = {"fine": fine, "sources": sources, "targets": targets}
        rows = side_by_side("bench.travel_friction", contenders, size)
        write_results(
            f"friction_state_{name.replace(' ', '')}{suffix}", f"Friction raster, a state at {name}, 60 minutes", rows,
            {"cells": STATE[2] * STATE[3] * fine**2, **size}, repeat=again, notes=[note],
        )  # fmt: skip
    if not suffix:
        size = {"fine": 1, "sources": 10_000, "targets": 85_000, "nation": True}
        contenders = [
            Contender("onramp, engine, 2 threads", "engine", 2),
            Contender("onramp, engine, 1 thread", "engine", arguments={"threads": 1}),
        ]
        rows = side_by_side("bench.travel_friction", contenders, size)
        write_results(
            "friction_nation", "Friction raster, the nation at 1 km, 60 minutes", rows,
            {"cells": NATION[2] * NATION[3], **size}, repeat=again,
            notes=["Compared are the number of pairs and the sum of their minutes."],
        )  # fmt: skip


if __name__ == "__main__":
    main()
