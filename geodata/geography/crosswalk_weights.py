"""Means over the pieces of land that old and new tracts share, which pieces count, and whether enough is known.

Rows are pieces; `groups` names the new tract each belongs to. Results are by group, in order. Does not hold what is
carried over (`geodata.geography.crosswalk`, `geodata.geography.crosswalk_measures`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas import columns as col

# A tract is designated when at least half of it was; sums of shares carry rounding of the last digits.
HALF = 0.5 - 1e-9


def without_slivers(parts: pd.DataFrame, least: float, *tracts: tuple[str, str]) -> pd.DataFrame:
    """Return the pieces of `parts` that are no slivers of two drawings of one border.

    `tracts` are pairs of columns, the code of a tract and its land (m²). A piece is a sliver where its land
    (`land_part_m2`) is below the share `least` of the land of each of them; the largest piece of a tract never is, and
    a tract without land has no slivers.
    """
    land = parts[col.LAND_PART_M2].astype("float64")
    kept = pd.Series(False, index=parts.index)
    for code, whole in tracts:
        kept |= land >= least * parts[whole].astype("float64")
        kept |= land == land.groupby(parts[code]).transform("max")
    return parts[kept]


def weighted_mean(groups: pd.Series, weights: pd.Series, values: pd.Series) -> pd.Series:
    """Return Σ w x / Σ w over the pieces with a value; missing where they weigh nothing."""
    w, x = weights.to_numpy(dtype=np.float64), values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(x)
    terms = pd.DataFrame({col.WEIGHT: np.where(known, w, 0.0), "product": np.where(known, w * x, 0.0)})
    sums = terms.groupby(groups.to_numpy(), sort=True).sum()
    return sums["product"] / sums[col.WEIGHT].where(sums[col.WEIGHT] > 0)


def mostly_known(groups: pd.Series, land: pd.Series, known: pd.Series, lost: float) -> pd.Series:
    """Return where the pieces that are not `known` hold at most the share `lost` of the land, and one is known."""
    area, have = land.to_numpy(dtype=np.float64), known.to_numpy(dtype=bool)
    terms = pd.DataFrame({"land": area, "unknown": np.where(have, 0.0, area), "known": have.astype(np.float64)})
    sums = terms.groupby(groups.to_numpy(), sort=True).sum()
    return (sums["unknown"] <= lost * sums["land"]) & (sums["known"] > 0)


def land_mean(groups: pd.Series, land: pd.Series, values: pd.Series) -> pd.Series:
    """Return the mean of `values` weighted by `land`; missing where those known hold less than half of the land."""
    enough = mostly_known(groups, land, values.notna(), 1.0 - HALF)
    return weighted_mean(groups, land, values).where(enough)
