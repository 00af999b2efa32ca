"""Access: how much supply people can reach, per person who competes for it.

`decay` says how fast a place fades with travel time, `measures` holds the access measures over sparse minutes (E2SFCA
and its relatives), `catchment_weights` the reusable matrix behind them, `tract_origins` the step between several
origins of a tract and the tract, `reach` all of them joined to tables. Does not hold travel times
(`geodata.travel`) or pillars and ranks.
"""

from geodata.access.catchment_weights import AccessResult, CatchmentWeights, catchment_weights
from geodata.access.decay import DECAYS, flat, gaussian_decay, step_decay
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
    "DECAYS",
    "AccessResult",
    "CatchmentWeights",
    "Nearest",
    "catchment_weights",
    "collapse",
    "cumulative",
    "e2sfca",
    "flat",
    "gaussian_decay",
    "gravity",
    "nearest_k",
    "spread",
    "step_decay",
    "three_step",
    "two_step",
]
