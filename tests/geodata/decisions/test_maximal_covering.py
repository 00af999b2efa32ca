"""Maximal covering against all choices, its bound, and another solver."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from geodata.decisions.maximal_covering import Cover, ExactCover, filled, greedy, near_best, reduced, swapped


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


def test_the_solver_prints_nothing_of_its_own():
    """Its banner comes once a process, so a process of its own is asked."""
    program = "from geodata.decisions.maximal_covering import _solver; _solver()"
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert asked.stdout == ""


def test_a_reduction_by_hand() -> None:
    """Sites a, b, c, d, e: b covers all a does and more, c is like b, d covers nobody, e somebody without weight."""
    rows = {"0": "abc", "1": "abc", "2": "bc", "3": "", "4": "e"}
    pairs = [(int(row), "abcde".index(site)) for row, sites in rows.items() for site in sites]
    cover = Cover.from_pairs(*zip(*pairs, strict=True), [2.0, 3.0, 4.0, 5.0, 0.0], 5)
    small, kept = reduced(cover)
    assert kept.tolist() == [1]
    assert small.rows.toarray().tolist() == [[True], [True]] and small.weight.tolist() == [5.0, 4.0]
    assert cover.alone().tolist() == [5.0, 9.0, 9.0, 0.0, 0.0] and cover.covered([0, 2]) == 9.0
    nothing, none = reduced(Cover.from_pairs([0], [0], [0.0], 2))
    assert (none.tolist(), nothing.rows.shape) == ([], (0, 0))


def test_a_greedy_walk_by_hand_counts_nobody_twice() -> None:
    # Site 0 has 10 and 6; site 1 the same 10 and 5; site 2 four; site 3 the same 10 and 4.5.
    row, site = [0, 1, 0, 2, 3, 0, 4], [0, 0, 1, 1, 2, 3, 3]
    cover = Cover.from_pairs(row, site, [10.0, 6.0, 5.0, 4.0, 4.5], 5)
    assert greedy(cover, 9) == [0, 1, 3, 2]
    assert greedy(cover, 2) == [0, 1] and greedy(cover, 0) == []
    assert filled([3], 2, 4) == [3, 0]
    assert swapped(cover, [2, 3]) == [0, 1]


@pytest.mark.parametrize("p", [2, 3])
def test_the_best_is_found_where_neither_the_relaxation_nor_exchanges_find_it(p: int) -> None:
    """Each row has three of ten sites: fractions of sites cover more than whole ones, so that numbers must be tried."""
    hard = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        site = np.concatenate([rng.choice(10, 3, replace=False) for _ in range(14)])
        cover = Cover.from_pairs(np.repeat(np.arange(14), 3), site, rng.integers(1, 9, 14).astype(float), 10)
        best = best_of_all(cover, p)
        found = ExactCover(cover).solve(p, 10.0, list(range(p)))
        assert (found.covered, found.bound, found.gap) == (pytest.approx(best), pytest.approx(best), 0.0)
        assert cover.covered(found.sites) == found.covered
        # Of all choices that are best any is kept.
        every = [choice for choice in combinations(range(10), p) if cover.covered(choice) == best]
        for choice in (every[0], every[-1]):
            assert ExactCover(cover).solve(p, 10.0, list(choice)).sites.tolist() == list(choice)
        hard += near_best(cover, p)[-1].covered < best
    assert hard


def test_sites_given_stay_where_others_cover_no_more() -> None:
    cover = Cover.from_pairs([0, 1, 2, 3], [0, 1, 2, 3], [5.0] * 4, 4)
    solver = ExactCover(cover)
    assert solver.solve(2, 10.0, [2, 3]).sites.tolist() == [2, 3]
    assert solver.solve(4, 10.0, [0, 1, 2, 3]).covered == 20.0
    one = solver.solve(1, 10.0, [3])
    assert (one.covered, one.gap, one.sites.tolist()) == (5.0, 0.0, [0])
    assert solver.solve(2, 10.0, [0, 1], bound=10.0).bound == 10.0


def test_after_exchanges_no_single_one_covers_more() -> None:
    for seed in range(60):
        cover = random_cover(np.random.default_rng(seed), 40, 12, 0.3)
        chosen = swapped(cover, [0, 1, 2, 3])
        best = max(cover.covered([*chosen[:k], other, *chosen[k + 1 :]]) for k in range(4) for other in range(12))
        assert best <= cover.covered(chosen) + 1e-6


def test_there_are_as_many_choices_as_sites_and_of_nobody_nothing_is_missed() -> None:
    cover = random_cover(np.random.default_rng(4), 60, 12, 0.3)
    near = near_best(cover, 4)
    assert [len(found.sites) for found in near] == [1, 2, 3, 4]
    # How far a choice may be off is a share, whatever people are counted in.
    small = near_best(Cover(cover.weight / 1e6, cover.rows), 4)
    assert [found.gap for found in small] == pytest.approx([found.gap for found in near], abs=1e-6)
    assert max(found.gap for found in near) > 0
    nobody = near_best(Cover.from_pairs([0], [0], [0.0], 2), 9)
    assert [(len(found.sites), found.gap, found.bound) for found in nobody] == [(1, 0.0, 0.0), (2, 0.0, 0.0)]
    few, kept = reduced(Cover.from_pairs([0], [0], [0.5], 1))
    assert (kept.tolist(), few.weight.tolist()) == ([0], [0.5])


def test_a_solver_takes_about_the_time_it_is_given() -> None:
    solver = ExactCover(random_cover(np.random.default_rng(4), 30, 9, 0.3))
    for seconds in (50.0, 20.0):
        solver.solve(3, seconds, [0, 1, 2])
        _, limit = solver._lp.getOptionValue("time_limit")
        assert seconds <= limit < seconds + 10


def test_no_site_of_a_better_choice_is_struck_out_before_numbers_are_tried() -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        site = np.concatenate([rng.choice(20, 3, replace=False) for _ in range(40)])
        cover = Cover.from_pairs(np.repeat(np.arange(40), 3), site, rng.integers(1, 9, 40).astype(float), 20)
        found = ExactCover(cover).solve(5, 20.0, list(range(5)))
        assert (found.covered, found.gap) == (pytest.approx(best_of_all(cover, 5)), 0.0)
