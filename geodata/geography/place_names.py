"""What people call the place a tract lies in: its county, and the city or town that holds its centre."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.schemas.table import CRS


def tract_names(tracts: pd.DataFrame, counties: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, county_name, place_name] for `tracts` [geoid, county_geoid, latitude, longitude].

    Where two places hold a tract's centre the one with the lower GEOID names it. A name that cannot be had is
    missing.
    """
    county = tracts["county_geoid"].map(counties.set_index("county_geoid")["name"])
    named = tracts[["geoid"]].assign(county_name=county)
    centre = gpd.points_from_xy(tracts["longitude"], tracts["latitude"], crs=CRS)
    located = gpd.GeoDataFrame(tracts[["geoid"]], geometry=centre)[tracts["latitude"].notna().to_numpy()]
    if located.empty or places.empty:
        return named.assign(place_name=None)
    shapes = gpd.GeoDataFrame(places[["place_geoid", "name"]], geometry=places["geometry"].to_numpy(), crs=CRS)
    inside = located.sjoin(shapes, predicate="intersects").sort_values("place_geoid").drop_duplicates("geoid")
    place = inside[["geoid", "name"]].rename(columns={"name": "place_name"})
    return named.merge(pd.DataFrame(place), on="geoid", how="left")
