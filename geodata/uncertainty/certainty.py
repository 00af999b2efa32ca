"""How sure the ranks are: the tables of a state turned into draws, and the draws into ranks, chances and tiers.

What is redrawn, and how (METHOD, "What is drawn"), is described in `geodata.uncertainty.draw_model`. Decided here is
what goes in: all scored tracts of a state (with residents, an index and an origin) are in the list the draws rank,
those that pass the gate of the draw first; so the top share is a share of the state's scored tracts, and only tracts
that pass the gate can hold its places. Tiers are given to tracts that pass the gate at the point estimate.
Does not hold the simulation (`geodata.uncertainty.draws`) or the point estimates (`geodata.scoring.tract_scores`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.canonical import INDEX_MEASURES, MEASURE_NAMES, WORKFORCE
from geodata.scoring.eligible_adults import wide
from geodata.scoring.priority import compared, scored
from geodata.settings import Settings, Uncertainty
from geodata.statistics.margins import Z_95, chance_errors, standard_errors
from geodata.statistics.random_numbers import tract_keys
from geodata.statistics.rank_sets import first_set
from geodata.statistics.ranks import rounded_up
from geodata.uncertainty.access_model import AccessOfTracts
from geodata.uncertainty.assumed_supply import variance_of_priority
from geodata.uncertainty.draw_model import DrawModel, Drawn
from geodata.uncertainty.draws import rank_groups, simulate_ranks
from geodata.uncertainty.rank_lists import RankedLists, Top

FloatArray = NDArray[np.float64]
RANK_COLUMNS = [col.RANK_MEDIAN, col.RANK_LOW, col.RANK_HIGH, col.P_TOP_SHARE, col.P_TOP_COUNT]
# Where a survey found none its margin says how little it can see: a true value t is found to be none with the chance
# Φ(-t/σ), of mean 0.627 σ. Draws about none are half-normal, of mean 0.798 of their own σ: 0.786 of it gives that mean.
NONE_FOUND = float(np.pi / 4)
# Share of the tracts that must have every part of the index for it to be made again in the draws.
_HAVE_PARTS = 0.9
# Draws from which on their 95th percentile says that the estimates themselves lie beyond it.
_FEWEST_DRAWS = 100


@dataclass(frozen=True, eq=False)
class DrawnTracts:
    """Scored tracts and what the draws made of them: parts of states that know the same pillars.

    `used` are rows of `tract_scores` in the order of the rows of `drawn`; None where no draws are made. `spread`
    says by state how much Priority varies, and what assumed supply has in that (`geodata.uncertainty.assumed_supply`).
    """

    used: pd.DataFrame
    drawn: Drawn | None
    spread: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Certainty:
    """`tracts` [geoid, rank_median, rank_low, rank_high, p_top_share, p_top_count, p_gated, tier, cut_tier].

    Of scored tracts. The chances are missing where 19 draws of 20 place a listed tract better than its own figures do:
    what is known of it is so unsure that the draws say little of it. `cut_tier` is the tier by the first half of the
    draws, by which communities are cut. `facts` tell of the draws, by state.
    """

    tracts: pd.DataFrame
    facts: dict[str, dict[str, Any]]


def draw_model(
    scores: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame, access: AccessOfTracts, settings: Settings
) -> tuple[pd.DataFrame, DrawModel]:
    """Return the scored tracts in the order of the model, and the model, in which those only compared with come last.

    `scores` is `tract_scores`, `parts` `need_parts`, `measures` the canonical table. A pillar nothing is known of has
    no weight, as in the point estimate. A survey estimate without a margin is taken as exact. With a national reference
    area Need is ranked within the state here, and the gate stands where it falls in the state at the point estimate:
    the draws of one state cannot rank the nation.
    """
    inside = scored(scores)
    others = scores[compared(scores) & ~inside & scores[col.NEED].notna()]
    parted = [part.sort_values(col.GEOID) for part in (scores[inside], others)]
    used, rows = parted[0].reset_index(drop=True), pd.concat(parted, ignore_index=True)
    index = pd.Index(rows[col.GEOID])
    wanted = tuple(name for name in MEASURE_NAMES if name in {*settings.need.workforce_measures, *INDEX_MEASURES})
    shares = wide(measures, wanted, "share").reindex(index).to_numpy(dtype=float)
    margins = wide(measures, wanted, "share_moe").reindex(index).to_numpy(dtype=float)
    errors = standard_errors(np.nan_to_num(margins)) * np.where(shares > 0, 1.0, NONE_FOUND)
    names = sorted(name for name, weight in settings.need.weights.items() if weight > 0 and name != WORKFORCE)
    values = parts.pivot(index=col.GEOID, columns=col.DEFINITION, values=col.VALUE).reindex(index=index, columns=names)
    weights = [settings.need.weights[name] for name in names]
    state = pd.factorize(rows[col.STATE])[0].astype(np.int32)
    pillars = [settings.priority.weights[name] for name in (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY)]
    known = [True, bool(used[col.TRAINING_GAP].notna().any()), bool(used[col.OPPORTUNITY].notna().any())]
    chances = settings.uncertainty
    return used, DrawModel(
        key=tract_keys(index),
        reference=state,
        scope=np.where(np.arange(len(rows)) < len(used), state, -1),
        measures=shares,
        measures_se=errors,
        measures_range=np.tile([0.0, 1.0], (len(wanted), 1)),
        purposes=np.array([MEASURE_NAMES.index(name) for name in wanted], dtype=np.int64),
        in_composite=np.array([name in settings.need.workforce_measures for name in wanted], dtype=bool),
        in_index=_in_index(wanted, shares[: len(used)]),
        definitions=values.to_numpy(dtype=float),
        definition_weights=np.array([*weights, settings.need.weights.get(WORKFORCE, 0.0)]),
        definition_error=_definition_error(names, parts, chances),
        access=access.model,
        access_row=access.geoids.get_indexer(index),
        designated=_designated(rows, settings),
        tie_order=_tie_order(rows),
        pillar_weights=tuple(w if k else 0.0 for w, k in zip(pillars, known, strict=True)),  # type: ignore[arg-type]
        gate_need=_gate_within_state(rows, settings),
        geometric=settings.priority.aggregation == "geometric",
        top_share=chances.top_share,
        top_count=chances.top_count,
    )


def _in_index(names: Sequence[str], shares: FloatArray) -> NDArray[np.bool_]:
    """Return which measures the index is made of again: all of its parts, where most tracts have them, else none."""
    parts = np.array([name in INDEX_MEASURES for name in names], dtype=bool)
    complete = np.isfinite(shares[:, parts]).all(axis=1).sum()
    return parts if len(shares) and complete >= _HAVE_PARTS * len(shares) else np.zeros(len(parts), dtype=bool)


def _definition_error(names: Sequence[str], parts: pd.DataFrame, chances: Uncertainty) -> FloatArray:
    """Return how much of the index's deviation each definition takes; one that designates is a list and takes none."""
    lists = set(parts.loc[parts[col.DESIGNATED].notna(), col.DEFINITION])
    return np.array([chances.definition_error.get(name, 0.0 if name in lists else 1.0) for name in names], dtype=float)


