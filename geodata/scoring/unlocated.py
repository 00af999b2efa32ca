"""Training known to be in a tract's place or county without an exact location: no minutes, and no desert either.

Takes the providers that would count if they were located (`geodata.scoring.training.unlocated_providers`). Those that
name nothing finer than their state are not said of any tract; `geodata.ingest.locations` counts them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.geography.sphere import unit_vectors_of_degrees
from geodata.schemas import columns as col

# A provider known by its ZIP code or place is told in that place; one known by its county, in all of the county.
_BY_PLACE = ("zip", "place", "area")


def unlocated_near(tracts: pd.DataFrame, providers: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, unlocated_providers, unlocated_where] for `tracts`.

    `tracts` is [geoid, state, latitude, longitude, county_geoid, county_name, place_name, town_name], `providers`
    [state, latitude, longitude, location_quality], none located. A provider is in the place (or town) and county of
    the tract of its state whose center is nearest to its approximate point. `unlocated_where` names the finest area
    that a tract shares with any, the place before the county, and the count is of that area; 0 and missing where
    there is none.
    """
    out = tracts[[col.GEOID]].assign(**{col.UNLOCATED_PROVIDERS: 0, col.UNLOCATED_WHERE: None})
    home = _home_tracts(tracts, providers)
    if home.empty:
        return out
    local = tracts[col.PLACE_NAME].fillna(tracts[col.TOWN_NAME])
    counties = home.groupby(col.COUNTY_GEOID).size()
    in_county = tracts[col.COUNTY_GEOID].map(counties).fillna(0)
    finer = home[home[col.LOCATION_QUALITY].isin(_BY_PLACE) & home["local"].notna()]
    places = finer.groupby([col.STATE, "local"]).size()
    keys = pd.MultiIndex.from_arrays([tracts[col.STATE], local.fillna("")])
    in_place = pd.Series(places.reindex(keys).fillna(0).to_numpy(), index=tracts.index)
    county = tracts[col.COUNTY_NAME].fillna("County " + tracts[col.COUNTY_GEOID])
    out[col.UNLOCATED_PROVIDERS] = in_place.where(in_place > 0, in_county).astype("int64")
    out[col.UNLOCATED_WHERE] = local.where(in_place > 0, county.where(in_county > 0))
    return out


def _home_tracts(tracts: pd.DataFrame, providers: pd.DataFrame) -> pd.DataFrame:
    """Return for each provider with an approximate point [state, county_geoid, local, location_quality]."""
    known = tracts[tracts[col.LATITUDE].notna()]
    frames = []
    for state, rows in providers[providers[col.LATITUDE].notna()].groupby(col.STATE):
        own = known[known[col.STATE] == state]
        if own.empty:
            continue
        _, nearest = cKDTree(_vectors(own)).query(_vectors(rows))
        at = own.iloc[np.asarray(nearest)]
        frames.append(
            pd.DataFrame(
                {
                    col.STATE: state,
                    col.COUNTY_GEOID: at[col.COUNTY_GEOID].to_numpy(),
                    "local": at[col.PLACE_NAME].fillna(at[col.TOWN_NAME]).to_numpy(),
                    col.LOCATION_QUALITY: rows[col.LOCATION_QUALITY].to_numpy(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _vectors(table: pd.DataFrame) -> np.ndarray:
    return unit_vectors_of_degrees(table[col.LATITUDE].to_numpy(float), table[col.LONGITUDE].to_numpy(float))
