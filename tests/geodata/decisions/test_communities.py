"""Communities of the grid: members, ranks, and what is known of them."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from geodata.analysis.step import Walk
from geodata.communities.grouping import Previous
from geodata.decisions.communities import communities, community_ranks, community_tracts, named_by, work_by_quarter
from tests.geodata.scoring import grid
from tests.geodata.small_world import SETTINGS


def values(walk: Walk, *names: str) -> list[pd.DataFrame]:
    return [walk.value(name) for name in names]


def test_members_keep_their_community_in_another_run(small_walk: Walk) -> None:
    ranked, polygons, contacts = values(small_walk, "ranked_tracts", "study_area.polygons", "contacts")
    members = community_tracts(ranked, polygons, contacts, SETTINGS.communities)
    assert set(members["geoid"]) == set(ranked.loc[ranked["gated"] & ranked["cut_tier"].isin(["A", "B"]), "geoid"])
    renamed = members.assign(community_id="XL-kept")
    previous = Previous(renamed, pd.DataFrame({"community_id": ["XL-kept"]}))
    again = community_tracts(ranked, polygons, contacts, SETTINGS.communities, previous)
    assert "XL-kept" in set(again["community_id"])


def test_without_members_nothing_is_ranked(small_walk: Walk) -> None:
    drawn, members = values(small_walk, "drawn_tracts", "community_tracts")
    assert community_ranks(drawn, members.iloc[:0], SETTINGS.uncertainty) is None
    ranks = community_ranks(drawn, members, SETTINGS.uncertainty)
    assert ranks is not None
    assert set(ranks["community_id"]) == set(members["community_id"])


def test_a_community_is_the_sum_of_its_tracts_and_calls_for_an_action(small_walk: Walk) -> None:
    ranked, members, area, travel, barriers, ranks = values(
        small_walk, "ranked_tracts", "community_tracts", "study_area", "travel", "barriers", "community_ranks"
    )
    table = communities(ranked, members, area, travel, barriers, ranks, SETTINGS).set_index("community_id")
    adults = members.merge(ranked, on="geoid", suffixes=("", "_of_tract")).groupby("community_id")["eligible_adults"]
    assert table["eligible_adults"].to_dict() == pytest.approx(adults.sum().to_dict())
    assert set(table["action"].dropna()) <= {"recruit_now", "bring_training", "connect_to_work", "build_both"}


def test_work_is_counted_by_quarter_for_tracts_communities_and_the_state(small_walk: Walk) -> None:
    work, ranked, members = values(small_walk, "travel.work", "ranked_tracts", "community_tracts")
    table = work_by_quarter(work, ranked, members)
    assert set(table["unit_kind"]) == {"tract", "community", "state"}
    assert set(table["quarter"]) == {"2027Q1"}


def test_communities_are_named_by_cities_of_located_rows_and_by_places_that_govern(small_walk: Walk) -> None:
    ranked, area = small_walk.value("ranked_tracts"), small_walk.value("study_area")
    here, there = grid.place(1), grid.place(9)
    sites = area.all_sites.assign(city="Ardenville")
    lost = area.all_providers.assign(city="Nowhere", location_quality="county")
    named = replace(area, all_sites=sites, all_providers=lost, all_job_centers=area.all_job_centers.assign(city=None))
    half = grid.STEP_DEGREES / 2
    shapes = [box(lon - half, lat - half, lon + half, lat + half) for lat, lon in (here, there)]
    places = gpd.GeoDataFrame(
        {"name": ["Arden city", "Brook"], "kind": ["city", "CDP"]}, geometry=shapes, crs="EPSG:4326"
    )
    points = pd.DataFrame({"kind": ["place", "zip"], "name": ["Cole", "02840"], "latitude": 1.0, "longitude": 2.0})
    points["state"] = "XL"
    drawn = named_by(replace(named, places=places.assign(state="XL"), place_points=points), ranked, 7.0)
    assert (
        drawn.cities[["geoid", "city"]].to_numpy().tolist() == [[grid.GEOIDS[8], "Ardenville"]] and drawn.near_km == 7.0
    )
    assert drawn.designated == {("XL", "Brook")} and len(drawn.points) == 1
    assert drawn.points[["latitude", "longitude"]].to_numpy()[0].tolist() == pytest.approx(list(here))
    # Without a place that governs those of the list of places stand in, and without these what else it has.
    listed = named_by(replace(named, place_points=points), ranked, 7.0)
    assert listed.points["name"].tolist() == ["Cole"] and listed.designated == frozenset()
    other = named_by(replace(named, place_points=points.iloc[1:]), ranked, 7.0)
    assert other.points["name"].tolist() == ["02840"]
    none = {name: getattr(area, name).iloc[:0] for name in ("all_sites", "all_providers", "all_job_centers")}
    assert named_by(replace(area, **none), ranked, 7.0).cities.empty
