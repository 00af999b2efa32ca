"""Population cells within tracts, on a made-up 100 m raster and 1,549 tracts: sums and weighted centers.

rasterstats is not a dependency of this project; `--peers` names an interpreter that has it, and geopandas.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import numpy as np

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results

if TYPE_CHECKING:
    import geopandas as gpd

Work = Callable[[], np.ndarray]
STEP = 1 / 1200
CELLS_A_SIDE = 85


def _tracts(tracts: int) -> gpd.GeoDataFrame:
    """Return crooked four-sided tracts, about 85 × 85 cells each, that cover a square."""
    import geopandas as gpd
    import shapely

    side = round(tracts**0.5 + 0.5)
    rng = np.random.default_rng(5)
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij"), axis=2)
    corners[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, (side - 1, side - 1, 2))
    corners = corners * CELLS_A_SIDE * STEP + np.array([38.0, -98.0])
    r, c = (part.ravel()[:tracts] for part in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    ring = [corners[r, c], corners[r, c + 1], corners[r + 1, c + 1], corners[r + 1, c], corners[r, c]]
    shapes = shapely.polygons(np.stack(ring, axis=1)[:, :, ::-1])
    geoids = [f"01001{i:06d}" for i in range(tracts)]
    return gpd.GeoDataFrame({"geoid": geoids}, geometry=shapes, crs="EPSG:4326")


def raster(tracts: int) -> Path:
    """Write a raster of people under the tracts, a third of its cells inhabited, and return its path."""
    import rasterio
    from rasterio.transform import from_origin

    path = Path(gettempdir()) / f"onramp-bench-people-{tracts}.tif"
    if not path.exists():
        n = round(tracts**0.5 + 0.5) * CELLS_A_SIDE
        rng = np.random.default_rng(6)
        people = np.where(rng.random((n, n)) < 0.33, rng.gamma(0.5, 4.0, (n, n)), 0.0).astype(np.float32)
        with rasterio.open(
            path, "w", driver="GTiff", width=n, height=n, count=1, dtype="float32", crs="EPSG:4326", nodata=-200,
            transform=from_origin(-98.0, 38.0 + n * STEP, STEP, STEP), tiled=True, compress="deflate",
        ) as out:  # fmt: skip
            out.write(people, 1)
    return path


def sums(tracts: int) -> Work:
    """Prepare the exact sums of people per tract."""
    from exactextract import exact_extract

    frame, path = _tracts(tracts), raster(tracts)
    return lambda: exact_extract(str(path), frame, ["sum"], output="pandas")["sum"].to_numpy()


def cells(tracts: int) -> Work:
    """Prepare the people of every cell of every tract, summed to compare."""
    from geodata.geography.population_raster import populated_cells

    frame, path = _tracts(tracts), raster(tracts)
    return lambda: populated_cells(frame, path).groupby("geoid")["people"].sum().to_numpy()


def weighted_origins(tracts: int) -> Work:
    """Prepare four weighted origins per tract."""
    import pandas as pd

    from geodata.geography.origins import origins

    frame, path = _tracts(tracts), raster(tracts)
    none = pd.DataFrame({name: [] for name in ("geoid", "latitude", "longitude")})
    return lambda: origins(frame, none, path, 4).groupby("geoid")["weight"].sum().to_numpy()


def rasterstats(tracts: int) -> Work:
    """Prepare rasterstats: cells whose center is inside count whole."""
    from rasterstats import zonal_stats

    frame, path = _tracts(tracts), Path(gettempdir()) / f"onramp-bench-people-{tracts}.tif"
    return lambda: np.array([found["sum"] for found in zonal_stats(frame, str(path), stats=["sum"])], dtype=float)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/population_cells`."""
    asked = parser(__doc__)
    given = asked.parse_args(arguments)
    size = {"tracts": sized(given, 1549, 100, 9)}
    raster(size["tracts"])
    contenders = [
        Contender("exactextract, sums", "sums", 2),
        Contender("onramp, every populated cell with its people", "cells", 2),
        Contender("onramp, four weighted origins a tract", "weighted_origins", 2, checked=False),
    ]
    if given.peers:
        contenders.append(Contender("rasterstats, sums", "rasterstats", python=given.peers))
    rows = side_by_side("bench.population_cells", contenders, size)
    notes = [
        "rasterstats counts cells by their center, so its sums differ by what borders cut."
        if given.peers
        else "rasterstats was not measured: no interpreter with it was given (make peers)."
    ]
    again = "python -m bench.population_cells"
    again += size_option(given) + (" --peers PYTHON" if given.peers else "")
    write_results(
        "population_cells" + size_suffix(given), "Population cells within tracts, 100 m", rows, size,
        repeat=again, notes=notes,
    )  # fmt: skip


if __name__ == "__main__":
    main()
