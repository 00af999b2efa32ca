from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geodata.communities.community_names import base_names, named
from geodata.communities.community_table import Supplies, Supply, communities_table, union, work_by_quarter
from geodata.communities.grouping import Previous, group
from geodata.geography.contiguity import contacts
from geodata.settings import Communities
from tests.geodata.lattice import KM, geoid, scores, tracts

CHOICES = Communities()


def grouped(shapes, table, previous=None, choices=CHOICES):
    return group(table, shapes, contacts(shapes, choices.shared_border_m), choices, previous)


def sets(grouping: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(part["geoid"]) for _, part in grouping.groupby("community_id")}


def test_tracts_that_touch_are_one_community_and_corners_do_not_touch():
    shapes = tracts(4, 4)
    table = scores(shapes, 3000)
    chosen = {geoid(0, 0), geoid(1, 0), geoid(2, 1), geoid(3, 3)}
    table["gated"] = table["geoid"].isin(chosen)
    grouping = grouped(shapes, table)
    assert sets(grouping) == {
        frozenset({geoid(0, 0), geoid(1, 0)}),
        frozenset({geoid(2, 1)}),
        frozenset({geoid(3, 3)}),
    }
    singles = grouping[grouping["kind"] == "single"]
    assert set(singles["single_reason"]) == {"no_neighbor"}
    assert set(grouping["geoid"]) == chosen


def test_only_the_tiers_asked_for_and_listed_tracts_are_grouped():
    shapes = tracts(3, 1)
    table = scores(shapes)
    table["tier"] = ["A", "C", "B"]
    assert set(grouped(shapes, table)["geoid"]) == {geoid(0, 0), geoid(2, 0)}
    table["gated"] = [False, True, True]
    assert set(grouped(shapes, table)["geoid"]) == {geoid(2, 0)}
    assert len(grouped(shapes, table.assign(gated=False))) == 0


def test_communities_end_at_the_state_line():
    shapes = tracts(4, 1)
    table = scores(shapes)
    table["state"] = ["XL", "XL", "XM", "XM"]
    assert {len(part) for part in sets(grouped(shapes, table))} == {2}


def test_an_island_joins_the_nearest_tract_across_a_narrow_gap_only():
    shapes = tracts(2, 1)
    island = gpd.GeoDataFrame(
        {"geoid": ["97001900001", "97001900002"], "state": "XL"},
        geometry=[
            translate(shapes.geometry.iloc[1], 1.5 * KM),
            translate(shapes.geometry.iloc[1], 6 * KM),
        ],
        crs="EPSG:4326",
    )
    shapes = gpd.GeoDataFrame(pd.concat([shapes, island], ignore_index=True), crs="EPSG:4326")
    grouping = grouped(shapes, scores(shapes))
    assert frozenset({geoid(0, 0), geoid(1, 0), "97001900001"}) in sets(grouping)
    far = grouping[grouping["geoid"] == "97001900002"].iloc[0]
    assert (far["kind"], far["single_reason"]) == ("single", "island")
    # A tract that touches others, none of them listed, is not bridged however near the next one is.
    table = scores(shapes)
    table["gated"] = ~table["geoid"].isin([geoid(0, 0)])
    choices = Communities(water_gap_m=0.0)
    lone = grouped(shapes, table, choices=choices).set_index("geoid")
    assert lone.loc[geoid(1, 0), "single_reason"] == "no_neighbor"


def test_reasons_of_tracts_that_stand_alone():
    shapes = tracts(3, 1)
    shapes.loc[shapes["geoid"] == geoid(0, 0), "geometry"] = None
    table = scores(tracts(3, 1), [4000, 45_000, 4000])
    reasons = grouped(shapes, table).set_index("geoid")["single_reason"]
    assert reasons[geoid(0, 0)] == "no_polygon"
    assert reasons[geoid(1, 0)] == "above_cap"
    assert reasons[geoid(2, 0)] == "left_over"


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_each_tract_is_in_one_community_and_order_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    shapes = tracts(8, 8)
    table = scores(shapes, rng.integers(500, 9000, 64).astype(float))
    table["gated"] = rng.random(64) < 0.7
    grouping = grouped(shapes, table)
    assert sorted(grouping["geoid"]) == sorted(table.loc[table["gated"], "geoid"])
    people = grouping["geoid"].map(table.set_index("geoid")["population"]).groupby(grouping["community_id"]).sum()
    assert people.max() <= CHOICES.residents_cap
    order = rng.permutation(64)
    again = group(table.iloc[order], shapes.iloc[rng.permutation(64)], contacts(shapes, 50.0), CHOICES)
    pd.testing.assert_frame_equal(grouping, again)


