from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.diagnostics.equity import equity_curves, equity_table, measured, shortfall_lines
from geodata.settings import Equity


def scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "geoid": [f"9700{c}{n:06d}" for c in (1, 2) for n in range(3)],
            "state": "XL",
            "need": [10.0, 50.0, 90.0, 20.0, 60.0, None],
            "eligible_adults": [100.0, 100.0, 200.0, 0.0, 100.0, 100.0],
            "training_access": [4.0, 2.0, 0.0, 9.0, 2.0, 7.0],
            "work_access": [0.0] * 6,
        }
    )


def areas() -> pd.DataFrame:
    made = scores()[["geoid", "state"]]
    return made.assign(area_kind="county", area_id=made["geoid"].str[:5], area_name=made["geoid"].str[:5])


def test_the_table_weighs_by_adults_and_leaves_out_who_is_not_known():
    table = scores()
    lines = shortfall_lines(table, Equity())
    # (4·100 + 2·100 + 0·200 + 2·100) / 500 = 1.6; half of it is the line.
    assert lines["XL"]["training_access"] == pytest.approx(0.8)
    made = equity_table(table, areas(), lines).set_index(["scope_kind", "scope_id", "subject", "metric"])
    state = made.loc["state", "XL", "training_access"]
    assert state.loc["mean", "value"] == pytest.approx(1.6)
    assert state.loc["without_any", "value"] == pytest.approx(0.4)
    assert state.loc["fgt0", "value"] == pytest.approx(0.4)
    assert state.loc["concentration_index", "value"] < 0
    assert state.loc["gini", "n_tracts"] == 4
    assert made.loc[("county", "97002", "training_access", "gini"), "value"] == pytest.approx(0)
    assert np.isnan(made.loc[("state", "XL", "work_access", "gini"), "value"])
    assert made.loc[("state", "XL", "work_access", "without_any"), "value"] == 1.0


def test_a_fixed_line_does_not_fall_with_the_mean():
    fixed = shortfall_lines(scores(), Equity(training_line=3.0))
    assert fixed["XL"]["training_access"] == 3.0
    poorer = scores().assign(training_access=0.1)
    assert measured(poorer, "training_access", 3.0)[0]["fgt0"] == 1.0
    assert measured(poorer, "training_access", 3.0)[0]["gini"] == pytest.approx(0)


def test_curves_of_what_there_is():
    made = equity_curves(scores())
    assert set(made["subject"]) == {"training_access"}
    assert set(made["curve"]) == {"lorenz", "concentration"}
    assert made.groupby("curve")["access_share"].max().tolist() == [1.0, 1.0]
