"""Need: an ensemble of definitions of disadvantage, each a percentile rank in the reference area.

Takes the canonical `definitions` (on 2020 tracts) and `measures`. Does not hold the definitions' files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import OnrampError
from geodata.schemas import columns as col
from geodata.schemas.canonical import WORKFORCE
from geodata.schemas.computed import NEED_PARTS
from geodata.schemas.rows import among
from geodata.scoring.eligible_adults import wide
from geodata.settings import Need, Settings
from geodata.statistics.percentiles import percentile_rank, weighted_mean

if TYPE_CHECKING:
    from geodata.scoring.study_area import StudyArea

WORST_QUARTER = 75.0


def workforce_composite(measures: pd.DataFrame, universe: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, value]: the mean percentile rank (0 to 100) of the workforce measures a tract has.

    `universe` is [geoid, reference]: the tracts ranked and the area each is ranked in.
    """
    shares = wide(measures, settings.workforce_measures, "share").reindex(universe[col.GEOID])
    reference = pd.Series(universe["reference"].to_numpy(), index=shares.index)
    ranks = shares.apply(lambda column: percentile_rank(column, reference))
    return ranks.mean(axis=1).rename(col.VALUE).reset_index()


def reference_areas(tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, state, reference] of the tracts that are ranked: those with residents.

    `tracts` is [geoid, state, population]. The reference area is the state, or one for the nation.
    """
    ranked = tracts.loc[tracts[col.POPULATION].fillna(0) > 0, [col.GEOID, col.STATE]].copy()
    ranked["reference"] = ranked[col.STATE] if settings.reference_area == "state" else "nation"
    return ranked.reset_index(drop=True)


def usable_definitions(definitions: pd.DataFrame, settings: Need) -> tuple[pd.DataFrame, list[str]]:
    """Return the definitions that may be ranked in the reference area, and a note for each left out.

    An index ranked within its state says nothing across states, so it is left out of a national reference.
    """
    if settings.reference_area == "state":
        return definitions, []
    state_ranked = definitions[col.POOLED] == "state"
    names = sorted(set(definitions.loc[state_ranked, col.DEFINITION]))
    notes = [f"“{name}” is ranked within states and cannot serve a national reference area." for name in names]
    return definitions[~state_ranked], notes


def lists_ranked(definitions: pd.DataFrame, universe: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return the rows of definitions that designate without a value, with the value 1 or 0, where they have a weight.

    A list names designated tracts only (those of 2010 were carried over with the others): the other tracts of
    `universe` in the states it names are not designated. A list without a weight is not ranked.
    """
    weighted = definitions[definitions[col.DEFINITION].map(settings.weights).fillna(0.0) > 0]
    made = [definitions.iloc[:0]]
    for _, rows in weighted.groupby(col.DEFINITION, sort=True):
        if rows[col.VALUE].notna().any() or rows[col.DESIGNATED].isna().all():
            continue
        states = set(rows[col.STATE])
        others = universe[universe[col.STATE].isin(states) & ~among(universe[col.GEOID], rows[col.GEOID])]
        first = rows.iloc[0]
        same = {name: first[name] for name in (col.DEFINITION, col.OFFICIAL, col.ARCHIVED, col.VINTAGE)}
        unlisted = others[[col.GEOID]].assign(designated=False, **same)
        made.append(pd.concat([rows, unlisted] if len(unlisted) else [rows], ignore_index=True))
    table = pd.concat(made, ignore_index=True) if len(made) > 1 else made[0]
    return table.assign(value=table[col.DESIGNATED].astype("Float64").astype("float64")).dropna(subset=[col.VALUE])


