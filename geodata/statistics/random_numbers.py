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


# The normal quantile between p = 1/32 and 1/2: cubic Hermite pieces 1/1024 wide, below 5e-9 from the true one; tails
# are Wichura's AS 241 (1988, Applied Statistics 37:477-484), below 1e-15 relative.
_TAIL = 1.0 / 32.0
_PER_UNIT = 1024


def _hermite_pieces() -> NDArray[np.float64]:
    """Return float64[513 * 4]: the coefficients of each cubic in its own unit interval, the last for p = 1/2."""
    p = np.arange(_PER_UNIT // 2 + 2) / _PER_UNIT
    inside = np.maximum(p, 1.0 / _PER_UNIT)
    x = ndtri(inside)
    slope = np.sqrt(2.0 * np.pi) * np.exp(0.5 * x * x) / _PER_UNIT
    a, b, da, db = x[:-1], x[1:], slope[:-1], slope[1:]
    return np.column_stack([a, da, 3 * (b - a) - 2 * da - db, 2 * (a - b) + da + db]).ravel()


_CUBICS = _hermite_pieces()


@numba.njit(cache=True, nogil=True)
def _lower_tail(p):  # type: ignore[no-untyped-def]
    """Return the normal quantile for p below 0.075 (AS 241, PPND16)."""
    r = math.sqrt(-math.log(p))
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4
        top = top * r + 2.27238449892691845833e-2
        top = top * r + 2.41780725177450611770e-1
        top = top * r + 1.27045825245236838258e0
        top = top * r + 3.64784832476320460504e0
        top = top * r + 5.76949722146069140550e0
        top = top * r + 4.63033784615654529590e0
        top = top * r + 1.42343711074968357734e0
        low = 1.05075007164441684324e-9
        low = low * r + 5.47593808499534494600e-4
        low = low * r + 1.51986665636164571966e-2
        low = low * r + 1.48103976427480074590e-1
        low = low * r + 6.89767334985100004550e-1
        low = low * r + 1.67638483018380384940e0
        low = low * r + 2.05319162663775882187e0
        low = low * r + 1.0
        return -top / low
    r -= 5.0
    top = 2.01033439929228813265e-7
    top = top * r + 2.71155556874348757815e-5
    top = top * r + 1.24266094738807843860e-3
    top = top * r + 2.65321895265761230930e-2
    top = top * r + 2.96560571828504891230e-1
    top = top * r + 1.78482653991729133580e0
    top = top * r + 5.46378491116411436990e0
    top = top * r + 6.65790464350110377720e0
    low = 2.04426310338993978564e-15
    low = low * r + 1.42151175831644588870e-7
    low = low * r + 1.84631831751005468180e-5
    low = low * r + 7.86869131145613259100e-4
    low = low * r + 1.48753612908506148525e-2
    low = low * r + 1.36929880922735805310e-1
    low = low * r + 5.99832206555887937690e-1
    low = low * r + 1.0
    return -top / low


@numba.njit(cache=True, nogil=True)
def normal_quantiles(p, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the standard normal quantiles at p, all in (0, 1)."""
    # First as if there were no tails, without a branch, so that it is done for several at once.
    for i in range(p.size):
        place = max(min(p[i], 1.0 - p[i]), _TAIL) * _PER_UNIT
        piece = np.int64(place)
        s = place - piece
        k = _FOUR * np.uint64(piece)
        x = _CUBICS[k] + s * (_CUBICS[k + _ONE] + s * (_CUBICS[k + _TWO] + s * _CUBICS[k + _THREE]))
        out[i] = x if p[i] <= 0.5 else -x
    for i in range(p.size):
        folded = min(p[i], 1.0 - p[i])
        if folded < _TAIL:
            out[i] = math.copysign(_lower_tail(folded), p[i] - 0.5)


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
    the range; `work`: float64[n].
    """
    for i in range(out.size):
        work[i] = share_low[i] + uniform(begins[i], draw) * share_width[i]
    normal_quantiles(work, out)
    for i in range(out.size):
        value = min(max(mean[i] + se[i] * out[i], low), high)
        out[i] = value if mean[i] == mean[i] else np.nan
