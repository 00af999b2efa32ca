"""Local clusters of Priority: Moran's I, its local parts, and which of them are more than chance.

A diagnostic: a cluster says that a tract and its neighbors are alike (or opposite), not that it is underserved.
Does not hold who neighbors whom (`geodata.geography.contiguity`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import false_discovery_control

from geodata.schemas import columns as col
from geodata.schemas.computed import CLUSTERS
from geodata.settings import Diagnostics
from geodata.statistics.permutations import local_p_values
from geodata.statistics.random_numbers import tract_keys

FloatArray = NDArray[np.float64]
GLOBAL_PERMUTATIONS = 999


@dataclass(frozen=True, eq=False)
class Moran:
    """Moran's I of one state and of its tracts.

    `value` the global I with row-standardized neighbors, `expected` -1/(n - 1), `p_value` by permutation; `local`
    float64[n] and `p_local` float64[n], NaN for tracts without neighbors; `lag` the mean of the neighbors.
    """

    value: float
    expected: float
    p_value: float
    z: FloatArray
    lag: FloatArray
    local: FloatArray
    p_local: FloatArray


def clusters(
    scores: pd.DataFrame, contacts: pd.DataFrame, settings: Diagnostics, seed: int
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Return the `clusters` table of every tract with a Priority, and Moran's I by state.

    Neighbors are tracts of the same state that share a border (`contacts`). A tract is in a cluster where its local
    statistic stays significant when false discoveries are held to the share in the settings (Benjamini & Hochberg
    1995): high_high and low_low are clusters, high_low and low_high tracts unlike their neighbors.
    """
    frames, facts = [], {}
    # A state's tracts are known by the first two digits.
    touching = dict(list(contacts.groupby(contacts["geoid_a"].str[:2])))
    for state, part in scores[scores[col.PRIORITY].notna()].groupby(col.STATE):
        part = part.sort_values(col.GEOID).reset_index(drop=True)
        own = touching.get(part[col.GEOID].iloc[0][:2], contacts.iloc[:0])
        found = moran(part[col.PRIORITY].to_numpy(dtype=float), _weights(part, own), part[col.GEOID], settings, seed)
        frame = part[[col.GEOID, col.STATE]].assign(local_i=found.local, p_value=found.p_local)
        frame[col.CLUSTER] = _kinds(found, settings.false_discovery)
        frames.append(frame)
        facts[str(state)] = {
            "moran_i": found.value,
            "moran_expected": found.expected,
            "moran_p": found.p_value,
            "tracts_without_neighbors": int(np.isnan(found.local).sum()),
        }
    table = CLUSTERS.validate(pd.concat(frames, ignore_index=True)) if frames else CLUSTERS.empty()
    return table, facts


def moran(values: FloatArray, weights: csr_matrix, geoids: pd.Series, settings: Diagnostics, seed: int) -> Moran:
    """Return Moran's I of `values` with the row-standardized `weights` (Moran 1950; local parts: Anselin 1995).

    I = n / S0 · Σ_i z_i Σ_j w_ij z_j / Σ z²; I_i = z_i Σ_j w_ij z_j · (n - 1) / Σ z². Local p-values are two-sided
    pseudo p-values of conditional permutation.
    """
    n = len(values)
    z = values - values.mean() if n else values
    squares = float((z**2).sum())
    degree = np.diff(weights.indptr).astype(np.int64)
    alone = degree == 0
    if n < 3 or squares <= 0 or alone.all():
        nothing = np.full(n, np.nan)
        return Moran(float("nan"), float("nan"), float("nan"), z, nothing, nothing, nothing)
    lag = np.asarray(weights @ z)
    total = float(weights.sum())
    value = n / total * float(z @ lag) / squares
    count = settings.permutations
    return Moran(
        value,
        -1.0 / (n - 1),
        # One p-value faces no false-discovery control, so it needs no more than a thousandth.
        _global_p(z, weights, value, min(count, GLOBAL_PERMUTATIONS), seed),
        z,
        np.where(alone, np.nan, lag),
        np.where(alone, np.nan, z * lag * (n - 1) / squares),
        local_p_values(z, lag, degree, tract_keys(geoids), count, seed & 0x7FFFFFFF),
    )


def _global_p(z: FloatArray, weights: csr_matrix, value: float, count: int, seed: int) -> float:
    """Return the two-sided pseudo p-value of the global I, by shuffling all values."""
    rng = np.random.default_rng(seed & 0x7FFFFFFF)
    scale = len(z) / float(weights.sum()) / float((z**2).sum())
    drawn = np.empty(count)
    for k in range(count):
        shuffled = rng.permutation(z)
        drawn[k] = scale * float(shuffled @ (weights @ shuffled))
    tail = min((drawn >= value).sum(), (drawn <= value).sum())
    return float(min(1.0, 2.0 * (tail + 1) / (count + 1)))


def _weights(part: pd.DataFrame, contacts: pd.DataFrame) -> csr_matrix:
    """Return the row-standardized contiguity matrix of the tracts of `part`."""
    index = pd.Index(part[col.GEOID])
    a, b = index.get_indexer(pd.Index(contacts["geoid_a"])), index.get_indexer(pd.Index(contacts["geoid_b"]))
    known = (a >= 0) & (b >= 0)
    rows, columns = np.concatenate([a[known], b[known]]), np.concatenate([b[known], a[known]])
    degree = np.bincount(rows, minlength=len(index))
    return csr_matrix((1.0 / degree[rows], (rows, columns)), shape=(len(index), len(index)))


def _kinds(found: Moran, false_discovery: float) -> NDArray[np.str_]:
    known = ~np.isnan(found.p_local)
    sure = np.zeros(len(known), dtype=bool)
    if known.any():
        sure[known] = false_discovery_control(found.p_local[known]) <= false_discovery
    high, near_high = found.z > 0, found.lag > 0
    kinds = np.select([high & near_high, high, near_high], ["high_high", "high_low", "low_high"], default="low_low")
    return np.where(sure, kinds, "none")
