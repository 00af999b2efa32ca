"""Conditional permutation of local Moran statistics (Anselin 1995), compiled.

For each unit its neighbours' values are replaced by as many others drawn without repetition from all other units.
Draws are counter-based, keyed by the unit, so threads and order do not matter. Does not hold neighbourhoods or tests.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.kernels.random import start, uniform
from geodata.kernels.threads import in_threads

NEIGHBOURS = 200


def local_extremes(
    z: NDArray[np.float64],
    lag: NDArray[np.float64],
    degree: NDArray[np.int64],
    keys: NDArray[np.uint64],
    permutations: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, per unit, how many permuted means of neighbours are at least and at most the observed `lag`.

    `z` float64[n] values, `lag` float64[n] mean of the neighbours' values, `degree` int64[n] number of neighbours
    (units without any, or with as many as there are others, are left at 0), `keys` uint64[n].
    """
    at_least, at_most = np.zeros(len(z), dtype=np.int64), np.zeros(len(z), dtype=np.int64)
    given = (z, lag, degree, keys, permutations, np.uint64(seed), at_least, at_most)
    in_threads(lambda worker, workers: _count(worker, workers, *given))
    return at_least, at_most


@numba.njit(cache=True, nogil=True)
def _count(worker, workers, z, lag, degree, keys, permutations, seed, at_least, at_most):  # type: ignore[no-untyped-def]
    n = z.size
    for i in range(worker, n, workers):
        k = degree[i]
        if k == 0 or k >= n - 1:
            continue
        begin = start(seed, NEIGHBOURS, keys[i])
        chosen = np.empty(k, np.int64)
        counter = 0
        above, below = 0, 0
        for _ in range(permutations):
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
        at_least[i] = above
        at_most[i] = below
