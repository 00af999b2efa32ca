"""E2SFCA over points without a matrix: two passes over a search grid, compiled.

The first pass sums at each destination the demand that reaches it, the second at each origin the ratios it reaches;
travel minutes are computed twice and never stored, so memory grows with the points and time with the pairs. Each sum
is taken by one thread in one order: results do not depend on the number of threads. They equal
`measures.e2sfca(engine.minutes(…), …)` to rounding, which stays the readable way and the one for other engines.
Does not hold other measures or engines.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.polynomial import Polynomial, chebyshev
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from geodata.access.bands import Bands, bands_of, runs_near
from geodata.access.decay import FLOOR, GAUSSIAN, Decay
from geodata.access.measures import Nearest
from geodata.access.weights import AccessResult, amounts
from geodata.errors import InputError
from geodata.kernels.threads import in_threads
from geodata.travel.base import Points, per_origin
from geodata.travel.great_circle import GreatCircle
from geodata.travel.sphere import EARTH_RADIUS_KM, angle, chord_limit, chord_squared, unit_vectors

FloatArray = NDArray[np.float64]
MOST_REACHES = 64
_KINDS = {"gaussian": 0, "step": 1, "flat": 2}
_GAUSSIAN, _FLAT = _KINDS["gaussian"], _KINDS["flat"]
_AT_ONCE = 256
# Bands per reach: measured best; origins are many and dense, destinations few, and short runs waste more.
_FINE, _COARSE = 3.0, 1.5


def grid_e2sfca(
    engine: GreatCircle,
    origins: Points,
    destinations: Points,
    supply: ArrayLike,
    demand: ArrayLike,
    catchment_minutes: float | ArrayLike,
    decay: Decay = GAUSSIAN,
) -> AccessResult:
    """Return E2SFCA access by straight-line travel: the same as `e2sfca` over `engine.minutes`, with no matrix.

    `supply` float64[n_destinations] (or × supplies), `demand` float64[n_origins]. The catchment is one or per
    origin, with the speeds at most 64 different reaches (InputError beyond: take the readable way).
    """
    capacity = amounts(supply, len(destinations), "supply", columns=True)
    people = amounts(demand, len(origins), "demand")
    if not isinstance(decay, Decay):
        raise InputError("the compiled measure knows the decays of this package only", field="decay")
    reach = engine.radius(origins, per_origin(catchment_minutes, len(origins)))
    alike = [np.flatnonzero(reach == radius) for radius in np.unique(reach)]
    if len(alike) > MOST_REACHES:
        raise InputError(
            f"the compiled measure takes at most {MOST_REACHES} different reaches, not {len(alike)}",
            field="catchment_minutes",
            remedy="Use e2sfca over the engine's minutes.",
        )
    kind, steps = _KINDS[decay.kind], np.array(decay.bands or ((1.0, 1.0),), dtype=np.float64)
    there = [(bands_of(destinations, reach[rows[0]] / _COARSE), reach[rows[0]]) for rows in alike]
    here = [bands_of(origins.take(rows), reach[rows[0]] / _FINE) for rows in alike]

    competing, near = np.zeros(len(destinations)), np.zeros(len(destinations), dtype=np.bool_)
    for rows, from_, (to, radius) in zip(alike, here, there, strict=True):
        sums, found = _summed(to, from_, radius, people[rows][from_.order, None], kind, steps)
        competing[to.order] += sums[:, 0]
        near[to.order] |= found
    reached = competing > 0
    inverse = np.divide(1.0, competing, out=np.zeros_like(competing), where=reached)
    ratio = capacity * (inverse if capacity.ndim == 1 else inverse[:, None])

    columns = ratio[:, None] if ratio.ndim == 1 else ratio
    access = np.zeros((len(origins), columns.shape[1]))
    for rows, from_, (to, radius) in zip(alike, here, there, strict=True):
        access[rows[from_.order]] = _summed(from_, to, radius, columns[to.order], kind, steps)[0]
    shaped = access[:, 0] if capacity.ndim == 1 else access
    return AccessResult(shaped, ratio, reached, int((near & ~reached).sum()))


def pairs_within(
    engine: GreatCircle, origins: Points, destinations: Points, catchment_minutes: float | ArrayLike
) -> int:
    """Return how many pairs lie within the catchments: the size of the matrix that is not stored."""
    reach = engine.radius(origins, per_origin(catchment_minutes, len(origins)))
    count, one, nothing = 0.0, np.ones((len(destinations), 1)), np.ones((1, 2))
    for radius in np.unique(reach):
        here = bands_of(origins.take(reach == radius), radius / _FINE)
        there = bands_of(destinations, radius / _COARSE)
        count += float(_summed(here, there, float(radius), one, _FLAT, nothing)[0].sum())
    return round(count)


def grid_nearest(engine: GreatCircle, origins: Points, destinations: Points, k: int = 1) -> Nearest:
    """Return each origin's k nearest destinations by straight-line travel, however far; ties to the lower row."""
    if k < 1:
        raise InputError("at least one nearest place must be asked for", field="k")
    here, there = unit_vectors(origins), unit_vectors(destinations)
    destination = np.full((len(origins), k), -1, dtype=np.int32)
    minutes = np.full((len(origins), k), np.nan)
    found = min(k, len(destinations))
    if found and len(origins):
        _, index = KDTree(there).query(here, k=list(range(1, found + 1)))
        squared = chord_squared(here[:, None, :], there[index])
        order = np.lexsort((index, squared), axis=1)
        destination[:, :found] = np.take_along_axis(index, order, axis=1)
        pace = engine.minutes_per_km(origins)[:, None]
        minutes[:, :found] = EARTH_RADIUS_KM * angle(np.take_along_axis(squared, order, axis=1)) * pace
    return Nearest(destination, minutes)


