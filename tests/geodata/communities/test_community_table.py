from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from shapely import GeometryCollection, LineString, Polygon, box
from shapely.affinity import translate

from geodata.access.reach import Reach
from geodata.communities.community_table import (
    Supplies,
    _by_quarter,
    _over_water,
    _ranks,
    _tied,
    _unlocated,
    communities_table,
    means_by_community,
    union,
    work_by_quarter,
)
from tests.geodata.communities.grouped_lattice import grouped
from tests.geodata.lattice import KM, geoid, scores, tracts
from tests.geodata.travel_pairs import travel_minutes

PLAZAS = pd.DataFrame(
    {
        "site_id": ["s", "t"],
        "name": ["S", "T"],
        "state": ["XL", "XM"],
        "quarter": ["2027Q1", "2027Q2"],
        "units": [4.0, 8.0],
        "job_years_low": [0.1, 0.2],
        "job_years_mid": [0.2, 0.4],
        "job_years_high": [0.3, 0.6],
        "job_years_variance": [0.0, 0.01],
        "assumed_units": [False, True],
    }
)
COLLEGES = pd.DataFrame(
    {"provider_id": ["p", "q"], "name": ["Near", "Far"], "seats_used": [30.0, 50.0], "seats_assumed": [False, True]}
)


def reach(places: pd.DataFrame, cells: list[tuple[str, float]], pairs: list[tuple[int, int, float]]) -> Reach:
    """Return reach from `cells` (tract, share of its people), sorted by tract; `pairs` are cell, place, minutes."""
    tract, geoids = pd.factorize(np.array([name for name, _ in cells]), sort=True)
    cell, place, minutes = zip(*pairs, strict=True)
    found = travel_minutes(cell, place, minutes, len(cells), len(places))
    weight = np.array([share for _, share in cells])
    return Reach(pd.Index(geoids), tract.astype(np.int64), weight, np.full(len(cells), 30.0), found, places)


def test_what_a_community_reaches_is_what_its_adults_reach():
    shapes = tracts(2, 1)
    table = scores(shapes, [3000.0, 1000.0])
    grouping = grouped(shapes, table)
    a, b = geoid(0, 0), geoid(1, 0)
    # 600 adults in a, 200 in b. Of a, a quarter (150) lives near: the rest reaches no training at all.
    cells = [(a, 0.25), (a, 0.75), (b, 1.0)]
    providers = reach(COLLEGES, cells, [(0, 0, 10.0), (2, 0, 20.0), (2, 1, 5.0)])
    sites = reach(PLAZAS, cells, [(0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0), (2, 1, 1.0)])
    ranked = table.assign(share_reaching_training=[0.25, 1.0], share_over_water=[0.5, 0.0])
    one = communities_table(ranked, grouping, shapes, Supplies(providers, sites)).iloc[0]
    assert one["population"] == 4000
    assert one["eligible_adults"] == pytest.approx(800)
    assert one["eligible_adults_moe"] == pytest.approx(30 * 2**0.5)
    assert one["priority"] == pytest.approx(60.25)
    # 350 of 800 reach any; nearest are p for 150 and q for 200; half of the 350 travel 5 minutes.
    assert one["share_reaching_training"] == pytest.approx(350 / 800)
    assert (one["nearest_provider_id"], one["nearest_provider_minutes"]) == ("q", 5.0)
    assert one["providers_within"] == 2
    assert one["seats_within"] == pytest.approx((150 * 30 + 200 * 80) / 800)
    assert one["seats_within_assumed"] == pytest.approx(200 * 50 / 800)
    # Of the 350, half of a's 150 have water in between.
    assert one["share_over_water"] == pytest.approx(75 / 350)
    assert (one["sites_within"], one["share_reaching_work"]) == (2, 1.0)
    assert one["sites_assumed"] == 1
    assert one["job_years_mid"] == pytest.approx(0.2 + 0.4 * 200 / 800)
    # What the rates leave open, and of the assumed site, which a quarter reaches, its own spread.
    half = ((0.1 + 0.2 / 4) ** 2 + 1.645**2 * 0.01 / 16) ** 0.5
    assert one["job_years_high"] == pytest.approx(0.2 + 0.4 / 4 + half)
    assert one.geometry.area == pytest.approx(2 * KM**2)
    work = work_by_quarter(sites, ranked, grouping).set_index(["unit_kind", "unit_id", "quarter"])
    second = work.loc[("community", one["community_id"], "2027Q2")]
    assert (second["sites"], second["units"]) == (1, 8)
    assert second["job_years_mid"] == pytest.approx(0.4 * 200 / 800)
    assert work.loc[("community", one["community_id"])]["job_years_mid"].sum() == pytest.approx(one["job_years_mid"])
    assert work.loc[("community", one["community_id"]), "sites_assumed"].tolist() == [0, 1]
    assert work.loc[("tract", b, "2027Q1"), "sites"] == work.loc[("tract", a, "2027Q1"), "sites"] == 1
    # The state counts the sites that stand in it, reached or not, and all of their work.
    assert work.loc["state"].index.tolist() == [("XL", "2027Q1")]
    assert work.loc[("state", "XL", "2027Q1"), "job_years_mid"] == 0.2


