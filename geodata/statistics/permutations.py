"""Conditional permutation of local Moran statistics (Anselin 1995), compiled.

For each unit its neighbors' values are replaced by as many others drawn without repetition from all other units.
Draws are counter-based, keyed by the unit, so threads and order do not matter. Does not hold neighborhoods or tests.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.statistics.random_numbers import start, uniform
from geodata.statistics.threads import in_threads

NEIGHBORS = 200
# A unit whose rarer tail has been met this often is not significant at any level of use.
ENOUGH = 50


def local_p_values(
    z: NDArray[np.float64],
    lag: NDArray[np.float64],
    degree: NDArray[np.int64],
    keys: NDArray[np.uint64],
    permutations: int,
    seed: int,
) -> NDArray[np.float64]:
    """Return float64[n], the two-sided pseudo p-value of each unit: twice the rarer tail of the permuted means.

    A tail counts the permuted means at least (or at most) as large as the observed `lag`; p = (count + 1) / (done + 1).
    Permuting a unit ends early once its rarer tail has been met 50 times (Besag & Clifford 1991, Biometrika
    78:301-304): the p-value stays valid, and only small ones, which matter, take all permutations.

    `z` float64[n] values, `lag` float64[n] mean of the neighbors' values, `degree` int64[n] number of neighbors
    (NaN for units without any, or with as many as there are others), `keys` uint64[n].
    """
    p_value = np.full(len(z), np.nan)
    given = (z, lag, degree, keys, permutations, np.uint64(seed), p_value)
    in_threads(lambda worker, workers: _permute(worker, workers, *given))
    return p_value


@numba.njit(cache=True, nogil=True)
def _permute(worker, workers, z, lag, degree, keys, permutations, seed, p_value):  # type: ignore[no-untyped-def]
    n = z.size
    for i in range(worker, n, workers):
        k = degree[i]
        if k == 0 or k >= n - 1:
            continue
        begin = start(seed, NEIGHBORS, keys[i])
        chosen = np.empty(k, np.int64)
        counter = 0
        above, below, done = 0, 0, 0
        while done < permutations and min(above, below) < ENOUGH:
            done += 1
            total = 0.0
            for j in range(k):
                fresh = False
                pick = 0
                while not fresh:
                    pick = int(uniform(begin, counter) * (n - 1))
                    counter += 1
                    if pick >= i:
                        pick += 1
                    fresh = True
                    for earlier in range(j):
                        if chosen[earlier] == pick:
                            fresh = False
                            break
                chosen[j] = pick
                total += z[pick]
            mean = total / k
            if mean >= lag[i] - 1e-12:
                above += 1
            if mean <= lag[i] + 1e-12:
                below += 1
        p_value[i] = min(1.0, 2.0 * (min(above, below) + 1.0) / (done + 1.0))
