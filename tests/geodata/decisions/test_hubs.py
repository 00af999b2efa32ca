from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from geodata.decisions.hubs import candidates, hubs, people_to_reach
from geodata.decisions.maximal_covering import Cover, ExactCover, greedy, near_best, reduced, swapped
from geodata.settings import Hubs

CHOICES = Hubs()


def random_cover(rng: np.random.Generator, rows: int, sites: int, radius: float) -> Cover:
    near = cdist(rng.random((rows, 2)), rng.random((sites, 2))) <= radius
    row, site = np.nonzero(near)
    return Cover.from_pairs(row, site, rng.integers(1, 500, rows).astype(float), sites)


def best_of_all(cover: Cover, p: int) -> float:
    chosen = np.array(list(combinations(range(cover.rows.shape[1]), p)))
    return float((cover.weight @ cover.rows.toarray()[:, chosen].any(axis=2)).max())


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_exact_is_the_best_of_all_choices_and_greedy_near_it(seed, p):
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, 30, 9, rng.uniform(0.1, 0.5))
    best = best_of_all(cover, p)
    small, kept = reduced(cover)
    if len(kept) >= p:
        chosen = ExactCover(small).solve(p, 10.0, list(range(p)))
        assert chosen.covered == pytest.approx(best)
        assert cover.covered(kept[chosen.sites]) == pytest.approx(best)
        assert chosen.gap == 0.0
    else:
        assert small.covered(np.arange(len(kept))) == pytest.approx(best)
    walk = greedy(cover, p)
    assert cover.covered(walk) >= (1 - 1 / np.e) * best - 1e-9
    assert cover.covered(walk) - 1e-9 <= cover.covered(swapped(cover, walk)) <= best + 1e-9


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_the_quick_choice_says_truly_how_far_it_may_be_off(seed):
    rng = np.random.default_rng(seed)
    cover = random_cover(rng, 30, 9, rng.uniform(0.1, 0.5))
    for p, near in enumerate(near_best(cover, 4), start=1):
        best = best_of_all(cover, p)
        assert len(near.sites) == p
        assert near.covered == pytest.approx(cover.covered(near.sites))
        assert near.covered <= best + 1e-9 <= near.bound + 2e-9
        assert near.gap == pytest.approx((near.bound - near.covered) / near.bound if near.bound else 0.0, abs=1e-8)


def test_the_bound_is_close_where_there_is_much_to_choose_from():
    cover = random_cover(np.random.default_rng(4), 600, 120, 0.12)
    small, _ = reduced(cover)
    near = near_best(small, 8)
    assert max(found.gap for found in near) < 0.05
    solver = ExactCover(small)
    for p, found in enumerate(near, start=1):
        exact = solver.solve(p, 60.0, found.sites.tolist(), found.bound)
        assert exact.gap == 0.0
        assert found.covered <= exact.covered + 1e-9 <= found.bound + 2e-9


def test_what_time_leaves_unproven_has_the_bound_known_before():
    cover, _ = reduced(random_cover(np.random.default_rng(4), 600, 120, 0.12))
    near = near_best(cover, 8)[-1]
    hurried = ExactCover(cover).solve(8, 0.0, near.sites.tolist(), near.bound)
    assert hurried.covered == near.covered
    assert hurried.bound == near.bound
    assert 0.0 < hurried.gap == near.gap


@pytest.mark.slow
def test_against_spopt():
    spopt = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    rng = np.random.default_rng(3)
    people, sites = rng.random((80, 2)), rng.random((15, 2))
    weight = rng.integers(1, 300, 80).astype(float)
    distance = cdist(people, sites)
    row, site = np.nonzero(distance <= 0.2)
    small, _ = reduced(Cover.from_pairs(row, site, weight, 15))
    solver = ExactCover(small)
    for p in (2, 4, 6):
        theirs = spopt.MCLP.from_cost_matrix(distance, weight, service_radius=0.2, p_facilities=p)
        theirs = theirs.solve(pulp.PULP_CBC_CMD(msg=False))
        ours = solver.solve(p, 10.0, greedy(small, p)[:p])
        assert ours.covered == pytest.approx(theirs.problem.objective.value())


def example(minutes: dict[tuple[str, str], float], adults: dict[str, float]):
    people = pd.DataFrame({"geoid": list(adults), "adults": list(adults.values())})
    names = sorted({site for _, site in minutes})
    sites = pd.DataFrame({"candidate_id": names, "name": names, "kind": "library", "latitude": 0.0, "longitude": 0.0})
    pairs = pd.DataFrame([(g, s, m) for (g, s), m in minutes.items()], columns=["geoid", "candidate_id", "minutes"])
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
    assert people_to_reach(scores)["adults"].tolist() == [10.0, 20.0]


def test_the_solver_prints_nothing_of_its_own():
    """Its banner comes once a process, so a process of its own is asked."""
    program = "from geodata.decisions.maximal_covering import _solver; _solver()"
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert asked.stdout == ""
