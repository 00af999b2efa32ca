"""The points of the interactive map as columns: planned sites, providers, job centers and recruitment hubs.

Does not hold the tracts, the land or any drawing.
"""

from __future__ import annotations

import pandas as pd

from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.schemas.canonical import STATUSES_AHEAD, UNITS, unit_columns
from geodata.schemas.state_result import StateResult
from geodata.scoring.opportunity import opening_quarters
from maps.interactive.packing import plain, whole
from maps.wording.hub_choice import recommended_hubs


def provider_order(result: StateResult) -> list[str]:
    """Return the identifiers of all providers in the order in which the map numbers them."""
    return sorted(result.table("providers")[col.PROVIDER_ID])


def kinds_counted(sites: pd.DataFrame) -> list[str]:
    """Return the kinds of units of which any of `sites` has a count."""
    return [name.removeprefix(UNITS) for name in unit_columns(sites.columns) if sites[name].notna().any()]


def points(result: StateResult) -> dict[str, dict[str, object]]:
    """Return the columns of sites, providers, job centers and hubs; coordinates are in 10⁻⁴ degrees."""
    sites = result.table("sites").dropna(subset=[col.LATITUDE, col.LONGITUDE])
    sites = sites[sites[col.STATUS].isin([*STATUSES_AHEAD, "temporary"])].sort_values(col.SITE_ID)
    providers = result.table("providers").set_index(col.PROVIDER_ID).reindex(provider_order(result)).reset_index()
    centers = result.table("job_centers").loc[located].sort_values(col.CENTER_ID)
    hubs = (
        result.table("hubs")
        .dropna(subset=[col.LATITUDE, col.LONGITUDE])
        .sort_values([col.P, col.ORDER, col.CANDIDATE_ID])
    )
    return {
        "sites": {
            **_at(sites),
            "id": list(sites[col.SITE_ID]),
            "name": _names(sites[col.NAME]),
            "city": _names(sites[col.CITY]),
            "units": {kind: whole(sites[UNITS + kind]) for kind in kinds_counted(sites)},
            "quarter": list(opening_quarters(sites[col.EXPECTED_DATE], result.as_of)),
            "quality": list(sites[col.LOCATION_QUALITY]),
        },
        "providers": {
            # What has no exact location is in the lists, and no mark on the map: it would be taken for an address.
            **_at(providers.where(located(providers))),
            "id": list(providers[col.PROVIDER_ID]),
            "name": _names(providers[col.NAME]),
            "kind": list(providers[col.KIND]),
            "stage": [int(stage == "entry") for stage in providers[col.ENTRY_STAGE]],
            "seats": whole(providers[col.SEATS]),
            "basis": list(providers[col.SEATS_BASIS]),
        },
        "centers": {**_at(centers), "id": list(centers[col.CENTER_ID]), "name": _names(centers[col.NAME])},
        "hubs": {
            **_at(hubs),
            "id": [f"{p}.{ident}" for p, ident in zip(hubs[col.P], hubs[col.CANDIDATE_ID], strict=True)],
            "name": _names(hubs[col.NAME]),
            "p": whole(hubs[col.P]),
            "order": whole(hubs[col.ORDER]),
            "share": whole(hubs[col.COVERED_SHARE], 1000),
            "adults": whole(hubs[col.COVERED_ADULTS]),
            "minutes": result.settings.hubs.cover_minutes,
            "recommended": plain(recommended_hubs(result)[col.P].max()),
        },
    }


def _at(frame: pd.DataFrame) -> dict[str, list[int | None]]:
    return {"x": whole(frame[col.LONGITUDE], 1e4), "y": whole(frame[col.LATITUDE], 1e4)}


def _names(values: pd.Series) -> list[str]:
    return [value if isinstance(value, str) else "" for value in values]
