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
NATION_TABLES = ("tract_scores", "communities", "counties", "need_parts")


@dataclass(frozen=True)
class StateEntry:
    """What the nation keeps of a state.

    `counties`: [county_geoid, name, geometry, adults, first, gated, tracts], in EPSG:4326, `first` being the eligible
    adults of tier A and B tracts. `first` is the row of the first community; `adults` is NaN where none are known.
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
    scores, communities = result.table("tract_scores"), result.table("communities").sort_values(col.RANK)
    counties = _counties(result, scores)
    return StateEntry(
        state=result.state,
        as_of=result.as_of,
        sample=result.sample,
        industry=result.settings.industry,
        counties=counties,
        communities=len(communities),
        adults=float(communities[col.ELIGIBLE_ADULTS].sum(min_count=1)),
        gated=int(scores[col.GATED].fillna(False).astype(bool).sum()),
        tracts=len(scores),
        first=next(iter(records(communities.head(1))), None),
        definitions=tuple(available_definitions(result)),
    )


def _counties(result: StateResult, scores: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the counties that hold tracts, with sums over their tracts."""
    adults = scores[col.ELIGIBLE_ADULTS].fillna(0.0)
    by_tract = pd.DataFrame(
        {
            col.COUNTY_GEOID: scores[col.COUNTY_GEOID],
            "adults": adults,
            "first": adults.where(scores[col.TIER].isin(["A", "B"]), 0.0),
            "gated": scores[col.GATED].fillna(False).astype(int),
            "tracts": 1,
        }
    )
    sums = by_tract.groupby(col.COUNTY_GEOID).sum()
    counties = result.geo("counties")[[col.COUNTY_GEOID, col.NAME, "geometry"]]
    counties = counties[counties[col.COUNTY_GEOID].isin(sums.index)].merge(sums, on=col.COUNTY_GEOID)
    return gpd.GeoDataFrame(counties).sort_values(col.COUNTY_GEOID)
