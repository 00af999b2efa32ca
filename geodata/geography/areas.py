"""Which areas that own a budget each tract and each point lies in: counties, places, workforce areas, districts.

Does not hold what is summed over them (`geodata.communities.rollups`, `geodata.diagnostics.equity`).
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.geography.points_in_areas import place
from geodata.schemas.table import CRS

COLUMNS = ["geoid", "state", "area_kind", "area_id", "area_name"]


def tract_areas(
    tracts: pd.DataFrame, counties: pd.DataFrame, places: pd.DataFrame, members: pd.DataFrame
) -> pd.DataFrame:
    """Return [geoid, state, area_kind, area_id, area_name], a row for each tract and area it belongs to.

    `tracts` is [geoid, state, county_geoid, latitude, longitude]. A tract belongs to its county, to the place that
    holds its centre, and to the areas of `members` (`area_members`) that name it or its county; where an area names
    both counties and tracts, each tract belongs to it once.
    """
    base = tracts[["geoid", "state", "county_geoid"]]
    names = counties.drop_duplicates("county_geoid").set_index("county_geoid")["name"]
    county = base.assign(area_kind="county", area_id=base["county_geoid"])
    county["area_name"] = base["county_geoid"].map(names).astype("str")
    county["area_name"] = county["area_name"].where(county["area_name"].notna(), "County " + base["county_geoid"])
    unit = {"county": "county_geoid", "tract": "geoid"}
    named = [
        base.merge(
            members.loc[members["unit_kind"] == kind, ["area_kind", "area_id", "area_name", "unit_geoid"]],
            left_on=column,
            right_on="unit_geoid",
        )
        for kind, column in unit.items()
    ]
    inside = _places(tracts, places)
    frames = [frame[COLUMNS] for frame in (county, inside, *named) if len(frame)]
    table = pd.concat(frames, ignore_index=True).drop_duplicates(["geoid", "area_kind", "area_id"])
    return table.sort_values(["area_kind", "area_id", "geoid"]).reset_index(drop=True)


def point_areas(
    points: pd.DataFrame,
    areas: pd.DataFrame,
    polygons: gpd.GeoDataFrame,
    counties: pd.DataFrame,
    places: pd.DataFrame,
) -> pd.DataFrame:
    """Return [row, state, area_kind, area_id], a row for each point and area it lies in.

    `points` has latitude, longitude and state, `row` counts from 0. A point lies in the areas of the tract of its state
    that it stands in, or stands off the shore of, and in the place whose outline holds it. Where no tract has a polygon
    it lies in its county, by the county's outline, and in the areas that hold all of the county. By state, so that a
    site on the border is counted the same whichever states are computed.
    """
    located = points.reset_index(drop=True)
    unit = pd.Series(None, index=located.index, dtype="str")
    for state in areas["state"].unique():
        for outlines in (polygons, counties.rename(columns={"county_geoid": "geoid"})):
            here = located[(located["state"] == state) & unit.isna()]
            unit[here.index] = place(here, gpd.GeoDataFrame(outlines[outlines["state"] == state]))["geoid"]
    of_units = areas[areas["area_kind"] != "place"]
    rows = pd.DataFrame({"row": located.index, "geoid": unit.to_numpy()}).dropna()
    in_areas = rows.merge(pd.concat([of_units, _of_whole_counties(of_units)]), on="geoid")
    spots = located[["latitude", "longitude"]].assign(geoid=[f"{row}" for row in located.index])
    in_places = _places(spots, places)
    in_places["row"] = in_places["geoid"].astype("int64")
    in_places = in_places[in_places["state"] == in_places["row"].map(located["state"])]
    columns = ["row", "state", "area_kind", "area_id"]
    return pd.concat([in_areas[columns], in_places[columns]], ignore_index=True)


def _of_whole_counties(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the areas that hold all tracts of a county, with the county's code for a geoid."""
    keys = ["geoid", "state", "area_kind", "area_id"]
    held = areas.assign(geoid=areas["geoid"].str[:5]).groupby(keys, as_index=False).size()
    whole = held[held["area_kind"] == "county"].set_index("geoid")["size"]
    return held.loc[held["size"] == held["geoid"].map(whole), keys]


def _places(points: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, state, area_kind, area_id, area_name] of the place holding each point; the lower GEOID of two."""
    known = points[points["latitude"].notna() & points["longitude"].notna()]
    if known.empty or places.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    spots = gpd.GeoDataFrame(
        known[["geoid"]], geometry=gpd.points_from_xy(known["longitude"], known["latitude"]), crs=CRS
    )
    shapes = gpd.GeoDataFrame(places[["place_geoid", "state", "name"]], geometry=places["geometry"].to_numpy(), crs=CRS)
    inside = spots.sjoin(shapes, predicate="intersects").sort_values("place_geoid").drop_duplicates("geoid")
    renamed = inside.rename(columns={"place_geoid": "area_id", "name": "area_name"}).assign(area_kind="place")
    return pd.DataFrame(renamed[COLUMNS])
