"""A nation in memory, without polygons or files: points and figures to measure speed on.

Places follow the same landscape as the written sample, so distances are as uneven as real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.sample.fields import hidden_fields
from geodata.sample.people import survey
from geodata.sample.settlement import RESIDENTS_PER_TRACT, settle
from geodata.sample.terrain import Floats, Terrain, nation_terrain


@dataclass(frozen=True)
class Nation:
    """Benchmark tables of one fictional nation.

    tracts: geoid, state, latitude, longitude, population, eligible_adults.
    measures: geoid with counts E_x and 90 % margins M_x (people or households), as in the SVI file.
    providers: provider_id, latitude, longitude, seats (a year), entry_stage ("entry" or "advanced").
    sites: site_id, latitude, longitude, ports, level ("2" or "dc_fast"), job_years.
    """

    tracts: pd.DataFrame
    measures: pd.DataFrame
    providers: pd.DataFrame
    sites: pd.DataFrame


def synthetic_nation(n_tracts: int = 85_000, n_providers: int = 6_000, seed: int = 20, n_sites: int = 5_000) -> Nation:
    """Return a nation of exactly the given numbers of tracts, providers and sites; same seed, same nation.

    Eligible adults are 60 % of the people below 150 % of poverty plus the unemployed: a stand-in for load,
    not the product's definition.
    """
    terrain = nation_terrain(n_tracts, seed)
    rng = np.random.default_rng([seed, 80])
    spots, states = _spots(terrain, n_tracts, rng)
    degrees = terrain.to_degrees(terrain.warp(spots))
    reach = cKDTree(spots).query(spots, k=min(5, n_tracts))[0][:, -1]
    number = np.arange(n_tracts)
    fips = np.array([state.fips for state in terrain.states], dtype=object)
    tracts = pd.DataFrame(
        {
            "geoid": [f"{fips[s]}{n // 900_000:03d}{n % 900_000 + 1:06d}" for s, n in zip(states, number, strict=True)],
            "state": [terrain.states[s].usps for s in states],
            "latitude": degrees[:, 1],
            "longitude": degrees[:, 0],
            "population": rng.gamma(6.0, RESIDENTS_PER_TRACT / 6.0, n_tracts).astype(int),
            "kind": "people",
            "x": spots[:, 0],
            "y": spots[:, 1],
            "land_m2": np.pi * np.maximum(reach, 0.05) ** 2 / 5 * 1e6,
        }
    )
    measures = survey(tracts, hidden_fields(terrain, tracts), seed)
    tracts["eligible_adults"] = 0.6 * measures["E_POV150"] + measures["E_UNEMP"]
    keep = ["geoid", "state", "latitude", "longitude", "population", "eligible_adults"]
    counts = [name for name in measures if name == "geoid" or str(name).startswith(("E_", "M_"))]
    return Nation(
        tracts[keep],
        measures[counts],
        _providers(tracts, n_providers, rng),
        _sites(tracts, n_sites, rng),
    )


def _spots(terrain: Terrain, n_tracts: int, rng: np.random.Generator) -> tuple[Floats, np.ndarray]:
    """Return one point (km, straight plane) and state index for each tract."""
    counts = np.array([state.tracts for state in terrain.states])
    counts = np.floor(counts / counts.sum() * n_tracts).astype(int)
    counts[0] += n_tracts - counts.sum()
    closed: shapely.Geometry = terrain.lake_area
    points = [settle(terrain, i, closed, int(count), rng) for i, count in enumerate(counts)]
    return np.concatenate(points), np.repeat(np.arange(len(counts)), counts)


def _near_tracts(tracts: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return `count` points near tracts, chosen by population."""
    weight = tracts["population"].to_numpy(dtype=float)
    chosen = rng.choice(len(tracts), count, p=weight / weight.sum())
    spots = tracts[["latitude", "longitude"]].to_numpy()[chosen] + rng.normal(0, 0.01, (count, 2))
    return pd.DataFrame(spots.round(6), columns=["latitude", "longitude"])


def _providers(tracts: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = _near_tracts(tracts, count, rng)
    frame.insert(0, "provider_id", [f"P{n:06d}" for n in range(count)])
    frame["seats"] = np.maximum(1, rng.lognormal(3.0, 0.8, count).round()).astype(int)
    frame["entry_stage"] = np.where(rng.random(count) < 0.9, "entry", "advanced")
    return frame


def _sites(tracts: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = _near_tracts(tracts, count, rng)
    frame.insert(0, "site_id", [f"S{n:06d}" for n in range(count)])
    fast = rng.random(count) < 0.6
    frame["ports"] = rng.choice([2, 4, 6, 8], count)
    frame["level"] = np.where(fast, "dc_fast", "2")
    frame["job_years"] = frame["ports"] * np.where(fast, 0.06, 0.02)
    return frame
