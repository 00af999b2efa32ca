"""The curves of straight-line travel, fitted to published drive minutes and judged on tracts they were not fitted to.

`python docs/scripts/fit_travel.py FOLDER` reads four files anywhere in FOLDER and prints the curves and how far they
are off; with `--write` the tables go to `docs/travel-times.md`. The files:

- `opioidtreatmentprogram_drive_tract.csv`, `OpioidTreatmentProgram_Geocoded.csv`: minutes by car from each tract of
  2010 to the nearest opioid treatment program, how many programs lie within 30 minutes, and where the programs are
  (Opioid Environment Policy Scan, GeoDa Center, University of Chicago, 2021, doi:10.5281/zenodo.4747876);
- `tab20_tract20_tract10_natl.txt`, the Census relationship file; `CenPop2020_Mean_TR.txt`, its centers of population.

Minutes belong to the place of a tract of 2010, so only tracts that are the same in 2020 take part: same code, and at
least 99 % of the land of both. The curve is what half of the absolute errors lie on either side of (least absolute
deviations), each tract weighted by 1 / √(km + 1) since errors grow with distance; nothing at no distance. Counties,
not tracts, are divided into the half that is fitted and the half that is judged, for neighbors are alike.
"""

from __future__ import annotations

import argparse
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, eye, hstack
from scipy.spatial import cKDTree

from geodata.geography.origins import RURAL_BELOW_PEOPLE_PER_KM2
from geodata.geography.sphere import EARTH_RADIUS_KM, angle_of_chord, unit_vectors_of_degrees
from geodata.settings import CHECKOUT
from geodata.settings.sections import CONSTANT_SPEEDS
from geodata.storage.files import write_text
from geodata.travel.great_circle import Curve, constant_speed

FloatArray = NDArray[np.float64]
DRIVEN, PROGRAMS = "opioidtreatmentprogram_drive_tract.csv", "OpioidTreatmentProgram_Geocoded.csv"
RELATIONSHIP, CENTERS = "tab20_tract20_tract10_natl.txt", "CenPop2020_Mean_TR.txt"
SAME_LAND = 0.99
# No straight line of any length is driven faster; what says so is a fault of the file.
IMPOSSIBLE_KMH = 130.0
FARTHEST_KM = 150.0
NEAREST = 12
BANDS_KM = (0, 2, 5, 10, 20, 40, 80, 150)
LIMITS = (30, 60)
LEAST_TRACTS_OF_A_STATE = 30
# Where the second program is this many times as far, the nearest by straight line is the nearest by road.
APART = 2.0
BEGIN, END = "<!-- fitted: begin -->", "<!-- fitted: end -->"


