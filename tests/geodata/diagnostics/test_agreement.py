from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.diagnostics.agreement import agreement_table, cohen_kappa, fleiss_kappa, overall


def parts(**verdicts: list[bool | None]) -> pd.DataFrame:
    rows = [
        {"geoid": f"97001{n:06d}", "state": "XL", "definition": name, "agrees": value}
        for name, values in verdicts.items()
        for n, value in enumerate(values)
        if value is not None
    ]
    return pd.DataFrame(rows).astype({"agrees": "boolean"})


def test_pairs_count_the_tracts_both_speak_of():
    table = agreement_table(parts(a=[True, True, False, False, None], b=[True, False, False, True, True]), "XL")
    row = table.iloc[0]
    assert (row["both"], row["either"], row["only_a"], row["only_b"]) == (1, 3, 1, 1)
    assert row["jaccard"] == pytest.approx(1 / 3)
    assert row["kappa"] == pytest.approx(0.0)


def test_kappa_by_hand():
    one = np.array([True] * 25 + [False] * 25)
    other = np.array([True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)
    # Observed 0.7, by chance 0.5·0.6 + 0.5·0.4 = 0.5.
    assert cohen_kappa(one, other) == pytest.approx(0.4)
    assert np.isnan(cohen_kappa(np.ones(4, bool), np.ones(4, bool)))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_fleiss_against_its_definition(rows):
    under = np.array(rows)
    p = under.mean()
    if p in (0.0, 1.0):
        assert np.isnan(fleiss_kappa(under))
        return
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    observed = np.mean([[row[a] == row[b] for a, b in pairs] for row in rows])
    assert fleiss_kappa(under) == pytest.approx((observed - p**2 - (1 - p) ** 2) / (1 - p**2 - (1 - p) ** 2))


def test_all_together():
    facts = overall(parts(a=[True, True, False, None], b=[True, False, False, True], c=[True, True, False, True]), "XL")
    assert (facts["agreement_tracts"], facts["agreement_all"], facts["agreement_any"]) == (3, 1, 2)
    assert facts["agreement_kappa"] == pytest.approx(fleiss_kappa(np.array([[1, 1, 1], [1, 0, 1], [0, 0, 0]], bool)))
    assert overall(parts(a=[True]), "XL") == {}
    assert len(agreement_table(parts(a=[True]), "XL")) == 0
