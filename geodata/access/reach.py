"""What people can reach: travel and access from tracts to training and to planned work.

Joins the travel engines and the access measures to tables. Does not hold the engines, the measures or the
pillars made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geodata.access.decay import DECAYS
from geodata.access.measures import cumulative, e2sfca, gravity, three_step, two_step
from geodata.access.tract_origins import collapse, spread
from geodata.geography.coordinates import Points
from geodata.schemas import columns as col
from geodata.settings import Access
from geodata.statistics.medians import weighted_medians
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.storage.sealed_json import read_sealed, sealed
from geodata.travel.minutes import TravelEngine, TravelMinutes

# No engine is faster: the friction surface ends at 150 km/h.
FASTEST_KMH = 150.0


@dataclass(frozen=True, eq=False)
class Reach:
    """Minutes from the origins of tracts to one kind of supply.

    `geoids` are the tracts, `tract_of_origin` int[n_origins] their rows, `weight` float64[n_origins] summing
    to 1 a tract, `catchment` float64[n_origins] minutes; `supply` is the table of destinations, in the order
    of the minutes' columns.
    """

    geoids: pd.Index
    tract_of_origin: NDArray[np.int64]
    weight: NDArray[np.float64]
    catchment: NDArray[np.float64]
    minutes: TravelMinutes
    supply: pd.DataFrame

    def collapse(self, per_origin: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each tract's weighted mean over its origins."""
        return collapse(per_origin, self.tract_of_origin, self.weight, len(self.geoids))

    def spread(self, per_tract: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share an amount of each tract among its origins."""
        return spread(per_tract, self.tract_of_origin, self.weight)

    def save(self, folder: Path) -> None:
        """Write to the existing `folder`."""
        origins = {"tract": self.tract_of_origin, "weight": self.weight, "catchment": self.catchment}
        if self.minutes.snap_km is not None:
            origins["snap_km"] = self.minutes.snap_km
        pairs = {name: getattr(self.minutes, name) for name in ("origin", "destination", "minutes")}
        write_table(pd.DataFrame({col.GEOID: self.geoids}), folder / "tracts.parquet")
        write_table(pd.DataFrame(origins), folder / "origins.parquet")
        write_table(pd.DataFrame(pairs), folder / "pairs.parquet")
        write_table(self.supply, folder / "supply.parquet")
        engine = {name: getattr(self.minutes, name) for name in ("engine", "engine_version", "data_date")}
        (folder / "engine.json").write_text(sealed(engine), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Reach:
        """Read what `save` wrote."""
        origins, pairs = read_table(folder / "origins.parquet"), read_table(folder / "pairs.parquet")
        supply = read_table(folder / "supply.parquet")
        minutes = TravelMinutes(
            pairs["origin"].to_numpy(),
            pairs["destination"].to_numpy(),
            pairs["minutes"].to_numpy(),
            n_origins=len(origins),
            n_destinations=len(supply),
            snap_km=origins["snap_km"].to_numpy() if "snap_km" in origins else None,
            **read_sealed(folder / "engine.json", "what is said of the travel engine"),
        )
        return cls(
            geoids=pd.Index(read_table(folder / "tracts.parquet")[col.GEOID]),
            tract_of_origin=origins["tract"].to_numpy(),
            weight=origins[col.WEIGHT].to_numpy(),
            catchment=origins["catchment"].to_numpy(),
            minutes=minutes,
            supply=supply,
        )


@dataclass(frozen=True, eq=False)
class TravelResult:
    """Travel from the tracts of a study area to everything they may reach."""

    training: Reach
    work: Reach
    job_centers: Reach

    @property
    def facts(self) -> dict[str, str | None]:
        """What measured the minutes, its version and the date of its data."""
        minutes = self.training.minutes
        return {
            "engine": minutes.engine,
            "engine_version": minutes.engine_version,
            "travel_data": minutes.data_date,
        }

    def save(self, folder: Path) -> None:
        """Write to `folder`, which is replaced only when all is written."""
        with folder_written_aside(folder) as aside:
            for part in fields(self):
                (aside / part.name).mkdir()
                getattr(self, part.name).save(aside / part.name)

    @classmethod
    def load(cls, folder: Path) -> TravelResult:
        """Read what `save` wrote."""
        return cls(**{part.name: Reach.load(Path(folder) / part.name) for part in fields(cls)})


def catchments(origins: pd.DataFrame, settings: Access) -> NDArray[np.float64]:
    """Return each origin's catchment in minutes: the longer one for rural tracts."""
    rural = origins[col.RURAL].fillna(False).astype(bool).to_numpy()
    return np.where(rural, settings.rural_catchment_minutes, settings.catchment_minutes)


def points(table: pd.DataFrame) -> Points:
    """Return the places of a table with latitude and longitude (EPSG:4326), and rurality where it has it."""
    rural = table[col.RURAL].fillna(False).astype(bool).to_numpy() if "rural" in table else None
    return Points(table[col.LATITUDE].to_numpy(dtype=float), table[col.LONGITUDE].to_numpy(dtype=float), rural)


def reach(origins: pd.DataFrame, supply: pd.DataFrame, engine: TravelEngine, settings: Access) -> Reach:
    """Measure travel from `origins` [geoid, latitude, longitude, weight, rural] to the rows of `supply`.

    `supply` has latitude and longitude, all in EPSG:4326; kept are pairs within each origin's catchment, in minutes.
    """
    catchment = catchments(origins, settings)
    index, geoids = pd.factorize(origins[col.GEOID], sort=True)
    supply = supply.reset_index(drop=True)
    minutes = engine.minutes(points(origins), points(supply), catchment)
    weight = origins[col.WEIGHT].to_numpy(dtype=float)
    return Reach(pd.Index(geoids), index.astype(np.int64), weight, catchment, minutes, supply)


def tract_access(
    reached: Reach, capacity: NDArray[np.float64], demand: NDArray[np.float64], settings: Access
) -> NDArray[np.float64]:
    """Return access a tract (float64[n_tracts] or × capacities) by the measure of the settings.

    `capacity` is float64[n_supply] or × columns, `demand` people a tract. Floating catchments give supply per
    person; gravity and cumulative give the supply in reach, whatever the demand.
    """
    minutes, catchment, decay = reached.minutes, reached.catchment, DECAYS[settings.decay]
    if settings.measure == "gravity":
        return reached.collapse(gravity(minutes, capacity, catchment, decay))
    if settings.measure == "cumulative":
        return reached.collapse(cumulative(minutes, capacity, catchment))
    people = reached.spread(demand)
    if settings.measure == "2sfca":
        return reached.collapse(two_step(minutes, capacity, people, catchment).access)
    floating_catchment = three_step if settings.measure == "3sfca" else e2sfca
    return reached.collapse(floating_catchment(minutes, capacity, people, catchment, decay).access)


@dataclass(frozen=True, eq=False)
class GroupReach:
    """What groups of people (a tract, a community) have within reach.

    `places` csr float64[n_groups, n_places]: the share of a group's people who have each place within the catchment of
    their origin; `share` float64[n_groups] who have any; NaN for a group nobody is known to live in.
    """

    places: csr_matrix
    share: NDArray[np.float64]

    @classmethod
    def of(cls, reached: Reach, group: NDArray[np.int64], people: NDArray[np.float64], n_groups: int) -> GroupReach:
        """Return what groups reach: `group` int[n_origins] (−1: in none), `people` float64[n_origins]."""
        minutes = reached.minutes
        shape = (minutes.n_origins, minutes.n_destinations)
        near = csr_matrix((np.ones(len(minutes)), minutes.destination, minutes.row_start), shape=shape)
        counted = np.flatnonzero((group >= 0) & (people > 0))
        total = np.bincount(group[counted], weights=people[counted], minlength=n_groups)
        share = people[counted] / total[group[counted]]
        members = csr_matrix((share, (group[counted], counted)), shape=(n_groups, minutes.n_origins))
        any_place = (np.diff(minutes.row_start) > 0).astype(np.float64)
        reaching = np.where(total > 0, (members @ any_place).round(9), np.nan)
        return cls(members @ near, reaching)

    def count(self, of: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return int[n_groups]: the places that any of a group's people have within reach, each once.

        With `of` bool[n_places] only those places count.
        """
        places = self.places if of is None else self.places[:, np.flatnonzero(of)]
        return np.asarray(places.getnnz(axis=1), dtype=np.int64)

    def mean(self, capacity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a group's people have within reach on average, of `capacity` float64[n_places, k]: [n_groups, k].

        NaN where nobody is known to live.
        """
        return np.where(np.isnan(self.share)[:, None], np.nan, (self.places @ capacity).round(9))

    def variance(self, variance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the variance of such a mean, where `variance` float64[n_places] is each place's own: [n_groups]."""
        return np.asarray(self.places.power(2) @ variance, dtype=np.float64)


def within_reach(reached: Reach, capacity: pd.DataFrame) -> pd.DataFrame:
    """Return what a tract's people have within reach: [geoid, share_reaching, places, and those of `capacity`].

    `share_reaching` is the share (0–1) of its people within the catchment of any place, `places` how many any of them
    reach, and the columns of `capacity` (a row a place) are the undecayed sums within reach, averaged over the people:
    what only a corner of a tract reaches is not shown for all of it.
    """
    found = GroupReach.of(reached, reached.tract_of_origin, reached.weight, len(reached.geoids))
    sums = pd.DataFrame(found.mean(capacity.to_numpy(dtype=float)), columns=capacity.columns)
    return sums.assign(geoid=reached.geoids, share_reaching=found.share, places=found.count())


@dataclass(frozen=True, eq=False)
class NearestPlaces:
    """The nearest place of each origin: `place` int[n_origins], −1 beyond its catchment; `minutes` to it, NaN there."""

    place: NDArray[np.int64]
    minutes: NDArray[np.float64]

    @classmethod
    def of(cls, reached: Reach) -> NearestPlaces:
        """Return the nearest places of `reached`; among equals the first of its supply."""
        pairs = reached.minutes
        place, minutes = np.full(pairs.n_origins, -1, dtype=np.int64), np.full(pairs.n_origins, np.nan)
        if len(pairs):
            # Pairs are sorted by origin: the least of each run, and the first pair that has it.
            some = np.flatnonzero(np.diff(pairs.row_start))
            minutes[some] = np.minimum.reduceat(pairs.minutes, pairs.row_start[some])
            least = np.flatnonzero(pairs.minutes == minutes[pairs.origin])
            origin, first = np.unique(pairs.origin[least], return_index=True)
            place[origin] = pairs.destination[least[first]]
        return cls(place, minutes)

    def by_group(self, group: NDArray[np.int64], people: NDArray[np.float64], n_groups: int) -> NearestPlaces:
        """Return for each group of origins the place nearest for most of its people, and their median minutes.

        `group` int[n_origins] from 0 to `n_groups` − 1 (−1: in none), `people` float64[n_origins]. The minutes are the
        median of those who reach any place, each by the way to their own nearest; among places that are nearest for
        as many people the first is named.
        """
        place, minutes = np.full(n_groups, -1, dtype=np.int64), np.full(n_groups, np.nan)
        of = np.flatnonzero((self.place >= 0) & (group >= 0) & (people > 0))
        reaching = pd.DataFrame(
            {"group": group[of], col.PLACE: self.place[of], "minutes": self.minutes[of], "people": people[of]}
        )
        votes = reaching.groupby(["group", col.PLACE])["people"].sum().reset_index()
        # Sums of the same people in another order differ in their last digits, which must not choose.
        votes["people"] = votes["people"].round(9)
        first = votes.sort_values(["group", "people", col.PLACE], ascending=[True, False, True]).drop_duplicates(
            "group"
        )
        place[first["group"].to_numpy()] = first[col.PLACE].to_numpy()
        known, middle = weighted_medians(*(reaching[name].to_numpy() for name in ("group", "minutes", "people")))
        minutes[known] = middle
        return NearestPlaces(place, minutes)


def nearest(reached: Reach, id_column: str) -> pd.DataFrame:
    """Return [geoid, nearest_id, nearest_name, nearest_minutes] of each tract; empty where nobody reaches a place.

    The place is the one nearest for most of the tract's people, the minutes are the median of those who reach any
    (`NearestPlaces.by_group`).
    """
    found = NearestPlaces.of(reached).by_group(reached.tract_of_origin, reached.weight, len(reached.geoids))
    return named_places(found, reached.supply, id_column, "nearest").assign(geoid=reached.geoids)


def named_places(found: NearestPlaces, supply: pd.DataFrame, id_column: str, prefix: str) -> pd.DataFrame:
    """Return the columns `prefix`_id, _name and _minutes of nearest places, empty where there is none."""
    known = found.place >= 0
    chosen = supply[[id_column, col.NAME]].iloc[np.where(known, found.place, 0)] if known.any() else None
    return pd.DataFrame(
        {
            f"{prefix}_id": None if chosen is None else chosen[id_column].where(known).to_numpy(),
            f"{prefix}_name": None if chosen is None else chosen[col.NAME].where(known).to_numpy(),
            f"{prefix}_minutes": found.minutes,
        }
    )


def farthest_km(settings: Access) -> float:
    """Return how far anybody can travel within the largest catchment: a bound for cutting at borders."""
    largest = max(settings.catchment_minutes, settings.rural_catchment_minutes)
    return largest / 60.0 * FASTEST_KMH
