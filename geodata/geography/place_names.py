"""What people call the place a tract lies in: its county, and the city or town that holds its center."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.table import CRS


def tract_names(tracts: pd.DataFrame, counties: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, county_name, place_name] for `tracts` [geoid, county_geoid, latitude, longitude].

    Where two places hold a tract's center the one with the lower GEOID names it. A name that cannot be had is
    missing.
    """
    county = tracts[col.COUNTY_GEOID].map(counties.set_index(col.COUNTY_GEOID)[col.NAME])
    named = tracts[[col.GEOID]].assign(county_name=county)
    center = gpd.points_from_xy(tracts[col.LONGITUDE], tracts[col.LATITUDE], crs=CRS)
    located = gpd.GeoDataFrame(tracts[[col.GEOID]], geometry=center)[tracts[col.LATITUDE].notna().to_numpy()]
    if located.empty or places.empty:
        return named.assign(place_name=None)
    shapes = gpd.GeoDataFrame(places[[col.PLACE_GEOID, col.NAME]], geometry=places["geometry"].to_numpy(), crs=CRS)
    inside = located.sjoin(shapes, predicate="intersects").sort_values(col.PLACE_GEOID).drop_duplicates(col.GEOID)
    place = inside[[col.GEOID, col.NAME]].rename(columns={col.NAME: col.PLACE_NAME})
    return named.merge(pd.DataFrame(place), on=col.GEOID, how="left")
