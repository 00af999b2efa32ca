from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.communities.rollups import rollups
from geodata.geography.areas import point_areas, tract_areas
from tests.geodata.budget_areas import COUNTY, PLACE, members
from tests.geodata.lattice import KM, geoid, scores, tracts

KNOWN = pd.DataFrame({"state": ["XL"], "training": True, "work": True, "job_centers": True})
NO_SITES = pd.DataFrame({"job_years_mid": [], "assumed_units": []})


def test_sums_means_and_ranks():
    shapes = tracts(4, 1)
    table = scores(shapes, [1000.0, 3000.0, 2000.0, 0.0])
    # The third passes the gate, and stands in no list, because most of its people live in group quarters.
    table["gated"] = [True, True, True, False]
    table["rank"] = [1, 2, None, None]
    table["tier"] = ["A", "B", "none", "none"]
    table["priority"] = [80.0, 60.0, 10.0, 5.0]
    table["community_id"] = ["c1", "c1", None, None]
    named = members([("district", "d1", "tract", geoid(2, 0)), ("district", "d2", "tract", geoid(0, 0))])
    areas = tract_areas(table, COUNTY, PLACE, named)
    sites = pd.DataFrame(
        {"latitude": [0.5 * KM], "longitude": [0.5 * KM], "job_years_mid": [0.25], "state": ["XL"]}
    ).assign(assumed_units=True)
    site_areas = point_areas(sites, areas, shapes, COUNTY, PLACE)
    nobody = site_areas.iloc[:0]
    made = rollups(table, areas, site_areas, nobody, sites, KNOWN).set_index(["area_kind", "area_id"])
    county = made.loc[("county", "97001")]
    assert (county["n_tracts"], county["n_gated"], county["n_tier_a"], county["n_tier_b"]) == (3, 2, 1, 1)
    assert county["population"] == 6000
    assert county["eligible_adults"] == pytest.approx(1200)
    assert county["eligible_adults_moe"] == pytest.approx(30 * 3**0.5)
    assert county["eligible_adults_gated"] == county["eligible_adults_top"] == pytest.approx(800)
    assert county["priority"] == pytest.approx((80 * 200 + 60 * 600) / 800)
    assert county["communities"] == "c1"
    assert (county["planned_sites"], county["job_years_mid"], county["providers"]) == (1, 0.25, 0)
    assert county["sites_assumed"] == 1
    assert made.loc[("district", "d2"), "rank"] == 1
    assert made.loc[("district", "d1"), "rank"] == 2
    assert pd.isna(made.loc[("district", "d1"), "priority"])


def test_adults_nobody_asked_about_are_unknown_and_areas_are_ranked_by_their_tracts():
    shapes = tracts(4, 1)
    table = scores(shapes).assign(eligible_adults=float("nan"), gated=[False, True, True, False], community_id=None)
    table["tier"], table["rank"] = ["none", "none", "A", "none"], [None, 1, 2, None]
    named = members([("district", f"d{place}", "tract", geoid(place, 0)) for place in range(4)])
    areas = tract_areas(table, COUNTY, PLACE, named)
    sites = pd.DataFrame({"latitude": [], "longitude": [], "state": [], "job_years_mid": [], "assumed_units": []})
    none = point_areas(sites, areas, shapes, COUNTY, PLACE)
    made = rollups(table, areas, none, none, sites, KNOWN)
    adults = made.set_index("area_id")[["eligible_adults", "eligible_adults_gated", "eligible_adults_top"]]
    assert adults.loc["97001"].isna().all()
    assert adults.loc["d0"].isna().tolist() == [True, False, False] and adults.loc["d0"].iloc[1:].tolist() == [0, 0]
    assert adults.loc["d1"].isna().tolist() == [True, True, False]
    ranks = made[made["area_kind"] == "district"].set_index("area_id")["rank"].to_dict()
    assert ranks == {"d0": 3, "d1": 2, "d2": 1, "d3": 4}


def test_nothing_with_residents_is_an_empty_table():
    table = scores(tracts(2, 1), 0.0).assign(community_id=None)
    areas = tract_areas(table, COUNTY, PLACE, members([]))
    none = point_areas(pd.DataFrame({"latitude": [], "longitude": [], "state": []}), areas, tracts(2, 1), COUNTY, PLACE)
    assert len(rollups(table, areas, none, none, NO_SITES, KNOWN)) == 0


def test_an_area_of_a_state_without_a_list_of_providers_has_no_number_of_them():
    shapes = tracts(2, 1)
    table = scores(shapes).assign(community_id=None, rank=[1, 2])
    areas = tract_areas(table, COUNTY, PLACE, members([]))
    none = point_areas(pd.DataFrame({"latitude": [], "longitude": [], "state": []}), areas, shapes, COUNTY, PLACE)
    made = rollups(table, areas, none, none, NO_SITES, KNOWN.assign(training=False))
    assert made["providers"].isna().all() and (made["planned_sites"] == 0).all() and made["training_gap"].isna().all()


def test_only_listed_tracts_have_a_tier_and_few_adults_weigh_as_many_as_they_are():
    shapes = tracts(3, 1)
    table = scores(shapes).assign(community_id=None, rank=[1, 2, None], tier=["A", "none", "B"])
    table["eligible_adults"], table["need"] = [0.25, 0.75, np.nan], [80.0, 40.0, 0.0]
    areas = tract_areas(table, COUNTY, PLACE, members([]))
    none = point_areas(pd.DataFrame({"latitude": [], "longitude": [], "state": []}), areas, shapes, COUNTY, PLACE)
    county = rollups(table, areas, none, none, NO_SITES, KNOWN).set_index("area_id").loc["97001"]
    assert (county["n_tier_a"], county["n_tier_b"], county["eligible_adults_top"]) == (1, 0, 0.25)
    assert county["need"] == pytest.approx(50.0)