def drawn_tracts(
    scores: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame, access: AccessOfTracts, settings: Settings
) -> list[DrawnTracts]:
    """Draw the ranks of all scored tracts; states that know the same pillars are drawn together."""
    chances = settings.uncertainty
    made = []
    for states in _states_alike(scores, measures):
        used, model = draw_model(scores[scores[col.STATE].isin(states)], parts, measures, access, settings)
        if not (chances.draws > 0 and len(used)):
            made.append(DrawnTracts(used, None))
            continue
        drawn = simulate_ranks(model, chances.draws, chances.seed, settings.evidence.draws).of_first(len(used))
        made.append(DrawnTracts(used, drawn, variance_of_priority(used, drawn)))
    return made


def certainty(parts: Sequence[DrawnTracts], chances: Uncertainty) -> Certainty:
    """Return ranks, chances and tiers of tracts; with no draws the point ranks stand in, without their spread."""
    made = [_of_part(part.used, part.drawn, chances) for part in parts]
    return Certainty(
        pd.concat([each.tracts for each in made], ignore_index=True),
        {state: facts for each in made for state, facts in each.facts.items()},
    )


def _of_part(used: pd.DataFrame, drawn: Drawn | None, chances: Uncertainty) -> Certainty:
    if drawn is None:
        return _without_draws(used, chances)
    gated = used[col.GATED].astype(bool)
    tracts = used[[col.GEOID]].assign(**{name: getattr(drawn.tracts, name) for name in RANK_COLUMNS})
    tracts[col.TIER] = tiers(tracts[col.P_TOP_SHARE], gated, chances)
    half = drawn.draws // 2
    first = drawn.first_half if half else drawn.tracts.p_top_share
    tracts[col.CUT_TIER] = tiers(pd.Series(first, index=tracts.index), gated, chances)
    tracts[col.P_GATED] = drawn.p_gated
    tracts.loc[~gated, RANK_COLUMNS] = np.nan
    unsure = _placed_better(used[col.RANK].astype("float64"), tracts[col.RANK_HIGH], drawn.draws)
    tracts.loc[unsure, [col.P_TOP_SHARE, col.P_TOP_COUNT]] = np.nan
    tracts.loc[unsure, [col.TIER, col.CUT_TIER]] = "none"
    known = gated & ~unsure
    facts = {
        str(state): {
            **_list_facts(len(rows), chances),
            **convergence(tracts[col.P_TOP_SHARE].iloc[rows], drawn.first_half[rows], half, known.iloc[rows], chances),
        }
        for state, rows in used.groupby(col.STATE).indices.items()
    }
    return Certainty(tracts, facts)


