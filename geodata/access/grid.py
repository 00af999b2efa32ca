"""E2SFCA over points without a matrix: two passes over a search grid, compiled.

The first pass sums at each destination the demand that reaches it, the second at each origin the ratios it reaches;
travel minutes are computed twice and never stored, so memory grows with the points and time with the pairs. Each sum
is taken by one thread in one order: results do not depend on the number of threads. They equal
`measures.e2sfca(engine.minutes(…), …)` to rounding, which stays the readable way and the one for other engines.
Does not hold other measures or engines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.polynomial import Polynomial, chebyshev
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from geodata.access.catchment_weights import AccessResult, amounts
from geodata.access.decay import FLAT, FLOOR, GAUSSIAN, Decay
from geodata.access.measures import Nearest
from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, angle, chord_limit, chord_squared, unit_vectors
from geodata.statistics.threads import in_threads
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import per_origin
from geodata.travel.search_grid import Bands, bands_of, runs_near

FloatArray = NDArray[np.float64]
MOST_REACHES = 64
_KINDS = {"gaussian": 0, "step": 1, "flat": 2}
_GAUSSIAN, _FLAT = _KINDS["gaussian"], _KINDS["flat"]
# Places that look for candidates together, at most, and candidates at hand at once (three coordinates and a value).
_BLOCK, _PIECE = 64, 1024
# How far apart such places may lie, in reaches: destinations are few and look alone, origins are many.
_ALONE, _TOGETHER = 0.0, 0.25
_EQUAL = 1.0 + 1e-9
# Bands per reach: measured best; origins are many and dense, destinations few, and short runs waste more.
_FINE, _COARSE = 3.0, 1.5


@dataclass(frozen=True, eq=False)
class GridCatchments:
    """The catchments of origins over destinations, searched and never listed; used like `CatchmentWeights`.

    `parts` holds, for the origins of each reach, their rows, their bands, the destinations' bands and the reach in
    radians. Made by `grid_catchments`.
    """

    parts: tuple[tuple[NDArray[np.int64], Bands, Bands, float], ...]
    n_origins: int
    n_destinations: int
    decay: Decay

    def demand_on(self, demand: ArrayLike) -> FloatArray:
        """Return Σ_i P_i W_ij, float64[n_destinations]: the demand that competes for each destination."""
        return self._demand_on(demand)[0]

    def _demand_on(self, demand: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
        people = amounts(demand, self.n_origins, "demand")
        competing, near = np.zeros(self.n_destinations), np.zeros(self.n_destinations, dtype=np.bool_)
        for rows, here, there, radius in self.parts:
            sums, inside = _summed(there, here, radius, people[rows][here.order, None], self.decay, _ALONE)
            competing[there.order] += sums[:, 0]
            near[there.order] |= inside > 0
        return competing, near

    def reachable(self, supply: ArrayLike) -> FloatArray:
        """Return Σ_j S_j W_ij, float64[n_origins] (or × supplies): the supply within reach."""
        values = amounts(supply, self.n_destinations, "supply", columns=True)
        columns = values[:, None] if values.ndim == 1 else values
        found = np.zeros((self.n_origins, columns.shape[1]))
        for rows, here, there, radius in self.parts:
            found[rows[here.order]] = _summed(here, there, radius, columns[there.order], self.decay, _TOGETHER)[0]
        return found[:, 0] if values.ndim == 1 else found

    def share(self, supply: ArrayLike, demand: ArrayLike) -> AccessResult:
        """Return E2SFCA access: supply shared among the demand that reaches it, summed over places in reach."""
        capacity = amounts(supply, self.n_destinations, "supply", columns=True)
        competing, near = self._demand_on(demand)
        reached = competing > 0
        inverse = np.divide(1.0, competing, out=np.zeros_like(competing), where=reached)
        ratio = capacity * (inverse if capacity.ndim == 1 else inverse[:, None])
        return AccessResult(self.reachable(ratio), ratio, reached, int((near & ~reached).sum()))

    def pairs(self) -> int:
        """Return how many pairs lie within the catchments: the size of the matrix that is not stored."""
        one = np.ones((self.n_destinations, 1))
        return sum(int(_summed(here, there, r, one, FLAT, _TOGETHER)[1].sum()) for _, here, there, r in self.parts)


def grid_catchments(
    engine: GreatCircle,
    origins: Points,
    destinations: Points,
    catchment_minutes: float | ArrayLike,
    decay: Decay = GAUSSIAN,
) -> GridCatchments:
    """Prepare the search: the catchment is one or per origin, with the speeds at most 64 different reaches.

    InputError for more reaches, or a decay that is not one of this package: take the readable way for those.
    """
    if not isinstance(decay, Decay):
        raise InputError("the compiled measure knows the decays of this package only", field="decay")
    reach = engine.radius(origins, per_origin(catchment_minutes, len(origins)))
    reaches = np.unique(reach)
    if len(reaches) > MOST_REACHES:
        raise InputError(
            f"the compiled measure takes at most {MOST_REACHES} different reaches, not {len(reaches)}",
            field="catchment_minutes",
            remedy="Use e2sfca over the engine's minutes.",
        )
    parts = []
    for radius in reaches.tolist():
        rows = np.flatnonzero(reach == radius)
        here, there = bands_of(origins.take(rows), radius / _FINE), bands_of(destinations, radius / _COARSE)
        parts.append((rows, here, there, radius))
    return GridCatchments(tuple(parts), len(origins), len(destinations), decay)


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

    `supply` float64[n_destinations] (or × supplies), `demand` float64[n_origins]; catchments as `grid_catchments`.
    """
    return grid_catchments(engine, origins, destinations, catchment_minutes, decay).share(supply, demand)


