"""What the national page keeps of a state: its counties and a few figures."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.settings import Industry
from geodata.states import State
from maps.site.views.state_view import available_definitions
from maps.wording.rows import Row, records

#: The tables of a state's result that the nation is made of.
NATION_TABLES = ("tract_scores", "communities", "counties", "need_parts", "rollups", "state_summary", "evidence")


@dataclass(frozen=True)
class StateEntry:
    """What the nation keeps of a state.

    `counties`: [county_geoid, name, geometry, adults, first, gated, tracts], in EPSG:4326, `first` being the eligible
    adults of tier A and B tracts; both are missing where unknown. `first` is the row of the first community; `adults`
    is NaN where none are known.
    """

    state: State
    as_of: str
    sample: bool
    industry: Industry
    counties: gpd.GeoDataFrame
    communities: int
    adults: float
    gated: int
    tracts: int
    first: Row | None
    definitions: tuple[str, ...]


def entry_of(result: StateResult) -> StateEntry:
    """Return what the nation keeps of a state's result."""
    communities, known = result.table("communities").sort_values(col.RANK), result.summary
    return StateEntry(
        state=result.state,
        as_of=result.as_of,
        sample=result.sample,
        industry=result.settings.industry,
        counties=_counties(result),
        communities=len(communities),
        adults=float(known[col.ELIGIBLE_ADULTS_GROUPED]) if len(communities) else float("nan"),
        gated=int(known[col.N_RANKED]),
        tracts=int(known[col.N_TRACTS]),
        first=next(iter(records(communities.head(1))), None),
        definitions=tuple(available_definitions(result)),
    )


def _counties(result: StateResult) -> gpd.GeoDataFrame:
    """Return the counties that hold tracts with residents, with their sums from the table `rollups`."""
    areas = result.table("rollups")
    areas = areas[areas[col.AREA_KIND] == "county"]
    sums = pd.DataFrame(
        {
            col.COUNTY_GEOID: areas[col.AREA_ID],
            "adults": areas[col.ELIGIBLE_ADULTS],
            "first": areas[col.ELIGIBLE_ADULTS_TOP],
            "gated": areas[col.N_GATED],
            "tracts": areas[col.N_TRACTS],
        }
    )
    counties = result.geo("counties")[[col.COUNTY_GEOID, col.NAME, "geometry"]]
    return gpd.GeoDataFrame(counties.merge(sums, on=col.COUNTY_GEOID)).sort_values(col.COUNTY_GEOID)
