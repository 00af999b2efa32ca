"""A county, two places and areas of tracts on the lattice, for tests of areas that own budgets."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from geodata.schemas.canonical import AREA_MEMBERS, COUNTIES, PLACES
from tests.geodata.lattice import KM

COUNTY = COUNTIES.validate(
    gpd.GeoDataFrame(
        {"county_geoid": ["97001"], "state": ["XL"], "name": ["Grid County"]},
        geometry=[box(0, 0, 4 * KM, KM)],
        crs="EPSG:4326",
    )
)


PLACE = PLACES.validate(
    gpd.GeoDataFrame(
        {"place_geoid": ["9700100", "9700050"], "state": "XL", "name": ["West Town", "Overlap"]},
        geometry=[box(0, 0, 2 * KM, KM), box(1.4 * KM, 0, 2 * KM, KM)],
        crs="EPSG:4326",
    )
)


def members(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area_kind", "area_id", "unit_kind", "unit_geoid"])
    return AREA_MEMBERS.validate(frame.assign(area_name="Area " + frame["area_id"], state="XL"))