def previous_of(grouping: pd.DataFrame) -> Previous:
    return Previous(grouping, pd.DataFrame({"community_id": grouping["community_id"].unique()}))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_a_tract_that_leaves_moves_no_other_and_keeps_all_ids(seed):
    rng = np.random.default_rng(seed)
    shapes = tracts(10, 8)
    table = scores(shapes, rng.integers(2000, 6000, 80).astype(float))
    first = grouped(shapes, table)
    inner = [geoid(c, r) for r in range(8) for c in (0, 9)]
    leaving = rng.choice(inner)
    smaller = table.assign(gated=table["geoid"] != leaving)
    second = grouped(shapes, smaller, previous_of(first))
    both = first.merge(second, on="geoid", suffixes=("_then", "_now"))
    moved = (both["community_id_then"] != both["community_id_now"]).sum()
    old = first.loc[first["geoid"] == leaving, "community_id"].iloc[0]
    # Only the community the tract left may be redrawn, with those its rest had to join.
    assert moved <= (first["community_id"] == old).sum()
    assert set(second["community_id"]) >= set(first["community_id"]) - {old}


def test_a_new_community_gets_an_id_made_of_its_tracts():
    shapes = tracts(2, 1)
    one, two = grouped(shapes, scores(shapes)), grouped(shapes.iloc[::-1], scores(shapes))
    assert one["community_id"].iloc[0] == two["community_id"].iloc[0]
    assert one["community_id"].iloc[0].startswith("XL-")


def test_names_come_from_the_place_with_most_people_else_the_county():
    members = pd.DataFrame(
        {
            "community_id": ["x", "x", "x", "y", "y"],
            "population": [3000, 1000, 500, 900, 1100],
            "place_name": ["Arden", "Brook", None, "Brook", None],
            "county_geoid": ["97001", "97001", "97003", "97003", "97001"],
            "county_name": ["East County", "East County", "West County", "West County", "East County"],
        }
    )
    table = base_names(members).set_index("community_id")
    assert table.loc["x", "place"] == "Arden"
    assert table.loc["y", "place"] == table.loc["y", "county_name"] == "East County"


def units(n: int, place: str = "Arden") -> pd.DataFrame:
    angle = 2 * np.pi * np.arange(n) / n
    return pd.DataFrame(
        {
            "community_id": [f"c{k:02d}" for k in range(n)],
            "state": "XL",
            "place": place,
            "latitude": np.sin(angle) * 0.1,
            "longitude": np.cos(angle) * 0.1,
            "population": 10_000.0,
        }
    )


def test_repeated_names_take_the_part_of_the_compass_they_lie_in():
    assert named(units(1))["name"].tolist() == ["Arden"]
    assert named(units(4))["compass"].tolist() == ["east", "north", "west", "south"]
    assert named(units(4))["name"].tolist()[0] == "Arden (east)"


@pytest.mark.parametrize("n", [2, 5, 9, 10, 31])
def test_names_are_unique_however_often_a_place_repeats(n):
    assert named(units(n))["name"].is_unique


def test_names_stay_while_a_community_keeps_id_and_place():
    first = named(units(4))
    more = pd.concat([units(4), units(1).assign(community_id="new", latitude=0.001, longitude=0.09)])
    second = named(more, first).set_index("community_id")
    assert second.loc[first["community_id"], "name"].tolist() == first["name"].tolist()
    assert second["name"].is_unique


def supply(places: pd.DataFrame, pairs: list[tuple[str, int, float]], id_column: str) -> Supply:
    table = pd.DataFrame(pairs, columns=["geoid", "place", "minutes"])
    tract, geoids = pd.factorize(table["geoid"], sort=True)
    return Supply(places, id_column, pd.Index(geoids), table[["place", "minutes"]].assign(tract=tract))