def test_the_best_connected_tract_does_not_speak_for_all():
    """Nine in ten adults reach nothing: 744 seats next door to the others are not theirs."""
    shapes = tracts(2, 1)
    table = scores(shapes, [9150.0, 850.0])
    grouping = grouped(shapes, table)
    school = pd.DataFrame({"provider_id": ["p"], "name": ["School"], "seats_used": [744.0], "seats_assumed": [False]})
    providers = reach(school, [(geoid(0, 0), 1.0), (geoid(1, 0), 1.0)], [(1, 0, 47.0)])
    one = communities_table(table, grouping, shapes, Supplies(providers)).iloc[0]
    assert one["share_reaching_training"] == pytest.approx(0.085)
    assert one["seats_within"] == pytest.approx(0.085 * 744)
    assert one["nearest_provider_minutes"] == 47.0


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
            "cut_tier": ["none", "B", "A"],
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


def test_equal_communities_are_ranked_by_their_adults_then_by_identifier_in_each_state() -> None:
    table = pd.DataFrame(
        [
            ("f", "XL", np.nan, 9.0), ("e", "XL", 50.0, np.nan), ("d", "XL", 50.0, 8.0), ("c", "XL", 50.0, 9.0),
            ("b", "XL", 50.0, 9.0), ("a", "XL", 60.0, 1.0), ("z", "XM", 1.0, 1.0),
        ],
        columns=["community_id", "state", "priority", "eligible_adults"], index=[9, 8, 7, 6, 5, 4, 3],
    )  # fmt: skip
    assert _ranks(table).tolist() == [6, 5, 4, 3, 2, 1, 1]
    ranked = table.assign(rank=_ranks(table), rank_low=[6.0, 4, 3, 2, 1, 1, 1], rank_high=[6.0, 5, 4, 3, 3, 1, 1])
    tied = _tied(ranked).tolist()
    # Intervals that touch overlap; the best rank is named first and nobody is tied with itself or another state.
    assert tied == [None, "d", "b c e", "b d", "a c d", "b", None]


def test_means_leave_out_what_is_unknown_and_a_trace_of_weight_keeps_tracts_without_any() -> None:
    members = pd.DataFrame({"community_id": list("aaabbc"), "need": [10.0, 20.0, np.nan, 30.0, 50.0, np.nan]})
    members["eligible_adults"] = [1.0, 3.0, 9.0, 0.0, np.nan, 5.0]
    found = means_by_community(members, "need", "eligible_adults")
    assert found.tolist() == pytest.approx([17.5, 40.0, np.nan], nan_ok=True)


