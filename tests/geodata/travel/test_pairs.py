"""Chains of points at one place, and the order of pairs."""

from __future__ import annotations

import numpy as np

from geodata.travel.pairs import ABSENT, FoundPairs, MeasuredBy, chains, counting_order, longer, sorted_minutes


def test_points_at_one_place_form_a_chain_in_their_order() -> None:
    first, following = chains(np.array([2, 0, 2, 2]), 4)
    assert first.tolist() == [1, ABSENT, 0, ABSENT]
    assert following.tolist() == [2, ABSENT, 3, ABSENT]


def test_counting_is_a_stable_sort() -> None:
    key = np.random.default_rng(1).integers(0, 7, 200)
    np.testing.assert_array_equal(counting_order(key, 7), np.argsort(key, kind="stable"))


def test_what_is_found_in_parts_is_sorted_by_origin_then_destination() -> None:
    one = FoundPairs(np.array([1, 0], np.int32), np.array([0, 2], np.int32), np.array([10.0, 2.0]))
    other = FoundPairs(np.array([1, 0], np.int32), np.array([2, 1], np.int32), np.array([12.0, 1.0]))
    by = MeasuredBy("roads", "1", "2026-01-02")
    found = sorted_minutes([one, other], by, np.zeros(2), np.zeros(3))
    assert found.origin.tolist() == [0, 0, 1, 1]
    assert found.destination.tolist() == [1, 2, 0, 2]
    assert found.minutes.tolist() == [1.0, 2.0, 10.0, 12.0]
    assert (found.engine, found.data_date, found.n_origins, found.n_destinations) == ("roads", "2026-01-02", 2, 3)
    assert len(sorted_minutes([], by, np.zeros(2), np.zeros(3))) == 0


def test_a_list_grows_and_keeps_what_it_held() -> None:
    grown = longer(np.array([4, 5], np.int32), 5)
    assert (grown[:2].tolist(), len(grown), grown.dtype) == ([4, 5], 5, np.int32)
