"""The hand-worked grid as a state that the whole analysis runs on, with a survey that has margins."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import JOB_CENTERS, TRACTS
from geodata.settings import Settings
from tests.geodata.scoring import grid

AS_OF = grid.AS_OF
SETTINGS = Settings(
    need={"weights": {"svi": 1, "cejst": 1, "workforce": 1}},
    # A straight line from tract to tract takes 22.5 minutes northward, 17 eastward.
    access={"catchment_minutes": 50.0, "rural_catchment_minutes": 50.0, "cells_per_tract": 1},
    travel={"engine": "great_circle", "speed_kmh_rural": 40.0},
    uncertainty={"draws": 60, "top_share": 0.34, "top_count": 3},
    priority={"gate_need": 40.0},
    hubs={"cover_minutes": 30.0},
)


def tracts() -> gpd.GeoDataFrame:
    half = grid.STEP_DEGREES / 2
    shapes = []
    for n in range(1, 10):
        latitude, longitude = grid.place(n)
        shapes.append(box(longitude - half, latitude - half, longitude + half, latitude + half))
    frame = gpd.GeoDataFrame({"geoid": grid.GEOIDS}, geometry=shapes, crs="EPSG:4326")
    frame["state"], frame["county_geoid"], frame["land_m2"] = "XL", "97001", 9.4e7
    return TRACTS.validate(frame.assign(tract_vintage=2020, ct_scheme="not_applicable"))


def job_centers() -> pd.DataFrame:
    latitude, longitude = grid.place(8)
    row = {"center_id": "test:8", "name": "South Library", "state": "XL", "location_quality": "point"}
    return JOB_CENTERS.validate(pd.DataFrame([{**row, "latitude": latitude, "longitude": longitude}]))


def canonical(**changed: pd.DataFrame) -> CanonicalTables:
    """Return the canonical tables of the grid, some of them replaced."""
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    cejst = grid.definition("cejst", [0, 0, 0, 0, 0, 0, 0, 1, 1], [False] * 7 + [True] * 2, True)
    tables = {
        "tracts": tracts(),
        "centers": grid.centers(),
        "measures": grid.measures(no_vehicle=[n / 20 for n in range(1, 10)]),
        "definitions": pd.concat([svi, cejst], ignore_index=True),
        "providers": grid.providers(),
        "sites": grid.sites(),
        "job_centers": job_centers(),
    }
    return CanonicalTables({**tables, **changed})