def test_training_without_an_exact_place_is_that_of_the_area_most_adults_share() -> None:
    members = pd.DataFrame(
        {"community_id": list("aaabbcdd"), "eligible_adults": [3.0, 2.0, 2.0, 0.4, 0.2, np.nan, 1.0, 1.0]}
    )
    members["unlocated_providers"] = [1, 4, 4, 2, 5, np.nan, 7, 8]
    members["unlocated_where"] = ["East", "West", "West", "West", "East", None, "West", "East"]
    found = _unlocated(members)
    assert found.to_numpy().tolist()[:2] == [["a", 4, "West"], ["b", 2, "West"]]
    assert found["unlocated_providers"].tolist() == [4, 2, 0, 8] and pd.isna(found["unlocated_where"][2])
    none = _unlocated(members.drop(columns="unlocated_where"))
    assert none["community_id"].tolist() == list("abcd") and none["unlocated_where"].isna().all()
    assert _over_water(members).empty
    reaching = members.assign(share_reaching_training=[1.0, 0.5, 0.0, 0.0, np.nan, 1.0, 1.0, 1.0])
    water = _over_water(reaching.assign(share_over_water=[0.5, 1.0, np.nan, np.nan, np.nan, 0.25, 0.0, 1.0]))
    # Three people and one reach training, half of the three and all of the one across water.
    assert water.tolist() == pytest.approx([(1.5 + 1) / 4, np.nan, 0.25, 0.5], nan_ok=True)


def test_holes_below_a_hectare_are_filled_and_larger_ones_are_kept_wherever_they_lie() -> None:
    for latitude in (0.0, 60.0):
        # So many meters a side; a degree of longitude is half as long at 60 degrees.
        wide = 111_320 * np.cos(np.radians(latitude))
        for side, kept in ((99, 0), (102, 1)):
            hole = box(0.5, latitude, 0.5 + side / wide, latitude + side / 111_320)
            found = union(np.array([box(0, latitude - 0.5, 1, latitude + 0.5).difference(hole)]))
            assert len(found.interiors) == kept
    line = LineString([(0, 0), (1, 1)])
    assert union(np.array([line, None, Polygon()])) is None
    assert union(np.array([GeometryCollection([line, box(0, 0, 1, 1)])])).area == 1.0


def test_work_is_summed_by_quarter_over_the_sites_of_each_unit() -> None:
    """Unit 0 reaches sites 0, 1 and 3, half of its people the second; unit 1 the undated site 2 alone."""
    work = pd.DataFrame(
        {
            "quarter": ["2027Q2", "2027Q1", None, "2027Q2"], "units": [4.0, 2.0, 9.0, np.nan],
            "assumed_units": [False, True, False, False], "job_years_low": [1.0, 1.0, 9.0, 0.0],
            "job_years_mid": [2.0, 4.0, 9.0, 1.0], "job_years_high": [4.0, 8.0, 9.0, 2.0],
            "job_years_variance": [0.0, 0.25, 9.0, 0.0],
        }
    )  # fmt: skip
    reached = csr_matrix(([1.0, 0.5, 1.0, 1.0], ([0, 0, 1, 0], [0, 1, 2, 3])), shape=(2, 4))
    units = pd.DataFrame({"state": "XL", "unit_id": ["u", "v"]}, index=[5, 6])
    table = _by_quarter(reached, units, work)
    assert table[["unit_id", "quarter", "sites", "units", "sites_assumed"]].to_numpy().tolist() == [
        ["u", "2027Q1", 1, 2.0, 1.0], ["u", "2027Q2", 2, 4.0, 0.0],
    ]  # fmt: skip
    assert table["job_years_mid"].tolist() == [2.0, 3.0] and table.index.tolist() == [0, 1]
    assert table["job_years_low"].tolist() == pytest.approx([2 - np.hypot(1.5, 1.645 / 4), 1.0])
    assert len(_by_quarter(reached, units, work.assign(quarter=pd.Series([None] * 4, dtype="str")))) == 0


def test_job_centers_are_named_and_what_no_table_was_given_for_is_not_said() -> None:
    shapes = tracts(2, 1)
    table = scores(shapes)
    grouping = grouped(shapes, table)
    centers = pd.DataFrame({"center_id": ["j", "k"], "name": ["Library", "Center"]})
    found = reach(centers, [(geoid(0, 0), 1.0), (geoid(1, 0), 1.0)], [(0, 1, 8.0), (1, 1, 6.0), (1, 0, 9.0)])
    barriers = pd.Series({grouping["community_id"].iloc[0]: "no_vehicle"})
    one = communities_table(table, grouping, shapes, Supplies(job_centers=found), barriers=barriers).iloc[0]
    assert (one["nearest_job_center_id"], one["nearest_job_center_name"]) == ("k", "Center")
    assert one["nearest_job_center_minutes"] == 6.0 and one["barriers"] == "no_vehicle"
    assert len(communities_table(table, grouping.iloc[:0], shapes)) == 0
