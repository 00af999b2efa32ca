"""The communities named first hold most of the people the method is sure about; need is named beside them."""

from __future__ import annotations

import pandas as pd

from geodata.decisions.where_to_start import likely_adults, named_first

# The first by Priority is a small place; the third holds most people, but it is not sure that they are among the first.
COMMUNITIES = pd.DataFrame(
    {
        "state": ["RI"] * 5 + ["KS"] * 2,
        "rank": [1, 2, 3, 4, 5, 1, 2],
        "eligible_adults": [500.0, 4000.0, 9000.0, 4000.0, 3000.0, None, None],
        "p_top_share": [0.99, 0.9, 0.3, 0.8, 0.5, 0.9, 0.8],
        "need": [80.0, 70.0, 95.0, 99.0, 90.0, 60.0, 70.0],
    }
)


def named(count: int) -> list[str | None]:
    table = COMMUNITIES.assign(likely_adults=likely_adults(COMMUNITIES))
    return [None if pd.isna(code) else code for code in named_first(table, count)]


def test_likely_adults_are_people_times_chance() -> None:
    assert likely_adults(COMMUNITIES).iloc[:5].round(6).tolist() == [495.0, 3600.0, 2700.0, 3200.0, 1500.0]
    assert likely_adults(COMMUNITIES).iloc[5:].isna().all()


def test_most_people_come_first_and_need_is_named_of_the_others() -> None:
    # Expected adults: 3600, 3200, 2700; of those left the one with need 90, then the one with 80.
    assert named(1) == [None, "most_people", None, "strongest_need", None, "highest_priority", "strongest_need"]
    assert named(2) == [
        None, "most_people", "strongest_need", "most_people", "strongest_need", "highest_priority", "highest_priority"
    ]  # fmt: skip


def test_few_communities_are_named_once() -> None:
    assert named(10) == ["most_people"] * 5 + ["highest_priority"] * 2


def test_the_order_of_rows_changes_nothing() -> None:
    table = COMMUNITIES.assign(likely_adults=likely_adults(COMMUNITIES))
    turned = named_first(table.iloc[::-1], 2)
    assert turned.sort_index().fillna("").tolist() == named_first(table, 2).fillna("").tolist()
