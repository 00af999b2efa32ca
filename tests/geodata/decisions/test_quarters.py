"""Later quarters are summed into one row, and nothing of the total is lost."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geodata.decisions.quarters import SUMMED, few_quarters

QUARTERS = [f"{year}Q{quarter}" for year in (2026, 2027, 2028) for quarter in (1, 2, 3, 4)]


def work(quarters: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"quarter": quarters, **{name: range(1, len(quarters) + 1) for name in SUMMED}})


def test_the_past_comes_first_the_undated_last_and_the_rest_is_later() -> None:
    made = few_quarters(work(["unknown", "2027Q4", "past", "2027Q1", "2027Q2", "2027Q3"]), 3)
    assert made["quarter"].tolist() == ["past", "2027Q1", "later", "unknown"]
    assert made["units"].tolist() == [3, 4, 5 + 6 + 2, 1]


@given(st.lists(st.sampled_from([*QUARTERS, "past", "unknown"]), unique=True), st.integers(1, 8))
def test_sums_stay_and_there_are_no_more_dated_rows_than_asked_for(quarters: list[str], most: int) -> None:
    rows = work(quarters)
    made = few_quarters(rows, most)
    assert (made["quarter"] != "unknown").sum() <= most
    for name in SUMMED:
        assert made[name].sum() == rows[name].sum()
    assert set(made.columns) == set(rows.columns)
