"""American Community Survey, five years: the measures from the survey's own tables.

Read are the Data API's answer as it comes (JSON), one as columns of a CSV, a summary file's tracts, or a wide CSV of
variables with estimates (…E) and margins (…M). Counts are sums of table cells, shares are of the table's universe;
margins follow `geodata.statistics.margins`. Detailed tables (B, C) keep their meaning from year to year; subject and
profile variables (S, DP) do not, and are used only where a detailed one is absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.errors import InputError
from geodata.geography.geoids import clean_geoids, ct_scheme_column, tract_vintage, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import MEASURES
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, from_records, read_csv, read_json
from geodata.sources.formats.values import ACS_CODES, Numbers, numbers
from geodata.sources.index_rows import above_the_whole
from geodata.sources.spec import Expected, ParseContext, SourceSpec
from geodata.statistics.margins import share_margin, sum_margin

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """How a measure is made: the sum of `cells`, over (the sum of) `whole` or with its share in `percent`.

    Variables are named without the E or M at their end.
    """

    cells: tuple[str, ...]
    whole: str | tuple[str, ...] | None = None
    percent: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables the recipe needs."""
        return tuple(v for v in (*self.cells, *self.wholes, self.percent) if v)

    @property
    def wholes(self) -> tuple[str, ...]:
        """The variables that add up to the measure's universe."""
        return (self.whole,) if isinstance(self.whole, str) else self.whole or ()


def _cells(table: str, *lines: int) -> tuple[str, ...]:
    return tuple(f"{table}_{line:03d}" for line in lines)


# Cells of B16005 for people five and over who speak English “not well” or “not at all”, as SVI counts them.
_LIMITED = (7, 8, 12, 13, 17, 18, 22, 23, 29, 30, 34, 35, 39, 40, 44, 45)
# Cells of B18101 for people with a disability, by sex and age.
_DISABLED = (4, 7, 10, 13, 16, 19, 23, 26, 29, 32, 35, 38)
# Lines of B17024 (age by ratio of income to poverty) with the totals of 18 to 24, 25 to 34, 35 to 44, 45 to 54 and 55
# to 64 years. Under each stand twelve ratios; the first five are below .50, .75, 1.00, 1.25 and 1.50.
_ADULT_AGES = (41, 54, 67, 80, 93)
_BELOW_150 = (1, 2, 3, 4, 5)
# The first recipe of a measure whose variables are all there is used.
RECIPES: dict[str, tuple[Recipe, ...]] = {
    "population": (Recipe(("B01003_001",)), Recipe(("S0601_C01_001",))),
    # Without its universe, as in the summary file of one table, the count alone.
    "under_18": (
        Recipe(("B09001_001",), "B01003_001"),
        Recipe(("B09001_001",), "S0601_C01_001"),
        Recipe(("B09001_001",)),
    ),
    "over_64": (
        Recipe(_cells("B01001", *range(20, 26), *range(44, 50)), "B01001_001"),
        Recipe(("S0101_C01_030",), percent="S0101_C02_030"),
    ),
    "adults_poverty_150": (
        Recipe(
            _cells("B17024", *(age + ratio for age in _ADULT_AGES for ratio in _BELOW_150)),
            _cells("B17024", *_ADULT_AGES),
        ),
    ),
    # The table SVI takes its residents of group quarters from.
    "group_quarters": (
        *(Recipe(("B26001_001",), everybody) for everybody in ("B01003_001", "B01001_001", "S0601_C01_001")),
        Recipe(("B26001_001",)),
    ),
    "poverty_150": (Recipe(_cells("C17002", 2, 3, 4, 5), "C17002_001"), Recipe(("S1701_C01_040",), "S1701_C01_001")),
    "poverty_100": (Recipe(("B17001_002",), "B17001_001"),),
    "unemployed": (Recipe(("B23025_005",), "B23025_003"), Recipe(("DP03_0005",), percent="DP03_0009P")),
    "no_diploma": (
        Recipe(_cells("B15003", *range(2, 17)), "B15003_001"),
        Recipe(("B06009_002",), "B06009_001"),
        Recipe(("B06009_002",), percent="S0601_C01_033"),
    ),
    "no_vehicle": (
        Recipe(("B08201_002",), "B08201_001"),
        Recipe(_cells("B25044", 3, 10), "B25044_001"),
        Recipe(("DP04_0058",), percent="DP04_0058P"),
    ),
    "limited_english": (
        Recipe(_cells("B16005", *_LIMITED), "B16005_001"),
        Recipe(_cells("C16002", 4, 7, 10, 13), "C16002_001"),
    ),
    "single_parent": (
        Recipe(_cells("B11012", 10, 15), "B11012_001"),
        Recipe(_cells("B11012", 10, 15), "DP02_0001"),
    ),
    "disability": (
        Recipe(_cells("B18101", *_DISABLED), "B18101_001"),
        Recipe(("DP02_0072",), percent="DP02_0072P"),
    ),
    # People less people with access would have the margins of both, many times too wide: no recipe from S2802.
    "no_internet": (Recipe(("B28002_013",), "B28002_001"),),
    "uninsured": (
        Recipe(_cells("B27010", 17, 33, 50, 66), "B27010_001"),
        Recipe(("S2701_C04_001",), percent="S2701_C05_001"),
    ),
}
_ASKED = tuple(dict.fromkeys(v for recipes in RECIPES.values() for v in recipes[0].variables))
_QUERY = "variables=" + ",".join(f"{variable}{kind}" for variable in _ASKED for kind in "EM")

