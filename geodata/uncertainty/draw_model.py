"""What a Monte Carlo of ranks takes and returns (the simulation itself is `geodata.uncertainty.draws`).

    simulate_ranks(model: DrawModel, draws: int = 1000, seed: int = 20) -> SimulatedRanks

In each draw (METHOD, "Uncertainty"):

1. every survey measure is redrawn: normal around its estimate with its standard error (MOE / 1.645), truncated to
   its range; it is turned into percentile ranks within `reference`; their mean over the measures a tract has is the
   composite, one more definition beside the fixed ones;
2. every definition is a percentile rank within `reference`; the ensemble is their mean with weights drawn from a
   Dirichlet around `definition_weights` (a tract that lacks some renormalizes); Need is the ensemble's percentile;
3. training and opportunity are read at a travel factor drawn once per draw, detour / speed, each triangular, by
   linear interpolation between the factors `travel_nodes` they were computed at; opportunity is the sum of its
   components (charging levels), each times job-years drawn from its (low, mid, high) triangle;
   training gap = 100 - percentile of training, Opportunity = percentile of opportunity, within `reference`;
4. priority is the mean of the three pillars with weights from a Dirichlet around `pillar_weights`;
5. tracts are ranked within `scope`: those that pass the gate (Need of the draw ≥ `gate_need`, or `designated`)
   come before those that do not, then by priority, ties by `tie_order`; communities by the mean priority of their
   tracts, weighted by `community_weight`.

Random numbers are counter-based, keyed by (seed, draw, `key` of the tract, purpose): a tract's draws do not change
when rows are reordered, other tracts are added, or the number of threads changes. Memory does not grow with the
number of draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
Triangle = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class DrawModel:
    """The inputs of a simulation for n tracts; arrays are converted, checked and never changed.

    Attributes:
        key: uint64[n], one number per tract that never changes (`geodata.statistics.random_numbers.tract_keys`).
        reference: int32[n], area within which percentiles are taken; -1 leaves a tract out of everything.
        scope: int32[n], list the tract is ranked in; -1 keeps it in the percentiles without a rank.
        measures: float64[n, m], survey estimates, more is more need; NaN where missing.
        measures_se: float64[n, m], their standard errors; 0 where exact; needed wherever there is an estimate.
        measures_range: float64[m, 2], least and most possible value of each measure (infinity allowed).
        definitions: float64[n, d], values of the fixed definitions, more is more need; NaN where missing.
        definition_weights: float64[d + 1], the last for the composite of the measures (d where m is 0).
        training: float64[n, K], access to training at each travel node, more is better served.
        opportunity: float64[n, K, C], access to work at each travel node by component, at one job-year per unit.
        travel_nodes: float64[K], rising factors on travel minutes (1 is the central estimate).
        travel_detour: (low, mode, high) of the factor on distance; travel_speed: of the factor on speed.
        job_years: float64[C, 3], low, mid and high job-years per unit of each component.
        designated: bool[n], an official definition designates the tract.
        tie_order: int32[n], lower first among equal priorities.
        community: int32[n], community of each tract, -1 for none; all tracts of one share a scope.
        community_weight: float64[n], weight of the tract in its community's mean (people).
        pillar_weights: Need, training gap, opportunity.
        definition_concentration: sum of the Dirichlet parameters; infinity keeps the weights as they are.
        pillar_concentration: the same for the pillars.
        gate_need: least Need that passes the gate; None lets all pass.
        geometric: pillars are combined by their weighted geometric mean instead of the arithmetic one.
        top_share: share of the tracts (communities) of a scope that counts as the top, rounded up.
        top_count: number that counts as the top N.
        quantiles: of the rank, rising.
    """

    key: NDArray[np.uint64]
    reference: IntArray
    scope: IntArray
    measures: FloatArray
    measures_se: FloatArray
    measures_range: FloatArray
    definitions: FloatArray
    definition_weights: FloatArray
    training: FloatArray
    opportunity: FloatArray
    travel_nodes: FloatArray
    job_years: FloatArray
    designated: NDArray[np.bool_]
    tie_order: IntArray
    community: IntArray | None = None
    community_weight: FloatArray | None = None
    travel_detour: Triangle = (1.0, 1.0, 1.0)
    travel_speed: Triangle = (1.0, 1.0, 1.0)
    pillar_weights: Triangle = (0.5, 0.3, 0.2)
    definition_concentration: float = 50.0
    pillar_concentration: float = 50.0
    gate_need: float | None = 65.0
    geometric: bool = False
    top_share: float = 0.10
    top_count: int = 25
    quantiles: tuple[float, float, float] = field(default=(0.05, 0.5, 0.95))

    def __post_init__(self) -> None:
        n = len(self.key)
        self._set("key", np.uint64, (n,))
        for name in ("reference", "scope", "tie_order"):
            self._set(name, np.int32, (n,))
        self._set("designated", np.bool_, (n,))
        m = np.shape(self.measures)[1]
        self._set("measures", np.float64, (n, m))
        self._set("measures_se", np.float64, (n, m))
        self._set("measures_range", np.float64, (m, 2))
        d = np.shape(self.definitions)[1]
        self._set("definitions", np.float64, (n, d))
        self._set("definition_weights", np.float64, (d + (m > 0),))
        self._set("travel_nodes", np.float64, (len(self.travel_nodes),))
        nodes = len(self.travel_nodes)
        self._set("job_years", np.float64, (len(self.job_years), 3))
        self._set("training", np.float64, (n, nodes))
        self._set("opportunity", np.float64, (n, nodes, len(self.job_years)))
        if self.community is not None:
            self._set("community", np.int32, (n,))
            if self.community_weight is None:
                raise InputError("communities need the weight of each tract", field="community_weight")
            self._set("community_weight", np.float64, (n,))
        self._check_values()

    def _set(self, name: str, dtype: type, shape: tuple[int, ...]) -> None:
        array: NDArray[Any] = np.ascontiguousarray(getattr(self, name), dtype=dtype)
        if array.shape != shape:
            raise InputError(f"the simulation expects shape {shape} and was given {array.shape}", field=name)
        object.__setattr__(self, name, array)

    def _check_values(self) -> None:
        used = self.reference >= 0
        if (self.scope[~used] >= 0).any():
            raise InputError("a tract outside every reference area cannot be ranked", field="scope")
        if len(np.unique(self.key[used])) < used.sum():
            raise InputError("two tracts have one key and would share their draws", field="key")
        known = np.isfinite(self.measures)
        error = self.measures_se
        if not (np.isfinite(error[known]) & (error[known] >= 0)).all():
            raise InputError(
                "an estimate has no standard error",
                field="measures_se",
                remedy="Give 0 for exact figures, or leave the estimate out.",
            )
        low, high = self.measures_range[:, 0], self.measures_range[:, 1]
        if not (low < high).all() or (known & ((self.measures < low) | (self.measures > high))).any():
            raise InputError("an estimate lies outside the range of its measure", field="measures")
        some = known.any(axis=1) if known.size else np.zeros(len(used), dtype=bool)
        some |= np.isfinite(self.definitions).any(axis=1)
        if (used & ~some).any():
            raise InputError(
                "a tract has no index at all", row=int(np.argmax(used & ~some)), remedy="Leave it out: reference -1."
            )
        for name in ("training", "opportunity"):
            values = getattr(self, name)[used]
            if not (np.isfinite(values) & (values >= 0)).all():
                raise InputError(f"{name} must be known and not negative for every tract ranked", field=name)
        if not (self.definition_weights >= 0).all() or not self.definition_weights.sum() > 0:
            raise InputError("weights must not be negative, and one must be above 0", field="definition_weights")
        if min(self.pillar_weights) < 0 or not sum(self.pillar_weights) > 0:
            raise InputError("weights must not be negative, and one must be above 0", field="pillar_weights")
        if not (np.diff(self.travel_nodes) > 0).all() or len(self.travel_nodes) < 1:
            raise InputError("the travel factors must rise", field="travel_nodes")
        for triangle in (self.travel_detour, self.travel_speed, *self.job_years):
            if not (0 <= triangle[0] <= triangle[1] <= triangle[2] < np.inf):
                raise InputError("low, mid and high must rise from 0", field="job_years, travel_detour, travel_speed")
        if not (np.diff(self.quantiles) >= 0).all() or not 0 < self.quantiles[0] <= self.quantiles[-1] <= 1:
            raise InputError("the quantiles must rise within 0 to 1", field="quantiles")
        if not self.travel_speed[0] > 0:
            raise InputError("a speed factor must be above 0", field="travel_speed")

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, eq=False)
class RankSummary:
    """How certain each unit's place is; float64[n], NaN for units without a rank.

    `rank_low`, `rank_median`, `rank_high`: the quantiles asked for (default 5, 50, 95 %), exact ranks in lists of up
    to 768 units and within 0.6 % beyond; `p_top_share`, `p_top_count`: share of draws within the top; `p_gated`:
    share of draws in which the tract passes the gate (all 1 for communities); `list_length`: units in its list.
    """

    rank_low: FloatArray
    rank_median: FloatArray
    rank_high: FloatArray
    p_top_share: FloatArray
    p_top_count: FloatArray
    p_gated: FloatArray
    list_length: FloatArray


@dataclass(frozen=True, eq=False)
class SimulatedRanks:
    """Result of a simulation: one row per tract of the model; communities by number, where there are any.

    `first_half` is the tracts' `p_top_share` over the first draws // 2 draws alone (NaN with a single draw): set
    against the rest of the draws it shows how far their number leaves the chances open.
    """

    tracts: RankSummary
    communities: RankSummary | None
    draws: int
    seed: int
    first_half: FloatArray


def travel_factors(detour: Triangle, speed: Triangle, count: int = 5) -> FloatArray:
    """Return `count` factors on travel minutes, evenly from the quickest case to the slowest, 1 among them.

    One factor (1) where the two triangles leave no spread.
    """
    low, high = detour[0] / speed[2], detour[2] / speed[0]
    if not high > low:
        return np.array([high])
    nodes = np.linspace(low, high, max(2, count))
    central = detour[1] / speed[1]
    return np.unique(np.append(nodes, central))
