"""How much of what is unsure about Priority comes from supply that nobody reported.

In the first draws Priority is computed twice, once with every assumed seat and unit at its expectation; what it varies
less then is what the assumptions bring: a total sensitivity index of all assumed supply (Homma & Saltelli 1996,
Reliability Engineering & System Safety 52:1-17). Does not hold the draws (`geodata.uncertainty.draws`) or the verdict
(`geodata.decisions.evidence`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.uncertainty.draw_model import AccessModel, Drawn
from geodata.uncertainty.supply_draws import Providers, Sites

FloatArray = NDArray[np.float64]


def variance_of_priority(used: pd.DataFrame, drawn: Drawn) -> pd.DataFrame:
    """Return [variance, assumed] by state: mean variance of Priority over the draws, and the share assumed supply has.

    Of the tracts of `used` (rows of the model) that pass the gate at the point estimate, over the draws that were made
    with expected supply as well; no rows where there are none. The share (0-1) is missing where nothing varies.
    """
    count = len(drawn.with_expected)
    gated = used[col.GATED].astype(bool).to_numpy()[drawn.listed]
    states = used[col.STATE].to_numpy()[drawn.listed][gated]
    if count < 2 or not gated.any():
        return pd.DataFrame(columns=["variance", "assumed"], dtype="float64")
    every, rest = (_variance(priority, gated) for priority in (drawn.priority[:count], drawn.with_expected))
    sums = pd.DataFrame({"variance": every, "assumed": every - rest}).groupby(states).sum()
    counts = pd.Series(states).value_counts()
    share = (sums["assumed"] / sums["variance"].where(sums["variance"] > 0)).clip(0.0, 1.0)
    return pd.DataFrame({"variance": sums["variance"] / counts.reindex(sums.index), "assumed": share})


def with_expected_supply(access: AccessModel) -> AccessModel:
    """Return `access` with every assumed seat, split and unit at its expectation, everything else as it is."""
    return access._replace(providers=_expected_seats(access.providers), sites=_expected_units(access.sites))


def _expected_seats(providers: Providers) -> Providers:
    mean = providers.teaches * np.exp(providers.log_mean + providers.log_sd**2 / 2) * providers.share
    seats = np.where(np.isnan(providers.seats), mean, providers.seats)
    return providers._replace(seats=seats, campuses=np.ones_like(providers.campuses))


def _expected_units(sites: Sites) -> Sites:
    starts = sites.group_start[:-1]
    before = np.concatenate(([0.0], sites.cumulative[:-1]))
    before[starts] = 0.0
    sums = np.add.reduceat(sites.profiles * (sites.cumulative - before)[:, None], starts) if len(starts) else None
    assumed = sites.prior >= 0
    units = sites.units.copy()
    if sums is not None:
        units[assumed] = sums[sites.prior[assumed]]
    return sites._replace(units=units, prior=np.full_like(sites.prior, -1))


def _variance(priority: NDArray[np.float32], columns: NDArray[np.bool_]) -> FloatArray:
    return np.asarray(priority[:, columns].var(axis=0, dtype=np.float64))
