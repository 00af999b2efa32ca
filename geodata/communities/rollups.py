"""Lists by county, place, workforce area and district: boards and mayors own budgets, not tracts.

Does not hold which tract lies where (`geodata.geography.areas`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.schemas.computed import ROLLUPS

KEY = ["state", "area_kind", "area_id"]
SUMS = ("population", "working_age", "eligible_adults")


def rollups(
    scores: pd.DataFrame,
    areas: pd.DataFrame,
    site_areas: pd.DataFrame,
    provider_areas: pd.DataFrame,
    sites: pd.DataFrame,
) -> pd.DataFrame:
    """Return the `rollups` table.

    `areas` is `geodata.geography.areas.tract_areas` of the tracts of `scores`; `site_areas` and `provider_areas` are
    `point_areas` of the sites that bring work and of the providers that count; `sites` has job_years_mid in the order
    of `site_areas`. Pillars are means weighted by eligible adults over tracts with residents, Priority over the
    underserved ones. Areas of a kind are ranked by eligible adults in tracts of tier A or B, then by those in
    underserved tracts, then, as where no survey tells of adults, by the number of such tracts, then by name.
    """
    table = areas.merge(scores.drop(columns="state"), on="geoid")
    table = table[table["population"] > 0]
    if table.empty:
        return ROLLUPS.empty()
    gated = table["gated"].astype(bool)
    top = gated & table["tier"].isin(["A", "B"])
    columns: dict[str, Any] = {
        "n_tracts": 1,
        "n_gated": gated.astype(int),
        "n_tier_a": (gated & (table["tier"] == "A")).astype(int),
        "n_tier_b": (gated & (table["tier"] == "B")).astype(int),
        "eligible_adults_gated": table["eligible_adults"].where(gated),
        "eligible_adults_top": table["eligible_adults"].where(top),
        "variance": table["eligible_adults_moe"].astype("float64") ** 2,
    }
    table = table.assign(**columns)
    grouped = table.groupby(KEY)
    # What is known of none of the tracts is unknown; where there is no such tract it is nobody.
    out = grouped[[*columns, *SUMS]].sum(min_count=1)
    for column, tracts in (("gated", out["n_gated"]), ("top", out["n_tier_a"] + out["n_tier_b"])):
        out[f"eligible_adults_{column}"] = out[f"eligible_adults_{column}"].mask(tracts == 0, 0.0)
    # A margin that is missing makes the sum's missing, not smaller.
    out["eligible_adults_moe"] = np.sqrt(grouped["variance"].agg(lambda values: values.sum(skipna=False)))
    out["area_name"] = grouped["area_name"].first()
    for pillar in ("need", "training_gap", "opportunity"):
        out[pillar] = _mean(table, pillar)
    out["priority"] = _mean(table[gated], "priority")
    inside = table.dropna(subset=["community_id"]).sort_values("community_id").drop_duplicates([*KEY, "community_id"])
    out["communities"] = inside.groupby(KEY)["community_id"].agg(" ".join)
    out = out.reset_index()
    work = site_areas.assign(job_years_mid=sites["job_years_mid"].to_numpy()[site_areas["row"].to_numpy()])
    out = out.merge(work.groupby(KEY)["job_years_mid"].sum().reset_index(), on=KEY, how="left")
    out = out.merge(work.groupby(KEY).size().rename("planned_sites").reset_index(), on=KEY, how="left")
    out = out.merge(provider_areas.groupby(KEY).size().rename("providers").reset_index(), on=KEY, how="left")
    counted = ["job_years_mid", "planned_sites", "providers"]
    out[counted] = out[counted].fillna(0)
    out["rank"] = _ranks(out)
    return ROLLUPS.validate(out.sort_values(["state", "area_kind", "rank"]))


def _mean(table: pd.DataFrame, pillar: str) -> pd.Series:
    known = table[table[pillar].notna()]
    weight = known["eligible_adults"].fillna(0.0).clip(lower=1e-9)
    sums = known.assign(weight=weight, product=weight * known[pillar]).groupby(KEY)[["product", "weight"]].sum()
    return sums["product"] / sums["weight"]


def _ranks(table: pd.DataFrame) -> pd.Series:
    most = ["eligible_adults_top", "eligible_adults_gated", "n_tier_a", "n_tier_b", "n_gated"]
    # Unknown adults neither lead nor close a list.
    order = table.fillna(dict.fromkeys(most[:2], 0.0)).sort_values(
        [*most, "area_name", "area_id"], ascending=[False] * len(most) + [True, True]
    )
    return (order.groupby(["state", "area_kind"]).cumcount() + 1).reindex(table.index)
