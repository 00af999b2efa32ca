from __future__ import annotations

import pandas as pd
import pytest

from geodata.geography.crosswalk_weights import land_mean, mostly_known, weighted_mean, without_slivers

GROUPS = pd.Series(["b", "a", "a", "b", "c"])


def test_land_mean_against_a_plain_loop() -> None:
    groups, land = pd.Series(["a", "a", "b", "b", "c"]), pd.Series([1.0, 3.0, 2.0, 2.0, 0.0])
    values = pd.Series([4.0, 8.0, None, 6.0, 1.0])
    found = land_mean(groups, land, values)
    assert found["a"] == pytest.approx((1 * 4 + 3 * 8) / 4)
    assert found["b"] == 6.0  # exactly half of the land is known
    assert pd.isna(found["c"])


def test_a_mean_is_of_what_is_known_and_weighs_something() -> None:
    weights, values = pd.Series([1.0, 2.0, 6.0, 3.0, 0.0]), pd.Series([None, 4.0, 8.0, 5.0, 7.0])
    found = weighted_mean(GROUPS, weights, values)
    assert list(found.index) == ["a", "b", "c"]
    assert found["a"] == pytest.approx(7.0)
    assert found["b"] == 5.0
    assert pd.isna(found["c"])


def test_a_sliver_may_be_unknown_and_all_may_not() -> None:
    land = pd.Series([1.0, 50.0, 50.0, 99.0, 0.0])
    known = pd.Series([False, True, False, True, False])
    assert mostly_known(GROUPS, land, known, 0.01).to_dict() == {"a": False, "b": True, "c": False}
    assert mostly_known(GROUPS, land, known, 0.5)["a"]


def test_a_sliver_is_small_in_both_tracts_and_never_the_largest_piece_of_one() -> None:
    parts = pd.DataFrame(
        {
            "new": ["a", "a", "b", "c", "c", "c"],
            "old": ["x", "y", "y", "z", "y", "x"],
            # 0.4 and 0.3 are below 1 % of a wide tract on either side; c's largest piece is small and stays.
            "land_part_m2": [99.6, 0.4, 99.3, 0.5, 0.3, 0.2],
            "new_m2": [100.0, 100.0, 99.3, 100.0, 100.0, 100.0],
            "old_m2": [99.8, 100.0, 100.0, 100.0, 100.0, 99.8],
        }
    )
    kept = without_slivers(parts, 0.01, ("new", "new_m2"), ("old", "old_m2"))
    assert kept.index.tolist() == [0, 2, 3]
    # Of a small tract the same strip is much.
    assert without_slivers(parts.assign(new_m2=10.0), 0.01, ("new", "new_m2")).index.tolist() == [0, 1, 2, 3, 4, 5]


def test_less_than_half_of_the_land_says_nothing_of_the_whole() -> None:
    found = land_mean(GROUPS, pd.Series([6.0, 4.9, 5.1, 4.0, 1.0]), pd.Series([None, None, 3.0, 2.0, 7.0]))
    assert list(found.index) == ["a", "b", "c"]
    assert found.tolist() == pytest.approx([3.0, float("nan"), 7.0], nan_ok=True)
    assert list(mostly_known(GROUPS, pd.Series([1.0] * 5), pd.Series([True] * 5), 0.0).index) == ["a", "b", "c"]


def test_a_piece_of_exactly_the_least_share_is_no_sliver() -> None:
    parts = pd.DataFrame({"new": ["a", "a"], "land_part_m2": [99.0, 1.0], "new_m2": 100.0})
    assert len(without_slivers(parts, 0.01, ("new", "new_m2"))) == 2
    assert len(without_slivers(parts, 0.011, ("new", "new_m2"))) == 1
