"""Measures of how evenly something is spread over people, on arrays with weights.

`values` are what each group of people has (not negative), `weight` how many they are; both float64[n] without
missing values. A measure that is not defined (nobody, or nothing to spread) is NaN. Does not hold tables.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Curve = tuple[FloatArray, FloatArray]


def lorenz_curve(values: ArrayLike, weight: ArrayLike) -> Curve:
    """Return cumulative shares of people and of what they have (Lorenz 1905), least first; from (0, 0) to (1, 1)."""
    return concentration_curve(values, values, weight)


def concentration_curve(values: ArrayLike, order_by: ArrayLike, weight: ArrayLike) -> Curve:
    """Return cumulative shares of people and of what they have, in rising `order_by`; equal ones form one step."""
    y, order, w = _arrays(values, order_by, weight)
    levels, group = np.unique(order, return_inverse=True)
    people = np.bincount(group, weights=w, minlength=len(levels))
    held = np.bincount(group, weights=w * y, minlength=len(levels))
    if not people.sum() > 0 or not held.sum() > 0:
        return np.full(2, np.nan), np.full(2, np.nan)
    return (
        np.concatenate([[0.0], np.cumsum(people) / people.sum()]),
        np.concatenate([[0.0], np.cumsum(held) / held.sum()]),
    )


def gini(values: ArrayLike, weight: ArrayLike) -> float:
    """Return the Gini coefficient (1914): twice the area between diagonal and Lorenz curve; 0 is all alike, below 1."""
    return _twice_area(lorenz_curve(values, weight))


def concentration_index(values: ArrayLike, order_by: ArrayLike, weight: ArrayLike) -> float:
    """Return the concentration index of `values` over the rank in `order_by` (Kakwani, Wagstaff & van Doorslaer 1997).

    C = 2 cov(y, R) / mean(y), R the weighted mid-rank; -1 to 1. Positive: those high in `order_by` have more than
    their share; negative: those low in it have.
    """
    return _twice_area(concentration_curve(values, order_by, weight))


def erreygers_index(
    values: ArrayLike, order_by: ArrayLike, weight: ArrayLike, low: float = 0.0, high: float = 1.0
) -> float:
    """Return the concentration index corrected for values bounded by `low` and `high` (Erreygers 2009).

    E = 4 mean(y) C / (high - low): levels and rates of change count alike, and the index of what people have is minus
    the index of what they lack, which the plain index does not give for bounded values.
    """
    y, order, w = _arrays(values, order_by, weight)
    if not w.sum() > 0 or not high > low:
        return float("nan")
    mean = float(np.average(y, weights=w))
    if not mean > 0:
        return 0.0
    return 4.0 * mean * concentration_index(y, order, w) / (high - low)


def palma(values: ArrayLike, weight: ArrayLike) -> float:
    """Return what the best served tenth of people has over what the worst served four tenths have (Palma 2011).

    NaN where those four tenths have nothing.
    """
    people, held = lorenz_curve(values, weight)
    if np.isnan(people).any():
        return float("nan")
    top = 1.0 - float(np.interp(0.9, people, held))
    bottom = float(np.interp(0.4, people, held))
    return top / bottom if bottom > 0 else float("nan")


def shortfall(values: ArrayLike, weight: ArrayLike, line: float, power: int) -> float:
    """Return the FGT measure of those below `line` (Foster, Greer & Thorbecke 1984).

    Σ w ((line - y) / line)^power over y < line, divided by Σ w. Power 0 is the share of people below the line, 1 the
    mean shortfall, 2 weighs the worst served most. NaN without a line above zero.
    """
    y, _, w = _arrays(values, values, weight)
    if not w.sum() > 0 or not line > 0:
        return float("nan")
    gap = np.clip((line - y) / line, 0.0, None)
    return float((w * np.where(y < line, gap**power, 0.0)).sum() / w.sum())


def _twice_area(curve: Curve) -> float:
    people, held = curve
    return float(1.0 - (np.diff(people) * (held[1:] + held[:-1])).sum())


def _arrays(*arrays: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    first, second, third = (np.asarray(array, dtype=np.float64) for array in arrays)
    return first, second, third
