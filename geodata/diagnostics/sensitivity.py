"""Which choices the list hangs on: how much of its top stays when one setting takes its alternative.

The alternatives are computed by a callable given from outside. Does not hold how a run is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import SENSITIVITY
from geodata.settings import Settings

Changes = dict[str, Any]
Alternative = tuple[str, str, Changes]


def alternatives(settings: Settings, engines: tuple[str, ...] = ()) -> list[Alternative]:
    """Return (setting, alternative, changes) for each choice the method could have made otherwise.

    `engines` are the travel engines available besides the one used. A definition is left out in turn where that leaves
    others. The reference area is no choice here: a run of one state holds no tables of the nation.
    """
    other = "geometric" if settings.priority.aggregation == "arithmetic" else "arithmetic"
    found: list[Alternative] = [("priority.aggregation", other, {"priority": {"aggregation": other}})]
    urban, rural = settings.access.catchment_minutes, settings.access.rural_catchment_minutes
    for factor in (2 / 3, 4 / 3):
        changed = {"catchment_minutes": urban * factor, "rural_catchment_minutes": rural * factor}
        found.append(("access.catchment_minutes", f"{urban * factor:g}", {"access": changed}))
    if settings.access.measure != "2sfca":
        decays = [name for name in ("gaussian", "step", "flat") if name != settings.access.decay]
        found.extend(("access.decay", name, {"access": {"decay": name}}) for name in decays)
    weights = {name: weight for name, weight in settings.need.weights.items() if weight > 0}
    if len(weights) > 1:
        for name in sorted(weights):
            rest = {other: weight for other, weight in weights.items() if other != name}
            found.append(("need.weights", f"without {name}", {"need": {"weights": rest}}))
    found.extend(("travel.engine", name, {"travel": {"engine": name}}) for name in engines)
    return found


def sensitivity(
    scores: pd.DataFrame,
    communities: pd.DataFrame,
    community_tracts: pd.DataFrame,
    choices: list[Alternative],
    rerun: Callable[[Changes], pd.DataFrame],
    settings: Settings,
) -> pd.DataFrame:
    """Return the `sensitivity` table.

    `rerun` returns `tract_scores` (point ranks are enough) computed with the changes. Tracts: how many of the top
    share of the list are still in it. Communities: how many of the first communities still have most of their
    eligible adults in tracts of the top share. The correlation is Spearman's, of the Priority of tracts scored in both
    runs or, for communities, of its mean over the communities' tracts.
    """
    rows = []
    for setting, name, changes in choices:
        other = rerun(changes)
        for state, part in scores.groupby(col.STATE):
            own = communities[communities[col.STATE] == state]
            members = community_tracts[community_tracts[col.COMMUNITY_ID].isin(own[col.COMMUNITY_ID])]
            again = other[other[col.STATE] == state]
            row = {"state": state, "setting": setting, "alternative": name}
            rows.append({**row, "unit_kind": "tract", **_tracts(part, again, settings)})
            rows.append({**row, "unit_kind": "community", **_communities(own, members, again, settings)})
    return SENSITIVITY.validate(pd.DataFrame(rows, columns=SENSITIVITY.names))


def top_tracts(scores: pd.DataFrame, settings: Settings) -> set[str]:
    """Return the tracts of one state that the list's top share holds: the first places of all scored tracts."""
    scored = scores[col.UNRANKED_REASON].fillna("").isin(["", "not_gated"]).sum()
    places = int(np.ceil(settings.uncertainty.top_share * scored - 1e-9))
    return set(scores.loc[scores[col.RANK].notna() & (scores[col.RANK] <= places), col.GEOID])


def _tracts(before: pd.DataFrame, after: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    top = top_tracts(before, settings)
    both = before[[col.GEOID, col.PRIORITY]].merge(after[[col.GEOID, col.PRIORITY]], on=col.GEOID)
    return {
        "top": len(top),
        "kept": len(top & top_tracts(after, settings)),
        "rank_correlation": spearman(both["priority_x"], both["priority_y"]),
    }


def _communities(
    communities: pd.DataFrame, members: pd.DataFrame, after: pd.DataFrame, settings: Settings
) -> dict[str, Any]:
    first = communities.sort_values(col.RANK).head(settings.diagnostics.top_communities)[col.COMMUNITY_ID]
    held = top_tracts(after, settings)
    table = members.merge(after[[col.GEOID, col.PRIORITY, col.ELIGIBLE_ADULTS]], on=col.GEOID, how="left")
    table["adults"] = table[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-9)
    table["inside"] = table["adults"].where(table[col.GEOID].isin(held), 0.0)
    table["product"] = table["adults"] * table[col.PRIORITY]
    sums = table.groupby(col.COMMUNITY_ID)[["adults", "inside", "product"]].sum()
    mean = (sums["product"] / sums["adults"]).reindex(communities[col.COMMUNITY_ID])
    return {
        "top": len(first),
        "kept": int((sums["inside"] >= 0.5 * sums["adults"]).reindex(first).sum()),
        "rank_correlation": spearman(communities[col.PRIORITY].reset_index(drop=True), mean.reset_index(drop=True)),
    }


def spearman(one: pd.Series, other: pd.Series) -> float:
    """Return Spearman's correlation over the rows both have; NaN for fewer than three or where one never varies."""
    both = pd.DataFrame({"one": one.astype("float64"), "other": other.astype("float64")}).dropna()
    if len(both) < 3 or both["one"].nunique() < 2 or both["other"].nunique() < 2:
        return float("nan")
    return float(np.clip(both["one"].rank().corr(both["other"].rank()), -1.0, 1.0))
