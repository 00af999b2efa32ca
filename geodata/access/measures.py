"""The access measures, each a pure function over sparse minutes.

Minutes come from any travel engine; `catchment_minutes` is one number or one per origin; supply is the
capacity of each destination (seats, job-years), demand the people at each origin. All are float64 and
neither missing nor negative (InputError). Does not hold travel, percentiles or pillars.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from geodata.access.catchment_weights import AccessResult, FloatArray, catchment_weights
from geodata.access.decay import DecayFunction, flat, gaussian_decay
from geodata.travel.minutes import TravelMinutes


def e2sfca(
    minutes: TravelMinutes,
    supply: ArrayLike,
    demand: ArrayLike,
    catchment_minutes: float | ArrayLike,
    decay: DecayFunction = gaussian_decay,
) -> AccessResult:
    """Enhanced two-step floating catchment (Luo & Qi 2009, Health & Place 15:1100-1107).

    R_j = S_j / Σ_i P_i W(t_ij), A_i = Σ_j R_j W(t_ij), both sums over pairs within the origin's catchment.
    A destination no demand reaches has R_j = 0 and is counted. Σ_i A_i P_i equals the supply reached.
    """
    return catchment_weights(minutes, catchment_minutes, decay).share(supply, demand)


def two_step(
    minutes: TravelMinutes, supply: ArrayLike, demand: ArrayLike, catchment_minutes: float | ArrayLike
) -> AccessResult:
    """Two-step floating catchment (Luo & Wang 2003): E2SFCA in which all within the catchment count alike."""
    return e2sfca(minutes, supply, demand, catchment_minutes, flat)


def three_step(
    minutes: TravelMinutes,
    supply: ArrayLike,
    demand: ArrayLike,
    catchment_minutes: float | ArrayLike,
    decay: DecayFunction = gaussian_decay,
) -> AccessResult:
    """Three-step floating catchment (Wan, Zou & Sternberg 2012, Int. J. Geogr. Inf. Sci. 26:1073-1089).

    People choose among places first, G_ij = W_ij / Σ_k W_ik, so that a tract with many providers does not
    claim each of them in full: R_j = S_j / Σ_i G_ij P_i W_ij, A_i = Σ_j G_ij R_j W_ij.
    """
    return catchment_weights(minutes, catchment_minutes, decay).selective().share(supply, demand)


def gravity(
    minutes: TravelMinutes,
    supply: ArrayLike,
    catchment_minutes: float | ArrayLike,
    decay: DecayFunction = gaussian_decay,
) -> FloatArray:
    """Supply within reach, faded by travel time (Hansen 1959): Σ_j S_j W(t_ij), float64[n_origins]."""
    return catchment_weights(minutes, catchment_minutes, decay).reachable(supply)


def cumulative(minutes: TravelMinutes, supply: ArrayLike, catchment_minutes: float | ArrayLike) -> FloatArray:
    """Supply within reach, unfaded: Σ_j S_j over t_ij ≤ T_i, float64[n_origins]; S = 1 counts places."""
    return gravity(minutes, supply, catchment_minutes, flat)
