"""Where people live: points that each stand for some residents, and the reserved land without any.

Holds the random but repeatable settling of a `Terrain`; tracts are drawn around these points in `tracts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geodata.sample.terrain import City, Floats, Integers, Objects, State, Terrain

#: Shares of a state's people who live along highways, and scattered over the land.
ALONG_ROADS, SCATTERED = 0.07, 0.11
RESIDENTS_PER_TRACT = 3_900


@dataclass(frozen=True)
class Reserve:
    """Land set apart as its own tract: an airport or park (nobody lives there) or a barracks-like institution."""

    kind: str
    name: str
    county: int
    shape: shapely.Polygon


def points_per_tract(tracts: int) -> int:
    """Return how many points stand for the people of an average tract: fewer in a nation, to save memory."""
    return 120 if tracts <= 2_000 else 30


def settle(terrain: Terrain, index: int, closed: shapely.Geometry, wanted: int, rng: np.random.Generator) -> Floats:
    """Return `wanted` points (n, 2) in km where people of state `index` live, none of them in `closed`."""
    state = terrain.states[index]
    cities = [city for city in terrain.cities if city.state == index]
    shares = np.array([city.share for city in cities])
    in_cities = min(shares.sum(), 1 - ALONG_ROADS - SCATTERED)
    chances = np.concatenate([shares / shares.sum() * in_cities, [ALONG_ROADS, 0.0]])
    chances[-1] = 1 - chances.sum()
    roads = shapely.union_all([shapely.LineString(road.points) for road in terrain.roads if len(road.points) > 1])
    stretch = shapely.intersection(roads, shapely.box(*state.box))
    shapely.prepare(closed)
    kept: list[Floats] = []
    have = 0
    while have < wanted:
        counts = rng.multinomial(int((wanted - have) * 1.3) + 50, chances)
        batch = [_about(city, int(count), rng) for city, count in zip(cities, counts, strict=False)]
        batch.append(_beside(stretch, int(counts[-2]), rng))
        batch.append(_scatter(terrain, state, int(counts[-1]), rng))
        points = np.concatenate(batch)
        x0, y0, x1, y1 = state.box
        inside = (points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
        points = points[inside]
        points = points[~shapely.contains_xy(closed, points[:, 0], points[:, 1])]
        kept.append(rng.permutation(points))
        have += len(points)
    return np.concatenate(kept)[:wanted]


def _about(city: City, count: int, rng: np.random.Generator) -> Floats:
    """Return points about a city: a dense core, a wider ring of suburbs, some ribbons."""
    turn = rng.uniform(0, 2 * np.pi, count)
    suburban = rng.random(count) < 0.5
    radius = np.where(suburban, rng.gamma(2.2, 0.75, count), np.abs(rng.normal(0, 0.75, count)))
    squeeze = 1 + 0.18 * np.cos(2 * (turn - city.poor_side)) + 0.08 * np.cos(5 * turn + city.x)
    distance = city.spread_km * radius * squeeze
    return np.column_stack([city.x + distance * np.cos(turn), city.y + distance * np.sin(turn)])


def _beside(line: shapely.Geometry, count: int, rng: np.random.Generator) -> Floats:
    """Return points scattered within a few kilometers of a line."""
    places = shapely.line_interpolate_point(shapely.line_merge(line), 0)
    parts = shapely.get_parts(shapely.line_merge(line))
    if len(parts) == 0 or shapely.is_empty(places).all():
        return np.empty((0, 2))
    lengths = shapely.length(parts)
    which = rng.choice(len(parts), count, p=lengths / lengths.sum())
    spots = shapely.line_interpolate_point(parts[which], rng.random(count) * lengths[which])
    return np.asarray(shapely.get_coordinates(spots) + rng.normal(0, 3.0, (count, 2)))


def _scatter(terrain: Terrain, state: State, count: int, rng: np.random.Generator) -> Floats:
    """Return points in hamlets over the whole state, thicker where the land is kinder."""
    x0, y0, x1, y1 = state.box
    tries = rng.uniform((x0, y0), (x1, y1), (count * 3 + 30, 2))
    kindness = np.exp(0.7 * terrain.ripple(tries, 70.0, 1))
    hamlets = tries[rng.random(len(tries)) < kindness / (1 + kindness)][: max(1, count // 3)]
    return np.asarray(hamlets[rng.integers(0, len(hamlets), count)] + rng.normal(0, 0.8, (count, 2)))


def reserves(terrain: Terrain, counties: Objects, state_of: Integers) -> list[Reserve]:
    """Return the reserved lands of every state, each whole within one county and clear of lakes and each other.

    `counties` holds the straight county polygons (km), `state_of` the index of each one's state.
    """
    found: list[Reserve] = []
    tree = shapely.STRtree(counties)
    for index, state in enumerate(terrain.states):
        rng = np.random.default_rng([terrain.seed, 6, index])
        taken = [terrain.lake.shape.buffer(1.5)]
        taken += [river.shape.buffer(0.5) for river in terrain.rivers]
        for kind, name, x, y, radius, slack in _plans(terrain, index, state, rng):
            for attempt in range(60):
                reach = slack * (0.3 + attempt / 20)
                spot = shapely.Point(x + rng.normal(0, reach), y + rng.normal(0, reach))
                turn = np.linspace(0, 2 * np.pi, 9, endpoint=False) + rng.uniform(0, 1)
                size = radius * rng.uniform(0.8, 1.2, 9)
                shape = shapely.Polygon(np.column_stack([spot.x + size * np.cos(turn), spot.y + size * np.sin(turn)]))
                home = tree.query(shape.buffer(0.4 * radius + 0.3), predicate="within")
                if len(home) and state_of[home[0]] == index and not any(shape.intersects(t) for t in taken):
                    taken.append(shape.buffer(0.6))
                    found.append(Reserve(kind, name, int(home[0]), shape))
                    break
    return found


def _plans(
    terrain: Terrain, index: int, state: State, rng: np.random.Generator
) -> list[tuple[str, str, float, float, float, float]]:
    """Return kind, name, x, y, radius and allowed shift (km) of each reserve to be placed."""
    plans = []
    cities = [city for city in terrain.cities if city.state == index]
    for city in cities:
        if city.metro:
            away = city.poor_side + 2.4
            x = city.x + 1.9 * city.spread_km * np.cos(away)
            y = city.y + 1.9 * city.spread_km * np.sin(away)
            plans.append(("park", f"{city.name} Airport", x, y, 0.22 * city.spread_km, 2.0))
            plans.append(("park", f"{city.name} Commons", city.x, city.y, 0.1 * city.spread_km, 2.5))
    x0, y0, x1, y1 = state.box
    for number in range(max(1, state.tracts // 130)):
        x, y = rng.uniform((x0 + 12, y0 + 12), (x1 - 12, y1 - 12))
        radius = float(rng.uniform(3, 8))
        plans.append(("park", f"Reserve {number + 1}", float(x), float(y), radius, 12.0))
    for number in range(max(1, state.tracts // 400)):
        city = cities[int(rng.integers(0, len(cities)))]
        x, y = city.x + 4 * city.spread_km, city.y
        plans.append(("barracks", f"Correctional Center {number + 1}", x, y, 0.9, 4.0))
    return plans


def gather(points: Floats, centers: int, rng: np.random.Generator, rounds: int = 12) -> tuple[Floats, Integers]:
    """Group points around `centers` seeds by repeated averaging (Lloyd); return seeds and nearest seed of each.

    The seeds of the last round and the groups belong together: every point is nearest to its own seed.
    """
    centers = min(centers, len(points))
    seeds = points[rng.choice(len(points), centers, replace=False)].copy()
    for turn in range(rounds):
        nearest = cKDTree(seeds).query(points)[1]
        counts = np.bincount(nearest, minlength=centers)
        for axis in (0, 1):
            sums = np.bincount(nearest, points[:, axis], centers)
            seeds[:, axis] = np.where(counts > 0, sums / np.maximum(counts, 1), seeds[:, axis])
        if turn < rounds - 1:
            _evened(seeds, counts, points, nearest, rng)
    return seeds, cKDTree(seeds).query(points)[1]


def _evened(seeds: Floats, counts: Integers, points: Floats, nearest: Integers, rng: np.random.Generator) -> None:
    """Move the seeds of the smallest groups into the largest ones, in place."""
    usual = len(points) / len(seeds)
    large = np.flatnonzero(counts > 1.5 * usual)
    small = np.argsort(counts, kind="stable")[: min(len(large), int((counts < 0.8 * usual).sum()))]
    large = large[np.argsort(-counts[large], kind="stable")][: len(small)]
    by_group = np.argsort(nearest, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)])
    for target, source in zip(large, small, strict=True):
        member = by_group[starts[target] + rng.integers(0, counts[target])]
        seeds[source] = points[member]
