"""Margins of error of sums and shares of survey estimates.

The rules are the Census Bureau's: Understanding and Using American Community Survey Data (2020), chapter 8. All margins
are of 90 % confidence. Does not hold redrawing estimates from their margins.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]


def sum_margin(estimates: Numbers, margins: Numbers) -> Numbers:
    """Return the margin of each row's sum: √(Σ MOE²), counting zero estimates once with their largest margin.

    `estimates` and `margins` are [n, k]. A row with a missing margin has none.
    """
    squares = np.square(margins)
    zero = estimates == 0
    largest_of_zero = np.max(np.where(zero, squares, 0.0), axis=1)
    total = np.sum(np.where(zero, 0.0, squares), axis=1) + largest_of_zero
    return np.sqrt(np.where(np.isnan(margins).any(axis=1), np.nan, total))


def grouped_margin(margins: pd.Series, by: pd.Series) -> pd.Series:
    """Return √(Σ MOE²) by group; missing where one of the group's margins is. `by` is aligned with `margins`."""
    squares = margins.astype("float64").pow(2)
    total = squares.groupby(by).sum()
    return total.where(~squares.isna().groupby(by).any()).pow(0.5)


def share_margin(count: Numbers, count_margin: Numbers, whole: Numbers, whole_margin: Numbers) -> Numbers:
    """Return the margin of count / whole, where the one is part of the other.

    (1 / D) √(MOEn² - p² MOEd²), and with + where that is negative, as for a ratio. Missing where `whole` is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / whole
        inner = np.square(count_margin) - np.square(share * whole_margin)
        inner = np.where(inner < 0, np.square(count_margin) + np.square(share * whole_margin), inner)
        margin = np.sqrt(inner) / whole
    return np.where(whole > 0, margin, np.nan)
