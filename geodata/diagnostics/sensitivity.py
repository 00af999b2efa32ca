"""Which choices the list hangs on: how much of its top stays when one of them is made otherwise, and who leaves.

What is scored again comes from a callable given from outside. Does not hold the choices
(`geodata.diagnostics.other_choices`), or how a run is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geodata.diagnostics.other_choices import Alternative
from geodata.schemas import columns as col
from geodata.schemas.computed import SENSITIVITY
from geodata.scoring.priority import first_places
from geodata.settings import Settings


def sensitivity(
    scores: pd.DataFrame,
    communities: pd.DataFrame,
    community_tracts: pd.DataFrame,
    choices: list[Alternative],
    rerun: Callable[[Alternative], pd.DataFrame],
    settings: Settings,
) -> pd.DataFrame:
    """Return the `sensitivity` table.

    `rerun` returns `tract_scores` (point ranks are enough) under the other choice. Tracts: how many of the top share of
    the list are still in it. Communities: how many of the first stay: still among the first by the mean Priority of
    their tracts, with at least half as many eligible adults in tracts of the top share as before; so under no change
    all stay. The correlation is Spearman's, of the Priority of the listed tracts or, for communities, of its mean over
    the communities' tracts.
    """
    rows = []
    for choice in choices:
        other = rerun(choice)
        for state, part in scores.groupby(col.STATE):
            own = communities[communities[col.STATE] == state]
            members = community_tracts[community_tracts[col.COMMUNITY_ID].isin(own[col.COMMUNITY_ID])]
            again = other[other[col.STATE] == state]
            row = {"state": state, "setting": choice.setting, "alternative": choice.name}
            rows.append({**row, "unit_kind": "tract", **_tracts(part, again, settings)})
            rows.append({**row, "unit_kind": "community", **_communities(own, members, part, again, settings)})
    return SENSITIVITY.validate(pd.DataFrame(rows, columns=SENSITIVITY.names))


def top_tracts(scores: pd.DataFrame, settings: Settings) -> set[str]:
    """Return the tracts of one state that the list's top share holds: the first places of all scored tracts."""
    places = sum(first_places(scores, settings.uncertainty.top_share).values())
    return set(scores.loc[scores[col.RANK].notna() & (scores[col.RANK] <= places), col.GEOID])


def _tracts(before: pd.DataFrame, after: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    top = top_tracts(before, settings)
    listed = before[before[col.RANK].notna()]
    both = listed[[col.GEOID, col.PRIORITY]].merge(after[[col.GEOID, col.PRIORITY]], on=col.GEOID)
    return {
        "top": len(top),
        "kept": len(top & top_tracts(after, settings)),
        "rank_correlation": spearman(both["priority_x"], both["priority_y"]),
    }


def _communities(
    communities: pd.DataFrame, members: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, settings: Settings
) -> dict[str, Any]:
    order = communities.sort_values(col.RANK)
    first = order[col.COMMUNITY_ID].head(settings.diagnostics.top_communities)
    table = members.merge(after[[col.GEOID, col.PRIORITY, col.ELIGIBLE_ADULTS]], on=col.GEOID, how="left")
    table["adults"] = table[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-9)
    table["product"] = table["adults"] * table[col.PRIORITY]
    for name, held in (("was", top_tracts(before, settings)), ("is", top_tracts(after, settings))):
        table[name] = table["adults"].where(table[col.GEOID].isin(held), 0.0)
    sums = table.groupby(col.COMMUNITY_ID)[["adults", "product", "was", "is"]].sum()
    sums = sums.reindex(order[col.COMMUNITY_ID])
    mean = sums["product"] / sums["adults"]
    # Of equal means the one that was ahead stays ahead.
    place = mean.round(9).rank(ascending=False, method="first")
    stays = (place <= len(first)) & (sums["is"] >= 0.5 * sums["was"])
    leave = first[~stays.reindex(first).to_numpy(dtype=bool)]
    return {
        "top": len(first),
        "kept": len(first) - len(leave),
        "rank_correlation": spearman(order[col.PRIORITY].reset_index(drop=True), mean.reset_index(drop=True)),
        "left_top": " ".join(leave) or None,
    }


def spearman(one: pd.Series, other: pd.Series) -> float:
    """Return Spearman's correlation over the rows both have; NaN for fewer than three or where one never varies."""
    both = pd.DataFrame({"one": one.astype("float64"), "other": other.astype("float64")}).dropna()
    if len(both) < 3 or both["one"].nunique() < 2 or both["other"].nunique() < 2:
        return float("nan")
    return float(np.clip(both["one"].rank().corr(both["other"].rank()), -1.0, 1.0))
