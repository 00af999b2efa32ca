"""Training that leads to the work: which providers count, and with how many yearly seats.

Turns the canonical `providers` into supply. Does not hold travel or access (see `geodata.access.reach`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.settings import Training


def counting_providers(providers: pd.DataFrame, settings: Training) -> pd.DataFrame:
    """Return the providers that count toward the training gap, with the seats used and `seats_assumed`.

    Counted are those of the chosen entry stages that can be placed and offer a chosen CIP code; a provider of
    which no code is known counts, for leaving it out would draw a desert where a college stands.
    Unknown or suppressed seats are not zero: they take the stated default and are flagged.
    """
    placed = providers[col.LOCATION_QUALITY].isin(["point", "street"]) & providers[col.LATITUDE].notna()
    stage = providers[col.ENTRY_STAGE].isin(settings.entry_stages)
    chosen = set(settings.cip_codes)
    offered = providers[col.CIP_CODES].fillna("").str.split()
    relevant = offered.map(lambda codes: not codes or not chosen.isdisjoint(codes))
    counted = providers[placed & stage & relevant.astype(bool)].reset_index(drop=True)
    unknown = counted[col.SEATS].isna()
    counted["seats_used"] = np.where(unknown, settings.assumed_seats, counted[col.SEATS])
    counted[col.SEATS_ASSUMED] = unknown | (counted[col.SEATS_BASIS] == "assumed")
    return counted
