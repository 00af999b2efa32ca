"""Medians of weighted values, by group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def weighted_medians(
    group: NDArray[np.int64], values: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the groups there are, rising, and the median of each: the least value that half of its weight lies at or
    below.

    `group` int64[n], `values` and `weight` float64[n], all known and weights above zero.
    """
    order = np.lexsort((values, group))
    group, values, weight = group[order], values[order], weight[order]
    begin = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.int64)
    if not len(begin):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    size = np.diff(np.r_[begin, len(group)])
    total = np.add.reduceat(weight, begin)
    upto = np.cumsum(weight)
    inside = upto - np.repeat(upto[begin] - weight[begin], size)
    # A half that is missed by rounding alone is a half.
    below = inside < np.repeat(total, size) * (0.5 - 1e-9)
    return group[begin], values[begin + np.add.reduceat(below.astype(np.int64), begin)]
