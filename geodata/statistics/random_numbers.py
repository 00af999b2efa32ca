"""Counter-based random numbers: a number is a function of (seed, purpose, unit, draw), not of a state.

So results depend neither on the number of threads nor on the order of rows, and a unit's numbers stay when others
are added. The generator is SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, doi:10.1145/2660193.2660195), whose state
is a counter: each (seed, purpose, unit) has its own start, mixed twice, and each draw is one step from it.
Does not hold what the numbers are used for.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_TO_UNIT = 2.0**-53


def tract_keys(geoids: Iterable[str]) -> NDArray[np.uint64]:
    """Return uint64[n], one fixed number per identifier: the number it spells, else the head of its BLAKE2b hash.

    A GEOID of 11 digits is its own key; the hash keeps other identifiers (cells, user areas) as stable.
    """
    return np.fromiter((_key(geoid) for geoid in geoids), dtype=np.uint64)


def _key(identifier: str) -> int:
    if identifier.isascii() and identifier.isdigit() and len(identifier) <= 18:
        return int(identifier)
    digest = hashlib.blake2b(identifier.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "little") | 1 << 63


@numba.njit(cache=True, nogil=True, inline="always")
def mix(z):  # type: ignore[no-untyped-def]
    """Scramble 64 bits (the finalizer of SplitMix64, a bijection)."""
    z = (z ^ (z >> _S30)) * _MIX_A
    z = (z ^ (z >> _S27)) * _MIX_B
    return z ^ (z >> _S31)


@numba.njit(cache=True, nogil=True)
def start(seed, purpose, key):  # type: ignore[no-untyped-def]
    """Return the start (uint64) of the numbers of one unit `key` for one `purpose`."""
    z = mix(np.uint64(seed) + _GOLDEN)
    z = mix((z ^ np.uint64(purpose)) + _GOLDEN)
    return mix((z ^ np.uint64(key)) + _GOLDEN)


@numba.njit(cache=True, nogil=True, inline="always")
def uniform(begin, draw):  # type: ignore[no-untyped-def]
    """Return number `draw` after `begin`, evenly in the open interval (0, 1), 53 bits."""
    z = mix(begin + _GOLDEN * (np.uint64(draw) + _ONE))
    return (np.float64(z >> _S11) + 0.5) * _TO_UNIT


@numba.njit(cache=True, nogil=True)
def triangular(u, low, mode, high):  # type: ignore[no-untyped-def]
    """Return the triangular quantile at u; `low` where there is no spread."""
    width = high - low
    if width <= 0.0:
        return low
    turn = (mode - low) / width
    if u < turn:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@numba.njit(cache=True, nogil=True)
def gamma(shape, begin, first):  # type: ignore[no-untyped-def]
    """Return a gamma variate of scale 1 and the next unused counter, from counters `first` on.

    Marsaglia & Tsang 2000 (ACM TOMS 26:363-372); a shape below 1 is boosted by U^(1/shape); 0 gives 0.
    """
    if shape <= 0.0:
        return 0.0, first
    boost = 1.0
    if shape < 1.0:
        boost = uniform(begin, first) ** (1.0 / shape)
        first += 1
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        radius = math.sqrt(-2.0 * math.log(uniform(begin, first)))
        x = radius * math.cos(2.0 * math.pi * uniform(begin, first + 1))
        u = uniform(begin, first + 2)
        first += 3
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
            return boost * d * v, first


@numba.njit(cache=True, nogil=True)
def dirichlet(weights, concentration, begin, first, out):  # type: ignore[no-untyped-def]
    """Fill `out` with weights from a Dirichlet of parameters concentration · weights / Σ weights; return the counter.

    An infinite concentration gives the weights themselves, summing to 1; a weight of 0 stays 0.
    """
    total = weights.sum()
    if math.isinf(concentration):
        for i in range(weights.size):
            out[i] = weights[i] / total
        return first
    drawn = 0.0
    for i in range(weights.size):
        out[i], first = gamma(concentration * weights[i] / total, begin, first)
        drawn += out[i]
    for i in range(weights.size):
        # All gammas can underflow together only for minute concentrations; the weights are then the answer.
        out[i] = out[i] / drawn if drawn > 0.0 else weights[i] / total
    return first


# The normal quantile by cubic Hermite pieces, 64 an octave of p from 2^-64 to 1/2, so that the bits of p name the
# piece: below 1e-9 from the true one, and the same few steps for every p, so that several are done at once.
_OCTAVES, _PIECE_BITS = 64, 6
_LEAST = 2.0**-_OCTAVES
_BELOW_PIECE = np.int64(52 - _PIECE_BITS)
_WITHIN_PIECE = np.int64((1 << (52 - _PIECE_BITS)) - 1)
_FIRST_PIECE = np.float64(_LEAST).view(np.int64) >> _BELOW_PIECE
_OF_A_PIECE = 2.0 ** -(52 - _PIECE_BITS)


def _hermite_pieces() -> NDArray[np.float64]:
    """Return the coefficients of each cubic in its own unit interval, float64[(63 * 64 + 1) * 4], the last for 1/2."""
    per_octave = 1 << _PIECE_BITS
    octaves = 2.0 ** np.arange(-_OCTAVES, -1)
    edges = np.append((octaves[:, None] * (1 + np.arange(per_octave) / per_octave)).ravel(), 0.5)
    x, width = ndtri(edges), np.diff(edges)
    slope = np.sqrt(2.0 * np.pi) * np.exp(0.5 * x * x)
    a, b, da, db = x[:-1], x[1:], slope[:-1] * width, slope[1:] * width
    pieces = np.column_stack([a, da, 3 * (b - a) - 2 * da - db, 2 * (a - b) + da + db])
    return np.vstack([pieces, np.zeros(4)]).ravel()


_CUBICS = _hermite_pieces()


@numba.njit(cache=True, nogil=True)
def normal_quantiles(p, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the standard normal quantiles at p, all in 2^-64 to 1 - 2^-64; beyond, those of the ends.

    Where p is not a number, that of an end: callers leave such draws out.
    """
    for i in range(out.size):
        nearest = min(p[i], 1.0 - p[i])
        # What is no number is not above the least either; it would be looked up outside the table.
        bits = np.float64(nearest if nearest > _LEAST else _LEAST).view(np.int64)
        k = _FOUR * np.uint64((bits >> _BELOW_PIECE) - _FIRST_PIECE)
        s = np.float64(bits & _WITHIN_PIECE) * _OF_A_PIECE
        x = _CUBICS[k] + s * (_CUBICS[k + _ONE] + s * (_CUBICS[k + _TWO] + s * _CUBICS[k + _THREE]))
        out[i] = math.copysign(x, p[i] - 0.5)


