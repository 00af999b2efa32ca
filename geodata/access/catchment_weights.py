"""The weight of every pair within reach, kept as a sparse matrix: the readable way, reused across scenarios.

Supply and demand change from one scenario to the next while travel does not, so the matrix is made once and
multiplied often. Does not hold the measures' names and rules of use (`measures`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from geodata.access.decay import DecayFunction, gaussian_decay
from geodata.errors import InputError
from geodata.travel.minutes import TravelMinutes, per_origin

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AccessResult:
    """What a floating catchment finds.

    `access`: float64[n_origins] (or n_origins × supplies), supply per unit of demand; `ratio`: float64
    [n_destinations] (or × supplies), each destination's supply over the demand that reaches it, 0 where none
    does; `reached`: bool[n_destinations], any demand reaches it; `zero_demand_destinations`: how many lie in
    somebody's catchment without any demand reaching them (their ratio is defined as 0, and counted here).
    """

    access: FloatArray
    ratio: FloatArray
    reached: NDArray[np.bool_]
    zero_demand_destinations: int


@dataclass(frozen=True, eq=False)
class CatchmentWeights:
    """Origins × destinations CSR matrix of decay weights within each origin's catchment."""

    matrix: csr_matrix

    def demand_on(self, demand: ArrayLike) -> FloatArray:
        """Return Σ_i P_i W_ij, float64[n_destinations]: the demand that competes for each destination."""
        people = amounts(demand, self.matrix.shape[0], "demand")
        return np.asarray(self.matrix.T @ people)

    def reachable(self, supply: ArrayLike) -> FloatArray:
        """Return Σ_j S_j W_ij, float64[n_origins] (or × supplies): the supply within reach."""
        return np.asarray(self.matrix @ amounts(supply, self.matrix.shape[1], "supply", columns=True))

    def share(self, supply: ArrayLike, demand: ArrayLike) -> AccessResult:
        """Return E2SFCA access: supply shared among the demand that reaches it, summed over places in reach.

        `supply` may have several columns (for instance one per quarter): they share one demand.
        """
        capacity = amounts(supply, self.matrix.shape[1], "supply", columns=True)
        competing = self.demand_on(demand)
        reached = competing > 0
        inverse = np.divide(1.0, competing, out=np.zeros_like(competing), where=reached)
        ratio = capacity * (inverse if capacity.ndim == 1 else inverse[:, None])
        in_catchment = np.bincount(self.matrix.indices, minlength=self.matrix.shape[1]) > 0
        return AccessResult(np.asarray(self.matrix @ ratio), ratio, reached, int((in_catchment & ~reached).sum()))

    def selective(self) -> CatchmentWeights:
        """Return the weights times each origin's choice among its places, W_ij · W_ij / Σ_k W_ik (3SFCA)."""
        total = np.asarray(self.matrix.sum(axis=1)).ravel()
        inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        chosen = self.matrix.copy()
        chosen.data = chosen.data * chosen.data * np.repeat(inverse, np.diff(chosen.indptr))
        return CatchmentWeights(chosen)


def catchment_weights(
    minutes: TravelMinutes, catchment_minutes: float | ArrayLike, decay: DecayFunction = gaussian_decay
) -> CatchmentWeights:
    """Turn minutes into weights: decay(t, T_i) for pairs within the origin's catchment T_i, others dropped.

    The catchment is the origin's (one number, or one per origin) on both steps of every measure, which is
    what makes Σ_i A_i P_i = Σ_j S_j hold. Pairs whose weight is 0 (t = T) stay: they are within reach.
    """
    limit = per_origin(catchment_minutes, minutes.n_origins)
    kept = minutes.within(catchment_minutes)
    weight = decay(kept.minutes, limit[kept.origin])
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise InputError("a decay must give finite weights of at least 0", field="decay")
    shape = (minutes.n_origins, minutes.n_destinations)
    return CatchmentWeights(csr_matrix((weight, kept.destination, kept.row_start), shape=shape))


def amounts(values: ArrayLike, length: int, field: str, *, columns: bool = False) -> FloatArray:
    """Return supply or demand as float64; InputError for a wrong number, a missing or a negative value."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim not in ((1, 2) if columns else (1,)) or len(array) != length:
        raise InputError(f"{field} has {len(array) if array.ndim else 1} rows where {length} are expected")
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        row = int(np.argwhere(bad)[0][0])
        raise InputError(
            f"{field} is {array[bad].flat[0]}, which is not an amount",
            row=row,
            field=field,
            remedy="A missing value is not zero: fill it, or leave the row out and say so.",
        )
    return array
