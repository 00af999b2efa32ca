"""How far the first places hang on how the pillars are weighed: a matter of values, kept apart from errors.

Stochastic multicriteria acceptability (SMAA-2; Lahdelma & Salminen 2001, Operations Research 49:444-454): the list is
made again with many sets of weights, flat over all in which no pillar has less than a least share, and it is counted in
how many a tract keeps its place among the first. Point estimates and gate are as they are. Does not hold the draws of
errors (`geodata.uncertainty.draws`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.scoring.priority import PILLARS, first_places, points
from geodata.settings import Settings
from geodata.statistics.random_numbers import start, uniform

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A purpose of random numbers that no draw of errors has.
_PURPOSE = 1_000_003
# Square roots of the first primes step through the unit interval evenly, each independent of the others (Richtmyer's
# sequence; Niederreiter 1978, Bulletin of the AMS 84:957-1041).
_STEPS = (2.0**0.5, 3.0**0.5)


def weight_sets(pillars: int, sets: int, least: float, seed: int) -> FloatArray:
    """Return `sets` sets of weights of so many pillars (1 to 3), float64[sets, pillars] that sum to 1.

    Flat over all sets in which none is below `least` (0 to 1 / pillars). The gaps between sorted even numbers of the
    unit interval are flat over all sets of weights (Devroye 1986, chapter V); the numbers are those of an even sequence
    shifted by the seed (Cranley & Patterson 1976), so that a hundred of them count as a thousand of plain chance.
    """
    steps = np.arange(sets)[:, None] * np.array(_STEPS[: pillars - 1])
    shifts = [uniform(np.uint64(start(seed, _PURPOSE, number)), 0) for number in range(pillars - 1)]
    even = np.sort((steps + np.array(shifts)) % 1.0, axis=1)
    edges = np.hstack([np.zeros((sets, 1)), even, np.ones((sets, 1))])
    return np.asarray(least + (1.0 - pillars * least) * np.diff(edges, axis=1))


def tracts_among_first(scores: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return, for each row of `tract_scores`, in how many sets of weights it stays in its state's top share.

    Whole numbers, by the index of `scores`; missing for a tract that is not listed, and where a state knows one pillar
    alone, so that there is nothing to weigh. A pillar that no tract of a state knows has no weight, one that a single
    tract lacks leaves it to the others as in the point estimate; ties go as in the list.
    """
    counts = pd.Series(pd.NA, index=scores.index, dtype="Int64")
    places = first_places(scores, settings.uncertainty.top_share)
    for state, listed in _listed(scores):
        priorities = _priorities(listed, settings)
        if priorities is not None:
            among = _place(priorities) <= places[str(state)]
            counts[listed.index] = among.sum(axis=0)
    return counts


def _listed(scores: pd.DataFrame) -> list[tuple[object, pd.DataFrame]]:
    """Return the listed tracts of each state in the order that breaks ties."""
    listed = scores[scores[col.UNRANKED_REASON].fillna("") == ""]
    order = [col.ELIGIBLE_ADULTS, col.GEOID]
    ordered = listed.sort_values(order, ascending=[False, True], na_position="last", kind="stable")
    return list(ordered.groupby(col.STATE))


def _priorities(listed: pd.DataFrame, settings: Settings) -> FloatArray | None:
    """Return the Priority of the tracts of one state under each set of weights: float64[sets, tracts]."""
    values = listed[list(PILLARS)].to_numpy(dtype=float)
    known = ~np.isnan(values).all(axis=0)
    chances = settings.uncertainty
    if known.sum() < 2 or not chances.weight_sets:
        return None
    weights = np.zeros((chances.weight_sets, len(PILLARS)))
    weights[:, known] = weight_sets(int(known.sum()), chances.weight_sets, chances.least_weight, chances.seed)
    geometric = settings.priority.aggregation == "geometric"
    return np.stack([points(values, each, geometric).sum(axis=1) for each in weights])


def _place(priorities: FloatArray) -> IntArray:
    """Return the place of each tract in each set, 1 first: int64[sets, tracts]; of equals the earlier one is ahead."""
    order = np.argsort(-priorities, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(1, order.shape[1] + 1)[None, :], axis=1)
    return place
