"""The lie of the land: states, cities, roads, lake, river and the smooth fields that people follow.

Everything is laid out in a plane measured in kilometers, with straight borders, and only then bent by
`Terrain.warp` (a sum of small waves, the same for every point) and put on the globe by an equal-area
projection, in the open Pacific where no state is. Does not hold tracts or people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geodata.sample import invented_names as names

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
#: Wavelengths (km) of the bends in every border, road and shore; each bends by `BEND` of its length.
WAVELENGTHS_KM = (180.0, 70.0, 34.0, 17.0, 8.0, 4.0, 2.0, 1.0)
BEND = 0.017
#: The bend where tracts are many: among very small tracts the usual one would tangle somewhere.
GENTLE_BEND, MANY_TRACTS = 0.004, 5_000
STATE_SIZE_KM = (300.0, 250.0)
STRIP_WIDTH_KM = 45.0


@dataclass(frozen=True)
class State:
    """A fictional state: codes, its straight box (x0, y0, x1, y1) in km, and how much it is to hold."""

    usps: str
    fips: str
    name: str
    box: tuple[float, float, float, float]
    tracts: int
    county_grid: tuple[int, int]
    county_names: tuple[str, ...]


@dataclass(frozen=True)
class City:
    """A city or town: center in km, `spread_km` of its built-up area, share of its state's people.

    `poor_side` is the direction (radians from east) in which need is highest, `contrast` how far its sides
    differ (1 in a divided metropolis).
    """

    name: str
    state: int
    x: float
    y: float
    spread_km: float
    share: float
    metro: bool = False
    poor_side: float = 0.0
    contrast: float = 0.55


@dataclass(frozen=True)
class Road:
    """A highway: signed name, route type (I interstate, U US highway), points in km."""

    name: str
    route_type: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Water:
    """A lake (polygon) or river (center line) in the plane (km, before bending); a river is `wide_km` wide."""

    name: str
    shape: shapely.Geometry
    wide_km: float = 0.0


@dataclass(frozen=True)
class Terrain:
    """One landscape. `center` is latitude and longitude of the plane's origin, in degrees."""

    center: tuple[float, float]
    states: tuple[State, ...]
    cities: tuple[City, ...]
    roads: tuple[Road, ...]
    lake: Water
    rivers: tuple[Water, ...]
    seed: int
    bend: float

    @cached_property
    def _waves(self) -> tuple[Floats, Floats, Floats]:
        """Wave vectors (waves, 2) in radians per km, phases (waves, 2), and displacements (waves, 2) in km."""
        rng = np.random.default_rng([self.seed, 1])
        lengths = np.repeat(WAVELENGTHS_KM, 4)
        turn = rng.uniform(0, 2 * np.pi, len(lengths))
        vectors = 2 * np.pi / lengths[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        phases = rng.uniform(0, 2 * np.pi, (len(lengths), 2))
        push = self.bend * lengths[:, None] * rng.uniform(0.5, 1.0, (len(lengths), 2))
        return vectors, phases, push

    def warp(self, points: Floats) -> Floats:
        """Bend points (n, 2) in km: a fixed function of position, so shared borders stay shared."""
        vectors, phases, push = self._waves
        out = points.copy()
        for vector, phase, amount in zip(vectors, phases, push, strict=True):
            along = points @ vector
            out[:, 0] += amount[0] * np.sin(along + phase[0])
            out[:, 1] += amount[1] * np.sin(along + phase[1])
        return out

    @cached_property
    def _projection(self) -> Transformer:
        latitude, longitude = self.center
        plane = f"+proj=laea +lat_0={latitude} +lon_0={longitude} +ellps=GRS80 +units=km +no_defs"
        return Transformer.from_crs(plane, "EPSG:4269", always_xy=True)

    def to_degrees(self, points: Floats) -> Floats:
        """Put bent points (n, 2) in km on the globe: longitude and latitude, rounded to 1e-6 degrees."""
        longitude, latitude = self._projection.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack([longitude, latitude]), 6)

    def to_plane(self, degrees: Floats) -> Floats:
        """Return bent plane coordinates (km) of longitude and latitude (n, 2)."""
        x, y = self._projection.transform(degrees[:, 0], degrees[:, 1], direction="INVERSE")
        return np.column_stack([x, y])

    def ripple(self, points: Floats, wavelength_km: float, stream: int) -> Floats:
        """Return a smooth random field of about unit variance at points (n, 2), for texture."""
        rng = np.random.default_rng([self.seed, 2, stream])
        waves = 12
        turn = rng.uniform(0, 2 * np.pi, waves)
        length = wavelength_km * rng.uniform(0.7, 1.5, waves)
        vectors = 2 * np.pi / length[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        phases = rng.uniform(0, 2 * np.pi, waves)
        total = np.zeros(len(points))
        for vector, phase in zip(vectors, phases, strict=True):
            total += np.sin(points @ vector + phase)
        return np.asarray(total * np.sqrt(2 / waves))


def _lake_shape(x: float, y: float, across: float, along: float, seed: int) -> shapely.Polygon:
    """Return a closed shape like a lake about (x, y), roughly `across` by `along` km in half-widths."""
    rng = np.random.default_rng([seed, 3])
    angle = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(2, 9):
        radius += rng.uniform(0.2, 0.8) * 0.5 / wave * np.sin(wave * angle + rng.uniform(0, 2 * np.pi))
    return shapely.Polygon(np.column_stack([x + across * radius * np.cos(angle), y + along * radius * np.sin(angle)]))


def _home_state(tracts: int, seed: int) -> tuple[list[City], list[Road], Water, list[Water]]:
    """Return cities, roads, lake and rivers of the state XL, laid out about the origin; more towns for more tracts."""
    rng = np.random.default_rng([seed, 4, 0])
    cities = []
    for city in names.FICTIONAL["cities"]:
        moved = {"x": city["x"] + rng.uniform(-3, 3), "y": city["y"] + rng.uniform(-3, 3)}
        side = np.radians(city["poor_side"])
        turn = float(np.arctan2(np.sin(side), np.cos(side)))
        cities.append(City(state=0, **{**city, **moved, "poor_side": turn}))
    where = {city.name: (city.x, city.y) for city in cities}
    where |= {city["name"]: (city["x"], city["y"]) for city in names.FICTIONAL["neighbor_cities"]}
    roads = []
    for road in names.FICTIONAL["roads"]:
        points = tuple(where[stop] if isinstance(stop, str) else tuple(stop) for stop in road["stops"])
        roads.append(Road(road["name"], road["route_type"], points))
    lake = _lake_shape(58, 36, 25, 17, seed)
    extra = max(0, round(6 * (tracts / 400) ** 0.6) - 6)
    half_x, half_y = (0.46 * size for size in STATE_SIZE_KM)
    for i in range(extra):
        tx, ty = rng.uniform(-half_x, half_x), rng.uniform(-half_y, half_y)
        if lake.buffer(6).contains(shapely.Point(tx, ty)):
            continue
        near = min(cities, key=lambda city: (city.x - tx) ** 2 + (city.y - ty) ** 2)
        spread, share = float(rng.uniform(1.4, 3.5)), float(rng.uniform(0.3, 1.0)) * 0.5 / max(extra, 10)
        turn = float(rng.uniform(0, 2 * np.pi))
        cities.append(City(names.compound(1000 + i), 0, tx, ty, spread, share, False, turn))
        roads.append(Road(f"US Hwy {800 + i}", "U", ((tx, ty), (near.x, near.y))))
    rivers = [
        Water(river["name"], shapely.LineString(river["course"]), river["width_km"])
        for river in names.FICTIONAL["rivers"]
    ]
    return cities, roads, Water("Larkspur Lake", lake), rivers


def county_grid(tracts: int) -> tuple[int, int]:
    """Return columns and rows of counties: 4 x 3 for a small state, more for a larger one."""
    rows = max(3, round(3 * (tracts / 400) ** 0.25))
    return round(rows * 4 / 3), rows


def sample_terrain(tracts: int, seed: int, neighbor: bool = True) -> Terrain:
    """Return the landscape: the state XL and, if asked, a strip of its neighbor XS to the east."""
    wide, high = STATE_SIZE_KM
    grid = county_grid(tracts)
    box = (-wide / 2, -high / 2, wide / 2, high / 2)
    states = [State(*names.STATES[0], box, tracts, grid, tuple(names.county_names(grid[0] * grid[1])))]
    cities, roads, lake, rivers = _home_state(tracts, seed)
    if neighbor:
        strip = (wide / 2, -high / 2, wide / 2 + STRIP_WIDTH_KM, high / 2)
        share = max(12, round(0.07 * tracts))
        states.append(State(*names.STATES[1], strip, share, (1, 3), names.NEIGHBOR_COUNTIES))
        cities += [
            City(state=1, **{**city, "poor_side": float(np.radians(city["poor_side"]))})
            for city in names.FICTIONAL["neighbor_cities"]
        ]
    else:
        inside = shapely.box(*box)
        roads = [_within(road, inside) for road in roads]
    bend = GENTLE_BEND if sum(state.tracts for state in states) > MANY_TRACTS else BEND
    return Terrain((40.0, -135.0), tuple(states), tuple(cities), tuple(roads), lake, tuple(rivers), seed, bend)


def _within(road: Road, area: shapely.Polygon) -> Road:
    """Return the road cut off where it leaves `area`."""
    return replace(road, points=tuple(point for point in road.points if area.intersects(shapely.Point(point))))