@numba.njit(cache=True, nogil=True)
def normals_of_unit(begin, first, share_low, share_width, work, out):  # type: ignore[no-untyped-def]
    """Fill `out` with draws `first`, `first` + 1, … of one unit: standard normals between two of their quantiles.

    `begin`: uint64, the unit's start; `share_low`, `share_width`: the share of the whole normal below and within the
    range; `work`: float64 of the size of `out`.
    """
    for b in range(out.size):
        work[b] = share_low + share_width * uniform(begin, first + b)
    normal_quantiles(work, out)


@numba.njit(cache=True, nogil=True)
def normal_share(x):  # type: ignore[no-untyped-def]
    """Return the standard normal distribution function at x."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@numba.njit(cache=True, nogil=True)
def truncated_normals(begins, draw, mean, se, low, high, share_low, share_width, work, out):  # type: ignore[no-untyped-def]
    """Fill `out` with draw number `draw` of normals truncated to [low, high], by their quantiles; NaN stays.

    `begins`: uint64[n] starts; `share_low`, `share_width`: float64[n], the untruncated share below `low` and within
    the range; `work`: float64 of at least the size of `out`.
    """
    for i in range(out.size):
        work[i] = share_low[i] + uniform(begins[i], draw) * share_width[i]
    normal_quantiles(work, out)
    for i in range(out.size):
        value = min(max(mean[i] + se[i] * out[i], low), high)
        out[i] = value if mean[i] == mean[i] else np.nan
