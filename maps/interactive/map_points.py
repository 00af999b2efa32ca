"""The points of the interactive map as columns: planned sites, providers, job centres and recruitment hubs.

Does not hold the tracts, the land or any drawing.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.schemas.canonical import UNITS, unit_columns
from geodata.schemas.state_result import StateResult
from maps.interactive.packing import plain, whole
from maps.wording.hub_choice import recommended_hubs


def provider_order(result: StateResult) -> list[str]:
    """Return the identifiers of all providers in the order in which the map numbers them."""
    return sorted(result.table("providers")["provider_id"])


def kinds_told(sites: pd.DataFrame) -> list[str]:
    """Return the kinds of units that any of `sites` tells of."""
    return [name.removeprefix(UNITS) for name in unit_columns(sites.columns) if sites[name].notna().any()]


def quarter_of(days: pd.Series, as_of: str) -> list[str]:
    """Return the quarter of each day such as 2027Q1; past before `as_of`, unknown where there is none."""
    start = pd.Timestamp(as_of)
    return [
        "unknown" if pd.isna(day) else "past" if day < start else f"{day.year}Q{(day.month + 2) // 3}" for day in days
    ]


def points(result: StateResult) -> dict[str, Any]:
    """Return the columns of sites, providers, job centres and hubs; coordinates are in 10⁻⁴ degrees."""
    sites = result.table("sites").dropna(subset=["latitude", "longitude"])
    sites = sites[sites["status"].isin(["planned", "temporary"])].sort_values("site_id")
    providers = result.table("providers").set_index("provider_id").reindex(provider_order(result)).reset_index()
    centers = result.table("job_centers").dropna(subset=["latitude", "longitude"]).sort_values("center_id")
    hubs = result.table("hubs").dropna(subset=["latitude", "longitude"]).sort_values(["p", "order", "candidate_id"])
    return {
        "sites": {
            **_at(sites),
            "id": list(sites["site_id"]),
            "name": _names(sites["name"]),
            "city": _names(sites["city"]),
            "units": {kind: whole(sites[UNITS + kind]) for kind in kinds_told(sites)},
            "quarter": quarter_of(sites["expected_date"], result.as_of),
            "quality": list(sites["location_quality"]),
        },
        "providers": {
            **_at(providers),
            "id": list(providers["provider_id"]),
            "name": _names(providers["name"]),
            "kind": list(providers["kind"]),
            "stage": [int(stage == "entry") for stage in providers["entry_stage"]],
            "seats": whole(providers["seats"]),
            "basis": list(providers["seats_basis"]),
        },
        "centers": {**_at(centers), "id": list(centers["center_id"]), "name": _names(centers["name"])},
        "hubs": {
            **_at(hubs),
            "id": [f"{p}.{ident}" for p, ident in zip(hubs["p"], hubs["candidate_id"], strict=True)],
            "name": _names(hubs["name"]),
            "p": whole(hubs["p"]),
            "order": whole(hubs["order"]),
            "share": whole(hubs["covered_share"], 1000),
            "adults": whole(hubs["covered_adults"]),
            "minutes": result.settings.get("hubs", {}).get("cover_minutes"),
            "recommended": plain(recommended_hubs(result)["p"].max()),
        },
    }


def _at(frame: pd.DataFrame) -> dict[str, list[int | None]]:
    return {"x": whole(frame["longitude"], 1e4), "y": whole(frame["latitude"], 1e4)}


def _names(values: pd.Series) -> list[str]:
    return [value if isinstance(value, str) else "" for value in values]
