from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from geodata.access.reach import Reach
from geodata.communities.community_table import Supplies, communities_table, union, work_by_quarter
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
    assert work.loc[("tract", b, "2027Q1"), "sites"] == 1
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
