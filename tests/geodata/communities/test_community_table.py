from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from geodata.communities.community_table import Supplies, Supply, communities_table, union, work_by_quarter
from tests.geodata.communities.grouped_lattice import grouped
from tests.geodata.lattice import KM, geoid, scores, tracts


def supply(places: pd.DataFrame, pairs: list[tuple[str, int, float]], id_column: str) -> Supply:
    table = pd.DataFrame(pairs, columns=["geoid", "place", "minutes"])
    tract, geoids = pd.factorize(table["geoid"], sort=True)
    return Supply(places, id_column, pd.Index(geoids), table[["place", "minutes"]].assign(tract=tract))


def test_a_community_sums_its_people_and_counts_what_it_reaches_once():
    shapes = tracts(2, 1)
    table = scores(shapes, [3000.0, 1000.0])
    grouping = grouped(shapes, table)
    colleges = pd.DataFrame({"provider_id": ["p", "q"], "name": ["Near", "Far"], "seats_used": [30.0, 50.0]}).assign(
        seats_assumed=[False, True]
    )
    a, b = geoid(0, 0), geoid(1, 0)
    providers = supply(colleges, [(a, 0, 10.0), (b, 0, 20.0), (b, 1, 5.0)], "provider_id")
    plazas = pd.DataFrame(
        {
            "site_id": ["s", "t"],
            "name": ["S", "T"],
            "state": ["XL", "XM"],
            "quarter": ["2027Q1", "2027Q2"],
            "units": [4.0, 8.0],
            "assumed_units": [True, False],
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
    assert (one["providers_within"], one["seats_within"], one["seats_within_assumed"]) == (2, 80.0, 50.0)
    assert (one["sites_within"], one["sites_within_assumed"]) == (2, 1)
    assert one["job_years_mid"] == pytest.approx(0.6)
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
