"""A made-up nation to measure on: metropolitan areas of very unequal size, small towns, and open country.

Sizes are tuned so that 85,000 tracts and 10,000 sites have about as many pairs within 60 km as the United States
(10.6 million between census tract centers and a sample of charging sites). Fictional, and the same for one seed.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.geography.coordinates import Points
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import CENTERS, DEFINITIONS, MEASURE_NAMES, MEASURES, PROVIDERS, SITES, TRACTS
from geodata.schemas.table import Table
from geodata.states import REGISTRY, State

METROS = 400


def places(n: int, seed: int) -> Points:
    """Return n points between 26° and 48° north and 123° and 70° west, a fifth of them rural."""
    shape = np.random.default_rng(7)
    latitude, longitude = shape.uniform(27, 47, METROS), shape.uniform(-122, -71, METROS)
    size = 1.0 / np.arange(1, METROS + 1)
    spread_km = 4.0 + 45.0 * np.sqrt(size)
    rng = np.random.default_rng(seed)
    rural = rng.random(n) < 0.2
    metro = rng.choice(METROS, n, p=size / size.sum())
    away = rng.standard_normal((n, 2)) * spread_km[metro, None] / 111.2
    north = np.where(rural, rng.uniform(26, 48, n), latitude[metro] + away[:, 0])
    east = longitude[metro] + away[:, 1] / np.cos(np.radians(latitude[metro]))
    return Points(np.clip(north, 24, 50), np.where(rural, rng.uniform(-123, -70, n), east), rural)


def people(n: int, seed: int) -> np.ndarray:
    """Return eligible adults of n tracts."""
    return np.round(np.random.default_rng(seed).gamma(2.0, 300.0, n))


def seats(n: int, seed: int) -> np.ndarray:
    """Return yearly seats of n providers."""
    return np.round(np.random.default_rng(seed).lognormal(3.0, 1.0, n)) + 1.0


def made_up_ground(tracts: int = 85_000, providers: int = 10_000, sites: int = 24_000) -> CanonicalTables:
    """Return canonical tables of the made-up nation: tracts that touch, with survey, two definitions and counties.

    The states are bands from west to east with the codes of real ones (Connecticut left out, whose codes are of two
    kinds), for a state must be known; nothing else of them is real.
    """
    states = [state for state in REGISTRY if state.kind in ("state", "district") and state.usps != "CT"]
    where = places(tracts, 1)
    rng = np.random.default_rng(2)
    order = np.argsort(where.longitude, kind="stable")
    state = np.empty(tracts, dtype=np.int64)
    state[order] = np.arange(tracts) * len(states) // tracts
    place = pd.Series(np.arange(tracts)).groupby(state).cumcount().to_numpy()
    county = place * 20 * len(states) // tracts
    geoid = [f"{states[s].fips}{c + 1:03d}{n + 1:06d}" for s, c, n in zip(state, county, place, strict=True)]
    base = pd.DataFrame({"geoid": geoid, "state": [states[s].usps for s in state], "tract_vintage": 2020})
    base["county_geoid"] = base["geoid"].str[:5]
    base["ct_scheme"] = "not_applicable"
    points = shapely.points(where.longitude, where.latitude)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
    cells = shapely.intersection(cells, shapely.box(-125, 24, -67, 50))
    shapes = gpd.GeoDataFrame(base.assign(land_m2=rng.lognormal(15, 1, tracts)), geometry=cells, crs="EPSG:4326")
    centers = base.assign(
        latitude=where.latitude, longitude=where.longitude, population=rng.integers(900, 8000, tracts)
    )
    return CanonicalTables(
        {
            "tracts": TRACTS.validate(shapes),
            "centers": CENTERS.validate(centers),
            "measures": _measures(base, centers["population"].to_numpy(), rng),
            "definitions": _definitions(base, rng),
            "sites": _points(SITES, "site", sites, 3, states, status="planned", source="planned_sites"),
            "providers": _points(
                PROVIDERS, "provider", providers, 4, states, entry_stage="entry", kind="community_college",
                seats_basis="seats", sources="training_list", seats=30.0,
            ),
        }
    )  # fmt: skip


def _measures(base: pd.DataFrame, population: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return every measure of every tract: a fifth of its residents, of group quarters one in 40."""
    frames = []
    for measure in MEASURE_NAMES:
        share = rng.beta(1, 39, len(base)) if measure == "group_quarters" else rng.beta(2, 8, len(base))
        share = np.ones(len(base)) if measure == "population" else share
        counts = {"count": np.round(population * share), "count_moe": 200.0, "share": share, "share_moe": 0.03}
        frames.append(base[["geoid", "state", "tract_vintage", "ct_scheme"]].assign(measure=measure, **counts))
    made = pd.concat(frames, ignore_index=True).assign(source="acs", vintage=2020, status="value")
    return MEASURES.validate(made)


def _definitions(base: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    svi = base.assign(definition="svi", value=rng.random(len(base)), official=True, archived=False)
    flags = rng.random(len(base)) < 0.3
    cejst = base.assign(definition="cejst", value=flags.astype(float), designated=flags, official=True, archived=True)
    made = pd.concat([svi, cejst], ignore_index=True).drop(columns="county_geoid")
    return DEFINITIONS.validate(made.assign(crosswalk_basis="none", pooled="nation", vintage=2022))


def _points(table: Table, name: str, n: int, seed: int, states: list[State], **columns: object) -> pd.DataFrame:
    where = places(n, seed)
    at = np.clip(((where.longitude + 123) / 53 * len(states)).astype(int), 0, len(states) - 1)
    frame = pd.DataFrame(
        {
            f"{name}_id": [f"{name}:{i:06d}" for i in range(n)],
            "name": [f"{name.title()} {i}" for i in range(n)],
            "state": [states[i].usps for i in at],
            "latitude": where.latitude,
            "longitude": where.longitude,
            "location_quality": "point",
        }
    )
    return table.validate(frame.assign(**columns))