API = SourceSpec(
    name="acs",
    title="American Community Survey, five-year estimates",
    publisher="U.S. Census Bureau",
    table=MEASURES,
    scope="state",
    filenames=(
        "acs5_*_{usps}.csv",
        "acs5_*_{fips}*.csv",
        "acs5_*_{fips}*.json",
        "acs5_*.csv",
        "acs5_*.json",
    ),
    page="https://www.census.gov/programs-surveys/acs",
    licence="Public domain (US federal work); not endorsed or certified by the Census Bureau",
    cadence="yearly",
    urls=(f"https://api.census.gov/data/{{year}}/acs/acs5?{_QUERY}&state={{fips}}",),
    year=2024,
    tract_vintage=2020,
    media="csv",
    key_env="CENSUS_API_KEY",
    key_page="https://api.census.gov/data/key_signup.html",
    optional=True,
    transport="census_api",
)
SUMMARY = replace(
    API,
    name="acs_summary",
    title="American Community Survey, five-year summary files",
    scope="nation",
    filenames=("acsdt5y*.csv", "acs_summary_*.csv", "acsdt5y*.dat"),
    urls=(
        "https://www2.census.gov/programs-surveys/acs/summary_file/{year}/table-based-SF/data/5YRData/"
        f"acsdt5y{{year}}-TABLE.dat?{_QUERY}",
    ),
    key_env=None,
    key_page=None,
    expected=Expected(least_rows=80_000, most_rows=90_000, least_states=51),
    transport="acs_summary_file",
)
_KEYS = (
    Wanted("geoid", ("GEOID", "GEO_ID", "GEOIDFQ"), required=False),
    Wanted("state", ("state",), required=False),
    Wanted("county", ("county",), required=False),
    Wanted("tract", ("tract",), required=False),
)


def _parse(spec: SourceSpec, path: Path, context: ParseContext) -> Parsed:
    """Return every measure the file has the variables of."""
    text = _read(Path(path), spec)
    recipes = {name: _usable(name, text) for name in RECIPES}
    used = {name: recipe for name, recipe in recipes.items() if recipe is not None}
    if not used:
        raise InputError(
            "it has no variables from which a measure can be made",
            file=path,
            remedy="Variables are named like C17002_002E (estimate) and C17002_002M (margin).",
        )
    left = [name for name, recipe in recipes.items() if recipe is None]
    # The summary file of one table cannot have the others.
    if left and not re.search(r"acsdt5y\d{4}-[bc]\d+", text.file, re.IGNORECASE):
        text.notes.append(f"Measures without their variables: {', '.join(left)}.")
    year = year_in(text.file) or spec.year or 0
    frame = _with_geoids(text)
    shared = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.SOURCE: spec.name,
            col.VINTAGE: year,
            col.TRACT_VINTAGE: tract_vintage(year),
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    parts = [shared.assign(**_measure(text, frame, name, recipe)) for name, recipe in used.items()]
    # A table's universe stands under many measures and is reported once.
    text.notes[:] = dict.fromkeys(text.notes)
    return text.parsed(
        MEASURES,
        pd.concat(parts, ignore_index=True),
        kept=len(frame),
        out_of_scope={"another level of geography": text.rows_in - len(text.log.table()) - len(frame)},
    )


parse = partial(_parse, API)
parse_summary = partial(_parse, SUMMARY)


def _read(path: Path, spec: SourceSpec) -> Text:
    """Return the file as text under the Data API's variable names, from any of its forms."""
    variables = dict.fromkeys(v for recipes in RECIPES.values() for recipe in recipes for v in recipe.variables)
    columns = [*_KEYS, *(_variable(v, kind) for v in variables for kind in "EM")]
    if path.suffix.lower() != ".json":
        return read_csv(path, columns, spec.name)
    answer = read_json(path)
    if not isinstance(answer, list) or len(answer) < 1 or not all(isinstance(row, list) for row in answer):
        raise InputError(
            "this is not an answer of the Census Data API", file=path, remedy="Its first row names the columns."
        )
    header, *rows = answer
    return from_records([dict(zip(header, row, strict=False)) for row in rows], columns, spec.name, path.name)


