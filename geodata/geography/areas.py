"""Which areas that own a budget each tract and each point lies in: counties, places, workforce areas, districts.

Does not hold what is summed over them (`geodata.communities.rollups`, `geodata.diagnostics.equity`).
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.geography.points_in_areas import place
from geodata.schemas import columns as col
from geodata.schemas.table import CRS

COLUMNS = [col.GEOID, col.STATE, col.AREA_KIND, col.AREA_ID, col.AREA_NAME]


def tract_areas(
    tracts: pd.DataFrame, counties: pd.DataFrame, places: pd.DataFrame, members: pd.DataFrame
) -> pd.DataFrame:
    """Return [geoid, state, area_kind, area_id, area_name], a row for each tract and area it belongs to.

    `tracts` is [geoid, state, county_geoid, latitude, longitude]. A tract belongs to its county, to the place that
    holds its center, and to the areas of `members` (`area_members`) that name it or its county; where an area names
    both counties and tracts, each tract belongs to it once.
    """
    base = tracts[[col.GEOID, col.STATE, col.COUNTY_GEOID]]
    names = counties.drop_duplicates(col.COUNTY_GEOID).set_index(col.COUNTY_GEOID)[col.NAME]
    county = base.assign(area_kind="county", area_id=base[col.COUNTY_GEOID])
    county[col.AREA_NAME] = base[col.COUNTY_GEOID].map(names).astype("str")
    county[col.AREA_NAME] = county[col.AREA_NAME].where(
        county[col.AREA_NAME].notna(), "County " + base[col.COUNTY_GEOID]
    )
    unit = {"county": "county_geoid", "tract": "geoid"}
    named = [
        base.merge(
            members.loc[members[col.UNIT_KIND] == kind, [col.AREA_KIND, col.AREA_ID, col.AREA_NAME, col.UNIT_GEOID]],
            left_on=column,
            right_on=col.UNIT_GEOID,
        )
        for kind, column in unit.items()
    ]
    inside = _places(tracts, places)
    frames = [frame[COLUMNS] for frame in (county, inside, *named) if len(frame)]
    table = pd.concat(frames, ignore_index=True).drop_duplicates([col.GEOID, col.AREA_KIND, col.AREA_ID])
    return table.sort_values([col.AREA_KIND, col.AREA_ID, col.GEOID]).reset_index(drop=True)


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
    for state in areas[col.STATE].unique():
        for outlines in (polygons, counties.rename(columns={col.COUNTY_GEOID: col.GEOID})):
            here = located[(located[col.STATE] == state) & unit.isna()]
            unit[here.index] = place(here, gpd.GeoDataFrame(outlines[outlines[col.STATE] == state]))[col.GEOID]
    of_units = areas[areas[col.AREA_KIND] != "place"]
    rows = pd.DataFrame({col.ROW: located.index, col.GEOID: unit.to_numpy()}).dropna()
    in_areas = rows.merge(pd.concat([of_units, _of_whole_counties(of_units)]), on=col.GEOID)
    spots = located[[col.LATITUDE, col.LONGITUDE]].assign(geoid=[f"{row}" for row in located.index])
    in_places = _places(spots, places)
    in_places[col.ROW] = in_places[col.GEOID].astype("int64")
    in_places = in_places[in_places[col.STATE] == in_places[col.ROW].map(located[col.STATE])]
    columns = [col.ROW, col.STATE, col.AREA_KIND, col.AREA_ID]
    return pd.concat([in_areas[columns], in_places[columns]], ignore_index=True)


def _of_whole_counties(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the areas that hold all tracts of a county, with the county's code for a geoid."""
    keys = [col.GEOID, col.STATE, col.AREA_KIND, col.AREA_ID]
    held = areas.assign(geoid=areas[col.GEOID].str[:5]).groupby(keys, as_index=False).size()
    whole = held[held[col.AREA_KIND] == "county"].set_index(col.GEOID)["size"]
    return held.loc[held["size"] == held[col.GEOID].map(whole), keys]


def _places(points: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, state, area_kind, area_id, area_name] of the place holding each point; the lower GEOID of two."""
    known = points[points[col.LATITUDE].notna() & points[col.LONGITUDE].notna()]
    if known.empty or places.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    spots = gpd.GeoDataFrame(
        known[[col.GEOID]], geometry=gpd.points_from_xy(known[col.LONGITUDE], known[col.LATITUDE]), crs=CRS
    )
    shapes = gpd.GeoDataFrame(
        places[[col.PLACE_GEOID, col.STATE, col.NAME]], geometry=places["geometry"].to_numpy(), crs=CRS
    )
    inside = spots.sjoin(shapes, predicate="intersects").sort_values(col.PLACE_GEOID).drop_duplicates(col.GEOID)
    renamed = inside.rename(columns={col.PLACE_GEOID: col.AREA_ID, col.NAME: col.AREA_NAME}).assign(area_kind="place")
    return pd.DataFrame(renamed[COLUMNS])
