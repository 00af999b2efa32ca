"""Percentile ranks: the one scale all pillars share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.statistics.ranks import round_significant


def percentile_rank(values: pd.Series, groups: pd.Series | None = None) -> pd.Series:
    """Return each value's mid-rank percentile (0–100, exclusive) among the values of its group.

    Ties share the mean of their ranks (mid-rank): p = 100 · (r - ½) / n, n counting the values present
    (Hazen's plotting position; Parzen 1997 for the mid-rank of ties). A missing value has no rank and takes no
    part. `groups`, aligned with `values`, names the reference area of each row; without it all are one group.
    Values are compared to 12 significant digits: means of ranks are often equal, and must not be distinguished by the
    order in which their terms were added.
    """
    keys = groups if groups is not None else pd.Series(0, index=values.index)
    compared = pd.Series(round_significant(values.to_numpy(dtype=float, na_value=np.nan)), index=values.index)
    grouped = compared.groupby(keys, dropna=False)
    rank = grouped.rank(method="average")
    size = grouped.transform("count")
    return (100.0 * (rank - 0.5) / size).where(size > 0)


def weighted_mean(values: pd.DataFrame, weights: pd.DataFrame) -> pd.Series:
    """Return the mean of each row over the columns present, their weights renormalized; NaN without any.

    `values` and `weights` have the same columns; `weights` is one row for all or one for each.
    """
    present = values.notna()
    weight = np.where(present, weights.to_numpy(dtype=float), 0.0)
    total = weight.sum(axis=1)
    summed = (values.fillna(0.0).to_numpy() * weight).sum(axis=1)
    mean = np.divide(summed, total, out=np.full(len(values), np.nan), where=total > 0)
    return pd.Series(mean, index=values.index)
