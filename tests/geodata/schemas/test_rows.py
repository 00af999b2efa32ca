from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geodata.schemas.rows import among, by_state

codes = st.lists(st.one_of(st.none(), st.text("0189", min_size=1, max_size=3)), max_size=20)


@given(codes, codes)
def test_among_agrees_with_isin(some: list[str | None], known: list[str | None]) -> None:
    column, values = pd.Series(some, dtype="str"), pd.Series(known, dtype="str")
    assert list(among(column, values)) == list(column.isin(values))


def test_rows_of_each_state_in_the_order_asked_for() -> None:
    table = pd.DataFrame({"state": ["RI", "CT", "RI"], "n": [1, 2, 3]})
    parts = by_state(table, ["CT", "RI", "GA"])
    assert {state: list(part["n"]) for state, part in parts.items()} == {"CT": [2], "RI": [1, 3], "GA": []}
