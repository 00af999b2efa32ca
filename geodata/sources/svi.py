"""CDC/ATSDR Social Vulnerability Index: the index itself, and the survey measures with margins it carries.

Editions 2018 (2010 tracts), 2020 and 2022 (2020 tracts). A national file ranks tracts among the nation, a state
download among its state only, under the same columns; which one it is, the ranks themselves show; the
two must never be pooled. One file feeds two tables: definitions (`parse`) and measures (`parse_measures`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import InputError
from geodata.geography.geoids import ct_scheme_column, tract_vintage, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS, MEASURES
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, read_csv
from geodata.sources.formats.values import SVI_CODES, numbers
from geodata.sources.index_rows import above_the_whole, keyed
from geodata.sources.spec import Address, Editions, Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="svi",
    title="Social Vulnerability Index",
    publisher="CDC/ATSDR Geospatial Research, Analysis & Services Program",
    table=DEFINITIONS,
    scope="nation",
    filenames=(
        "SVI_*_US.csv",
        "SVI*_US.csv",
        "SVI*_US_tract*.csv",
        "SVI_*_{state_name}.csv",
        "SVI*{state_name}.csv",
        "SVI*_{usps}.csv",
        "SVI*{state_name}_tract*.csv",
        "{state_name}.csv",
        "{state_name}_tract*.csv",
    ),
    page="https://www.atsdr.cdc.gov/place-health/php/svi/svi-data-documentation-download.html",
    licence="Public domain (US federal work)",
    cadence="every two years",
    urls=("https://svi.cdc.gov/Documents/Data/{year}/csv/states/SVI_{year}_US.csv",),
    others=(
        Address(
            "https://svi2.cdc.gov/webapi/Documents/download?year={year}&type=csv&category=states&name=SVI_{year}_US",
        ),
    ),
    year=2022,
    editions=Editions(ahead=-1, every=2),
    size_bytes=66_000_000,
    tract_vintage=2020,
    media="csv",
    expected=Expected(least_rows=70_000, most_rows=90_000, least_states=51),
)
SPEC_MEASURES = replace(
    SPEC,
    name="svi_measures",
    title="Survey measures of the Social Vulnerability Index",
    table=MEASURES,
    file_of="svi",
)
# Variable of the file by measure; counts are E_/M_, percentages EP_/MP_.
VARIABLES = {
    "population": "TOTPOP",
    "under_18": "AGE17",
    "over_64": "AGE65",
    "group_quarters": "GROUPQ",
    "poverty_150": "POV150",
    "poverty_100": "POV",
    "unemployed": "UNEMP",
    "no_diploma": "NOHSDP",
    "no_vehicle": "NOVEH",
    "limited_english": "LIMENG",
    "single_parent": "SNGPNT",
    "disability": "DISABL",
    "no_internet": "NOINT",
    "uninsured": "UNINSUR",
    "housing_burden": "HBURD",
    "minority": "MINRTY",
    "multi_unit": "MUNIT",
    "mobile_home": "MOBILE",
    "crowding": "CROWD",
}
_FROM_2020 = ("POV150", "NOINT")
_UP_TO_2018 = ("POV",)
# Not in every extract that people make of the file. Without the first nothing is said of institutions and barracks;
# without one of them the index is not made again in the draws of the uncertainty.
_OPTIONAL = ("GROUPQ", "HBURD", "MINRTY", "MUNIT", "MOBILE", "CROWD")
_KEYS = (
    Wanted("geoid", ("FIPS", "GEOID")),
    Wanted("location", ("LOCATION",), required=False),
    Wanted("E_POV150", required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the overall index (RPL_THEMES, 0–1) of each tract; missing where the publisher ranks none."""
    text = read_csv(path, (*_KEYS, Wanted("RPL_THEMES"), Wanted("SPL_THEMES")), SPEC.name)
    year = edition(text)
    frame = keyed(text)
    ranks, sums = (
        numbers(frame[name], codes=SVI_CODES, least=0, most=most, file=text.file, column=name, notes=text.notes)
        for name, most in (("RPL_THEMES", 1), ("SPL_THEMES", None))
    )
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.DEFINITION: SPEC.name,
            col.VALUE: ranks.values,
            col.OFFICIAL: True,
            col.ARCHIVED: False,
            col.POOLED: pool_of_ranks(frame[col.GEOID], sums.values, ranks.values),
            col.CROSSWALK_BASIS: "none",
            col.VINTAGE: year,
            col.TRACT_VINTAGE: tract_vintage(year),
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    return text.parsed(DEFINITIONS, table)