def grid_nearest(engine: GreatCircle, origins: Points, destinations: Points, k: int = 1) -> Nearest:
    """Return each origin's k nearest destinations by straight-line travel, however far; ties to the lower row."""
    if k < 1:
        raise InputError("at least one nearest place must be asked for", field="k")
    here, there = unit_vectors(origins), unit_vectors(destinations)
    destination = np.full((len(origins), k), -1, dtype=np.int32)
    minutes = np.full((len(origins), k), np.nan)
    found = min(k, len(destinations))
    if found and len(origins):
        tree = KDTree(there)
        # One more than asked for: where it is as near as the last, the tree's choice among equals is not ours.
        more = min(found + 1, len(destinations))
        _, index = tree.query(here, k=list(range(1, more + 1)))
        squared = chord_squared(here[:, None, :], there[index])
        for row in np.flatnonzero(squared[:, -1] <= squared[:, found - 1] * _EQUAL) if more > found else ():
            chord = float(np.sqrt(squared[row, found - 1] * _EQUAL))
            equals = np.array(sorted(tree.query_ball_point(here[row], chord)))
            apart = chord_squared(here[row], there[equals])
            first = np.lexsort((equals, apart))[:more]
            index[row], squared[row] = equals[first], apart[first]
        order = np.lexsort((index, squared), axis=1)[:, :found]
        destination[:, :found] = np.take_along_axis(index, order, axis=1)
        pace = engine.minutes_per_km(origins)[:, None]
        minutes[:, :found] = EARTH_RADIUS_KM * angle(np.take_along_axis(squared, order, axis=1)) * pace
    return Nearest(destination, minutes)


