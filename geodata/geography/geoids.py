"""Codes of tracts and counties: cleaning, parts, vintage, and Connecticut's two schemes.

A tract code is an 11-character string SSCCCTTTTTT (state, county, tract) and means nothing without the census
whose tracts it names. Connecticut replaced its eight counties by nine planning regions for statistical use in
2022: the county part of its codes changed, the six-digit tract code did not (87 Federal Register 34235).
Does not hold the passage from 2010 to 2020 tracts, which is in `geodata.geography.crosswalk`.
"""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pandas as pd

from geodata.errors import InputError
from geodata.states import REGISTRY

CtScheme = Literal["counties", "planning_regions", "not_applicable"]
CONNECTICUT = "09"
CT_COUNTIES = frozenset(f"{CONNECTICUT}{n:03d}" for n in range(1, 16, 2))
CT_PLANNING_REGIONS = frozenset(f"{CONNECTICUT}{n:03d}" for n in range(110, 191, 10))
TRACT_DIGITS = 11
_LEVELS = {2: "0400000US", 5: "0500000US", 7: "1600000US", 10: "0600000US", TRACT_DIGITS: "1400000US"}
_FIPS = {state.fips: state.usps for state in REGISTRY}


def clean_geoids(codes: pd.Series, digits: int = TRACT_DIGITS) -> pd.Series:
    """Return `codes` as strings of `digits` digits, and missing where that cannot be done safely.

    Undone are blanks, a decimal tail (`6001400100.0`), the long form (`1400000US06001400100`, of the right
    level only) and one lost leading zero, where the code then begins with a state's code. Nothing shorter is
    filled up: it could be anything. `digits` is 11 for tracts, 10 for county subdivisions, 7 for
    places, 5 for counties, 2 for states.
    """
    text = codes.astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    prefix = _LEVELS[digits]
    text = text.str.replace(rf"^{prefix}(?=\d{{{digits}}}$)", "", regex=True)
    short = text.str.fullmatch(rf"\d{{{digits - 1}}}").fillna(False).astype(bool)
    text = text.where(~short, "0" + text)
    sound = text.str.fullmatch(rf"\d{{{digits}}}").fillna(False).astype(bool) & text.str[:2].isin(_FIPS)
    return text.where(sound, np.nan).astype("str")


def usps_of(geoids: pd.Series) -> pd.Series:
    """Return the postal code of the state of each code (of any length from two), missing where unknown."""
    return geoids.str[:2].map(_FIPS).astype("str")


def county_of(geoids: pd.Series) -> pd.Series:
    """Return the five-digit county part of each tract code."""
    return geoids.str[:5]


def connecticut_scheme(geoids: pd.Series, file: str | None = None) -> CtScheme:
    """Return which county parts the Connecticut codes among `geoids` use.

    Raises InputError where both schemes, or neither, occur: such a file would join with nothing whole.
    """
    parts = set(county_of(geoids[geoids.str.startswith(CONNECTICUT, na=False)]))
    if not parts:
        return "not_applicable"
    if parts <= CT_COUNTIES:
        return "counties"
    if parts <= CT_PLANNING_REGIONS:
        return "planning_regions"
    strange = sorted(parts - CT_COUNTIES - CT_PLANNING_REGIONS)
    if strange:
        raise InputError(
            f"Connecticut codes begin with {', '.join(strange[:5])}, neither a county nor a planning region",
            file=file,
            remedy="Download the file again; if it stays so, the publisher has changed its codes.",
        )
    raise InputError(
        "Connecticut codes of old counties and of planning regions are mixed",
        file=file,
        remedy="Use a file of one vintage: counties up to 2021, planning regions from 2022.",
    )


def ct_scheme_column(geoids: pd.Series, file: str | None = None) -> pd.Series:
    """Return the scheme for each row: Connecticut's for its rows, not_applicable for the others."""
    scheme = connecticut_scheme(geoids, file)
    return pd.Series(
        np.where(geoids.str.startswith(CONNECTICUT, na=False), scheme, "not_applicable"), index=geoids.index
    )


def connecticut_bridge(some: pd.Series, others: pd.Series) -> pd.Series:
    """Return the code under planning regions (values) of each code under counties (index), one to one.

    `some` and `others` are tract codes of the same census from two tables, one of each scheme, in either
    order; codes outside Connecticut are ignored. They are joined on the six-digit tract code, which is unique
    in the state but for tracts of water, which are left out. Raises InputError where the two tables are of one
    scheme or another tract code repeats.
    """
    found: dict[str, pd.Series] = {}
    for codes in (some, others):
        mine = codes[codes.str.startswith(CONNECTICUT, na=False)].drop_duplicates()
        found[connecticut_scheme(mine)] = mine
    if set(found) != {"counties", "planning_regions"}:
        raise InputError(
            "Connecticut's counties cannot be matched with its planning regions: both tables use the same codes",
            remedy="Give one table of 2021 or earlier and one of 2022 or later.",
        )
    sides = {}
    for scheme, codes in found.items():
        suffix = codes.str[5:]
        twice = suffix.duplicated(keep=False)
        # Tracts of water alone (99xxxx) share a number between counties, and nobody lives there to be matched.
        if (twice & ~suffix.str.startswith("99")).any():
            raise InputError(
                f"tract code {suffix[twice & ~suffix.str.startswith('99')].iloc[0]} occurs twice in Connecticut"
            )
        sides[scheme] = pd.Series(codes[~twice].to_numpy(), index=pd.Index(suffix[~twice]))
    joined = pd.concat(sides, axis=1, join="inner")
    return pd.Series(
        joined["planning_regions"].to_numpy(), index=pd.Index(joined["counties"], name="counties"), name="regions"
    ).sort_index()


def tract_vintage(year: int) -> Literal[2010, 2020]:
    """Return the census whose tracts are used by Census Bureau products of `year` (boundaries, ACS end year)."""
    return 2020 if year >= 2020 else 2010


def year_in(text: str) -> int | None:
    """Return the first year from 1990 to 2099 written in a file name, or None.

    Two-digit years after `tl_` or `cb_` names are not guessed.
    """
    match = re.search(r"(?<!\d)(199\d|20\d\d)(?!\d)", text)
    return int(match.group()) if match else None