def parse_measures(path: Path, context: ParseContext) -> Parsed:
    """Return the survey measures of each tract, counts and shares with their 90 % margins."""
    text = read_csv(path, (*_KEYS, *_measure_columns()), SPEC_MEASURES.name)
    year = edition(text)
    _refuse_lost_variables(text, year)
    frame = keyed(text)
    shared = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.SOURCE: "svi",
            col.VINTAGE: year,
            col.TRACT_VINTAGE: tract_vintage(year),
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    everybody = numbers(frame["E_TOTPOP"], codes=SVI_CODES).values
    present = [
        measure
        for measure, variable in VARIABLES.items()
        if not any(f"{lead}_{variable}" in text.absent for lead in ("E", "M"))
    ]
    parts = [shared.assign(**_measure(text, frame, measure, everybody)) for measure in present]
    return text.parsed(MEASURES, pd.concat(parts, ignore_index=True), kept=len(frame))


def _measure_columns() -> list[Wanted]:
    found = []
    for variable in VARIABLES.values():
        everywhere = variable not in (*_FROM_2020, *_UP_TO_2018, *_OPTIONAL)
        found += [Wanted(f"{lead}_{variable}", required=everywhere) for lead in ("E", "M")]
        if variable != "TOTPOP":
            found += [Wanted(f"{lead}_{variable}", required=everywhere) for lead in ("EP", "MP")]
    return [column for column in found if column.name != "E_POV150"]


def _refuse_lost_variables(text: Text, year: int) -> None:
    for variable in _FROM_2020 if year >= 2020 else _UP_TO_2018:
        gone = [f"{lead}_{variable}" for lead in ("E", "M", "EP", "MP") if f"{lead}_{variable}" in text.absent]
        if gone:
            raise InputError(
                f"the edition of {year} should have the columns {', '.join(gone)}",
                file=text.file,
                remedy="Download the file again; if it stays so, the publisher has changed it.",
            )


def _measure(text: Text, frame: pd.DataFrame, measure: str, everybody: pd.Series) -> dict[str, Any]:
    """Return the columns of one measure: the count decides on the status, the share may be undefined beside it.

    `everybody` are the residents of each row. No group of people, and no group of households, is larger.
    """
    variable = VARIABLES[measure]

    def column(lead: str, most: float | None = None) -> pd.Series:
        name = f"{lead}_{variable}"
        return numbers(
            frame[name], codes=SVI_CODES, least=0, most=most, file=text.file, column=name, notes=text.notes
        ).values

    estimate = numbers(
        frame[f"E_{variable}"], codes=SVI_CODES, least=0, file=text.file, column=f"E_{variable}", notes=text.notes
    )
    status = estimate.status.replace({"unreadable": "missing"})
    if measure == "population":
        return {"measure": measure, "count": estimate.values, "count_moe": column("M"), "status": status}
    beyond = estimate.values > everybody
    if beyond.any():
        text.notes.append(above_the_whole(measure, frame.loc[beyond, col.GEOID]))
    return {
        "measure": measure,
        "count": estimate.values.mask(beyond),
        "count_moe": column("M").mask(beyond),
        "share": (column("EP", most=100) / 100).mask(beyond),
        # The margin of a small share may exceed 100 %; beyond the whole it says nothing more.
        "share_moe": (column("MP") / 100).clip(upper=1).mask(beyond),
        "status": status.mask((everybody == 0) & (status == "value"), "not_applicable").mask(beyond, "missing"),
    }


def edition(text: Text) -> int:
    """Return the year of the edition: that of the file name, else inferred from its columns.

    Poverty below 150 % came in 2020, and the names of tracts are separated by semicolons from 2022.
    """
    year = year_in(text.file)
    if year is not None:
        return year
    if "E_POV150" in text.absent:
        return 2018
    return 2022 if text.frame["location"].str.contains(";").mean() > 0.5 else 2020


def pool_of_ranks(geoids: pd.Series, sums: pd.Series, ranks: pd.Series) -> str:
    """Return "nation" or "state": the population among which the published `ranks` of `sums` were taken.

    Files of several states are national. For one state, its own percentile ranks, (rank - 1) / (n - 1) with the
    lowest rank for ties as SVI computes them, are compared with the published ones: an extract of the national
    file does not match them.
    """
    if len(geoids.str[:2].unique()) > 1:
        return "nation"
    known = sums.notna() & ranks.notna()
    if known.sum() < 3:
        return "state"
    own = (sums[known].rank(method="min") - 1) / (known.sum() - 1)
    return "state" if float(np.mean(np.abs(own - ranks[known]) < 0.01)) > 0.9 else "nation"
