"""Between a tract and its origins: a tract may be measured from several weighted points.

Does not hold how the points are chosen (`geodata.geography.origins`) or travel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InputError

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-6


def spread(per_tract: ArrayLike, tract_index: ArrayLike, weight: ArrayLike) -> FloatArray:
    """Share a tract's amount (people) among its origins by their weights: float64[n_origins].

    `tract_index`: int[n_origins] row of the tract; `weight`: float64[n_origins], summing to 1 per tract.
    """
    amount = np.asarray(per_tract, dtype=np.float64)
    index, share = _checked(tract_index, weight, len(amount))
    return amount[index] * share


def collapse(
    access_per_origin: ArrayLike, tract_index: ArrayLike, weight: ArrayLike, n_tracts: int | None = None
) -> FloatArray:
    """Return each tract's access as the weighted mean over its origins; NaN for a tract without origins.

    `access_per_origin`: float64[n_origins] (or × columns); `tract_index`: int[n_origins]; `weight`:
    float64[n_origins] summing to 1 per tract (InputError otherwise); `n_tracts` defaults to last index + 1.
    """
    values = np.asarray(access_per_origin, dtype=np.float64)
    rows = np.asarray(tract_index)
    if n_tracts is None:
        n_tracts = int(rows.max()) + 1 if len(rows) else 0
    index, share = _checked(rows, weight, n_tracts)
    if len(values) != len(index):
        raise InputError("access and origins differ in number")
    columns = values[:, None] if values.ndim == 1 else values
    # Of nothing bincount gives whole numbers, which have no place for what is missing.
    out: FloatArray = np.column_stack(
        [np.bincount(index, weights=column * share, minlength=n_tracts) for column in columns.T]
    ).astype(np.float64)
    out[np.bincount(index, minlength=n_tracts) == 0] = np.nan
    return out[:, 0] if values.ndim == 1 else out


def _checked(tract_index: ArrayLike, weight: ArrayLike, n_tracts: int) -> tuple[NDArray[np.int64], FloatArray]:
    index = np.asarray(tract_index, dtype=np.int64)
    share = np.asarray(weight, dtype=np.float64)
    if index.shape != share.shape or index.ndim != 1:
        raise InputError("origins and their weights differ in number")
    if len(index) and (index.min() < 0 or index.max() >= n_tracts):
        raise InputError("an origin belongs to a tract that does not exist", field="tract_index")
    if not (np.isfinite(share) & (share >= 0)).all():
        raise InputError("origin weights must be numbers of at least 0", field="weight")
    total = np.bincount(index, weights=share, minlength=n_tracts)
    wrong = (np.bincount(index, minlength=n_tracts) > 0) & (np.abs(total - 1.0) > TOLERANCE)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"the origin weights of a tract sum to {total[row]:.6g}, not 1", row=row, field="weight")
    return index, share
