"""How much a place still counts at t minutes, when nothing counts beyond T minutes.

Every decay is a function of (t, T), both in minutes, with values in [0, 1] and zero beyond T, so that one
rule serves catchments that differ by origin. Does not hold the measures that use them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InputError

FloatArray = NDArray[np.float64]
DecayFunction = Callable[[FloatArray, FloatArray], FloatArray]
Bands = tuple[tuple[float, float], ...]

# Luo & Qi 2009 (Health & Place 15:1100-1107): thirds of a 30-minute catchment, slower of their two sets.
LUO_QI_BANDS: Bands = ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22))
FLOOR = math.exp(-0.5)


def gaussian_decay(t: ArrayLike, T: ArrayLike) -> FloatArray:  # noqa: N803
    """Gaussian of Dai 2010 (Health & Place 16:1038-1052): W(0) = 1, W(T) = 0, zero beyond T.

    W(t) = (exp(-½ (t/T)²) - exp(-½)) / (1 - exp(-½)); t and T in minutes, broadcast against each other.
    """
    share = np.asarray(t, dtype=np.float64) / np.asarray(T, dtype=np.float64)
    weight = (np.exp(-0.5 * share * share) - FLOOR) / (1.0 - FLOOR)
    return np.where(share <= 1.0, np.maximum(weight, 0.0), 0.0)


def step_decay(t: ArrayLike, T: ArrayLike, bands: Sequence[tuple[float, float]] = LUO_QI_BANDS) -> FloatArray:  # noqa: N803
    """Step weights (Luo & Qi 2009): the weight of the first band that holds t/T, zero beyond the last.

    `bands` are (upper share of the catchment, weight) pairs with rising shares, the last at most 1: shares,
    so that the same steps serve catchments of 30 and 60 minutes. An upper edge belongs to its band.
    """
    edges, weights = _checked(bands)
    share = np.asarray(t, dtype=np.float64) / np.asarray(T, dtype=np.float64)
    return np.append(weights, 0.0)[np.searchsorted(edges, share, side="left")]


def flat(t: ArrayLike, T: ArrayLike) -> FloatArray:  # noqa: N803
    """Every place within T counts in full (Luo & Wang 2003, Environment and Planning B 30:865-884)."""
    return (np.asarray(t, dtype=np.float64) <= np.asarray(T, dtype=np.float64)).astype(np.float64)


def _checked(bands: Sequence[tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    """Return band edges and weights as arrays; InputError where they are not a decay."""
    table = np.asarray(bands, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 2 or not np.isfinite(table).all():
        raise InputError("a step decay is a list of (share of the catchment, weight) pairs", field="bands")
    edges, weights = table[:, 0], table[:, 1]
    if edges[0] <= 0 or edges[-1] > 1 or (np.diff(edges) <= 0).any():
        raise InputError("the shares of a step decay must rise within 0 to 1", field="bands")
    if weights.min() < 0 or weights.max() > 1 or weights.max() == 0:
        raise InputError("the weights of a step decay must lie within 0 to 1, one above 0", field="bands")
    return edges.copy(), weights.copy()


DECAYS: dict[str, DecayFunction] = {"gaussian": gaussian_decay, "step": step_decay, "flat": flat}
