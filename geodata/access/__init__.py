"""Access: how much supply people can reach, per person who competes for it.

`decay` says how fast a place fades with travel time, `measures` holds the readable measures over sparse
minutes (E2SFCA and its relatives), `weights` the reusable matrix behind them, `grid` the compiled E2SFCA
over points that stores no matrix, `origins` the step between several origins of a tract and the tract.
Pure functions over arrays. Does not hold travel times (`geodata.travel`) or pillars and ranks.
"""

from geodata.access.catchment_weights import AccessResult, CatchmentWeights, catchment_weights
from geodata.access.decay import FLAT, GAUSSIAN, STEPS, Decay, flat, gaussian_decay, step_decay, steps
from geodata.access.grid import GridCatchments, grid_catchments, grid_e2sfca, grid_nearest
from geodata.access.measures import (
    Nearest,
    cumulative,
    e2sfca,
    gravity,
    nearest_k,
    three_step,
    two_step,
)
from geodata.access.tract_origins import collapse, spread

__all__ = [
    "FLAT",
    "GAUSSIAN",
    "STEPS",
    "AccessResult",
    "CatchmentWeights",
    "Decay",
    "GridCatchments",
    "Nearest",
    "catchment_weights",
    "collapse",
    "cumulative",
    "e2sfca",
    "flat",
    "gaussian_decay",
    "gravity",
    "grid_catchments",
    "grid_e2sfca",
    "grid_nearest",
    "nearest_k",
    "spread",
    "step_decay",
    "steps",
    "three_step",
    "two_step",
]
