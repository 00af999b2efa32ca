"""How exactly a row says where it is, and which rows are exact enough to measure travel to.

A point or a street is a place to travel to. The middle of a ZIP code, a town or a county is not: such rows are listed
and reported, and no minutes are measured to them.
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import LOCATION_QUALITY

LOCATED_QUALITIES = ("point", "street")
#: The finest quality is 0: of two records of one place the location with the lower number stays.
QUALITY_ORDER = {quality: order for order, quality in enumerate(LOCATION_QUALITY)}


def located(table: pd.DataFrame) -> pd.Series:
    """Return which rows of `table` [location_quality, latitude] are at a point or on a known street.

    A row has both coordinates or neither.
    """
    return pd.Series(table[col.LOCATION_QUALITY].isin(LOCATED_QUALITIES) & table[col.LATITUDE].notna())
