"""Margins of error and standard errors: of sums, products and shares of survey estimates, and of simulated chances.

The rules are the Census Bureau's: Understanding and Using American Community Survey Data (2020), chapter 8. All margins
are of 90 % confidence. A sum with an unknown margin has an unknown margin. Does not hold redrawing estimates from
their margins.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
# The Census Bureau's factor between a standard error and the 90 % margin it publishes; and the normal's for 95 %.
Z_90 = 1.645
Z_95 = 1.96


def standard_errors(margins: ArrayLike) -> Numbers:
    """Return standard errors of 90 % margins of error, MOE / 1.645; NaN stays NaN."""
    return np.asarray(margins, dtype=np.float64) / Z_90


def root_sum_of_squares(*margins: Numbers) -> Numbers:
    """Return √(Σ MOE²) of arrays of one shape: the margin of a sum or difference of independent estimates."""
    total = np.square(margins[0])
    for margin in margins[1:]:
        total = total + np.square(margin)
    return np.sqrt(total)


def sum_margin(estimates: Numbers, margins: Numbers) -> Numbers:
    """Return the margin of each row's sum: √(Σ MOE²), counting zero estimates once with their largest margin.

    `estimates` and `margins` are [n, k]. A row with a missing margin has none.
    """
    squares = np.square(margins)
    zero = estimates == 0
    largest_of_zero = np.max(np.where(zero, squares, 0.0), axis=1)
    total = np.sum(np.where(zero, 0.0, squares), axis=1) + largest_of_zero
    return np.sqrt(np.where(np.isnan(margins).any(axis=1), np.nan, total))


def grouped_margin(margins: pd.Series, by: pd.Series | list[pd.Series]) -> pd.Series:
    """Return √(Σ MOE²) by group; missing where one of the group's margins is. `by` is aligned with `margins`."""
    squares = margins.astype("float64").pow(2)
    total = squares.groupby(by).sum()
    return total.where(~squares.isna().groupby(by).any()).pow(0.5)


def product_margin(count: Numbers, count_margin: Numbers, share: Numbers, share_margin: Numbers) -> Numbers:
    """Return the margin of count · share, √(n² MOEp² + p² MOEn²)."""
    return root_sum_of_squares(count * share_margin, share * count_margin)


def share_margin(count: Numbers, count_margin: Numbers, whole: Numbers, whole_margin: Numbers) -> Numbers:
    """Return the margin of count / whole, where the one is part of the other.

    (1 / D) √(MOEn² - p² MOEd²), and with + where that is negative, as for a ratio. Missing where `whole` is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / whole
        of_count, of_whole = np.square(count_margin), np.square(share * whole_margin)
        inner = np.where(of_count < of_whole, of_count + of_whole, of_count - of_whole)
        margin = np.sqrt(inner) / whole
    return np.where(whole > 0, margin, np.nan)


def chance_errors(chances: Numbers, draws: int) -> Numbers:
    """Return the standard errors of chances counted in independent draws, √(p (1 - p) / draws)."""
    return np.sqrt(chances * (1.0 - chances) / draws)
