"""Rook contiguity of the nation's tracts: libpysal's two ways against edge matching.

On a made-up coverage of the same number of polygons and vertices as the census tracts, or on real ones: where
`--realdata` names the folder of real files, or from any file geopandas reads (`--file`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results

Work = Callable[[], np.ndarray]
REAL = "national/cb_2020_us_tract_500k_partial.parquet"


def coverage(polygons: int, vertices: int = 54) -> np.ndarray:
    """Return a square coverage of crooked quadrilaterals whose sides have vertices / 4 points each."""
    side = max(1, round(polygons**0.5))
    step = max(1, vertices // 4)
    rng = np.random.default_rng(3)
    count = side * step + 1
    x, y = np.meshgrid(np.arange(count) / step, np.arange(count) / step)
    x = np.round((x + rng.uniform(-0.3, 0.3, x.shape) / step) / 50.0 - 100.0, 6)
    y = np.round((y + rng.uniform(-0.3, 0.3, y.shape) / step) / 50.0 + 30.0, 6)
    r, c = (part.ravel() * step for part in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    along = np.arange(step)
    rows = np.concatenate([0 * along, along, 0 * along + step, step - along, [0]])
    columns = np.concatenate([along, 0 * along + step, step - along, 0 * along, [0]])
    at = (r[:, None] + rows, c[:, None] + columns)
    return shapely.polygons(np.stack([x[at], y[at]], axis=2))


def _shapes(polygons: int, file: str) -> np.ndarray:
    if not file:
        return coverage(polygons)
    import geopandas as gpd

    frame = gpd.read_parquet(file) if file.endswith("parquet") else gpd.read_file(file)
    return np.asarray(frame.geometry.values)[:polygons]


def _found(i: Any, j: Any) -> np.ndarray:
    return np.array([len(i), int(np.sum(i)), int(np.sum(j))])


def compiled(polygons: int, file: str) -> Work:
    from geodata.geography.shared_edges import rook_edges

    shapes = _shapes(polygons, file)

    def work() -> np.ndarray:
        edges = rook_edges(shapes)
        return _found(edges.i, edges.j)

    return work


def sorted_numpy(polygons: int, file: str) -> Work:
    from geodata.geography.shared_edges import rook_edges

    shapes = _shapes(polygons, file)

    def work() -> np.ndarray:
        edges = rook_edges(shapes, compiled=False)
        return _found(edges.i, edges.j)

    return work


def pysal_rook(polygons: int, file: str) -> Work:
    import geopandas as gpd
    from libpysal.weights import Rook

    warnings.simplefilter("ignore")
    frame = gpd.GeoDataFrame(geometry=_shapes(polygons, file))

    def work() -> np.ndarray:
        neighbors = Rook.from_dataframe(frame, use_index=False).neighbors
        pairs = np.array([(i, j) for i, others in neighbors.items() for j in others if i < j]).reshape(-1, 2)
        return _found(pairs[:, 0], pairs[:, 1])

    return work


def pysal_graph(polygons: int, file: str) -> Work:
    import geopandas as gpd
    from libpysal.graph import Graph

    warnings.simplefilter("ignore")
    frame = gpd.GeoDataFrame(geometry=_shapes(polygons, file))

    def work() -> np.ndarray:
        pairs = Graph.build_contiguity(frame, rook=True).adjacency.reset_index()
        pairs = pairs[(pairs["focal"] < pairs["neighbor"]) & (pairs["weight"] > 0)]
        return _found(pairs["focal"], pairs["neighbor"])

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/contiguity`."""
    asked = parser(__doc__)
    asked.add_argument("--polygons", type=int, default=85_000)
    asked.add_argument("--file", default="", help="a file of polygons instead of the made-up coverage")
    given = asked.parse_args(arguments)
    real = Path(given.realdata) / REAL
    file = given.file or (str(real.resolve()) if given.realdata and real.exists() else "")
    polygons = sized(given, given.polygons, 4_000, 100)
    size = {"polygons": polygons, "file": file}
    contenders = [
        Contender("onramp, compiled edge matching", "compiled", 3),
        Contender("onramp, edge sorting in numpy", "sorted_numpy", 2),
        Contender("libpysal Rook.from_dataframe", "pysal_rook"),
        Contender("libpysal Graph.build_contiguity", "pysal_graph"),
    ]
    rows = side_by_side("bench.contiguity", contenders, size)
    arguments = {"polygons": len(_shapes(polygons, file)), "file": Path(file).name or "made up"}
    name = "contiguity" + ("_file" if given.file else "") + size_suffix(given)
    repeat = "python -m bench.contiguity" + (" --file FILE" if given.file else "") + size_option(given)
    notes = ["The difference compares the number of pairs and the sums of their rows."]
    write_results(name, "Rook contiguity", rows, arguments, repeat=repeat, notes=notes)


if __name__ == "__main__":
    main()
