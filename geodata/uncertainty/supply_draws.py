"""What is drawn of the supply: who teaches and how many, what a site will have, whether it is built, and its work.

Only what nobody reports is drawn. Reported seats and units are the same in every draw. Does not hold where the chances
come from (`geodata.ingest.provider_priors`, `geodata.scoring.site_priors`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geodata.statistics.random_numbers import normals_of_unit, start, triangular, uniform

FloatArray = NDArray[np.float64]
Numbers = NDArray[np.uint64]
# One purpose per kind of number, so that none is used twice.
TEACHES, SIZE, PROFILE, BUILT, JOBS, SPLIT = 11, 12, 13, 14, 15, 16


class Providers(NamedTuple):
    """Training supply, a row a provider.

    `family` uint64: one number for the campuses of an institution, which teach together or not at all. `seats` are
    those used where they are certain, NaN where they are drawn: with chance `teaches` the institution has a log-normal
    number of seats (`log_mean`, `log_sd`), of which `share` counts here. Where seats are shared over `campuses` int64
    in equal parts for want of knowledge (1 where they are not), any split is as likely as any other: campus number
    `campus` int64, from 0, takes its part of a flat Dirichlet of the family instead.
    """

    family: Numbers
    seats: FloatArray
    teaches: FloatArray
    log_mean: FloatArray
    log_sd: FloatArray
    share: FloatArray
    campus: NDArray[np.int64]
    campuses: NDArray[np.int64]


class Sites(NamedTuple):
    """Planned sites, a row a site, and what those may have that report nothing.

    `units` float64[n, kinds] where reported; `prior` int[n] the group of profiles it draws from, −1 where reported.
    Profiles of group g are rows `group_start[g]` to `group_start[g + 1]` of `profiles` float64[rows, kinds], with
    their cumulative chances `cumulative`. `built` is the chance that the site is built. `job_years`
    float64[kinds + 1, 3] are low, mid and high for a unit of each kind, the last for a unit and year of upkeep;
    `upkeep_years` are counted of that.
    """

    key: Numbers
    units: FloatArray
    prior: NDArray[np.int64]
    group_start: NDArray[np.int64]
    profiles: FloatArray
    cumulative: FloatArray
    built: FloatArray
    job_years: FloatArray
    upkeep_years: float


@numba.njit(cache=True, nogil=True)
def seats_of_draws(seed, first, providers, out):  # type: ignore[no-untyped-def]
    """Fill `out` float32[providers, draws] with the seats of the draws from `first` on.

    `providers`: `Providers`.
    """
    share, quantile = np.empty(out.shape[1]), np.empty(out.shape[1])
    for j in range(out.shape[0]):
        if providers.seats[j] == providers.seats[j]:
            out[j, :] = providers.seats[j]
            _split(seed, first, providers, j, out[j])
            continue
        teaches, size = start(seed, TEACHES, providers.family[j]), start(seed, SIZE, providers.family[j])
        normals_of_unit(size, first, 0.0, 1.0, share, quantile)
        for b in range(out.shape[1]):
            if uniform(teaches, first + b) < providers.teaches[j]:
                seats = math.exp(providers.log_mean[j] + providers.log_sd[j] * quantile[b])
                out[j, b] = seats * providers.share[j]
            else:
                out[j, b] = 0.0
        _split(seed, first, providers, j, out[j])


@numba.njit(cache=True, nogil=True)
def _split(seed, first, providers, j, seats):  # type: ignore[no-untyped-def]
    """Change `seats` float32[draws] of provider j, an equal part of its family's, to the part a draw gives it."""
    campuses = providers.campuses[j]
    if campuses < 2:
        return
    begin = start(seed, SPLIT, providers.family[j])
    for b in range(seats.size):
        own, every = 0.0, 0.0
        for k in range(campuses):
            part = -math.log(uniform(begin, campuses * (first + b) + k))
            every += part
            if k == providers.campus[j]:
                own = part
        seats[b] *= campuses * own / every


@numba.njit(cache=True, nogil=True)
def job_years_of_draws(seed, first, sites, out):  # type: ignore[no-untyped-def]
    """Fill `out` float32[sites, draws] with the job-years of the draws from `first` on; none where not built.

    `sites`: `Sites`.
    """
    kinds = sites.units.shape[1]
    rates = np.empty((kinds + 1, out.shape[1]))
    for b in range(out.shape[1]):
        for c in range(kinds + 1):
            u = uniform(start(seed, JOBS, first + b), c)
            rates[c, b] = triangular(u, sites.job_years[c, 0], sites.job_years[c, 1], sites.job_years[c, 2])
    for j in range(out.shape[0]):
        group = sites.prior[j]
        profile, built = start(seed, PROFILE, sites.key[j]), start(seed, BUILT, sites.key[j])
        for b in range(out.shape[1]):
            if not uniform(built, first + b) < sites.built[j]:
                out[j, b] = 0.0
                continue
            row = j
            if group >= 0:
                u = uniform(profile, first + b)
                row = sites.group_start[group]
                while row < sites.group_start[group + 1] - 1 and sites.cumulative[row] <= u:
                    row += 1
            work = 0.0
            for c in range(kinds):
                units = sites.profiles[row, c] if group >= 0 else sites.units[j, c]
                work += units * (rates[c, b] + sites.upkeep_years * rates[kinds, b])
            out[j, b] = work