def _variable(name: str, kind: str) -> Wanted:
    """Return the column of an estimate or margin: B25003_001E of the API, B25003_E001 of the summary files."""
    table, _, line = name.partition("_")
    return Wanted(f"{name}{kind}", (f"{name}{kind}", f"{table}_{kind}{line}"), required=False)


def _usable(name: str, text: Text) -> Recipe | None:
    gone = set(text.absent)
    return next((r for r in RECIPES[name] if not any(f"{v}{kind}" in gone for v in r.variables for kind in "EM")), None)


def _with_geoids(text: Text) -> pd.DataFrame:
    """Return the rows of tracts; rows of nation, states and counties (as in summary files) are left out."""
    frame = text.frame
    built = frame[col.STATE].str.zfill(2) + frame[col.COUNTY].str.zfill(3) + frame["tract"].str.zfill(6)
    code = frame[col.GEOID].fillna(built)
    other = code.str.contains("US", na=False) & ~code.str.startswith("1400000US", na=False)
    frame = frame.assign(geoid=clean_geoids(code))[~other]
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="geoid")
    return text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")


def _estimate(text: Text, frame: pd.DataFrame, variable: str, most: float | None = None) -> tuple[Numbers, pd.Series]:
    """Return an estimate with its status, and its margin: 0 where the estimate is controlled and has none.

    An estimate without a margin keeps it unknown, and a note says so.
    """
    estimate, margin = (
        numbers(
            frame[f"{variable}{kind}"],
            codes=ACS_CODES,
            least=0,
            most=most if kind == "E" else None,
            file=text.file,
            column=f"{variable}{kind}",
            notes=text.notes,
        )
        for kind in "EM"
    )
    bare = int((estimate.is_("value") & margin.is_("missing")).sum())
    if bare:
        text.notes.append(f"{variable}M: estimates without a margin of error, so that theirs is unknown: {bare:,}.")
    return estimate, margin.values.mask(margin.is_("not_applicable"), 0.0)


def _sum(text: Text, frame: pd.DataFrame, variables: tuple[str, ...]) -> tuple[Floats, Floats, pd.Series]:
    """Return the sum of estimates, its margin, and the status of the one that keeps it from being known."""
    found = [_estimate(text, frame, variable) for variable in variables]
    values = np.column_stack([estimate.values for estimate, _ in found])
    margins = np.column_stack([margin for _, margin in found])
    status = _worst([estimate.status for estimate, _ in found], frame.index)
    return values.sum(axis=1), sum_margin(values, margins), status


def _measure(text: Text, frame: pd.DataFrame, name: str, recipe: Recipe) -> dict[str, Any]:
    count, count_moe, status = _sum(text, frame, recipe.cells)
    columns: dict[str, Any] = {"measure": name, "count": count, "count_moe": count_moe, "status": status}
    if recipe.percent:
        percent, margin = _estimate(text, frame, recipe.percent, most=100)
        columns |= {"share": percent.values / 100, "share_moe": margin / 100}
    elif recipe.wholes:
        whole, whole_moe, _ = _sum(text, frame, recipe.wholes)
        beyond = count > whole
        if beyond.any():
            text.notes.append(above_the_whole(name, frame.loc[beyond, col.GEOID]))
            status = status.mask(beyond, "missing")
            count, count_moe = np.where(beyond, np.nan, count), np.where(beyond, np.nan, count_moe)
            columns |= {"count": count, "count_moe": count_moe}
        share = np.divide(count, whole, out=np.full(len(frame), np.nan), where=whole > 0)
        columns |= {"share": share, "share_moe": share_margin(count, count_moe, whole, whole_moe)}
        columns[col.STATUS] = status.mask((whole == 0) & (status == "value"), "not_applicable")
    for column in (col.SHARE, col.SHARE_MOE):
        if column in columns:
            # A margin beyond the whole says no more.
            columns[column] = np.clip(columns[column], 0, 1)
    return columns


def _worst(statuses: list[pd.Series], index: pd.Index) -> pd.Series:
    """Return the status of a sum: that of the cell that keeps it from being known."""
    out = pd.Series("value", index=index)
    for reason in ("not_applicable", "missing", "suppressed"):
        for status in statuses:
            out = out.mask(status.replace({"unreadable": "missing"}) == reason, reason)
    return out
