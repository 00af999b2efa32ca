"""A made-up state of square tracts, one kilometer wide, for tests of what is made of scored tracts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

KM = 1 / 111.32


def geoid(column: int, row: int, county: int = 1) -> str:
    return f"97{county:03d}{row:03d}{column:03d}"


def tracts(width: int, height: int, missing: set[tuple[int, int]] = frozenset()) -> gpd.GeoDataFrame:
    """Return [geoid, state, geometry] of a lattice on the equator without the cells `missing`."""
    cells = [(c, r) for r in range(height) for c in range(width) if (c, r) not in missing]
    shapes = [box(c * KM, r * KM, (c + 1) * KM, (r + 1) * KM) for c, r in cells]
    names = [geoid(c, r) for c, r in cells]
    return gpd.GeoDataFrame({"geoid": names, "state": "XL"}, geometry=shapes, crs="EPSG:4326")


def scores(shapes: gpd.GeoDataFrame, people: float | np.ndarray = 4000.0, tier: str = "A") -> pd.DataFrame:
    """Return what grouping and community tables need of `tract_scores`: all tracts listed, of one tier."""
    center = shapes.geometry.centroid if shapes.crs is None else shapes.set_crs(None, allow_override=True).centroid
    n = np.arange(len(shapes))
    return pd.DataFrame(
        {
            "geoid": shapes["geoid"].to_numpy(),
            "state": "XL",
            "county_geoid": shapes["geoid"].str[:5].to_numpy(),
            "county_name": "Grid County",
            "place_name": None,
            "latitude": center.y.to_numpy(),
            "longitude": center.x.to_numpy(),
            "population": np.broadcast_to(people, len(shapes)).astype(float),
            "working_age": np.broadcast_to(people, len(shapes)) * 0.6,
            "eligible_adults": np.broadcast_to(people, len(shapes)) * 0.2,
            "eligible_adults_moe": 30.0,
            "need": 60.0 + n % 40,
            "training_gap": 40.0 + n % 20,
            "opportunity": 50.0,
            "top_in_weight_sets": 50,
            "priority": 60.0 + n % 30,
            "gated": True,
            "tier": tier,
            "cut_tier": tier,
        }
    )
