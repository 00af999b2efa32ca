"""Communities of a state: which tracts they are made of, how sure their ranks are, and all that is known of them.

Joins the modules that hold each of these. Does not hold the grouping (`geodata.communities.grouping`), names or sums
(`geodata.communities.community_table`).
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from geodata.access.reach import Reach, TravelResult
from geodata.communities import community_table
from geodata.communities.community_names import Around
from geodata.communities.community_table import Supplies
from geodata.communities.grouping import Previous, group
from geodata.decisions.actions import actions, state_medians
from geodata.decisions.barriers import barrier_lists
from geodata.decisions.where_to_start import likely_adults, named_first
from geodata.geography.located import located
from geodata.geography.place_names import short_name
from geodata.geography.points_in_areas import place
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITIES, GROUPED_TRACTS
from geodata.scoring.known_supplies import known_supplies, masked
from geodata.scoring.study_area import StudyArea
from geodata.settings import Communities, Settings, Uncertainty
from geodata.uncertainty.certainty import DrawnTracts, communities_certainty


def community_tracts(
    ranked: pd.DataFrame,
    polygons: pd.DataFrame,
    contacts: pd.DataFrame,
    settings: Communities,
    previous: Previous | None = None,
) -> pd.DataFrame:
    """Return which tract is in which community, and why a tract stands alone (`geodata.communities.grouping.group`)."""
    return GROUPED_TRACTS.validate(group(ranked, gpd.GeoDataFrame(polygons), contacts, settings, previous))


def community_ranks(
    drawn: Sequence[DrawnTracts], community_tracts: pd.DataFrame, settings: Uncertainty
) -> pd.DataFrame | None:
    """Return how sure the ranks of communities are, by community_id; None where there are none."""
    return communities_certainty(drawn, community_tracts, settings) if len(community_tracts) else None


def communities(
    ranked: pd.DataFrame,
    community_tracts: pd.DataFrame,
    area: StudyArea,
    travel: TravelResult,
    barriers: pd.DataFrame,
    ranks: pd.DataFrame | None,
    settings: Settings,
    previous: Previous | None = None,
) -> gpd.GeoDataFrame:
    """Return the `communities` table.

    `area` has the polygons of all tracts, what communities are named by and which supplies are known, `travel` says
    what is within reach, `barriers` is the table of that name, `ranks` is from `community_ranks`; `previous` is an
    earlier run whose names are kept where tracts barely changed.
    """
    table = community_table.communities_table(
        ranked,
        community_tracts,
        gpd.GeoDataFrame(area.polygons),
        Supplies(travel.training, travel.work, travel.job_centers),
        barriers=barrier_lists(barriers, "community"),
        ranks=ranks,
        previous=None if previous is None else previous.communities,
        around=named_by(area, ranked, settings.communities.near_km),
    )
    table[col.ACTION] = actions(table, state_medians(ranked))
    table[col.LIKELY_ADULTS] = likely_adults(table)
    table[col.NAMED_FOR] = named_first(table, settings.communities.named_first)
    located: gpd.GeoDataFrame = COMMUNITIES.validate(masked(table, known_supplies(area, settings)))
    return located


def named_by(area: StudyArea, ranked: pd.DataFrame, near_km: float) -> Around:
    """Return what the communities of `area` are named by: all tracts, the city of each located row, named places."""
    rows = [area.all_sites, area.all_providers, area.all_job_centers]
    columns = [col.CITY, col.LATITUDE, col.LONGITUDE, col.LOCATION_QUALITY]
    spots = pd.concat([table[columns] for table in rows if len(table)] or [area.all_sites[columns]], ignore_index=True)
    spots = spots[located(spots)].reset_index(drop=True)
    cities = spots[[col.CITY]].assign(geoid=place(spots, gpd.GeoDataFrame(area.polygons), tolerance_m=0.0)[col.GEOID])
    # A place the Census has drawn but that does not govern is known to those who live there, and to few others.
    drawn = area.places[area.places[col.KIND] != "CDP"]
    middle = drawn[[col.STATE, col.NAME]]
    if len(drawn):
        inside = gpd.GeoSeries(drawn["geometry"]).representative_point()
        middle = middle.assign(latitude=inside.y, longitude=inside.x)
    listed = area.place_points[area.place_points[col.KIND] == "place"]
    points = [table for table in (middle,) if len(table)] or [listed if len(listed) else area.place_points]
    names = pd.concat(points, ignore_index=True).reindex(columns=[col.STATE, col.NAME, col.LATITUDE, col.LONGITUDE])
    counties = {state: set(rows) for state, rows in area.counties.groupby(col.STATE)[col.NAME]}
    called = zip(names[col.NAME], names[col.STATE], strict=True)
    names = names.assign(name=[short_name(name, counties.get(state, ())) for name, state in called])
    census = area.places[area.places[col.KIND] == "CDP"]
    designated = frozenset(zip(census[col.STATE].astype("str"), census[col.NAME].astype("str"), strict=True))
    known = names.drop_duplicates([col.STATE, col.NAME])
    return Around(ranked, cities.dropna().astype("str"), known, near_km, designated)


def work_by_quarter(work: Reach, ranked: pd.DataFrame, community_tracts: pd.DataFrame) -> pd.DataFrame:
    """Return the `work_by_quarter` table; `work` is the travel to planned sites."""
    return community_table.work_by_quarter(work, ranked, community_tracts)
