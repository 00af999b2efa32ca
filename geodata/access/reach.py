"""What people can reach: travel and access from tracts to training and to planned work.

Joins the travel engines and the access measures to tables. Does not hold the engines, the measures or the
pillars made from them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.access.decay import DECAYS
from geodata.access.measures import cumulative, e2sfca, gravity, nearest_k, three_step, two_step
from geodata.access.tract_origins import collapse, spread
from geodata.geography.coordinates import Points
from geodata.schemas import columns as col
from geodata.settings import Access
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table, write_table
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
        (folder / "engine.json").write_text(json.dumps(engine), encoding="utf-8")

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
            **json.loads((folder / "engine.json").read_text(encoding="utf-8")),
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


def within_reach(reached: Reach, capacity: pd.DataFrame) -> pd.DataFrame:
    """Return, a tract, the undecayed sums of `capacity` columns within the catchment and the places counted.

    A place within the catchment of any origin of a tract counts once, whole: the sums answer "what is there",
    not "what is ours". Columns: geoid, places, and those of `capacity`.
    """
    tract = reached.tract_of_origin[reached.minutes.origin]
    pairs = pd.DataFrame({"tract": tract, col.PLACE: reached.minutes.destination}).drop_duplicates()
    sums = (
        capacity.iloc[pairs[col.PLACE].to_numpy()].set_axis(pairs.index).assign(places=1).groupby(pairs["tract"]).sum()
    )
    out = sums.reindex(range(len(reached.geoids)), fill_value=0)
    return out.set_axis(reached.geoids, axis=0).rename_axis(col.GEOID).reset_index()


def nearest(reached: Reach, id_column: str) -> pd.DataFrame:
    """Return [geoid, nearest_id, nearest_name, nearest_minutes] of each tract; empty beyond the catchment.

    A tract with several origins is spoken for by the one that stands for most of its people, so that the place
    named and the minutes belong together.
    """
    main = pd.DataFrame({"tract": reached.tract_of_origin, col.WEIGHT: reached.weight})
    first = main.sort_values(["tract", col.WEIGHT], ascending=[True, False], kind="stable").drop_duplicates("tract")
    found = nearest_k(reached.minutes, 1)
    destination = found.destination[first.index, 0]
    known = destination >= 0
    chosen = reached.supply[[id_column, col.NAME]].iloc[np.where(known, destination, 0)] if known.any() else None
    return pd.DataFrame(
        {
            col.GEOID: reached.geoids[first["tract"].to_numpy()],
            "nearest_id": None if chosen is None else chosen[id_column].where(known).to_numpy(),
            "nearest_name": None if chosen is None else chosen[col.NAME].where(known).to_numpy(),
            "nearest_minutes": found.minutes[first.index, 0],
        }
    )


def farthest_km(settings: Access) -> float:
    """Return how far anybody can travel within the largest catchment: a bound for cutting at borders."""
    largest = max(settings.catchment_minutes, settings.rural_catchment_minutes)
    return largest / 60.0 * FASTEST_KMH
