from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.diagnostics.equity import equity_curves, equity_table, measured, shortfall_lines
from geodata.settings import Equity
from geodata.statistics.inequality import concentration_index, erreygers_index, gini, lorenz_curve, palma, shortfall

held = arrays(float, st.integers(2, 30), elements=st.floats(0, 1e4, width=32))


def test_by_hand():
    # Two halves of the people hold a quarter and three quarters.
    assert gini([1, 3], [1, 1]) == pytest.approx(0.25)
    assert concentration_index([1, 3], [0, 1], [1, 1]) == pytest.approx(0.25)
    assert concentration_index([1, 3], [1, 0], [1, 1]) == pytest.approx(-0.25)
    # Bounded by 0 and 4: mean 2, so 4 · 2 · 0.25 / 4.
    assert erreygers_index([1, 3], [0, 1], [1, 1], 0, 4) == pytest.approx(0.5)
    # The best tenth holds 0.15, the worst four tenths 0.2.
    assert palma([1, 3], [1, 1]) == pytest.approx(0.75)
    assert [shortfall([1, 3], [1, 1], 2, power) for power in (0, 1, 2)] == pytest.approx([0.5, 0.25, 0.125])


def test_all_alike_is_equal_and_nothing_to_spread_is_undefined():
    assert gini([5, 5, 5], [1, 9, 2]) == pytest.approx(0)
    assert palma([5, 5, 5], [1, 9, 2]) == pytest.approx(0.25)
    assert np.isnan(gini([0, 0], [1, 1]))
    assert np.isnan(palma([0, 0, 0, 0, 1], [1] * 5))
    assert np.isnan(shortfall([1], [1], 0.0, 1))
    # A line says what evenness cannot: all are badly served.
    assert shortfall([5, 5, 5], [1, 9, 2], 10.0, 1) == pytest.approx(0.5)


@given(held)
def test_against_pysal_inequality(values):
    pysal = pytest.importorskip("inequality.gini")
    if values.sum() <= 0:
        return
    assert gini(values, np.ones(len(values))) == pytest.approx(pysal.Gini(values).g, abs=1e-6)


@given(held, st.integers(1, 5))
def test_people_counted_twice_are_people_of_twice_the_weight(values, copies):
    if values.sum() <= 0:
        return
    order = np.arange(len(values))[::-1] % 4
    weight = np.full(len(values), float(copies))
    repeated = [np.repeat(array, copies) for array in (values, order)]
    alone = np.ones(copies * len(values))
    assert gini(values, weight) == pytest.approx(gini(repeated[0], alone), abs=1e-9)
    one, many = concentration_index(values, order, weight), concentration_index(*repeated, alone)
    assert one == pytest.approx(many, abs=1e-9)


@given(held)
def test_the_index_is_the_covariance_with_the_mid_rank_and_lies_within_the_gini(values):
    if values.sum() <= 1e-6:
        return
    rng = np.random.default_rng(len(values))
    order, weight = rng.integers(0, 5, len(values)), rng.integers(1, 9, len(values)).astype(float)
    rank = np.array([(weight[order < o].sum() + weight[order == o].sum() / 2) / weight.sum() for o in order])
    mean = np.average(values, weights=weight)
    covariance = np.average((values - mean) * (rank - 0.5), weights=weight)
    index = concentration_index(values, order, weight)
    assert index == pytest.approx(2 * covariance / mean, abs=1e-9)
    assert abs(index) <= gini(values, weight) + 1e-9


@given(arrays(float, st.integers(2, 20), elements=st.floats(0, 1)))
def test_what_people_lack_mirrors_what_they_have(values):
    order, weight = np.arange(len(values)), np.ones(len(values))
    assert erreygers_index(values, order, weight) == pytest.approx(
        -erreygers_index(1 - values, order, weight), abs=1e-9
    )


def test_curves_start_at_nothing_end_at_all_and_never_fall():
    people, share = lorenz_curve([3, 1, 0, 4], [1, 2, 3, 4])
    assert (people[0], share[0], people[-1], share[-1]) == (0, 0, 1, 1)
    assert (np.diff(share) >= 0).all()
    assert (share <= people + 1e-12).all()


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
