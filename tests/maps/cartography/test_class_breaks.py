"""Classes that mean something: breaks that are the list's own, never repeat and leave no class empty."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.schemas.state_result import StateResult
from maps.cartography import class_breaks as breaks
from tests.maps.synthetic import synthetic_result


def test_breaks_are_the_lists_own_and_hold_what_they_say(synthetic: StateResult) -> None:
    edges = breaks.of_state(synthetic)
    scores = synthetic.table("tract_scores")
    listed = scores.loc[scores["gated"], "priority"]
    top = (listed >= edges["priority"][-1]).mean()
    assert top == pytest.approx(0.1, abs=1.5 / len(listed))
    assert edges["pillar"] == [50, 65, 80, 90]


def test_the_gate_of_the_run_is_a_break() -> None:
    result = synthetic_result(40)
    result.settings = result.settings.with_changes({"priority": {"gate_need": 80.0}})
    assert breaks.of_state(result)["pillar"] == [50, 80, 90]
    result.settings = result.settings.with_changes({"priority": {"gate_need": 72.0}})
    assert breaks.of_state(result)["pillar"] == [50, 72, 80, 90]


@given(st.lists(st.one_of(st.none(), st.floats(0, 100), st.sampled_from([3.0, 50.0])), max_size=60))
def test_edges_rise_never_repeat_and_every_class_can_hold_something(values: list[float | None]) -> None:
    edges = breaks.quantile_edges(pd.Series(values, dtype="float64"))
    assert edges == sorted(set(edges))
    known = np.round([value for value in values if value is not None], 1)
    for low, high in itertools.pairwise([-np.inf, *edges, np.inf]):
        if len(known):
            assert ((known >= low) & (known < high)).any()
