"""Simplifying polygons that share borders, without gaps: shapely's coverage_simplify against the topojson package.

On a made-up coverage of as many polygons as there are census tracts, or on real ones where `--realdata` names the
folder of real files. topojson is not a dependency of this project; `--peers` names an interpreter that has it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results
from bench.contiguity import REAL, coverage

Work = Callable[[], np.ndarray]
# Degrees: the root of an area for coverage_simplify, a distance for topojson; of real tracts both leave four to five
# vertices in ten.
TOLERANCE = {"coverage": 0.002, "topojson": 0.0008}


def _shapes(polygons: int, realdata: str) -> np.ndarray:
    if not realdata:
        return coverage(polygons)[:polygons]
    import geopandas as gpd

    return np.asarray(gpd.read_parquet(Path(realdata) / REAL).geometry.values)[:polygons]


def _told(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the share of the vertices that is left."""
    return np.array([shapely.get_num_coordinates(after).sum() / shapely.get_num_coordinates(before).sum()])


def coverage_simplify(polygons: int, realdata: str) -> Work:
    shapes = _shapes(polygons, realdata)
    return lambda: _told(shapes, shapely.coverage_simplify(shapes, TOLERANCE["coverage"]))


def topojson(polygons: int, realdata: str) -> Work:
    import geopandas as gpd
    from topojson import Topology

    shapes = _shapes(polygons, realdata)
    frame = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4269")

    def work() -> np.ndarray:
        made = Topology(frame, prequantize=False).toposimplify(TOLERANCE["topojson"])
        return _told(shapes, np.asarray(made.to_gdf(crs="EPSG:4269").geometry.values))

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/simplify`."""
    asked = parser(__doc__)
    given = asked.parse_args(arguments)
    share, polygons = sized(given, (0.1, 85_000), (1.0, 2_000), (1.0, 100))
    real = str(Path(given.realdata).resolve()) if given.realdata and (Path(given.realdata) / REAL).exists() else ""
    if real and not size_suffix(given):
        polygons = len(_shapes(polygons, real))
    size = {"polygons": polygons, "realdata": real}
    contenders = [Contender("shapely coverage_simplify", "coverage_simplify", 2)]
    notes = ["Compared is the share of the vertices that is left."]
    if given.peers:
        part = {"polygons": round(share * polygons)}
        contenders.append(Contender("topojson package", "topojson", share=share, python=given.peers, arguments=part))
    else:
        notes.append("topojson was not measured: no interpreter with it was given (make peers).")
    rows = side_by_side("bench.simplify", contenders, size)
    arguments = {"polygons": polygons, "file": Path(REAL).name if real else "made up"}
    suffix = size_suffix(given)
    repeat = "python -m bench simplify" + size_option(given)
    write_results(f"simplify{suffix}", "Simplifying shared borders", rows, arguments, repeat=repeat, notes=notes)


if __name__ == "__main__":
    main()
