"""The study area: whose tracts are scored, and what beyond the border still matters to them.

A run scores the tracts of one state or many. Sites and providers within the largest catchment of any of their
origins count, and so do the people elsewhere who compete for those (edge effects). Because nothing farther can
matter, a state computed alone and the same state computed with the nation agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.demand import demand, eligible_adults
from geodata.files import folder_written_aside
from geodata.opportunity import site_work, working_sites
from geodata.origins import origins, rurality
from geodata.parquet import read_table, write_table
from geodata.reach import farthest_km, near
from geodata.schemas import CANONICAL
from geodata.settings import Settings
from geodata.training import counting_providers

_EMPTY = {table.name: table for table in CANONICAL}


@dataclass(frozen=True)
class Ground:
    """What all runs stand on: the canonical tables of all places at hand, and the rasters.

    Tables are as the schemas say, definitions on 2020 tracts already; one that no source gave is absent.
    """

    tables: dict[str, pd.DataFrame]
    population_raster: Path | None = None
    friction_raster: Path | None = None

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, without rows where there is none."""
        return self.tables[name] if name in self.tables else _EMPTY[name].empty()

    def has(self, name: str) -> bool:
        """Return whether any source gave rows for the table."""
        return name in self.tables and len(self.tables[name]) > 0


@dataclass(frozen=True)
class StudyArea:
    """The tracts scored and all that bears on their access.

    `tracts`: one row a scored tract; `origins`: points of the scored tracts and of those beyond the border that
    compete with them; `demand`: [geoid, demand, demand_basis] of the tracts of `origins`; `sites` with their
    work and `providers` with the seats used, in reach.
    """

    tracts: pd.DataFrame
    origins: pd.DataFrame
    demand: pd.DataFrame
    sites: pd.DataFrame
    providers: pd.DataFrame

    def save(self, folder: Path) -> None:
        """Write the tables to `folder`, which is replaced only when all are written."""
        with folder_written_aside(folder) as aside:
            for part in fields(self):
                write_table(getattr(self, part.name), aside / f"{part.name}.parquet")

    @classmethod
    def load(cls, folder: Path) -> StudyArea:
        """Read what `save` wrote."""
        return cls(**{part.name: read_table(Path(folder) / f"{part.name}.parquet") for part in fields(cls)})


def universe(ground: Ground) -> pd.DataFrame:
    """Return every tract any table knows: [geoid, state, county_geoid, name, population, has_polygon, eligible…].

    Population is the survey's where it is there, else the census count at the tract's centre; a tract known
    from its polygon alone has none, which is missing, not zero.
    """
    centers, tracts = ground.table("centers"), ground.table("tracts")
    adults = eligible_adults(ground.table("measures"))
    known = [centers[["geoid", "state"]], tracts[["geoid", "state"]], ground.table("measures")[["geoid", "state"]]]
    table = pd.concat(known).drop_duplicates("geoid").sort_values("geoid", ignore_index=True)
    table["county_geoid"] = table["geoid"].str[:5]
    table = table.merge(pd.DataFrame(tracts[["geoid", "name"]]), on="geoid", how="left")
    table["has_polygon"] = table["geoid"].isin(tracts["geoid"])
    table = table.merge(adults, on="geoid", how="left")
    counted = table["geoid"].map(centers.set_index("geoid")["population"]).astype("float64")
    table["population"] = table["population"].fillna(counted)
    return table


def all_origins(ground: Ground, settings: Settings, geoids: pd.Series | None = None) -> pd.DataFrame:
    """Return the travel origins of tracts, with `rural`: those of `geoids`, or of all."""
    tracts, centers = ground.table("tracts"), ground.table("centers")
    if geoids is not None:
        tracts, centers = tracts[tracts["geoid"].isin(geoids)], centers[centers["geoid"].isin(geoids)]
    assert isinstance(tracts, gpd.GeoDataFrame)
    made = origins(tracts, centers, ground.population_raster, settings.access.cells_per_tract)
    # Neighbours beyond the selection tell of tracts without a polygon, so that a selection changes no answer.
    rural = rurality(ground.table("tracts"), ground.table("centers"), settings.access.rural_below_people_per_km2)
    made["rural"] = made["geoid"].map(rural).astype("boolean")
    return made


def study_area(ground: Ground, states: Sequence[str], settings: Settings, as_of: str) -> StudyArea:
    """Return the study area of `states` (postal codes)."""
    every = universe(ground)
    here = every[every["state"].isin(states)].reset_index(drop=True)
    reach_km = farthest_km(settings.access)
    centers = ground.table("centers")
    middle = centers[centers["geoid"].isin(here["geoid"])]
    # A tract's own cells lie around its centre, hence the margin: no tract outside Alaska is wider.
    margin_km = 100.0
    sites = site_work(working_sites(ground.table("sites"), settings.opportunity, as_of), settings.opportunity, as_of)
    providers = counting_providers(ground.table("providers"), settings.training)
    sites = sites[near(sites, middle, reach_km + margin_km)].reset_index(drop=True)
    providers = providers[near(providers, middle, reach_km + margin_km)].reset_index(drop=True)
    supply = pd.concat([sites[["latitude", "longitude"]], providers[["latitude", "longitude"]]])
    beyond = centers[near(centers, supply, reach_km + margin_km)]
    geoids = pd.concat([here["geoid"], beyond["geoid"]]).drop_duplicates()
    points = all_origins(ground, settings, geoids)
    competing = demand(every)
    return StudyArea(
        tracts=here,
        origins=points,
        demand=competing[competing["geoid"].isin(points["geoid"])].reset_index(drop=True),
        sites=sites,
        providers=providers,
    )
