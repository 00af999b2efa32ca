"""Training known to be in a tract's place, ZIP code or county, but not where: no minutes, and no desert either.

Takes the providers that would count if they were located (`geodata.scoring.training.unlocated_providers`). Those that
name nothing finer than their state are not said of any tract; `geodata.ingest.locations` counts them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.geography.sphere import unit_vectors_of_degrees
from geodata.schemas import columns as col

# A provider known by its ZIP code or place is named in that place; one known by its county, in all of the county.
# One known by its ZIP code is named to the people of that code as well, whatever place they live in.
_BY_PLACE = ("zip", "place", "area")


def unlocated_near(tracts: pd.DataFrame, providers: pd.DataFrame, zips: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, unlocated_providers, unlocated_where] for `tracts`.

    `tracts` is [geoid, state, latitude, longitude, county_geoid, county_name, place_name, town_name], `providers`
    [state, zip, latitude, longitude, location_quality], none located, `zips` [state, latitude, longitude] of ZIP codes.
    A provider is in the place (or town) and county of the tract of its state whose center is nearest to its
    approximate point. A tract has the ZIP codes whose point is nearest to its center, for no table says which codes
    are delivered in it. `unlocated_where` names what a tract shares with any, the place before the ZIP code before the
    county, and the count is of that area; 0 and missing where there is none.
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
    in_zip = _in_zips(tracts, providers, zips)
    county = tracts[col.COUNTY_NAME].fillna("County " + tracts[col.COUNTY_GEOID])
    wider = in_zip["n"].where(in_zip["n"] > 0, in_county)
    out[col.UNLOCATED_PROVIDERS] = in_place.where(in_place > 0, wider).astype("int64")
    named = ("ZIP " + in_zip[col.ZIP]).where(in_zip["n"] > 0, county.where(in_county > 0))
    out[col.UNLOCATED_WHERE] = local.where(in_place > 0, named)
    return out


def _in_zips(tracts: pd.DataFrame, providers: pd.DataFrame, zips: pd.DataFrame) -> pd.DataFrame:
    """Return [n, zip] for `tracts`: providers known by their ZIP code alone in the one that has most of them there."""
    out = pd.DataFrame({"n": 0, col.ZIP: None}, index=tracts.index).astype({col.ZIP: "str"})
    known = providers[(providers[col.LOCATION_QUALITY] == "zip") & providers[col.ZIP].notna()]
    for state, rows in known.groupby(col.STATE):
        # Codes of post-office boxes share the point of their post office.
        points = zips[zips[col.STATE] == state].drop_duplicates([col.LATITUDE, col.LONGITUDE])
        own = tracts[(tracts[col.STATE] == state) & tracts[col.LATITUDE].notna()]
        if points.empty or own.empty:
            continue
        tree = cKDTree(_vectors(points))
        at = (
            rows.assign(point=tree.query(_vectors(rows))[1])
            .groupby(["point", col.ZIP])
            .size()
            .rename("n")
            .reset_index()
        )
        most = at.sort_values(["n", col.ZIP], ascending=[False, True]).drop_duplicates("point").set_index("point")
        nearest = pd.Series(tree.query(_vectors(own))[1], index=own.index)
        out.loc[own.index, "n"] = nearest.map(most["n"]).fillna(0).astype("int64")
        out.loc[own.index, col.ZIP] = nearest.map(most[col.ZIP])
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