def _summed(
    at: Bands, of: Bands, radius: float, values: FloatArray, kind: int, steps: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return Σ values · weight over the points of `of` within `radius` of each point of `at`, and if any is.

    `values` is float64[points of `of`, columns] in their cell order; the sums come in the cell order of `at`.
    """
    sums = np.zeros((len(at.order), values.shape[1]))
    found = np.zeros(len(at.order), dtype=np.bool_)
    limit = float(chord_limit(radius))
    columns = np.ascontiguousarray(values.T)

    def some(worker: int, workers: int) -> None:
        _sum_weighted(
            worker, workers, at.x, at.y, at.z, of.x, of.y, of.z, columns, of.search, radius, limit, kind, steps,
            sums, found,
        )  # fmt: skip

    in_threads(some)
    return sums, found


def _gaussian_polynomial(degree: int = 11) -> list[float]:
    """Return power coefficients of (exp(-q/2) - exp(-½)) / (1 - exp(-½)) over 0 ≤ q ≤ 1, within 3e-16 of it."""
    fit = chebyshev.Chebyshev.interpolate(lambda q: np.exp(-0.5 * q), degree, domain=[0.0, 1.0])
    power = np.asarray(fit.convert(kind=Polynomial, domain=[-1, 1], window=[-1, 1]).coef, dtype=np.float64)
    power[0] -= FLOOR
    return [float(c) for c in power / (1.0 - FLOOR)]


_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11 = _gaussian_polynomial()
# Up to this squared chord (640 km) the series below is true to the last digit.
_SERIES_LIMIT = 0.01
_FAST = {"reassoc", "contract", "nsz", "nnan"}


@numba.njit(cache=True, nogil=True)
def _chord(dx, dy, dz):  # type: ignore[no-untyped-def]
    # Never with fast arithmetic: who is within a catchment must not hang on how a sum is regrouped.
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def _gaussian_run(x, y, z, px, py, pz, limit, scale, out):  # type: ignore[no-untyped-def]
    """Fill `out` with Gaussian weights (0 beyond the limit) of points near by; return how many are within."""
    inside = 0
    for i in range(out.size):
        c = _chord(px[i] - x, py[i] - y, pz[i] - z)
        # (2 asin(√c / 2))², the squared angle, as a power series of the squared chord.
        squared = c * (1.0 + c * (1 / 12 + c * (1 / 90 + c * (1 / 560 + c * (1 / 3150 + c * (1 / 16632))))))
        q = squared * scale
        high = _C6 + q * (_C7 + q * (_C8 + q * (_C9 + q * (_C10 + q * _C11))))
        w = _C0 + q * (_C1 + q * (_C2 + q * (_C3 + q * (_C4 + q * (_C5 + q * high)))))
        within = c <= limit
        out[i] = max(w, 0.0) if within else 0.0
        inside += within
    return inside


@numba.njit(cache=True, nogil=True)
def _other_run(x, y, z, px, py, pz, limit, scale, kind, steps, out):  # type: ignore[no-untyped-def]
    """Do the same for the other decays, and for Gaussian ones of any reach."""
    inside = 0
    for i in range(out.size):
        c = _chord(px[i] - x, py[i] - y, pz[i] - z)
        if c > limit:
            out[i] = 0.0
            continue
        inside += 1
        out[i] = 1.0
        if kind != _FLAT:
            turn = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(c)))
            share = min(1.0, turn * math.sqrt(scale))
            if kind == _GAUSSIAN:
                out[i] = (math.exp(-0.5 * share * share) - FLOOR) / (1.0 - FLOOR)
            else:
                out[i] = 0.0
                for band in range(steps.shape[0]):
                    if share <= steps[band, 0]:
                        out[i] = steps[band, 1]
                        break
    return inside


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def _dot(values, weights):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(weights.size):
        total += values[i] * weights[i]
    return total


@numba.njit(cache=True, nogil=True)
def _sum_weighted(  # type: ignore[no-untyped-def]
    worker, workers, x, y, z, px, py, pz, columns, search, radius, limit, kind, steps, sums, found
):
    """Fill `sums` and `found` for every place (x, y, z); neighbours in the order go to different workers."""
    scale = 1.0 / (radius * radius)
    series = kind == _GAUSSIAN and limit <= _SERIES_LIMIT
    begin = np.empty(2 * search[2].shape[0], np.int64)
    end = np.empty(2 * search[2].shape[0], np.int64)
    weights = np.empty(_AT_ONCE)
    for j in range(worker, x.size, workers):
        runs = runs_near(x[j], y[j], z[j], radius, *search, begin, end)  # type: ignore[call-arg]
        inside = 0
        for run in range(runs):
            for a in range(begin[run], end[run], _AT_ONCE):
                b = min(a + _AT_ONCE, end[run])
                w = weights[: b - a]
                if series:
                    inside += _gaussian_run(x[j], y[j], z[j], px[a:b], py[a:b], pz[a:b], limit, scale, w)
                else:
                    inside += _other_run(x[j], y[j], z[j], px[a:b], py[a:b], pz[a:b], limit, scale, kind, steps, w)
                for c in range(columns.shape[0]):
                    sums[j, c] += _dot(columns[c, a:b], w)
        found[j] = inside > 0