def main() -> None:
    """Fit, judge and print; write the tables where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the four files, which may lie in folders below it")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/travel-times.md")
    options = parser.parse_args()
    tracts, account = usable(*(file_in(options.folder, name) for name in (DRIVEN, PROGRAMS, RELATIONSHIP, CENTERS)))
    text = report(tracts, account)
    print(text)
    if options.write:
        page = CHECKOUT / "docs" / "travel-times.md"
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        write_text(page, f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


def file_in(folder: Path, name: str) -> Path:
    """Return the file of that name in `folder` or below it; ends the script with one sentence where there is none."""
    found = sorted(folder.rglob(name))
    if not found:
        raise SystemExit(f"{folder} has no {name}: see the beginning of docs/scripts/fit_travel.py for what it is.")
    return found[0]


def usable(driven: Path, programs: Path, relationship: Path, centers: Path) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the tracts that can be used, and how many of the file cannot be and why.

    Columns: geoid, minutes, programs (published count within 30 minutes), rural, fitted (the half), km_0 … to the
    nearest programs by straight line.
    """
    table = pd.read_csv(driven, dtype={"origin": "str"}).set_axis(["origin", "programs", "minutes"], axis=1)
    table["geoid"] = table["origin"].str.zfill(11)
    account = {"tracts in the file": len(table)}
    table = _without(table, table["minutes"].isna(), account, "without minutes")
    parts = pd.read_csv(relationship, sep="|", dtype="str", encoding="utf-8-sig")
    land = {end: pd.to_numeric(parts[f"AREALAND_{end}"]) for end in ("PART", "TRACT_20", "TRACT_10")}
    same = (parts["GEOID_TRACT_20"] == parts["GEOID_TRACT_10"]) & (
        land["PART"] >= SAME_LAND * np.maximum(land["TRACT_20"], land["TRACT_10"])
    )
    table = _without(table, ~table["geoid"].isin(parts.loc[same, "GEOID_TRACT_20"]), account, "not the same in 2020")
    homes = pd.read_csv(centers, dtype="str", encoding="utf-8-sig")
    homes["geoid"] = homes["STATEFP"] + homes["COUNTYFP"] + homes["TRACTCE"]
    homes["km2"] = homes["geoid"].map(land["TRACT_20"].groupby(parts["GEOID_TRACT_20"]).first()) / 1e6
    numbers = homes[["LATITUDE", "LONGITUDE", "POPULATION"]].astype("float64")
    homes = homes[["geoid", "km2"]].join(numbers)
    table = table.merge(homes, on="geoid", how="left")
    lived_in = (table["POPULATION"] > 0) & (table["km2"] > 0)
    table = _without(table, ~lived_in, account, "without residents or land")
    table["rural"] = table["POPULATION"] / table["km2"] < RURAL_BELOW_PEOPLE_PER_KM2
    table = table.join(_distances(table, programs))
    table = _without(table, table["minutes"] <= 0, account, "of zero minutes")
    kmh = table["km_0"] / table["minutes"] * 60.0
    table = _without(table, kmh > IMPOSSIBLE_KMH, account, f"faster than {IMPOSSIBLE_KMH:.0f} km/h")
    table = _without(table, table["km_0"] > FARTHEST_KM, account, f"farther than {FARTHEST_KM:.0f} km")
    table["fitted"] = [zlib.crc32(geoid[:5].encode()) % 2 == 0 for geoid in table["geoid"]]
    return table, {**account, "used": len(table)}


def _without(table: pd.DataFrame, out: pd.Series, account: dict[str, int], why: str) -> pd.DataFrame:
    account[why] = int(out.sum())
    kept: pd.DataFrame = table[~out].reset_index(drop=True)
    return kept


def _distances(homes: pd.DataFrame, programs: Path) -> pd.DataFrame:
    there = pd.read_csv(programs, encoding="cp1252").dropna(subset=["Latitude", "Longitude"])
    tree = cKDTree(unit_vectors_of_degrees(there["Latitude"].to_numpy(), there["Longitude"].to_numpy()))
    here = unit_vectors_of_degrees(homes["LATITUDE"].to_numpy(), homes["LONGITUDE"].to_numpy())
    wanted = min(NEAREST, len(there))
    chord, _ = tree.query(here, k=list(range(1, wanted + 1)))
    km = EARTH_RADIUS_KM * angle_of_chord(chord)
    return pd.DataFrame(km, columns=[f"km_{k}" for k in range(wanted)])


def fitted_curve(km: FloatArray, minutes: FloatArray) -> Curve:
    """Return the curve of least absolute deviations, weighted by 1 / √(km + 1); it starts at nothing.

    A linear program (Wagner 1959): minutes = b · km + c · √km + over − under, the least weighted sum of over and under.
    """
    weight = 1.0 / np.sqrt(km + 1.0)
    shape = csr_matrix(np.column_stack([km, np.sqrt(km)]))
    rows = hstack([shape, eye(len(km)), -eye(len(km))]).tocsr()
    cost = np.concatenate([np.zeros(2), weight, weight])
    found: Any = linprog(cost, A_eq=rows, b_eq=minutes, bounds=(0, None), method="highs")
    return Curve(0.0, *(float(value) for value in found.x[:2]))