def _summed(
    at: Bands, of: Bands, radius: float, values: FloatArray, decay: Decay, apart: float
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return Σ values · weight over the points of `of` within `radius` of each point of `at`, and how many are.

    `values` is float64[points of `of`, columns] in their cell order; the sums come in the cell order of `at`. Places
    of `at` within `apart` (a share of the radius) of each other look for candidates together.
    """
    sums = np.zeros((len(at.order), values.shape[1]))
    inside = np.zeros(len(at.order), dtype=np.int64)
    steps = np.array(decay.bands or ((1.0, 1.0),), dtype=np.float64)
    shape = (float(chord_limit(radius)), 1.0 / (radius * radius), _KINDS[decay.kind], steps)
    columns = np.ascontiguousarray(values.T)
    blocks, spread = _blocks(at.x, at.y, at.z, radius * apart)

    def some(worker: int, workers: int) -> None:
        _sum_weighted(
            worker, workers, at.x, at.y, at.z, blocks, spread, of.x, of.y, of.z, columns, of.search, radius, shape,
            sums, inside,
        )  # fmt: skip

    in_threads(some)
    return sums, inside


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
def _blocks(x, y, z, most_apart):  # type: ignore[no-untyped-def]
    """Return where blocks of neighbouring places begin (closed by their number), and how far each spreads (radians).

    Blocks hang on the places alone, not on who works on them, so that sums are always taken in the same order.
    """
    begin = np.empty(x.size + 1, np.int64)
    spread = np.zeros(x.size)
    count = 0
    limit = 4.0 * math.sin(0.5 * most_apart) ** 2 if most_apart < math.pi else 4.0
    j = 0
    while j < x.size:
        begin[count] = j
        widest = 0.0
        k = j + 1
        while k < x.size and k - j < _BLOCK:
            c = _chord(x[k] - x[j], y[k] - y[j], z[k] - z[j])
            if c > limit:
                break
            widest = max(widest, c)
            k += 1
        spread[count] = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(widest)))
        count += 1
        j = k
    begin[count] = x.size
    return begin[: count + 1], spread[:count]


@numba.njit(cache=True, nogil=True)
def _add(x, y, z, px, py, pz, columns, a, b, decay, weights, sums):  # type: ignore[no-untyped-def]
    """Add to `sums` what one place finds among points a to b; return how many are within."""
    limit, scale, kind, steps = decay
    w, ax, ay, az = weights[: b - a], px[a:b], py[a:b], pz[a:b]
    if kind == _GAUSSIAN and limit <= _SERIES_LIMIT:
        inside = _gaussian_run(x, y, z, ax, ay, az, limit, scale, w)
    else:
        inside = _other_run(x, y, z, ax, ay, az, limit, scale, kind, steps, w)
    for c in range(columns.shape[0]):
        sums[c] += _dot(columns[c, a:b], w)
    return inside


@numba.njit(cache=True, nogil=True)
def _add_to_all(j, last, x, y, z, nx, ny, nz, near, filled, decay, weights, sums, inside):  # type: ignore[no-untyped-def]
    """Do so for places j to `last` and the points at hand."""
    for k in range(j, last):
        inside[k] += _add(
            x[k], y[k], z[k], nx, ny, nz, near, np.int64(0), filled, decay, weights, sums[k]
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _sum_weighted(  # type: ignore[no-untyped-def]
    worker, workers, x, y, z, blocks, spread, px, py, pz, columns, search, radius, decay, sums, inside
):
    """Fill `sums`, and `inside` with how many are within, for every place (x, y, z).

    A block of places looks for its candidates together, gathers them a piece at a time into memory the processor
    keeps at hand, and goes through each piece place by place; a place alone reads them where they are.
    """
    begin = np.empty(2 * search[2].shape[0], np.int64)
    end = np.empty(2 * search[2].shape[0], np.int64)
    nx, ny, nz, near = np.empty(_PIECE), np.empty(_PIECE), np.empty(_PIECE), np.empty((columns.shape[0], _PIECE))
    weights = np.empty(_PIECE)
    for block in range(worker, spread.size, workers):
        j, last = blocks[block], blocks[block + 1]
        runs = runs_near(x[j], y[j], z[j], radius + spread[block], *search, begin, end)  # type: ignore[call-arg]
        if last - j == 1:
            for run in range(runs):
                for a in range(begin[run], end[run], _PIECE):
                    b = min(a + _PIECE, end[run])
                    inside[j] += _add(x[j], y[j], z[j], px, py, pz, columns, a, b, decay, weights, sums[j])
            continue
        filled = np.int64(0)
        for run in range(runs):
            a = begin[run]
            while a < end[run]:
                b = min(a + _PIECE - filled, end[run])
                for k in range(b - a):
                    nx[filled + k], ny[filled + k], nz[filled + k] = px[a + k], py[a + k], pz[a + k]
                for c in range(columns.shape[0]):
                    for k in range(b - a):
                        near[c, filled + k] = columns[c, a + k]
                filled += b - a
                a = b
                if filled == _PIECE:
                    _add_to_all(j, last, x, y, z, nx, ny, nz, near, filled, decay, weights, sums, inside)
                    filled = np.int64(0)
        _add_to_all(j, last, x, y, z, nx, ny, nz, near, filled, decay, weights, sums, inside)
