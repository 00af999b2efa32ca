"""Access in every draw: people, supply and travel drawn, and the measure computed again, exactly, at what was drawn.

Minutes of a draw are the engine's times a factor common to the tract's state times one of the tract's own. Nothing is
interpolated: near the edge of reach access falls to nothing, which no interpolation between factors knows. All draws of
a block lie side by side, so that one pass over the pairs serves them all. Does not hold the measures at the point
estimate (`geodata.access.measures`), which these equal where nothing is drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

from geodata.access.decay import FLOOR, LUO_QI_BANDS
from geodata.statistics.random_numbers import normals_of_unit, start, triangular, uniform

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]
COMMON_TRAVEL, OWN_TRAVEL = 21, 22
GAUSSIAN, STEP, FLAT = 0, 1, 2
DECAY_CODES = {"gaussian": GAUSSIAN, "step": STEP, "flat": FLAT}
# Standard deviations beyond which a tract's own factor is not drawn: travel has to be measured out to the least factor.
WIDEST_SD = 2.0
_BELOW, _WITHIN = 0.022750131948179195, 0.9544997361036416


def _gaussian_terms() -> list[np.float32]:
    """Return the coefficients, highest first, of (exp(-s/2) - FLOOR) / (1 - FLOOR) for s in 0 to 1; below 5e-8 off."""
    fitted = Chebyshev.interpolate(lambda s: (np.exp(-0.5 * s) - FLOOR) / (1.0 - FLOOR), 5, domain=[0.0, 1.0])
    return [np.float32(term) for term in fitted.convert(kind=Polynomial, domain=[-1, 1], window=[-1, 1]).coef[::-1]]


# Single numbers, and no more digits than access can tell apart: so the compiler takes sixteen draws at a time.
_A, _B, _C, _D, _E, _F = _gaussian_terms()
_EDGES, _STEPS = (np.array(column, dtype=np.float32) for column in zip(*LUO_QI_BANDS, strict=True))
_NONE, _WHOLE = np.float32(0.0), np.float32(1.0)
# A pair is left out unseen only where it is beyond reach by more than single numbers can be off.
_BEYOND_ROUNDING = np.float32(1.0 + 1e-6)


class Pairs(NamedTuple):
    """Minutes from origins to one kind of supply, by origin: rows `row_start[r]` to `row_start[r + 1]` of the pairs.

    `tract` int[origins], `weight` their share of the tract's people, `catchment` minutes; `place` int[pairs],
    `minutes` float32[pairs] as the engine has them, out to the widest catchment any draw asks for.
    """

    row_start: NDArray[np.int64]
    tract: NDArray[np.int64]
    weight: SingleArray
    catchment: SingleArray
    place: NDArray[np.int32]
    minutes: SingleArray


class Measure(NamedTuple):
    """Which access measure: decay code, whether people compete for places, whether they choose among them first."""

    decay: int
    competing: bool
    choosing: bool


class TravelFactors(NamedTuple):
    """What is drawn of travel: triangles (low, mode, high) of detour and speed, float64[2, 3], and `own_sd`.

    `state` uint64[tracts] numbers the state a tract shares its factor with, `own_sd` is the standard deviation of the
    logarithm of a tract's own.
    """

    state: NDArray[np.uint64]
    triangles: FloatArray
    own_sd: float


@numba.njit(cache=True, nogil=True)
def factors_of_draws(seed, first, keys, travel, out):  # type: ignore[no-untyped-def]
    """Fill `out` float32[tracts, draws] with factors on minutes; `keys` uint64[tracts], `travel`: `TravelFactors`."""
    triangles, own_sd = travel.triangles, travel.own_sd
    share, quantile = np.empty(out.shape[1]), np.empty(out.shape[1])
    for i in range(out.shape[0]):
        common = start(seed, COMMON_TRAVEL, travel.state[i])
        own = start(seed, OWN_TRAVEL, keys[i])
        normals_of_unit(own, first, _BELOW, _WITHIN, share, quantile)
        for b in range(out.shape[1]):
            longer = triangular(uniform(common, 2 * (first + b)), triangles[0, 0], triangles[0, 1], triangles[0, 2])
            faster = triangular(uniform(common, 2 * (first + b) + 1), triangles[1, 0], triangles[1, 1], triangles[1, 2])
            out[i, b] = np.float32(longer / faster * np.exp(own_sd * quantile[b]))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def access_of_draws(pairs, capacity, people, factor, measure, out):  # type: ignore[no-untyped-def]
    """Fill `out` float32[supplies, tracts, draws] with access: supply per person who competes, or supply in reach.

    `pairs`: `Pairs`; `capacity` float32[supplies, places, draws], which is changed: what the places supply, and where
    there are several supplies, what they would supply otherwise, for the same people and minutes; `people`, `factor`
    float32[tracts, draws]; `measure`: `Measure`.
    """
    # What both passes do at a pair stands in each of them: in a function of its own it takes twice as long.
    supplies, places, draws = capacity.shape
    here, stretch, weight = np.empty(draws, np.float32), np.empty(draws, np.float32), np.empty(draws, np.float32)
    sums, chosen = np.empty(draws, np.float32), np.empty((supplies, draws), np.float32)
    place, minutes = pairs.place, pairs.minutes
    if measure.competing:
        load = np.zeros((places, draws), np.float32)
        for r in range(pairs.tract.size):
            for b in range(draws):
                here[b] = people[pairs.tract[r], b] * pairs.weight[r]
            farthest = _reach_of_origin(pairs, r, factor, measure, stretch, weight, sums)
            for p in range(pairs.row_start[r], pairs.row_start[r + 1]):
                if minutes[p] > farthest:
                    continue
                _weights(minutes[p], stretch, measure.decay, weight)
                if measure.choosing:
                    _weights_of_choice(weight, sums)
                j = place[p]
                for b in range(draws):
                    load[j, b] += here[b] * weight[b]
        for s in range(supplies):
            for j in range(places):
                for b in range(draws):
                    capacity[s, j, b] = capacity[s, j, b] / load[j, b] if load[j, b] > _NONE else _NONE
    out[:] = 0.0
    for r in range(pairs.tract.size):
        chosen[:] = 0.0
        farthest = _reach_of_origin(pairs, r, factor, measure, stretch, weight, sums)
        for p in range(pairs.row_start[r], pairs.row_start[r + 1]):
            if minutes[p] > farthest:
                continue
            _weights(minutes[p], stretch, measure.decay, weight)
            if measure.choosing:
                _weights_of_choice(weight, sums)
            j = place[p]
            for s in range(supplies):
                for b in range(draws):
                    chosen[s, b] += capacity[s, j, b] * weight[b]
        i = pairs.tract[r]
        for s in range(supplies):
            for b in range(draws):
                out[s, i, b] += pairs.weight[r] * chosen[s, b]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _reach_of_origin(pairs, r, factor, measure, stretch, weight, sums):  # type: ignore[no-untyped-def]
    """Fill `stretch` with what a minute is of the catchment in each draw; return the minutes that none goes beyond.

    Where people choose among places, `sums` is filled with the weights of all in reach of origin `r`.
    """
    least = np.float32(np.inf)
    for b in range(stretch.size):
        stretch[b] = factor[pairs.tract[r], b] / pairs.catchment[r]
        least = min(least, stretch[b])
    if measure.choosing:
        sums[:] = 0.0
        for p in range(pairs.row_start[r], pairs.row_start[r + 1]):
            _weights(pairs.minutes[p], stretch, measure.decay, weight)
            for b in range(sums.size):
                sums[b] += weight[b]
    return _BEYOND_ROUNDING / least


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _weights(minutes, stretch, decay, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the decay of so many minutes in each draw; `stretch` as in `_reach_of_origin`."""
    if decay == GAUSSIAN:
        for b in range(out.size):
            x = minutes * stretch[b]
            s = x * x
            value = ((((_A * s + _B) * s + _C) * s + _D) * s + _E) * s + _F
            out[b] = max(value, _NONE) if s <= _WHOLE else _NONE
    elif decay == STEP:
        for b in range(out.size):
            x = minutes * stretch[b]
            value = _NONE
            for k in range(_EDGES.size - 1, -1, -1):
                if x <= _EDGES[k]:
                    value = _STEPS[k]
            out[b] = value
    else:
        for b in range(out.size):
            out[b] = _WHOLE if minutes * stretch[b] <= _WHOLE else _NONE


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _weights_of_choice(weight, sums):  # type: ignore[no-untyped-def]
    """Change weights to those of people who choose among all places in reach (Wan, Zou & Sternberg 2012)."""
    for b in range(weight.size):
        weight[b] = weight[b] * weight[b] / sums[b] if sums[b] > _NONE else _NONE
