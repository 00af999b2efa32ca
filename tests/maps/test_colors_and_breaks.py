"""Colours that everyone can tell apart, and classes that mean something."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.schemas.state_result import StateResult
from maps.cartography import class_breaks as breaks
from maps.cartography import metros
from maps.cartography.colors import COLORS, DEFICIENCIES, contrast, distance, luminance
from tests.maps.synthetic import synthetic_result

RAMPS = ("priority", "pillar", "minutes")
EYES = (None, *DEFICIENCIES)
#: CIE76: two is about the least difference seen side by side; classes must be far beyond it.
TOLD_APART = 10.0


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # A pair published with the standard's own examples of a just-passing grey.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("ramp", RAMPS)
def test_neighbouring_classes_differ_for_every_eye(ramp: str, eyes: str | None) -> None:
    colors = COLORS[ramp]
    assert min(distance(one, other, eyes) for one, other in itertools.pairwise(colors)) > TOLD_APART


@pytest.mark.parametrize("ramp", RAMPS)
def test_ramps_fall_in_lightness_so_grey_paper_keeps_the_order(ramp: str) -> None:
    light = [luminance(color) for color in COLORS[ramp]]
    assert light == sorted(light, reverse=True)


@pytest.mark.parametrize("eyes", EYES)
def test_the_square_of_need_and_gap_holds_nine_colours(eyes: str | None) -> None:
    cells = [color for row in COLORS["cross"] for color in row]
    assert min(distance(one, other, eyes) for one, other in itertools.combinations(cells, 2)) > TOLD_APART
    for row in COLORS["cross"]:
        assert [luminance(color) for color in row] == sorted((luminance(color) for color in row), reverse=True)


@pytest.mark.parametrize("eyes", EYES)
def test_tiers_and_actions_differ_for_every_eye(eyes: str | None) -> None:
    for group in (COLORS["tiers"], COLORS["actions"], COLORS["parts"]):
        assert min(distance(one, other, eyes) for one, other in itertools.combinations(group, 2)) > TOLD_APART


def test_what_is_drawn_on_the_map_stands_out_from_it() -> None:
    assert contrast(COLORS["community"], "#ffffff") > 7
    assert contrast(COLORS["selected"], "#ffffff") > 4.5
    assert contrast(COLORS["tribal"], "#ffffff") > 4.5
    for color in ("entry", "hubs", "centers"):
        assert contrast(COLORS["points"][color], "#ffffff") > 2.5  # with a dark rim besides


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


def test_insets_show_the_dense_places_and_only_where_there_are_some() -> None:
    assert metros.windows(synthetic_result(60).table("tract_scores")) == []
    scores = synthetic_result(1500).table("tract_scores")
    found = metros.windows(scores)
    assert 1 <= len(found) <= 3
    west, south, east, north = found[0]["box"]
    inside = scores["longitude"].between(west, east) & scores["latitude"].between(south, north)
    assert inside.mean() > 0.04
    even = scores.assign(longitude=np.linspace(-160, -150, len(scores)), latitude=np.tile([20.0, 21, 22], 500))
    assert metros.windows(even) == []
