"""Joint statements on ranks: which units together hold the true first ones, and between which ranks all of them lie.

`first_set` reads them off draws of all ranks. `first_candidates`, `rank_bounds` and `joint_rank_region` are the
frequentist ones, from estimates (more is better, the greatest has rank 1) and draws of their errors. Does not hold what
is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.statistics.ranks import rounded_up

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Draws whose differences of all pairs are held in memory at a time: about 64 MB of them.
_HELD = 8_000_000


@dataclass(frozen=True, eq=False)
class FirstSet:
    """`members` bool[units] are in the set; `holds` is the share of draws in which it has all the first ones.

    `chance` float64[units] is each unit's own chance to be one of them.
    """

    members: BoolArray
    holds: float
    chance: FloatArray


def first_set(drawn_ranks: NDArray[np.integer], first: int = 5, level: float = 0.9) -> FirstSet:
    """Return a smallest set of units that has all of the true `first` in at least the share `level` of draws.

    `drawn_ranks` int[draws, units], 1 first. With no more units than `first` that is all of them. From all that are
    ever among the first, units are left out one by one, each time the one whose loss costs the fewest draws; the set
    that takes units by their own chance until `level` is reached, those it can spare left out again, competes with it.
    To find the smallest is NP-hard (it is minimum k-union), so the set always holds what it says but may not be the
    smallest: of 2,000 made-up cases of up to nine units it had one unit too many in 2.
    InputError where there are no draws.
    """
    ranks = np.asarray(drawn_ranks)
    if ranks.ndim != 2 or not ranks.shape[0]:
        raise InputError("a set of the first units needs at least one draw of their ranks")
    among = ranks <= first
    chance = among.mean(axis=0)
    needed = int(rounded_up(level, len(ranks)))
    # Draws with the same first units are kept once, with their number.
    seen, times = np.unique(among, axis=0, return_counts=True)
    order = np.lexsort((np.arange(among.shape[1]), ranks.mean(axis=0), -chance))
    shrunk = _spared(seen, times, chance > 0, order, needed)
    grown = _spared(seen, times, _grown(seen, times, order, needed), order, needed)
    members = min((shrunk, grown), key=lambda kept: (int(kept.sum()), -_held(seen, times, kept)))
    return FirstSet(members, _held(seen, times, members) / len(ranks), chance)


def _held(seen: BoolArray, times: IntArray, kept: BoolArray) -> int:
    """Return in how many draws all the first units are among those kept."""
    return int(times[~(seen & ~kept).any(axis=1)].sum())


def _grown(seen: BoolArray, times: IntArray, order: IntArray, needed: int) -> BoolArray:
    kept = np.zeros(seen.shape[1], dtype=bool)
    for unit in order:
        if _held(seen, times, kept) >= needed:
            break
        kept[unit] = True
    return kept


def _spared(seen: BoolArray, times: IntArray, kept: BoolArray, order: IntArray, needed: int) -> BoolArray:
    """Return `kept` without the units that can be spared, each time the one that costs the fewest draws.

    Of equals the one with the least chance goes, the last of `order`.
    """
    kept = kept.copy()
    while True:
        whole = ~(seen & ~kept).any(axis=1)
        lost = times[whole] @ seen[whole]
        can_go = [unit for unit in order[::-1] if kept[unit]]
        best = min(can_go, key=lambda unit: lost[unit], default=None)
        if best is None or times[whole].sum() - lost[best] < needed:
            return kept
        kept[best] = False


def normal_errors(covariance: FloatArray, draws: int, seed: int) -> FloatArray:
    """Return errors of estimates with this covariance (n x n): float64[draws, n], the parametric bootstrap."""
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal(np.zeros(len(covariance)), covariance, size=draws, method="eigh")


def first_candidates(estimates: FloatArray, errors: FloatArray, first: int = 5, level: float = 0.95) -> BoolArray:
    """Return which units may be among the true `first`: bool[n], all of those with probability `level`.

    The projection confidence set for the τ-best (Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies
    91:476-518): a unit is left out where at least `first` others are above it, by simultaneous one-sided bounds on all
    differences. `errors` float64[draws, n], around zero (`normal_errors`, or draws less their center).
    """
    lowest, _ = rank_bounds(estimates, errors, level, upper=False)
    return np.asarray(lowest <= first)


def rank_bounds(
    estimates: FloatArray,
    errors: FloatArray,
    level: float = 0.95,
    *,
    units: NDArray[np.integer] | None = None,
    upper: bool = True,
) -> tuple[IntArray, IntArray]:
    """Return bounds int[m] on the ranks of `units` (all), that hold for all of them together with probability `level`.

    Ranks are bounded by which differences of `estimates` float64[n] are surely not zero, and on which side: the
    greatest studentized difference among all compared is drawn again from `errors`, and taken again over the pairs not
    yet decided until none is added (step-down; Mogstad et al. 2024, §3; Romano & Wolf 2005). For one unit these are
    its marginal bounds. Without `upper` the second is n and only who is above counts.
    """
    n = len(estimates)
    chosen = np.arange(n) if units is None else np.asarray(units)
    compared = np.zeros((n, n), dtype=bool)
    compared[chosen, :] = True
    if upper:
        compared[:, chosen] = True
    np.fill_diagonal(compared, False)
    above = _surely_above(np.asarray(estimates, dtype=float), np.asarray(errors, dtype=float), compared, level)
    lowest = 1 + above.sum(axis=1)[chosen]
    highest = n - above.sum(axis=0)[chosen] if upper else np.full(len(chosen), n)
    return lowest.astype(np.int64), highest.astype(np.int64)


def _surely_above(estimates: FloatArray, errors: FloatArray, compared: BoolArray, level: float) -> BoolArray:
    """Return [j, k]: whether unit k is above unit j, among the ordered pairs `compared`, jointly at `level`."""
    spread = _spread(errors)
    difference = estimates[None, :] - estimates[:, None]
    # Where two units never differ in their errors the order of their estimates is certain.
    with np.errstate(divide="ignore", invalid="ignore"):
        studentized = np.where(spread > 0, difference / spread, np.where(difference > 0, np.inf, -np.inf))
    above = compared & np.isposinf(studentized)
    open_pairs = compared & (spread > 0)
    while open_pairs.any():
        found = open_pairs & (studentized > np.quantile(_greatest(errors, spread, open_pairs), level))
        if not found.any():
            break
        above |= found
        open_pairs &= ~found
    return np.asarray(above)


def _spread(errors: FloatArray) -> FloatArray:
    """Return the standard deviation of the difference of each pair: float64[n, n]."""
    covariance = np.cov(errors, rowvar=False).reshape(errors.shape[1], errors.shape[1])
    variance = np.diag(covariance)
    between = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    # What is left of equal errors after rounding is no difference.
    between[between < 1e-9 * np.sqrt(max(float(variance.max(initial=0.0)), 0.0))] = 0.0
    return np.asarray(between)


def _greatest(errors: FloatArray, spread: FloatArray, pairs: BoolArray) -> FloatArray:
    """Return the greatest studentized difference over `pairs` in each draw: float64[draws]."""
    behind, ahead = np.nonzero(pairs)
    scale = spread[behind, ahead]
    step = max(1, _HELD // max(len(behind), 1))
    parts = [
        ((errors[start : start + step, ahead] - errors[start : start + step, behind]) / scale).max(axis=1)
        for start in range(0, len(errors), step)
    ]
    return np.concatenate(parts)


def joint_rank_region(estimates: FloatArray, errors: FloatArray, level: float = 0.9) -> tuple[IntArray, IntArray]:
    """Return bounds on all ranks from one interval a unit, the simpler and wider way.

    A unit ranks behind those whose interval lies wholly above its own and ahead of those wholly below (Klein, Wright &
    Wieczorek 2020, Journal of the Royal Statistical Society A 183:589-606). The intervals hold together with
    probability `level`: their common width in standard deviations is that of the greatest error in each draw.
    """
    deviation = errors.std(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        greatest = np.where(deviation > 0, np.abs(errors) / deviation, 0.0).max(axis=1)
    half = np.quantile(greatest, level) * deviation
    low, high = np.asarray(estimates) - half, np.asarray(estimates) + half
    above = low[None, :] > high[:, None]
    lowest, highest = 1 + above.sum(axis=1), len(low) - above.sum(axis=0)
    return lowest.astype(np.int64), highest.astype(np.int64)
