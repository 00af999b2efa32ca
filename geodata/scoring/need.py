"""Need: an ensemble of definitions of disadvantage, each a percentile rank in the reference area.

Takes the canonical `definitions` (on 2020 tracts) and `measures`. Does not hold the definitions' files.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schemas.canonical import WORKFORCE
from geodata.schemas.computed import NEED_PARTS
from geodata.scoring.eligible_adults import wide
from geodata.settings import Need
from geodata.statistics.percentiles import percentile_rank, weighted_mean

WORST_QUARTER = 75.0


def workforce_composite(measures: pd.DataFrame, universe: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, value]: the mean percentile rank (0 to 100) of the workforce measures a tract has.

    `universe` is [geoid, reference]: the tracts ranked and the area each is ranked in.
    """
    shares = wide(measures, settings.workforce_measures, "share").reindex(universe["geoid"])
    reference = pd.Series(universe["reference"].to_numpy(), index=shares.index)
    ranks = shares.apply(lambda column: percentile_rank(column, reference))
    return ranks.mean(axis=1).rename("value").reset_index()


def reference_areas(tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, state, reference] of the tracts that are ranked: those with residents.

    `tracts` is [geoid, state, population]. The reference area is the state, or one for the nation.
    """
    ranked = tracts.loc[tracts["population"].fillna(0) > 0, ["geoid", "state"]].copy()
    ranked["reference"] = ranked["state"] if settings.reference_area == "state" else "nation"
    return ranked.reset_index(drop=True)


def usable_definitions(definitions: pd.DataFrame, settings: Need) -> tuple[pd.DataFrame, list[str]]:
    """Return the definitions that may be ranked in the reference area, and a note for each left out.

    An index ranked within its state says nothing across states, so it is left out of a national reference.
    """
    if settings.reference_area == "state":
        return definitions, []
    state_ranked = definitions["pooled"] == "state"
    names = sorted(set(definitions.loc[state_ranked, "definition"]))
    notes = [f"“{name}” is ranked within states and cannot serve a national reference area." for name in names]
    return definitions[~state_ranked], notes


def need_parts(definitions: pd.DataFrame, measures: pd.DataFrame, tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return the `need_parts` table: every definition's percentile, weight and verdict, a row each.

    `tracts` is [geoid, state, population] of the reference areas. A definition with no weight is ranked too
    (with weight 0), so that the agreement count and the pages can show it. A tract "agrees" that it is
    underserved where the definition designates it, or ranks it in the worst quarter when it is an index.
    """
    universe = reference_areas(tracts, settings)
    usable, _ = usable_definitions(definitions, settings)
    composite = workforce_composite(measures, universe, settings).dropna(subset=["value"])
    composite["definition"], composite["official"], composite["archived"] = WORKFORCE, False, False
    columns = ["geoid", "definition", "value", "designated", "official", "archived", "vintage"]
    parts = pd.concat([usable[columns], composite], ignore_index=True).merge(universe, on="geoid")
    parts = parts.dropna(subset=["value"])
    parts["percentile"] = percentile_rank(parts["value"], parts["reference"] + "|" + parts["definition"])
    weight = parts["definition"].map(settings.weights).fillna(0.0).astype("float64")
    total = weight.groupby(parts["geoid"]).transform("sum")
    parts["weight"] = np.where(total > 0, weight / total.where(total > 0, 1.0), 0.0)
    parts["designated"] = parts["designated"].astype("boolean")
    parts["agrees"] = parts["designated"].fillna(parts["percentile"] >= WORST_QUARTER)
    return NEED_PARTS.validate(parts.sort_values(["geoid", "definition"]))


def need(parts: pd.DataFrame, tracts: pd.DataFrame, settings: Need) -> pd.DataFrame:
    """Return [geoid, need, need_ensemble, n_indices, agreement_count, designated_by] for all of `tracts`.

    The ensemble is the weighted mean of the definitions' percentiles (missing ones renormalise the weights);
    Need is its percentile rank in the reference area, so that the three pillars share one scale.
    """
    counted = parts[parts["weight"] > 0]
    percentiles = counted.pivot(index="geoid", columns="definition", values="percentile")
    weights = counted.pivot(index="geoid", columns="definition", values="weight").reindex_like(percentiles)
    universe = reference_areas(tracts, settings).set_index("geoid")
    by_tract = parts.groupby("geoid")
    named = parts[parts["official"] & parts["designated"].fillna(False)]
    table = pd.DataFrame(index=universe.index)
    table["need_ensemble"] = weighted_mean(percentiles, weights.fillna(0.0))
    table["need"] = percentile_rank(table["need_ensemble"], universe["reference"])
    table["n_indices"] = percentiles.notna().sum(axis=1)
    table["agreement_count"] = by_tract["agrees"].sum()
    table["designated_by"] = named.groupby("geoid")["definition"].agg(" ".join)
    table["n_indices"] = table["n_indices"].fillna(0).astype("Int64")
    table["agreement_count"] = table["agreement_count"].fillna(0).astype("Int64")
    return tracts[["geoid"]].merge(table.reset_index(), on="geoid", how="left")
