"""Lists by county, place, workforce area and district: boards and mayors own budgets, not tracts.

Does not hold which tract lies where (`geodata.geography.areas`).
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import ROLLUPS
from geodata.scoring.known_supplies import masked
from geodata.statistics.margins import grouped_margin

KEY = [col.STATE, col.AREA_KIND, col.AREA_ID]
SUMS = (col.POPULATION, col.WORKING_AGE, col.ELIGIBLE_ADULTS)


def rollups(
    scores: pd.DataFrame,
    areas: pd.DataFrame,
    site_areas: pd.DataFrame,
    provider_areas: pd.DataFrame,
    sites: pd.DataFrame,
    known: pd.DataFrame,
) -> pd.DataFrame:
    """Return the `rollups` table.

    `areas` is `geodata.geography.areas.tract_areas` of the tracts of `scores`; `site_areas` and `provider_areas` are
    `point_areas` of the sites that bring work and of the providers that count; `sites` has job_years_mid and
    assumed_units in the order of `site_areas`. What rests on a supply nobody reported is missing (`known` is
    `geodata.scoring.known_supplies.known_supplies`). Pillars are means weighted by eligible adults over tracts with
    residents, Priority over the listed ones. Areas of a kind are ranked by eligible adults in tracts of tier A or
    B, then by those in underserved tracts, then, as where no survey tells of adults, by the number of such tracts, then
    by name.
    """
    table = areas.merge(scores.drop(columns=col.STATE), on=col.GEOID)
    table = table[table[col.POPULATION] > 0]
    if table.empty:
        return ROLLUPS.empty()
    listed = table[col.RANK].notna()
    top = listed & table[col.TIER].isin(["A", "B"])
    columns: dict[str, int | pd.Series] = {
        "n_tracts": 1,
        "n_gated": listed.astype(int),
        "n_tier_a": (listed & (table[col.TIER] == "A")).astype(int),
        "n_tier_b": (listed & (table[col.TIER] == "B")).astype(int),
        "eligible_adults_gated": table[col.ELIGIBLE_ADULTS].where(listed),
        "eligible_adults_top": table[col.ELIGIBLE_ADULTS].where(top),
    }
    table = table.assign(**columns)
    grouped = table.groupby(KEY)
    # What is known of none of the tracts is unknown; where there is no such tract it is nobody.
    out = grouped[[*columns, *SUMS]].sum(min_count=1)
    for column, tracts in (("gated", out[col.N_GATED]), ("top", out[col.N_TIER_A] + out[col.N_TIER_B])):
        out[f"eligible_adults_{column}"] = out[f"eligible_adults_{column}"].mask(tracts == 0, 0.0)
    out[col.ELIGIBLE_ADULTS_MOE] = grouped_margin(table[col.ELIGIBLE_ADULTS_MOE], [table[name] for name in KEY])
    out[col.AREA_NAME] = grouped[col.AREA_NAME].first()
    for pillar in (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY):
        out[pillar] = _mean(table, pillar)
    out[col.PRIORITY] = _mean(table[listed], "priority")
    inside = (
        table.dropna(subset=[col.COMMUNITY_ID]).sort_values(col.COMMUNITY_ID).drop_duplicates([*KEY, col.COMMUNITY_ID])
    )
    out["communities"] = inside.groupby(KEY)[col.COMMUNITY_ID].agg(" ".join)
    out = out.reset_index()
    row = site_areas[col.ROW].to_numpy()
    work = site_areas.assign(
        job_years_mid=sites[col.JOB_YEARS_MID].to_numpy()[row],
        sites_assumed=sites["assumed_units"].astype(bool).to_numpy()[row].astype(int),
    )
    out = out.merge(work.groupby(KEY)[col.JOB_YEARS_MID].sum().reset_index(), on=KEY, how="left")
    out = out.merge(work.groupby(KEY)[col.SITES_ASSUMED].sum().reset_index(), on=KEY, how="left")
    out = out.merge(work.groupby(KEY).size().rename(col.PLANNED_SITES).reset_index(), on=KEY, how="left")
    out = out.merge(provider_areas.groupby(KEY).size().rename("providers").reset_index(), on=KEY, how="left")
    counted = [col.JOB_YEARS_MID, col.PLANNED_SITES, col.SITES_ASSUMED, "providers"]
    out[counted] = out[counted].fillna(0)
    out[col.RANK] = _ranks(out)
    return ROLLUPS.validate(masked(out.sort_values([col.STATE, col.AREA_KIND, col.RANK]), known))


def _mean(table: pd.DataFrame, pillar: str) -> pd.Series:
    known = table[table[pillar].notna()]
    weight = known[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-9)
    sums = known.assign(weight=weight, product=weight * known[pillar]).groupby(KEY)[["product", col.WEIGHT]].sum()
    return sums["product"] / sums[col.WEIGHT]


def _ranks(table: pd.DataFrame) -> pd.Series:
    most = [col.ELIGIBLE_ADULTS_TOP, col.ELIGIBLE_ADULTS_GATED, col.N_TIER_A, col.N_TIER_B, col.N_GATED]
    # Unknown adults neither lead nor close a list.
    order = table.fillna(dict.fromkeys(most[:2], 0.0)).sort_values(
        [*most, col.AREA_NAME, col.AREA_ID], ascending=[False] * len(most) + [True, True]
    )
    return (order.groupby([col.STATE, col.AREA_KIND]).cumcount() + 1).reindex(table.index)
