from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geodata.communities.community_table import communities_table
from geodata.communities.grouping import Previous, _kept, _plane, group
from geodata.communities.partition import Graph
from geodata.geography.contiguity import contacts
from geodata.settings import Communities
from tests.geodata.communities.grouped_lattice import CHOICES, grouped
from tests.geodata.lattice import KM, geoid, scores, tracts


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
    table["cut_tier"] = ["A", "C", "B"]
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
    assert one.columns.tolist() == ["community_id", "geoid", "state", "kind", "single_reason"]
    assert one.index.tolist() == [0, 1]


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


def continued(now: list[str], then: dict[str, str]) -> str:
    """Return the identifier of the one community of touching tracts, given who was in which one before."""
    shapes = tracts(6, 1)
    table = scores(shapes, 1000).assign(gated=lambda rows: rows["geoid"].isin([geoid(int(n), 0) for n in now]))
    before = pd.DataFrame({"geoid": [geoid(int(n), 0) for n in then], "state": "XL", "community_id": then.values()})
    return str(grouped(shapes, table, Previous(before, pd.DataFrame()))["community_id"].unique().item())


@pytest.mark.parametrize(
    ("now", "then", "kept"),
    [
        # Half of today's people, or half of those of then, are enough; less of both is another community.
        ("01", {"1": "XL-a", "4": "XL-a", "5": "XL-a"}, "XL-a"),
        ("012", {"2": "XL-a", "5": "XL-a"}, "XL-a"),
        ("012", {"2": "XL-a", "4": "XL-a", "5": "XL-a"}, None),
        # Of several the one that is more alike, and among equals the first by name.
        ("012", {"0": "XL-a", "1": "XL-b", "2": "XL-b"}, "XL-b"),
        ("01", {"0": "XL-b", "1": "XL-a"}, "XL-a"),
    ],
)
def test_a_community_goes_on_where_half_of_its_people_do(now: str, then: dict[str, str], kept: str | None) -> None:
    found = continued(list(now), then)
    assert found == kept if kept else found not in then.values()


def test_a_border_is_shared_whichever_tract_is_named_first() -> None:
    shapes = tracts(4, 1)
    pairs = pd.DataFrame({"geoid_a": [geoid(1, 0)], "geoid_b": [geoid(0, 0)], "shared_m": [1000.0]})
    table = scores(shapes, 1000).assign(gated=[True, True, False, True])
    found = group(table, shapes, pairs, Communities(water_gap_m=0.0)).set_index("geoid")["community_id"]
    assert found[geoid(0, 0)] == found[geoid(1, 0)] != found[geoid(3, 0)]


def test_places_in_the_plane_are_kilometers_apart() -> None:
    spots = pd.DataFrame({"latitude": [60.5, 59.5, np.nan], "longitude": [10.0, 11.0, np.nan]})
    east, north = np.abs(np.diff(_plane(spots)[:2], axis=0))[0]
    assert north == pytest.approx(111.2, abs=0.3) and east == pytest.approx(111.2 / 2, abs=0.3)
    assert _plane(spots)[2] == pytest.approx(_plane(spots)[:2].mean(axis=0))


def test_new_tracts_join_the_earlier_part_of_the_longest_border_and_only_misfits_are_redone() -> None:
    """Tracts 0 and 1 were parts; 2 touches both, 3 touches 2 alone by half a meter, 4 touches nobody."""
    edges = [(0, 1, 9.0), (0, 2, 1.0), (1, 2, 5.0), (2, 3, 0.5)]
    graph = Graph.of(np.array([4.0, 4.0, 1.0, 1.0, 1.0]), np.zeros((5, 2)), edges)
    assert _kept(graph, [[0], [1]], [2, 3, 4], 1.0, 6.0) == [[0], [1, 2, 3], [4]]
    # Below the floor a part joins a neighbor that leaves room; without one it stays.
    assert _kept(graph, [[0], [1]], [2], 5.0, 8.5) == [[0], [1, 2]]
    assert _kept(graph, [[0], [1]], [2], 5.0, 10.0) == [[0, 1, 2]]
    short = Graph.of(np.ones(3), np.zeros((3, 2)), [(0, 2, 0.4), (1, 2, 0.5)])
    assert _kept(short, [[0], [1]], [2], 1.0, 9.0) == [[0], [1, 2]]
    # Of equal borders the first part's counts.
    equal = Graph.of(np.ones(3), np.zeros((3, 2)), [(0, 2, 1.0), (1, 2, 1.0)])
    assert _kept(equal, [[0], [1]], [2], 1.0, 9.0) == [[0, 2], [1]]
    # Above the cap it is cut anew.
    assert sorted(len(part) for part in _kept(graph, [[0], [1]], [2, 3], 1.0, 5.0)) == [1, 1, 2]


def test_an_island_is_not_bridged_across_the_state_line() -> None:
    shapes = tracts(3, 1)
    shapes.loc[2, "geometry"] = translate(shapes.geometry.iloc[2], 0.5 * KM)
    table = scores(shapes).assign(state=["XL", "XM", "XL"], gated=[True, True, True])
    assert len(sets(grouped(shapes, table.assign(state="XL")))) == 1
    # Half a kilometer of water from the other state's tract, more than the gap from its own state's.
    choices = Communities(water_gap_m=1000.0)
    assert len(sets(grouped(shapes, table, choices=choices))) == 3
