"""How sure the ranks are: the tables of a state turned into draws, and the draws into ranks, chances and tiers.

What is redrawn, and how (METHOD, "Uncertainty"), is described in `geodata.uncertainty.draw_model`. Decided here is what
goes in: all scored tracts of a state (with residents, an index and an origin) are in the list the draws rank, those
that pass the gate of the draw first; so the top share is a share of the state's scored tracts, and only tracts that
pass the gate can hold its places. Tiers are given to tracts that pass the gate at the point estimate.
Does not hold the simulation (`geodata.uncertainty.draws`) or the point estimates (`geodata.scoring.tract_scores`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.canonical import WORKFORCE
from geodata.scoring.eligible_adults import wide
from geodata.settings import Settings, Uncertainty
from geodata.statistics.margins import Z_95, chance_errors, standard_errors
from geodata.statistics.random_numbers import tract_keys
from geodata.uncertainty.draw_model import DrawModel, RankSummary
from geodata.uncertainty.draws import simulate_ranks
from geodata.uncertainty.travel_range import TravelAccess, job_years, travel_triangles

FloatArray = NDArray[np.float64]
RANK_COLUMNS = [col.RANK_MEDIAN, col.RANK_LOW, col.RANK_HIGH, col.P_TOP_SHARE, col.P_TOP_COUNT]


@dataclass(frozen=True, eq=False)
class Certainty:
    """`tracts` [geoid, rank_median, rank_low, rank_high, p_top_share, p_top_count, p_gated, tier] of scored tracts.

    `communities` is the same by community_id without p_gated, where communities were given. `facts` tell of the draws,
    by state.
    """

    tracts: pd.DataFrame
    communities: pd.DataFrame | None
    facts: dict[str, dict[str, Any]]


def scored(scores: pd.DataFrame) -> pd.Series:
    """Return which tracts are in the list the draws rank: those with a rank, or without for the gate alone."""
    return scores[col.UNRANKED_REASON].fillna("").isin(["", "not_gated"])


def draw_model(
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    access: TravelAccess,
    settings: Settings,
    grouping: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, DrawModel]:
    """Return the scored tracts in the order of the model, and the model.

    `scores` is `tract_scores`, `parts` `need_parts`, `measures` the canonical table, `grouping` [geoid, community_id].
    A pillar nothing is known of has no weight, as in the point estimate. A survey estimate without a margin is taken
    as exact. With a national reference area Need is ranked within the state here, and the gate stands where it falls
    in the state at the point estimate: the draws of one state cannot rank the nation.
    """
    used = scores[scored(scores)].sort_values(col.GEOID).reset_index(drop=True)
    index = pd.Index(used[col.GEOID])
    shares = wide(measures, settings.need.workforce_measures, "share").reindex(index).to_numpy(dtype=float)
    margins = wide(measures, settings.need.workforce_measures, "share_moe").reindex(index).to_numpy(dtype=float)
    errors = standard_errors(np.nan_to_num(margins))
    names = sorted(name for name, weight in settings.need.weights.items() if weight > 0 and name != WORKFORCE)
    values = parts.pivot(index=col.GEOID, columns=col.DEFINITION, values=col.VALUE).reindex(index=index, columns=names)
    weights = [settings.need.weights[name] for name in names]
    state = pd.factorize(used[col.STATE])[0].astype(np.int32)
    training, opportunity = access.of(index)
    pillars = [settings.priority.weights[name] for name in (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY)]
    known = [True, bool(used[col.TRAINING_GAP].notna().any()), bool(used[col.OPPORTUNITY].notna().any())]
    detour, speed = travel_triangles(access.engine, settings.travel)
    community, community_weight = _community(used, grouping)
    chances = settings.uncertainty
    return used, DrawModel(
        key=tract_keys(used[col.GEOID]),
        reference=state,
        scope=state,
        measures=shares,
        measures_se=errors,
        measures_range=np.tile([0.0, 1.0], (shares.shape[1], 1)),
        definitions=values.to_numpy(dtype=float),
        definition_weights=np.array([*weights, settings.need.weights.get(WORKFORCE, 0.0)]),
        training=training,
        opportunity=opportunity,
        travel_nodes=access.nodes,
        travel_detour=detour,
        travel_speed=speed,
        job_years=job_years(settings.opportunity),
        designated=_designated(used, settings),
        tie_order=_tie_order(used),
        community=community,
        community_weight=community_weight,
        pillar_weights=tuple(w if k else 0.0 for w, k in zip(pillars, known, strict=True)),  # type: ignore[arg-type]
        definition_concentration=chances.weight_concentration,
        pillar_concentration=chances.weight_concentration,
        gate_need=_gate_within_state(used, settings),
        geometric=settings.priority.aggregation == "geometric",
        top_share=chances.top_share,
        top_count=chances.top_count,
    )


def certainty(
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    access: TravelAccess,
    settings: Settings,
    grouping: pd.DataFrame | None = None,
) -> Certainty:
    """Return ranks, chances and tiers of tracts and, with a `grouping`, of its communities, from the same draws.

    A community's rank is its place among the communities by the mean Priority of its tracts, weighted by eligible
    adults; its `p_top_count` the chance to be among the first N of them; its `p_top_share` the mean of its tracts',
    weighted alike: the chance that one of its eligible adults lives in a tract of the top share. So a tier means the
    same for a tract and a community. With no draws the point ranks stand in, and nothing is said of their spread.
    """
    alike = _states_alike(scores)
    if len(alike) > 1:
        apart = [scores[scores[col.STATE].isin(states)] for states in alike]
        return _joined([certainty(rows, parts, measures, access, settings, _of(grouping, rows)) for rows in apart])
    chances = settings.uncertainty
    used, model = draw_model(scores, parts, measures, access, settings, grouping)
    if chances.draws == 0 or not len(used):
        return _without_draws(used, grouping, chances)
    drawn = simulate_ranks(model, chances.draws, chances.seed)
    tracts = _table(used[[col.GEOID, col.GATED]], drawn.tracts, chances).assign(p_gated=drawn.tracts.p_gated)
    tracts.loc[~used[col.GATED], RANK_COLUMNS] = np.nan
    communities = None
    if drawn.communities is not None and grouping is not None:
        names = sorted(set(grouping[col.COMMUNITY_ID]))
        units = pd.DataFrame({col.COMMUNITY_ID: names, col.GATED: True})
        communities = _table(units, drawn.communities, chances)
        communities[col.P_TOP_SHARE] = _mean_of_tracts(used, tracts, grouping, names)
        communities[col.TIER] = tiers(communities[col.P_TOP_SHARE], pd.Series(True, index=communities.index), chances)
        communities = communities.drop(columns=col.GATED)
    facts = {}
    for state, rows in used.groupby(col.STATE).indices.items():
        p, gated = tracts[col.P_TOP_SHARE].iloc[rows], used[col.GATED].iloc[rows]
        facts[str(state)] = {
            **_list_facts(len(rows), chances),
            **convergence(p, drawn.first_half[rows], chances.draws // 2, gated, chances),
        }
    return Certainty(tracts.drop(columns=col.GATED), communities, facts)


def _states_alike(scores: pd.DataFrame) -> list[set[str]]:
    """Return the states in groups that know the same pillars, as one draw of weights is for the pillars known."""
    known = scores.groupby(col.STATE)[[col.TRAINING_GAP, col.OPPORTUNITY]].count() > 0
    return [set(part.index) for _, part in known.groupby([col.TRAINING_GAP, col.OPPORTUNITY])]


def _of(grouping: pd.DataFrame | None, scores: pd.DataFrame) -> pd.DataFrame | None:
    if grouping is None:
        return None
    own = grouping[grouping[col.GEOID].isin(scores[col.GEOID])]
    return own if len(own) else None


def _joined(made: list[Certainty]) -> Certainty:
    communities = [each.communities for each in made if each.communities is not None]
    return Certainty(
        pd.concat([each.tracts for each in made], ignore_index=True),
        pd.concat(communities, ignore_index=True) if communities else None,
        {state: facts for each in made for state, facts in each.facts.items()},
    )


def tiers(p_top_share: pd.Series, gated: pd.Series, chances: Uncertainty) -> pd.Series:
    """Return A, B or C by the least chances of the settings, none below and for tracts that do not pass the gate."""
    bounds = [(p_top_share >= bound) & gated for bound in (chances.tier_a, chances.tier_b, chances.tier_c)]
    return pd.Series(np.select(bounds, ["A", "B", "C"], "none"), index=p_top_share.index, dtype="str")


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


def _table(units: pd.DataFrame, summary: RankSummary, chances: Uncertainty) -> pd.DataFrame:
    table = units.reset_index(drop=True)
    for name in RANK_COLUMNS:
        table[name] = getattr(summary, name)
    table[col.TIER] = tiers(table[col.P_TOP_SHARE], table[col.GATED].astype(bool), chances)
    return table


def _mean_of_tracts(
    used: pd.DataFrame, tracts: pd.DataFrame, grouping: pd.DataFrame, names: list[str]
) -> NDArray[np.float64]:
    table = tracts[[col.GEOID, col.P_TOP_SHARE]].assign(weight=_weight(used))
    table = table.merge(grouping[[col.GEOID, col.COMMUNITY_ID]], on=col.GEOID)
    table[col.P] = table[col.P_TOP_SHARE].fillna(0.0) * table[col.WEIGHT]
    sums = table.groupby(col.COMMUNITY_ID)[[col.P, col.WEIGHT]].sum()
    return np.asarray((sums[col.P] / sums[col.WEIGHT]).reindex(names).to_numpy(dtype=float))


def _without_draws(used: pd.DataFrame, grouping: pd.DataFrame | None, chances: Uncertainty) -> Certainty:
    tracts = used[[col.GEOID]].copy()
    for name in RANK_COLUMNS[:3]:
        tracts[name] = np.nan
    rank = used[col.RANK].astype("float64")
    top = np.ceil(chances.top_share * used.groupby(col.STATE)[col.GEOID].transform("size") - 1e-9)
    tracts[col.P_TOP_SHARE] = (rank <= top).astype("float64").where(rank.notna())
    tracts[col.P_TOP_COUNT] = (rank <= chances.top_count).astype("float64").where(rank.notna())
    tracts[col.P_GATED] = used[col.GATED].astype("float64")
    tracts[col.TIER] = tiers(tracts[col.P_TOP_SHARE], used[col.GATED].astype(bool), chances)
    communities = None
    if grouping is not None:
        names = sorted(set(grouping[col.COMMUNITY_ID]))
        communities = pd.DataFrame({col.COMMUNITY_ID: names}).assign(**dict.fromkeys(RANK_COLUMNS, np.nan))
        communities[col.P_TOP_SHARE] = _mean_of_tracts(used, tracts, grouping, names)
        yes = pd.Series(True, index=communities.index)
        communities[col.TIER] = tiers(communities[col.P_TOP_SHARE], yes, chances)
    sizes = used.groupby(col.STATE).size()
    return Certainty(tracts, communities, {str(state): _list_facts(int(n), chances) for state, n in sizes.items()})


def _list_facts(tracts: int, chances: Uncertainty) -> dict[str, Any]:
    return {
        "draws": chances.draws,
        "seed": chances.seed,
        "tracts_in_the_list": tracts,
        "tracts_that_count_as_top": int(np.ceil(chances.top_share * tracts - 1e-9)),
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


def _weight(used: pd.DataFrame) -> NDArray[np.float64]:
    """Return eligible adults, with a trace for tracts without, so that a community of such tracts has a mean."""
    return np.asarray(used[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6).to_numpy(dtype=float))


def _community(
    used: pd.DataFrame, grouping: pd.DataFrame | None
) -> tuple[NDArray[np.int32] | None, NDArray[np.float64] | None]:
    if grouping is None or not len(grouping):
        return None, None
    number = {name: n for n, name in enumerate(sorted(set(grouping[col.COMMUNITY_ID])))}
    of_tract = used[col.GEOID].map(grouping.set_index(col.GEOID)[col.COMMUNITY_ID]).map(number)
    return of_tract.fillna(-1).to_numpy(dtype=np.int32), _weight(used)
