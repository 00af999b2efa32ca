"""Where a row says it is: states spelled in several ways, and how exact its coordinates can be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.errors import SettingsError
from geodata.sources.formats.values import points
from geodata.states import find_state

UNREADABLE = "unreadable_coordinates"
DEGREES = "Give decimal degrees, such as 41.8236 and -71.4222, or leave both cells empty."


def state_codes(text: pd.Series) -> pd.Series:
    """Return the postal code for each state given as postal code, FIPS code or name; missing where unknown."""
    found: dict[str, str] = {}
    for value in text.dropna().unique():
        try:
            found[value] = find_state(value.zfill(2) if value.isdigit() else value).usps
        except SettingsError:
            continue
    return text.map(found).astype("str")


def unreadable(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """Return where a coordinate is written in words: it is filled, has letters, and is no number."""
    known, _ = points(latitude, longitude)
    worded = latitude.str.contains(r"[^\W\d_]", na=False) | longitude.str.contains(r"[^\W\d_]", na=False)
    return pd.Series(known.isna() & worded)


def quality_of_decimals(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """Return how exact written coordinates can be: point, street (three decimals), area (two or fewer).

    A thousandth of a degree is about 100 m, a hundredth about 1 km; the finer of the two coordinates is looked
    at, since one may end in a zero that was not written. Without usable coordinates it is unknown.
    """
    decimals = pd.concat(
        [text.str.extract(r"\.(\d+)$", expand=False).str.len() for text in (latitude, longitude)], axis=1
    ).max(axis=1)
    quality = np.select([decimals >= 4, decimals == 3], ["point", "street"], "area")
    known, _ = points(latitude, longitude)
    return pd.Series(np.where(known.isna(), "unknown", quality), index=latitude.index)