def _placed_better(rank: pd.Series, rank_high: pd.Series, draws: int) -> pd.Series:
    """Return which tracts 19 draws of 20 place better than their own figures do; none by so few that chance might.

    `rank_high` is within a hundredth in long lists (`geodata.uncertainty.rank_lists`), so as much has to lie between.
    """
    return (rank > 1.01 * rank_high) & (draws >= _FEWEST_DRAWS)


def communities_certainty(parts: Sequence[DrawnTracts], grouping: pd.DataFrame, chances: Uncertainty) -> pd.DataFrame:
    """Return ranks, chances and tiers of communities by community_id; `grouping` is [geoid, community_id].

    A community's rank is its place among the communities by the mean Priority of its tracts, weighted by eligible
    adults; its `p_top_count` the chance to be among the first N of them; its `p_top_share` the mean of its tracts',
    weighted alike: the chance that one of its eligible adults lives in a tract of the top share. So a tier means the
    same for a tract and a community. They were cut by the first half of the draws and are graded by the rest.
    """
    made = []
    for part in parts:
        own = grouping[grouping[col.GEOID].isin(part.used[col.GEOID])]
        if len(own):
            made.append(_communities_of_part(part.used, part.drawn, own, chances))
    return pd.concat(made, ignore_index=True)


def _communities_of_part(
    used: pd.DataFrame, drawn: Drawn | None, grouping: pd.DataFrame, chances: Uncertainty
) -> pd.DataFrame:
    names = sorted(set(grouping[col.COMMUNITY_ID]))
    group, weight = community_of(used, grouping, names), weights_of(used)
    if drawn is None:
        table = pd.DataFrame({col.COMMUNITY_ID: names}).assign(**dict.fromkeys(RANK_COLUMNS, np.nan))
        table[col.IN_FIRST_SET] = pd.array([pd.NA] * len(names), dtype="boolean")
        p = _point_chance(used, chances)
    else:
        lists = RankedLists(*community_lists(used, group, weight, len(names)))
        top = Top(chances.top_share, chances.top_count)
        summary, ranks = rank_groups(drawn, group, weight, lists, top, drawn.draws // 2)
        table = pd.DataFrame({col.COMMUNITY_ID: names}).assign(**{n: getattr(summary, n) for n in RANK_COLUMNS})
        table[col.IN_FIRST_SET] = _in_first_set(ranks, lists, chances)
        p = pd.Series(drawn.p_of_rest(), index=used.index)
    # A tract that does not pass the gate at the point estimate has no chance of its own.
    chance = p.where(used[col.GATED].astype(bool), 0.0).fillna(0.0).to_numpy(dtype=float)
    table[col.P_TOP_SHARE] = means_of_groups(chance, group, weight, len(names))
    table[col.TIER] = tiers(table[col.P_TOP_SHARE], pd.Series(True, index=table.index), chances)
    return table


def _in_first_set(ranks: NDArray[np.int32], lists: RankedLists, chances: Uncertainty) -> pd.Series:
    """Return which communities are in the smallest set that holds the true first ones of their state, all together."""
    inside = np.zeros(lists.units, dtype=bool)
    for begin, end in pairwise(lists.starts):
        found = first_set(ranks[:, begin:end], chances.first_count, chances.first_level)
        inside[lists.rows[begin:end]] = found.members
    return pd.Series(inside, dtype="boolean")


def community_of(used: pd.DataFrame, grouping: pd.DataFrame, names: Sequence[str]) -> NDArray[np.int32]:
    """Return the number of each tract's community in `names`, −1 for none: int32[n]."""
    number = {name: n for n, name in enumerate(names)}
    of_tract = used[col.GEOID].map(grouping.set_index(col.GEOID)[col.COMMUNITY_ID]).map(number)
    return np.asarray(of_tract.fillna(-1), dtype=np.int32)


def means_of_groups(values: FloatArray, group: NDArray[np.int32], weight: FloatArray, count: int) -> FloatArray:
    """Return the weighted mean of the values of each of `count` groups, float64[count]; group −1 is none."""
    inside = group >= 0
    sums = np.bincount(group[inside], weights=(weight * values)[inside], minlength=count)
    return np.asarray(sums / np.bincount(group[inside], weights=weight[inside], minlength=count))


def community_lists(
    used: pd.DataFrame, group: NDArray[np.int32], weight: FloatArray, count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the list (state) of each community, and its place among equals: more eligible adults first, as listed."""
    inside = np.flatnonzero(group >= 0)
    scope = np.full(count, -1, dtype=np.int32)
    scope[group[inside]] = pd.factorize(used[col.STATE])[0].astype(np.int32)[inside]
    adults = np.bincount(group[inside], weights=weight[inside], minlength=count)
    place: NDArray[np.int32] = np.empty(count, dtype=np.int32)
    place[np.lexsort((np.arange(count), -adults.round(3)))] = np.arange(count)
    return scope, place


def _states_alike(scores: pd.DataFrame, measures: pd.DataFrame) -> list[set[str]]:
    """Return the states in groups that know the same pillars and the same of the index: a state is drawn as alone."""
    pillars = scores.groupby(col.STATE)[[col.TRAINING_GAP, col.OPPORTUNITY]].count() > 0
    used = scores[scored(scores)]
    parts = wide(measures, INDEX_MEASURES, "share").reindex(used[col.GEOID]).notna().all(axis=1).to_numpy()
    whole = pd.Series(parts, index=used[col.STATE].to_numpy()).groupby(level=0).mean() >= _HAVE_PARTS
    pillars[col.DEFINITION] = whole.reindex(pillars.index, fill_value=False)
    return [set(part.index) for _, part in pillars.groupby([col.TRAINING_GAP, col.OPPORTUNITY, col.DEFINITION])]


def tiers(p_top_share: pd.Series, gated: pd.Series, chances: Uncertainty) -> pd.Series:
    """Return A, B or C by the least chances of the settings, none below and for tracts that do not pass the gate."""
    bounds = [(p_top_share >= bound) & gated for bound in (chances.tier_a, chances.tier_b, chances.tier_c)]
    return pd.Series(np.select(bounds, ["A", "B", "C"], "none"), index=p_top_share.index, dtype="str")


def holding_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with each interval widened to the rank listed, where the draws seldom place a unit so.

    Errors pull what stands at an end of the list toward its middle: the rank of the estimates themselves may lie beyond
    nine draws of ten. An interval that holds both still holds at least so many.
    """
    rank = table[col.RANK].astype("float64")
    low, high = (table[name].astype("float64") for name in (col.RANK_LOW, col.RANK_HIGH))
    # Where nothing was drawn there is no interval, and a missing rank is in none.
    return table.assign(**{col.RANK_LOW: low.mask(rank < low, rank), col.RANK_HIGH: high.mask(rank > high, rank)})


def convergence(
    p_top_share: pd.Series, p_of_half: FloatArray, draws_of_half: int, gated: pd.Series, chances: Uncertainty
) -> dict[str, Any]:
    """Return how far the number of draws leaves the chances open.

    `largest_standard_error` of a chance: √(p (1 - p) / draws). The halves of the draws are independent;
    returned are the largest difference of a chance between them, the share of listed tracts whose tier they do not
    agree on, and the tracts whose tier another seed might change (chance within 1.96 standard errors of a bound).
    """
    p = p_top_share[gated].to_numpy(dtype=float)
    first = p_of_half[gated.to_numpy(dtype=bool)]
    rest = chances.draws - draws_of_half
    if not len(p) or draws_of_half < 1:
        return {}
    # The first half of the draws is part of all of them, so the other half is what is left.
    second = np.clip((p * chances.draws - first * draws_of_half) / rest, 0.0, 1.0)
    error = chance_errors(p, chances.draws)
    yes = pd.Series(True, index=range(len(p)))
    differ = tiers(pd.Series(first), yes, chances).ne(tiers(pd.Series(second), yes, chances))
    bounds = np.array([chances.tier_a, chances.tier_b, chances.tier_c])
    near = (np.abs(p[:, None] - bounds) < Z_95 * error[:, None]).any(axis=1)
    return {
        "largest_standard_error": float(error.max()),
        "largest_difference_between_halves": float(np.abs(first - second).max()),
        "tiers_that_differ_between_halves": float(differ.mean()),
        "tracts_near_a_tier_bound": int(near.sum()),
    }


def _without_draws(used: pd.DataFrame, chances: Uncertainty) -> Certainty:
    tracts = used[[col.GEOID]].assign(**dict.fromkeys(RANK_COLUMNS[:3], np.nan))
    rank = used[col.RANK].astype("float64")
    tracts[col.P_TOP_SHARE] = _point_chance(used, chances)
    tracts[col.P_TOP_COUNT] = (rank <= chances.top_count).astype("float64").where(rank.notna())
    tracts[col.P_GATED] = used[col.GATED].astype("float64")
    tracts[col.TIER] = tiers(tracts[col.P_TOP_SHARE], used[col.GATED].astype(bool), chances)
    tracts[col.CUT_TIER] = tracts[col.TIER]
    sizes = used.groupby(col.STATE).size()
    return Certainty(tracts, {str(state): _list_facts(int(n), chances) for state, n in sizes.items()})


def _point_chance(used: pd.DataFrame, chances: Uncertainty) -> pd.Series:
    """Return 1 for the tracts in the top share at the point estimate, 0 for other listed ones."""
    rank = used[col.RANK].astype("float64")
    top = rounded_up(chances.top_share, used.groupby(col.STATE)[col.GEOID].transform("size"))
    return pd.Series((rank <= top).astype("float64").where(rank.notna()))


def _list_facts(tracts: int, chances: Uncertainty) -> dict[str, Any]:
    return {
        "draws": chances.draws,
        "seed": chances.seed,
        "tracts_in_the_list": tracts,
        "tracts_that_count_as_top": int(rounded_up(chances.top_share, tracts)),
    }


def _designated(used: pd.DataFrame, settings: Settings) -> NDArray[np.bool_]:
    named = used[col.DESIGNATED_BY].fillna("").ne("") & settings.priority.gate_designations
    return named.to_numpy(dtype=bool)


def _gate_within_state(used: pd.DataFrame, settings: Settings) -> float:
    if settings.need.reference_area == "state" or not len(used):
        return settings.priority.gate_need
    return float(100.0 * (used[col.NEED] < settings.priority.gate_need).mean())


def _tie_order(used: pd.DataFrame) -> NDArray[np.int32]:
    """Return the place of each tract among equal priorities: more eligible adults first, then GEOID."""
    order = used.sort_values([col.ELIGIBLE_ADULTS, col.GEOID], ascending=[False, True], na_position="last").index
    place = np.empty(len(used), dtype=np.int32)
    place[order.to_numpy()] = np.arange(len(used))
    return place


def weights_of(used: pd.DataFrame) -> FloatArray:
    """Return eligible adults, with a trace for tracts without, so that a community of such tracts has a mean."""
    return np.asarray(used[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6).to_numpy(dtype=float))
