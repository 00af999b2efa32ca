"""What differs between two results of one state: people and access, ranks and tiers, communities, evenness.

Does not hold why they differ (`geodata.comparison.changes`) or the runs themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.errors import InputError
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult

TINY = 1e-9
TRACT_COLUMNS = [
    col.NEED,
    col.TRAINING_ACCESS,
    col.WORK_ACCESS,
    col.TRAINING_GAP,
    col.OPPORTUNITY,
    col.PRIORITY,
    col.RANK,
    col.TIER,
    col.GATED,
    col.SHARE_REACHING_TRAINING,
    col.NEAREST_PROVIDER_MINUTES,
]
COMMUNITY_COLUMNS = [col.NAME, col.RANK, col.TIER, col.PRIORITY, col.ELIGIBLE_ADULTS, col.POPULATION, col.N_TRACTS]
TIER_ORDER = {"A": 0, "B": 1, "C": 2, "none": 3}


@dataclass(frozen=True)
class Differences:
    """The differences of two results; columns end in _before and _after.

    `tracts`: every tract of either, with `access_change` (training, seats per 1,000), `work_change` and
    `rank_change` (negative is up the list). `communities`: those of either, with `change` one of entered, left,
    renamed, tier, rank or same. `equity`: every metric with its `change`. `summary`: single figures.
    """

    tracts: pd.DataFrame
    communities: pd.DataFrame
    equity: pd.DataFrame
    summary: dict[str, Any]


def differences(before: StateResult, after: StateResult) -> Differences:
    """Return what differs between two results of one state.

    For evenness to be comparable the second must have been computed with the shortfall lines of the first; where the
    lines differ the metrics that rest on them are left out.
    """
    if before.state != after.state:
        raise InputError(
            f"{before.state.name} and {after.state.name} cannot be compared", remedy="Give two runs of one state."
        )
    tracts = tract_differences(before.table("tract_scores"), after.table("tract_scores"))
    communities = community_differences(before.table("communities"), after.table("communities"))
    equity = equity_differences(before.table("equity"), after.table("equity"))
    return Differences(tracts, communities, equity, _summary(tracts, communities))


def tract_differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, …_before, …_after, eligible_adults, access_change, work_change, rank_change, tier_change].

    `tier_change` is up, down, same, or new / gone for a tract in one run only.
    """
    kept = ["geoid", "eligible_adults", *TRACT_COLUMNS]
    both = before[kept].merge(after[kept], on=col.GEOID, how="outer", suffixes=("_before", "_after"), indicator=True)
    both[col.ELIGIBLE_ADULTS] = both["eligible_adults_after"].fillna(both["eligible_adults_before"])
    both["access_change"] = both["training_access_after"] - both["training_access_before"]
    both["work_change"] = both["work_access_after"] - both["work_access_before"]
    both["rank_change"] = both["rank_after"] - both["rank_before"]
    first, second = (both[f"tier_{when}"].map(TIER_ORDER) for when in ("before", "after"))
    both["tier_change"] = "same"
    both.loc[second < first, "tier_change"] = "up"
    both.loc[second > first, "tier_change"] = "down"
    both.loc[both["_merge"] == "right_only", "tier_change"] = "new"
    both.loc[both["_merge"] == "left_only", "tier_change"] = "gone"
    return both.drop(columns="_merge").sort_values(col.GEOID).reset_index(drop=True)


def community_differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return [community_id, …_before, …_after, change], matched by identifier, the largest change first.

    `change` names the first that holds: entered, left, renamed, tier, rank, same.
    """
    kept = ["community_id", *COMMUNITY_COLUMNS]
    one, other = pd.DataFrame(before)[kept], pd.DataFrame(after)[kept]
    both = one.merge(other, on=col.COMMUNITY_ID, how="outer", suffixes=("_before", "_after"), indicator=True)
    kinds = ["entered", "left", "renamed", "tier", "rank", "same"]
    change = pd.Series("same", index=both.index)
    change[both["rank_before"].ne(both["rank_after"]).fillna(True)] = "rank"
    change[both["tier_before"].ne(both["tier_after"])] = "tier"
    change[both["name_before"].ne(both["name_after"])] = "renamed"
    change[both["_merge"] == "left_only"] = "left"
    change[both["_merge"] == "right_only"] = "entered"
    both["change"] = change
    both[col.ORDER] = change.map({kind: place for place, kind in enumerate(kinds)})
    ordered = both.sort_values([col.ORDER, "rank_after", "rank_before", col.COMMUNITY_ID])
    return ordered.drop(columns=["_merge", col.ORDER]).reset_index(drop=True)


def equity_differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return [scope_kind, scope_id, scope_name, subject, metric, value_before, value_after, change]."""
    key = [col.SCOPE_KIND, col.SCOPE_ID, col.SCOPE_NAME, col.SUBJECT, col.METRIC]
    both = before[[*key, col.VALUE, col.LINE]].merge(
        after[[*key, col.VALUE, col.LINE]], on=key, suffixes=("_before", "_after")
    )
    on_line = both[col.METRIC].str.startswith("fgt") | (both[col.METRIC] == "erreygers_index")
    same_line = (both["line_before"] - both["line_after"]).abs() <= TINY * both["line_before"].abs()
    both = both[~on_line | same_line]
    both["change"] = both["value_after"] - both["value_before"]
    return both.drop(columns=["line_before", "line_after"]).reset_index(drop=True)


def _summary(tracts: pd.DataFrame, communities: pd.DataFrame) -> dict[str, Any]:
    adults = tracts[col.ELIGIBLE_ADULTS].fillna(0.0)
    after, before = (tracts[f"share_reaching_training_{when}"].astype("float64") for when in ("after", "before"))
    # A share that is not known on one side, as in results of an earlier version, is no change.
    gained = (after - before).fillna(0.0)
    moved = tracts["rank_change"].fillna(0) != 0

    def people(which: pd.Series) -> float:
        return float(adults[which.fillna(False).astype(bool)].sum())

    return {
        "adults_whose_training_access_rises": people(tracts["access_change"] > TINY),
        "adults_whose_training_access_falls": people(tracts["access_change"] < -TINY),
        "adults_who_gain_a_first_provider": float((adults * gained.clip(lower=0.0)).sum()),
        "adults_who_lose_their_last_provider": float((adults * -gained.clip(upper=0.0)).sum()),
        "adults_whose_work_access_rises": people(tracts["work_change"] > TINY),
        "adults_whose_work_access_falls": people(tracts["work_change"] < -TINY),
        "tracts_whose_rank_moves": int(moved.sum()),
        "tracts_listed_anew": int((tracts["rank_before"].isna() & tracts["rank_after"].notna()).sum()),
        "tracts_no_longer_listed": int((tracts["rank_before"].notna() & tracts["rank_after"].isna()).sum()),
        "tracts_up_a_tier": int((tracts["tier_change"] == "up").sum()),
        "tracts_down_a_tier": int((tracts["tier_change"] == "down").sum()),
        **{
            f"communities_{kind}": int((communities["change"] == kind).sum()) for kind in ("entered", "left", "renamed")
        },
    }
