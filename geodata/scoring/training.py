"""Training that leads to the work: which providers count, and with how many yearly seats.

Turns the canonical `providers` into supply. Does not hold travel or access (see `geodata.access.reach`).
"""

from __future__ import annotations

import pandas as pd

from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.settings import Training


def counting_providers(providers: pd.DataFrame, settings: Training) -> pd.DataFrame:
    """Return the providers that count toward the training gap, with the seats used and `seats_assumed`.

    Counted are those of the chosen entry stages that can be placed and offer a chosen CIP code; a provider of
    which no code is known counts, for leaving it out would draw a desert where a college stands. One that is known to
    have awarded nothing in these programs is no supply and nobody's nearest training. Seats nobody reports are not
    zero: they are expected (`geodata.ingest.provider_priors`), or those of the setting where it is given, and flagged.
    """
    counted = providers[_placed(providers) & relevant(providers, settings)]
    unknown = counted[col.SEATS].isna()
    expected = counted[col.SEATS_EXPECTED].where(counted[col.SEATS_EXPECTED].notna(), counted[col.SEATS])
    if settings.assumed_seats is not None:
        expected = expected.mask(unknown, settings.assumed_seats * counted[col.SHARE].fillna(1.0))
    counted = counted.assign(
        seats_used=expected.astype("float64"), seats_assumed=unknown | (counted[col.SEATS_BASIS] == "assumed")
    )
    return counted[counted["seats_used"] > 0].reset_index(drop=True)


def unlocated_providers(providers: pd.DataFrame, settings: Training) -> pd.DataFrame:
    """Return the providers that would count toward the training gap if it were known exactly where they are."""
    return providers[~_placed(providers) & relevant(providers, settings)].reset_index(drop=True)


def relevant(providers: pd.DataFrame, settings: Training) -> pd.Series:
    """Return which providers are of the chosen entry stages and offer a chosen CIP code, or one nobody knows."""
    stage = providers[col.ENTRY_STAGE].isin(settings.entry_stages)
    chosen = set(settings.cip_codes)
    offered = providers[col.CIP_CODES].fillna("").str.split()
    relevant = offered.map(lambda codes: not codes or not chosen.isdisjoint(codes))
    return pd.Series(stage & relevant.astype(bool))


def _placed(providers: pd.DataFrame) -> pd.Series:
    """Return which providers can be placed: by a point or a street; a campus that shares awards by its ZIP code too."""
    return located(providers) | counted_by_zip(providers)


def counted_by_zip(providers: pd.DataFrame) -> pd.Series:
    """Return which providers count from the middle of their ZIP code: campuses that share an institution's awards.

    It errs by a few kilometers. Leaving the campus out would put its seats at the main campus, which errs by the way
    between the two.
    """
    shared = providers[col.SHARE].between(0, 1, inclusive="neither")
    return pd.Series((providers[col.LOCATION_QUALITY] == "zip") & shared & providers[col.LATITUDE].notna())