def need_parts(definitions: pd.DataFrame, measures: pd.DataFrame, tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return the `need_parts` table: every definition's percentile, weight and verdict, a row each.

    `tracts` is [geoid, state, population] of the reference areas. A definition with no weight is ranked too
    (with weight 0), so that the agreement count and the pages can show it. A tract "agrees" that it is
    underserved where the definition designates it, or ranks it in the worst quarter when it is an index.
    """
    universe = reference_areas(tracts, settings)
    usable, _ = usable_definitions(definitions, settings)
    composite = workforce_composite(measures, universe, settings).dropna(subset=[col.VALUE])
    composite[col.DEFINITION], composite[col.OFFICIAL], composite[col.ARCHIVED] = WORKFORCE, False, False
    columns = [col.GEOID, col.DEFINITION, col.VALUE, col.DESIGNATED, col.OFFICIAL, col.ARCHIVED, col.VINTAGE]
    ranked = usable.loc[usable[col.VALUE].notna(), columns]
    listed = lists_ranked(usable, universe, settings)[columns]
    together = [frame for frame in (ranked, listed, composite) if len(frame)]
    parts = pd.concat(together or [ranked], ignore_index=True).reindex(columns=columns).merge(universe, on=col.GEOID)
    parts[col.PERCENTILE] = percentile_rank(parts[col.VALUE], parts["reference"] + "|" + parts[col.DEFINITION])
    weight = parts[col.DEFINITION].map(settings.weights).fillna(0.0).astype("float64")
    total = weight.groupby(parts[col.GEOID]).transform("sum")
    # Where nothing has a weight each is zero, of whatever total.
    parts[col.WEIGHT] = weight / total.where(total > 0, 1.0)
    parts[col.DESIGNATED] = parts[col.DESIGNATED].astype("boolean")
    parts[col.AGREES] = parts[col.DESIGNATED].fillna(parts[col.PERCENTILE] >= WORST_QUARTER)
    return NEED_PARTS.validate(parts.sort_values([col.GEOID, col.DEFINITION]))


def has_need(area: StudyArea, settings: Settings) -> bool:
    """Return whether a definition of disadvantage with a weight has a value for any tract of `area`."""
    parts = need_parts(area.definitions, area.measures, area.reference, settings.need)
    own = parts[parts[col.GEOID].isin(area.tracts[col.GEOID])]
    return bool((own[col.WEIGHT] > 0).any())


def require_need(area: StudyArea, settings: Settings) -> None:
    """Raise OnrampError where no definition of disadvantage with a weight has a value for any tract of `area`.

    Without one no tract is placed before another by need, and pages must not speak of it.
    """
    if has_need(area, settings):
        return
    weighted = sorted(name for name, weight in settings.need.weights.items() if weight > 0)
    raise OnrampError(
        f"Nothing says where need is: none of the definitions with a weight ({', '.join(weighted)}) has a value here, "
        "so nothing was computed. Bring the file of one of them, give a file index_*.csv of your own, or weigh a "
        "definition that there is in need.weights."
    )


def need(parts: pd.DataFrame, tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, need, need_ensemble, n_indices, agreement_count, designated_by] for all of `tracts`.

    The ensemble is the weighted mean of the definitions' percentiles (missing ones renormalize the weights);
    Need is its percentile rank in the reference area, so that the three pillars share one scale.
    """
    counted = parts[parts[col.WEIGHT] > 0]
    percentiles = counted.pivot(index=col.GEOID, columns=col.DEFINITION, values=col.PERCENTILE)
    weights = counted.pivot(index=col.GEOID, columns=col.DEFINITION, values=col.WEIGHT).reindex_like(percentiles)
    universe = reference_areas(tracts, settings).set_index(col.GEOID)
    by_tract = parts.groupby(col.GEOID)
    named = parts[parts[col.OFFICIAL] & parts[col.DESIGNATED].fillna(False)]
    table = pd.DataFrame(index=universe.index)
    table[col.NEED_ENSEMBLE] = weighted_mean(percentiles, weights)
    table[col.NEED] = percentile_rank(table[col.NEED_ENSEMBLE], universe["reference"])
    table[col.N_INDICES] = percentiles.notna().sum(axis=1)
    table[col.AGREEMENT_COUNT] = by_tract[col.AGREES].sum()
    table[col.DESIGNATED_BY] = named.groupby(col.GEOID)[col.DEFINITION].agg(" ".join)
    table[col.N_INDICES] = table[col.N_INDICES].fillna(0).astype("Int64")
    table[col.AGREEMENT_COUNT] = table[col.AGREEMENT_COUNT].fillna(0).astype("Int64")
    return tracts[[col.GEOID]].merge(table.reset_index(), on=col.GEOID, how="left")
