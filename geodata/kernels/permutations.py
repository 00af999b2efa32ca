"""Conditional permutation of local Moran statistics (Anselin 1995), compiled.

For each unit its neighbours' values are replaced by as many others drawn without repetition from all other units.
Draws are counter-based, keyed by the unit, so threads and order do not matter. Does not hold neighbourhoods or tests.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import prange

from geodata.kernels.random import start, uniform

NEIGHBOURS = 200


@numba.njit(cache=True, nogil=True, parallel=True)
def local_extremes(z, lag, degree, keys, permutations, seed, at_least, at_most):  # type: ignore[no-untyped-def]
    """Fill, per unit, how many permuted means of neighbours are ≥ and ≤ the observed `lag`.

    `z` float64[n] values, `lag` float64[n] mean of the neighbours' values, `degree` int64[n] number of neighbours
    (units without any, or with as many as there are others, are left at 0), `keys` uint64[n].
    """
    n = z.size
    for i in prange(n):
        k = degree[i]
        if k == 0 or k >= n - 1:
            continue
        begin = start(np.uint64(seed), NEIGHBOURS, keys[i])
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