def test_a_community_sums_its_people_and_counts_what_it_reaches_once():
    shapes = tracts(2, 1)
    table = scores(shapes, [3000.0, 1000.0])
    grouping = grouped(shapes, table)
    colleges = pd.DataFrame({"provider_id": ["p", "q"], "name": ["Near", "Far"], "seats_used": [30.0, 50.0]})
    a, b = geoid(0, 0), geoid(1, 0)
    providers = supply(colleges, [(a, 0, 10.0), (b, 0, 20.0), (b, 1, 5.0)], "provider_id")
    plazas = pd.DataFrame(
        {
            "site_id": ["s", "t"],
            "name": ["S", "T"],
            "state": ["XL", "XM"],
            "quarter": ["2027Q1", "2027Q2"],
            "units": [4.0, 8.0],
            "job_years_low": [0.1, 0.2],
            "job_years_mid": [0.2, 0.4],
            "job_years_high": [0.3, 0.6],
        }
    )
    sites = supply(plazas, [(a, 0, 1.0), (b, 0, 1.0), (b, 1, 1.0)], "site_id")
    one = communities_table(table, grouping, shapes, Supplies(providers, sites)).iloc[0]
    assert one["population"] == 4000
    assert one["eligible_adults"] == pytest.approx(800)
    assert one["eligible_adults_moe"] == pytest.approx(30 * 2**0.5)
    assert one["priority"] == pytest.approx(60.25)
    assert (one["nearest_provider_id"], one["nearest_provider_minutes"]) == ("p", pytest.approx(12.5))
    assert (one["providers_within"], one["seats_within"]) == (2, 80.0)
    assert (one["sites_within"], one["job_years_mid"]) == (2, pytest.approx(0.6))
    assert one.geometry.area == pytest.approx(2 * KM**2)
    work = work_by_quarter(sites, table, grouping).set_index(["unit_kind", "unit_id", "quarter"])
    assert work.loc[("community", one["community_id"], "2027Q2"), "units"] == 8
    assert work.loc[("tract", b, "2027Q1"), "sites"] == 1
    # The state counts the sites that stand in it, reached or not.
    assert work.loc["state"].index.tolist() == [("XL", "2027Q1")]


def test_ranks_and_ties_of_communities():
    shapes = tracts(5, 1)
    table = scores(shapes)
    table["gated"] = [True, False, True, False, True]
    grouping = grouped(shapes, table)
    ids = grouping.set_index("geoid")["community_id"]
    intervals = pd.DataFrame(
        {
            "community_id": [ids[geoid(0, 0)], ids[geoid(2, 0)], ids[geoid(4, 0)]],
            "rank_median": [3.0, 2.0, 1.0],
            "rank_low": [3.0, 1.0, 1.0],
            "rank_high": [3.0, 2.0, 2.0],
            "p_top_share": [0.1, 0.5, 0.9],
            "p_top_count": 1.0,
            "tier": ["none", "B", "A"],
        }
    )
    out = communities_table(table, grouping, shapes, ranks=intervals).set_index("community_id")
    assert out.loc[ids[geoid(4, 0)], "rank"] == 1
    assert out.loc[ids[geoid(4, 0)], "tied_with"] == ids[geoid(2, 0)]
    assert pd.isna(out.loc[ids[geoid(0, 0)], "tied_with"])


def test_union_leaves_no_sliver_between_tracts():
    shapes = tracts(2, 2).geometry.to_numpy()
    assert len(union(shapes).interiors) == 0
    moved = [shapes[0], translate(shapes[1], 1e-6), shapes[2], translate(shapes[3], 1e-6)]
    frame = np.array([*moved, translate(shapes[0], 5 * KM)])
    joined = union(frame)
    assert all(len(part.interiors) == 0 for part in joined.geoms)
    assert union(np.array([])) is None


@pytest.mark.realdata
def test_rhode_island_groups_whole_and_the_same_in_any_order(realdata):
    shapes = gpd.read_file(realdata / "RI" / "cb_2020_44_tract_500k.zip").rename(columns={"GEOID": "geoid"})
    shapes = shapes.to_crs(4326)
    index = pd.read_csv(realdata / "RI" / "SVI_2020_RhodeIsland.csv", dtype={"FIPS": str}).set_index("FIPS")
    table = scores(shapes)
    table["population"] = table["geoid"].map(index["E_TOTPOP"]).astype(float)
    table["gated"] = table["geoid"].map(index["RPL_THEMES"]) >= 0.8
    grouping = grouped(shapes, table)
    assert set(grouping["geoid"]) == set(table.loc[table["gated"], "geoid"])
    again = grouped(shapes.sample(frac=1, random_state=1), table.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(grouping, again)
    made = communities_table(table, grouping, shapes)
    assert made["name"].is_unique
    assert made.geometry.is_valid.all()
    assert made["population"].max() <= CHOICES.residents_cap
