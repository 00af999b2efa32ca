from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.analysis.step import Walk
from geodata.decisions.hubs import candidates, hub_table, hubs, over_water, people_by_origin, people_to_reach
from geodata.geography.coordinates import Points
from geodata.settings import Hubs
from geodata.travel.great_circle import GreatCircle
from geodata.travel.open_water import OpenWater
from tests.geodata.small_world import SETTINGS

CHOICES = Hubs()


def example(minutes: dict[tuple[str, str], float], adults: dict[str, float]):
    people = pd.DataFrame({"origin": list(adults), "adults": list(adults.values())})
    names = sorted({site for _, site in minutes})
    sites = pd.DataFrame({"candidate_id": names, "name": names, "kind": "library", "latitude": 0.0, "longitude": 0.0})
    pairs = pd.DataFrame([(g, s, m) for (g, s), m in minutes.items()], columns=["origin", "candidate_id", "minutes"])
    return people, sites, pairs


def test_a_case_worked_by_hand_where_greedy_is_not_the_best():
    # Site m covers the most alone (60), but l and r together cover all 100.
    adults = {"1": 20.0, "2": 30.0, "3": 30.0, "4": 20.0}
    minutes = {("2", "m"): 5.0, ("3", "m"): 20.0, ("1", "l"): 1.0, ("2", "l"): 1.0, ("3", "r"): 1.0, ("4", "r"): 1.0}
    minutes[("4", "m")] = 20.1
    table = hubs(*example(minutes, adults), CHOICES, "XL")
    one, two = table[table["p"] == 1], table[table["p"] == 2]
    assert one["candidate_id"].tolist() == ["m"]
    assert (one["covered_adults"].iloc[0], one["covered_share"].iloc[0]) == (60.0, 0.6)
    assert two["candidate_id"].tolist() == ["l", "r"]
    assert (two["covered_adults"].iloc[0], two["greedy_adults"].iloc[0], two["gap"].iloc[0]) == (100.0, 80.0, 0.0)
    assert table["p"].max() == 2


def test_people_no_site_covers_stay_in_the_share():
    table = hubs(*example({("1", "a"): 5.0}, {"1": 10.0, "2": 30.0}), CHOICES, "XL")
    assert table["covered_share"].tolist() == [0.25]
    nobody = hubs(*example({("1", "a"): 25.0}, {"1": 10.0}), CHOICES, "XL")
    assert len(nobody) == 0


def test_the_curve_rises_and_does_not_depend_on_order():
    rng = np.random.default_rng(8)
    adults = {f"{n:02d}": float(rng.integers(10, 900)) for n in range(40)}
    minutes = {(g, f"s{s:02d}"): float(rng.uniform(0, 90)) for g in adults for s in range(16)}
    people, sites, pairs = example(minutes, adults)
    table = hubs(people, sites, pairs, CHOICES, "XL")
    curve = table.drop_duplicates("p")
    assert curve["covered_adults"].is_monotonic_increasing
    assert (curve["covered_adults"] >= curve["greedy_adults"]).all()
    mixed = hubs(people.sample(frac=1, random_state=2), sites, pairs.sample(frac=1, random_state=3), CHOICES, "XL")
    pd.testing.assert_frame_equal(table, mixed)


def test_candidates_are_places_and_not_courses_for_electricians():
    centers = pd.DataFrame(
        {"center_id": ["b", "a"], "name": ["B", "A"], "kind": "library", "latitude": [1.0, None], "longitude": 1.0}
    ).assign(location_quality=["point", "unknown"])
    providers = pd.DataFrame(
        {"provider_id": ["p", "e"], "name": ["P", "E"], "kind": "x", "latitude": 1.0, "longitude": 1.0}
    ).assign(location_quality="point", entry_stage=["entry", "advanced"])
    assert candidates(centers, providers, CHOICES)["candidate_id"].tolist() == ["b", "p"]
    only = Hubs(candidates=("job_centers",))
    assert candidates(centers, providers, only)["candidate_id"].tolist() == ["b"]


def test_people_to_reach_are_those_of_tiers_a_and_b():
    scores = pd.DataFrame(
        {
            "geoid": list("12345"),
            "state": "XL",
            "gated": [True, True, True, False, True],
            "tier": ["A", "B", "C", "A", "A"],
            "eligible_adults": [10.0, 20.0, 30.0, 40.0, 0.0],
        }
    )
    found = people_to_reach(scores.set_index(pd.Index([9, 8, 7, 6, 5])))
    assert found.to_dict("list") == {"geoid": ["1", "2"], "state": ["XL", "XL"], "adults": [10.0, 20.0]}
    assert found.index.tolist() == [0, 1]