def report(tracts: pd.DataFrame, account: dict[str, int]) -> str:
    """Return the curves and how far they are off, as Markdown."""
    before = dict(
        zip((False, True), (constant_speed(CONSTANT_SPEEDS[0], kmh) for kmh in CONSTANT_SPEEDS[1:]), strict=True)
    )
    after, lines, bands, states, alone = {}, [], [], [], []
    for rural in (False, True):
        kind, own = ("rural" if rural else "urban"), tracts[tracts["rural"] == rural]
        half = own[own["fitted"]]
        found = fitted_curve(half["km_0"].to_numpy(), half["minutes"].to_numpy())
        after[rural] = Curve(0.0, round(found.per_km, 2), round(found.per_root_km, 2))
        judged = own[~own["fitted"]]
        lines += [
            _judged(kind, "constant speed", before[rural], judged),
            _judged(kind, "curve", after[rural], judged),
        ]
        bands += _by_band(kind, before[rural], after[rural], judged)
        states.append(_by_state(after[rural], own))
        apart = half[half["km_1"] >= APART * half["km_0"]]
        pairs = fitted_curve(apart["km_0"].to_numpy(), apart["minutes"].to_numpy())
        more = np.median(pairs.minutes(judged["km_0"]) - found.minutes(judged["km_0"]))
        alone.append(f"{more:+.1f} minutes ({kind}, {len(apart):,} tracts)")
    curves = " ".join(
        f"{'Rural' if rural else 'Urban'}: {curve.per_km:.2f} · km + {curve.per_root_km:.2f} · √km, fitted to "
        f"{int((tracts['fitted'] & (tracts['rural'] == rural)).sum()):,} tracts."
        for rural, curve in after.items()
    )
    low, high = min(part.min() for part in states), max(part.max() for part in states)
    return "\n".join(
        [
            "Of " + ", ".join(f"{count:,} {why}" for why, count in account.items()) + ".",
            "",
            curves,
            "",
            "On the counties that were not fitted, minutes to the nearest program:",
            "",
            "| origin | minutes by | tracts | mean absolute error | median error | within 30 said not to be "
            "| the reverse | within 60 said not to be | the reverse | programs within 30, said ÷ published |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            "By distance, mean absolute error and median error (said less published), minutes:",
            "",
            "| origin | straight kilometers | tracts | constant speed | curve |",
            "|---|---|---|---|---|",
            *bands,
            "",
            f"Fitted only to tracts whose second program is at least {APART:.0f} times as far, the curves change by "
            + " and ".join(alone)
            + " in the median.",
            "",
            f"The median of published minutes over those of the curve lies between {low:.2f} and {high:.2f} by state "
            f"(states with {LEAST_TRACTS_OF_A_STATE} tracts or more of one kind, both halves).",
        ]
    )


def _judged(kind: str, name: str, curve: Curve, tracts: pd.DataFrame) -> str:
    said, published = curve.minutes(tracts["km_0"]), tracts["minutes"].to_numpy()
    error = said - published
    lost = [np.mean((said > limit) & (published <= limit)) for limit in LIMITS]
    gained = [np.mean((said <= limit) & (published > limit)) for limit in LIMITS]
    every = curve.minutes(tracts.filter(regex=r"^km_\d+$"))
    counted = np.minimum(tracts["programs"], every.shape[1]).mean()
    ratio = (every <= LIMITS[0]).sum(axis=1).mean() / counted
    shares = " | ".join(f"{100 * share:.1f} %" for pair in zip(lost, gained, strict=True) for share in pair)
    return (
        f"| {kind} | {name} | {len(tracts):,} | {np.abs(error).mean():.2f} | {np.median(error):+.2f} | {shares} "
        f"| {ratio:.2f} |"
    )


def _by_band(kind: str, before: Curve, after: Curve, tracts: pd.DataFrame) -> list[str]:
    rows = []
    for low, high in pairwise(BANDS_KM):
        own = tracts[(tracts["km_0"] > low) & (tracts["km_0"] <= high)]
        if len(own):
            errors = [curve.minutes(own["km_0"]) - own["minutes"].to_numpy() for curve in (before, after)]
            cells = " | ".join(f"{np.abs(error).mean():.2f} ({np.median(error):+.2f})" for error in errors)
            rows.append(f"| {kind} | {low}–{high} | {len(own):,} | {cells} |")
    return rows


def _by_state(curve: Curve, tracts: pd.DataFrame) -> pd.Series:
    ratio = tracts["minutes"] / curve.minutes(tracts["km_0"])
    by_state = ratio.groupby(tracts["geoid"].str[:2]).agg(["median", "size"])
    kept: pd.Series = by_state.loc[by_state["size"] >= LEAST_TRACTS_OF_A_STATE, "median"]
    return kept


if __name__ == "__main__":
    main()
