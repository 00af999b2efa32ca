"""What measuring a tract from one point costs: on the sample state against population cells, and on a real one.

For a real state there is no population raster here, so its population centres stand against points inside the
polygons, which is what one point without people in mind would be. `--realdata` names the folder of real files.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from bench.common import RESULTS, parser
from geodata.origin_error import error_summary, one_point_error
from geodata.origins import origins, rurality
from geodata.sample.write import write_sample
from geodata.settings import Access
from geodata.travel.base import TravelEngine
from geodata.travel.friction import FrictionEngine
from geodata.travel.great_circle import GreatCircle

SETTINGS = Access()


def centers(path: Path) -> pd.DataFrame:
    """Return the population centres of a Census file."""
    raw = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    table = pd.DataFrame({"geoid": raw["STATEFP"] + raw["COUNTYFP"] + raw["TRACTCE"]})
    for name in ("population", "latitude", "longitude"):
        table[name] = raw[name.upper()].astype(float)
    return table


def with_rural(points: pd.DataFrame, rural: pd.Series) -> pd.DataFrame:
    """Return origins with the area type of their tract."""
    return points.assign(rural=points["geoid"].map(rural).astype("boolean"))


def sample(folder: Path, raster: bool) -> pd.DataFrame:
    """Return the errors on the sample state: up to 16 population cells a tract against its census centre."""
    tracts = gpd.read_file(folder / "cb_2020_97_tract_500k.zip").rename(columns={"GEOID": "geoid", "ALAND": "land_m2"})
    known = centers(folder / "CenPop2020_Mean_TR.txt")
    known = known[known["geoid"].isin(tracts["geoid"])]
    rural = rurality(tracts, known)
    cells = with_rural(origins(tracts, known, folder / "population.tif", 16), rural)
    cells = cells[cells["origin_basis"] == "raster_cells"]
    stations = pd.DataFrame(json.loads((folder / "alt_fuel_stations.json").read_text())["fuel_stations"])
    places = stations.loc[stations["status_code"] == "P", ["latitude", "longitude"]].dropna().astype(float)
    engine: TravelEngine = FrictionEngine(folder / "friction.tif") if raster else GreatCircle(1.35, 40.0, 70.0)
    one = with_rural(origins(tracts, known), rural)
    people = known.set_index("geoid")["population"]
    return one_point_error(cells, one, places, np.ones(len(places)), people, engine, SETTINGS)


def real(folder: Path) -> pd.DataFrame:
    """Return the errors on Georgia: population centres against points inside the polygons, to two-year colleges."""
    tracts = gpd.read_file(folder / "GA" / "cb_2020_13_tract_500k.zip").rename(columns={"GEOID": "geoid"})
    known = centers(folder / "national" / "CenPop2020_Mean_TR.txt")
    rural = rurality(tracts, known)
    here = known[known["geoid"].isin(tracts["geoid"])]
    colleges = pd.read_csv(folder / "national" / "hd2020.csv", encoding="cp1252", low_memory=False)
    two_year = colleges[(colleges["SECTOR"] == 4) & colleges["STABBR"].isin(["GA", "FL", "AL", "TN", "NC", "SC"])]
    places = two_year[["LATITUDE", "LONGITUD"]].set_axis(["latitude", "longitude"], axis=1)
    people = here.set_index("geoid")["population"]
    return one_point_error(
        with_rural(origins(None, here), rural), with_rural(origins(tracts, here.head(0)), rural), places,
        np.ones(len(places)), people, GreatCircle(1.35, 40.0, 70.0), SETTINGS,
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/origin_error`."""
    asked = parser(__doc__)
    asked.add_argument("--quick", action="store_true", help="the sample alone")
    given = asked.parse_args(arguments)
    made: dict[str, pd.DataFrame] = {}
    with tempfile.TemporaryDirectory() as folder:
        land = write_sample(Path(folder) / "sample")
        made["sample state, centre against up to 16 cells, friction raster"] = sample(land, raster=True)
        made["sample state, centre against up to 16 cells, great circle"] = sample(land, raster=False)
    if given.realdata and not given.quick:
        made["Georgia, point inside against population centre, great circle"] = real(Path(given.realdata))
    told = pd.concat([error_summary(errors).assign(case=case) for case, errors in made.items()], ignore_index=True)
    told = told[["case", *(name for name in told if name != "case")]]
    RESULTS.mkdir(exist_ok=True)
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in told.to_dict("records")]
    record = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows}
    suffix = "_quick" if given.quick else ""
    (RESULTS / f"origin_error{suffix}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    names = [str(name) for name in told if name != "meaning"]
    lines = [" | ".join(names), "|".join("---" for _ in names)]
    lines += [
        " | ".join(f"{row[name]:.3g}" if isinstance(row[name], float) else str(row[name]) for name in names)
        for row in rows
    ]
    meanings = "\n".join(f"- `{row['difference']}`: {row['meaning']}" for row in rows[:3])
    text = "## The error of one-point origins\n\n" + "\n".join(f"| {line} |" for line in lines) + f"\n\n{meanings}\n"
    (RESULTS / f"origin_error{suffix}.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
