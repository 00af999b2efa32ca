"""What is uncertain, and how much: the inputs of a Monte Carlo simulation of ranks.

Each draw takes every survey measure from a normal of its estimate and margin, truncated to its range, once, for all
that is made from it: the workforce composite, the index recomputed from its own measures, and eligible adults. Supply
nobody reports is drawn from its priors, planned sites are built or not, job-years per unit and minutes are drawn, and
access is computed again (`geodata.uncertainty.access_draws`). Percentiles are taken within the reference areas, pillars
joined by their weights and, after the gate, ranked. The weights are the same in every draw: they are values, not
errors. Does not hold the simulation (`geodata.uncertainty.draws`) or the tables it is made of
(`geodata.uncertainty.draw_inputs`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InputError
from geodata.uncertainty.access_draws import Measure, Pairs, TravelFactors
from geodata.uncertainty.supply_draws import Providers, Sites

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
Triangle = tuple[float, float, float]


class AccessModel(NamedTuple):
    """What access is drawn from, for all tracts that compete, scored or beyond the border; compiled code takes it.

    Attributes:
        key: uint64[t], the tracts' numbers, as in `DrawModel`.
        people: float64[t], the demand of each tract, `people_se` its standard error (0 where it is not measured).
        survey_purpose: number of the measure whose draw the people share.
        training, work: minutes to providers and to sites.
        providers, sites: what they supply.
        travel: the factors on minutes.
        measure: the access measure.
    """

    key: NDArray[np.uint64]
    people: FloatArray
    people_se: FloatArray
    survey_purpose: int
    training: Pairs
    work: Pairs
    providers: Providers
    sites: Sites
    travel: TravelFactors
    measure: Measure


@dataclass(frozen=True, eq=False)
class DrawModel:
    """The inputs of a simulation for n tracts; arrays are converted, checked and never changed.

    Attributes:
        key: uint64[n], one number per tract that never changes (`geodata.statistics.random_numbers.tract_keys`).
        reference: int32[n], area within which percentiles are taken; -1 leaves a tract out of everything.
        scope: int32[n], list the tract is ranked in; -1 keeps it in the percentiles without a rank or a Priority kept.
        measures: float64[n, m], survey estimates, more is more need; NaN where missing.
        measures_se: float64[n, m], their standard errors; 0 where exact; needed wherever there is an estimate.
        measures_range: float64[m, 2], least and most possible value of each measure (infinity allowed).
        purposes: int64[m], the number of each measure, by which all that rests on it shares its draw.
        in_composite, in_index: bool[m], whether the measure is part of the composite, and of the recomputed index.
        definitions: float64[n, d], values of the published definitions, more is more need; NaN where missing.
        definition_weights: float64[d + 1], the last for the composite of the measures (d where m is 0).
        definition_error: float64[d], how much of the recomputed index's deviation each definition takes in a draw.
        access: what access is drawn from.
        access_row: int64[n], the row of each tract in `access`; -1 where it has no origin and reaches nothing.
        designated: bool[n], an official definition designates the tract.
        tie_order: int32[n], lower first among equal priorities.
        pillar_weights: Need, training gap, opportunity.
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
    purposes: NDArray[np.int64]
    in_composite: NDArray[np.bool_]
    in_index: NDArray[np.bool_]
    definitions: FloatArray
    definition_weights: FloatArray
    definition_error: FloatArray
    access: AccessModel
    access_row: NDArray[np.int64]
    designated: NDArray[np.bool_]
    tie_order: IntArray
    pillar_weights: Triangle = (0.5, 0.3, 0.2)
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
        self._set("access_row", np.int64, (n,))
        m = np.shape(self.measures)[1]
        self._set("measures", np.float64, (n, m))
        self._set("measures_se", np.float64, (n, m))
        self._set("measures_range", np.float64, (m, 2))
        self._set("purposes", np.int64, (m,))
        for name in ("in_composite", "in_index"):
            self._set(name, np.bool_, (m,))
        d = np.shape(self.definitions)[1]
        self._set("definitions", np.float64, (n, d))
        self._set("definition_weights", np.float64, (d + bool(np.any(self.in_composite)),))
        self._set("definition_error", np.float64, (d,))
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
        some = known[:, self.in_composite].any(axis=1) | np.isfinite(self.definitions).any(axis=1)
        if (used & ~some).any():
            raise InputError(
                "a tract has no index at all", row=int(np.argmax(used & ~some)), remedy="Leave it out: reference -1."
            )
        if not (self.definition_weights >= 0).all() or not self.definition_weights.sum() > 0:
            raise InputError("weights must not be negative, and one must be above 0", field="definition_weights")
        if min(self.pillar_weights) < 0 or not sum(self.pillar_weights) > 0:
            raise InputError("weights must not be negative, and one must be above 0", field="pillar_weights")
        for triangle in (*self.access.travel.triangles, *self.access.sites.job_years):
            if not (0 <= triangle[0] <= triangle[1] <= triangle[2] < np.inf):
                raise InputError("low, mid and high must rise from 0", field="job_years, travel")
        if not self.access.travel.triangles[1][0] > 0:
            raise InputError("a speed factor must be above 0", field="travel")
        if not (np.diff(self.quantiles) >= 0).all() or not 0 < self.quantiles[0] <= self.quantiles[-1] <= 1:
            raise InputError("the quantiles must rise within 0 to 1", field="quantiles")

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, eq=False)
class RankSummary:
    """How certain each unit's place is; float64[n], NaN for units without a rank.

    `rank_low`, `rank_median`, `rank_high`: the quantiles asked for (default 5, 50, 95 %), exact ranks in lists of up
    to 768 units and within 0.6 % beyond; `p_top_share`, `p_top_count`: share of draws within the top; `list_length`:
    units in its list.
    """

    rank_low: FloatArray
    rank_median: FloatArray
    rank_high: FloatArray
    p_top_share: FloatArray
    p_top_count: FloatArray
    list_length: FloatArray


@dataclass(frozen=True, eq=False)
class Drawn:
    """Result of a simulation: a row a tract of the model.

    `tracts` says how sure their ranks are, `p_gated` float64[n] in which share of the draws each passes the gate.
    `first_half` is `p_top_share` over the first draws // 2 draws alone (NaN with a single draw): communities are cut by
    it and graded by the rest. `priority` float32[draws, listed] is kept for them, in the columns `listed` int64 of the
    model's rows; `with_expected` are its first rows once more, as they are with assumed supply at its expectation.
    """

    tracts: RankSummary
    p_gated: FloatArray
    first_half: FloatArray
    priority: NDArray[np.float32]
    with_expected: NDArray[np.float32]
    listed: NDArray[np.int64]
    draws: int
    seed: int

    def of_first(self, rows: int) -> Drawn:
        """Return the result for the first rows of the model, which hold all that are listed."""
        if (self.listed >= rows).any():
            raise InputError("a listed tract would be left out", field="rows")
        tracts = RankSummary(**{name: values[:rows] for name, values in vars(self.tracts).items()})
        return replace(self, tracts=tracts, p_gated=self.p_gated[:rows], first_half=self.first_half[:rows])

    def p_of_rest(self) -> FloatArray:
        """Return `p_top_share` over the draws after the first half, float64[n]."""
        half = self.draws // 2
        rest = (self.tracts.p_top_share * self.draws - np.nan_to_num(self.first_half) * half) / (self.draws - half)
        return np.clip(rest, 0.0, 1.0)