def test_a_tract_is_covered_as_far_as_its_people_are():
    # Three of ten people of tract 1 live where the site is near, seven beyond its reach; tract 2 is one place.
    origins = pd.DataFrame({"geoid": ["1", "1", "2"], "weight": [0.3, 0.7, 1.0]})
    tracts = pd.DataFrame({"geoid": ["1", "2"], "state": "XL", "adults": [100.0, 40.0]})
    people = people_by_origin(tracts, origins)
    assert people["adults"].tolist() == pytest.approx([30.0, 70.0, 40.0])
    _, sites, pairs = example({(0, "a"): 5.0, (1, "a"): 25.0, (2, "a"): 20.0}, {})
    table = hubs(people, sites, pairs, CHOICES, "XL")
    assert table["covered_adults"].tolist() == pytest.approx([70.0])
    assert table["covered_share"].tolist() == pytest.approx([0.5])


def test_people_whose_line_to_a_hub_crosses_water_are_counted():
    # Land west of 0.1 and east of 0.2, 11 km of water between; the hub stands east.
    land = pd.DataFrame({"geometry": [shapely.box(-1, -1, 0.1, 1), shapely.box(0.2, -1, 1, 1)]})
    cells = pd.DataFrame({"origin": [0, 1], "geoid": ["1", "2"], "state": "XL", "adults": [30.0, 70.0]})
    _, sites, pairs = example({(0, "a"): 5.0, (1, "a"): 5.0}, {})
    places = sites.assign(latitude=0.0, longitude=0.25)
    homes = Points([0.0, 0.0], [0.05, 0.3])
    assert over_water(cells, pairs, homes, places, OpenWater.of(land, 1.5)) == {("XL", "a"): 30.0}


def test_hubs_are_ordered_by_whom_each_covers_alone_and_end_where_nobody_more_is_reached() -> None:
    adults = {"1": 10.0, "2": 30.0, "3": 20.0}
    minutes = {("1", "a"): 1.0, ("2", "b"): 1.0, ("3", "c"): 1.0, ("3", "d"): 1.0}
    people, sites, pairs = example(minutes, adults)
    beyond = pd.DataFrame({"origin": ["1", "9"], "candidate_id": ["z", "b"], "minutes": 1.0})
    table = hubs(people, sites, pd.concat([pairs, beyond], ignore_index=True), CHOICES, "XL")
    whole = table[table["p"] == 3]
    assert whole["candidate_id"].tolist() == ["b", "c", "a"] and whole["order"].tolist() == [1, 2, 3]
    assert whole["covered_alone"].tolist() == [30.0, 20.0, 10.0]
    assert table.groupby("p")["covered_adults"].first().to_dict() == {1: 30.0, 2: 50.0, 3: 60.0}
    assert (table["greedy_adults"] == table["covered_adults"]).all()


def test_hubs_of_the_grid_and_of_a_state_without_anybody_to_reach(small_walk: Walk) -> None:
    area, scores = small_walk.value("study_area"), small_walk.value("ranked_tracts")
    engine = GreatCircle.at_constant_speed(1.0, 60.0, 60.0)
    table = hub_table(area, scores, engine, SETTINGS)
    # The tiers hold 600, 700, 800 and 900 adults, all within half an hour of one place, none across water.
    assert table.index.tolist() == [0]
    assert table[["covered_adults", "covered_share", "covered_over_water"]].to_numpy().tolist() == [[3000, 1, 0]]
    two = pd.concat([scores, scores.assign(state="XM", geoid="98" + scores["geoid"].str[2:])], ignore_index=True)
    origins = pd.concat([area.origins, area.origins.assign(geoid="98" + area.origins["geoid"].str[2:])])
    both = hub_table(replace(area, origins=origins.reset_index(drop=True)), two, engine, SETTINGS)
    assert both["state"].tolist() == ["XL", "XM"] and both.index.tolist() == [0, 1]
    assert len(hub_table(area, scores.assign(tier="C"), engine, SETTINGS)) == 0


def test_a_place_of_two_lists_is_one_candidate_and_one_person_is_reached() -> None:
    centers = pd.DataFrame({"center_id": ["b", "a"], "name": "N", "kind": "library", "latitude": 1.0, "longitude": 1.0})
    providers = pd.DataFrame({"provider_id": ["b"], "name": "P", "kind": "x", "latitude": 1.0, "longitude": 1.0})
    found = candidates(
        centers.assign(location_quality="point"),
        providers.assign(location_quality="point", entry_stage="entry"),
        CHOICES,
    )
    assert found[["candidate_id", "name"]].to_numpy().tolist() == [["a", "N"], ["b", "N"]]
    assert found.index.tolist() == [0, 1] and found.columns.tolist()[0] == "candidate_id"
    few = pd.DataFrame({"geoid": ["1"], "state": "XL", "gated": True, "tier": "A", "eligible_adults": 0.5})
    assert people_to_reach(few)["adults"].tolist() == [0.5]
    origins = pd.DataFrame({"geoid": ["1"], "weight": [1.0]}, index=[7])
    assert people_by_origin(people_to_reach(few), origins).columns.tolist() == ["origin", "geoid", "state", "adults"]
    assert people_by_origin(people_to_reach(few), origins)["origin"].tolist() == [0]
