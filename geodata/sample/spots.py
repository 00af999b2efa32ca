"""Where chargers are and will be: places along highways and among people, before any file format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.sample.land import Land

CORRIDOR_SPACING_KM = 38.0
AS_OF = "2026-09-30"


def spots_among_people(
    land: Land, count: int, pull: float, rng: np.random.Generator, states: tuple[int, ...] | None = None
) -> pd.DataFrame:
    """Return `count` places (tract, latitude, longitude) near people; `pull` > 0 draws them to need."""
    need = land.fields["need"].to_numpy()
    tract = land.people["tract"].to_numpy()
    weight = np.exp(pull * np.clip(need[tract], -2.5, 2.5))
    if states is not None:
        weight = weight * np.isin(land.tracts["state"].to_numpy()[tract], states)
    chosen = rng.choice(len(tract), count, p=weight / weight.sum())
    shift = rng.normal(0, 0.0012, (count, 2))
    return pd.DataFrame(
        {
            "tract": tract[chosen],
            "latitude": np.round(land.people["latitude"].to_numpy()[chosen] + shift[:, 0], 6),
            "longitude": np.round(land.people["longitude"].to_numpy()[chosen] + shift[:, 1], 6),
        }
    )


def spots_along_roads(land: Land, spacing_km: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return places (tract, latitude, longitude, corridor) about every `spacing_km` along highways, on land."""
    rows = []
    for road, line in zip(land.terrain.roads, land.roads, strict=True):
        step = spacing_km * (1.0 if road.route_type == "I" else 1.7) / 100
        marks = np.arange(step * rng.uniform(0.2, 0.8), line.length, step)
        spots = shapely.get_coordinates(shapely.line_interpolate_point(line, marks))
        spots += rng.normal(0, 0.002, spots.shape)
        rows += [(road.name, x, y) for x, y in spots]
    frame = pd.DataFrame(rows, columns=["corridor", "longitude", "latitude"]).round(6)
    tree = shapely.STRtree(land.tracts.geometry.values)
    which, where = tree.query(shapely.points(frame["longitude"], frame["latitude"]), predicate="within")
    frame = frame.iloc[which].assign(tract=where)
    dry = land.tracts["kind"].to_numpy()[where] != "water"
    return pd.DataFrame(frame[dry].drop_duplicates(["longitude", "latitude"]).reset_index(drop=True))


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table, whose columns are their attributes."""
    yield from frame.itertuples()


def nearest_city(land: Land, tract: pd.Series) -> list[str]:
    """Return the name of the city nearest to each tract."""
    x, y = land.tracts["x"].to_numpy()[tract], land.tracts["y"].to_numpy()[tract]
    cities = land.terrain.cities
    away = np.hypot(x[:, None] - [c.x for c in cities], y[:, None] - [c.y for c in cities])
    return [cities[i].name for i in away.argmin(axis=1)]


def zip_codes(land: Land, tract: pd.Series) -> list[str]:
    """Return invented ZIP codes, one a county; all start with 00, which no postal district uses this way."""
    county = land.tracts["county"].to_numpy()[tract]
    return [f"{100 + c % 300:05d}" for c in county]


def with_place(land: Land, spots: pd.DataFrame) -> pd.DataFrame:
    """Return `spots`, which name their tract, with city, zip, and the state as index and postal code (usps)."""
    state = land.tracts["state"].to_numpy()[spots["tract"]]
    usps = [land.terrain.states[s].usps for s in state]
    return spots.assign(
        city=nearest_city(land, spots["tract"]), zip=zip_codes(land, spots["tract"]), state=state, usps=usps
    )


def dates(count: int, first: str, last: str, rng: np.random.Generator) -> list[str]:
    """Return `count` days between two days (YYYY-MM-DD)."""
    start, end = np.datetime64(first), np.datetime64(last)
    return [str(start + int(n)) for n in rng.integers(0, int((end - start).astype(int)) + 1, count)]


def planned_sites(land: Land) -> pd.DataFrame:
    """Return sites to be built: tract, latitude, longitude, corridor ("" off highways), level, ports, kw, expected.

    Corridor sites have four to eight fast ports; sites among people have slow or fast ones. Dates run from
    the quarter after `AS_OF` to mid-2028, a few already past.
    """
    rng = np.random.default_rng([land.terrain.seed, 40])
    road = spots_along_roads(land, CORRIDOR_SPACING_KM, rng)
    road["level"] = "dc_fast"
    road["ports"] = rng.choice([4, 4, 4, 6, 8], len(road))
    road["kw"] = rng.choice([150, 150, 180, 350], len(road))
    total = len(land.tracts)
    town = spots_among_people(land, max(24, round(0.11 * total)), 0.4, rng)
    town["corridor"] = ""
    town["level"] = np.where(rng.random(len(town)) < 0.45, "dc_fast", "2")
    town["ports"] = np.where(
        town["level"] == "2", rng.choice([2, 4, 6, 8, 12], len(town)), rng.choice([2, 4, 8], len(town))
    )
    town["kw"] = np.where(town["level"] == "2", 7, rng.choice([62, 120, 150], len(town)))
    sites = pd.concat([road, town], ignore_index=True)
    sites = sites.iloc[rng.permutation(len(sites))].reset_index(drop=True)
    sites["expected"] = dates(len(sites), "2026-10-15", "2028-06-20", rng)
    late = rng.random(len(sites)) < 0.07
    sites.loc[late, "expected"] = dates(int(late.sum()), "2025-11-01", "2026-08-15", rng)
    return with_place(land, sites)
