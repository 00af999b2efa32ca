"""Colors that everyone can distinguish."""

from __future__ import annotations

import itertools

import pytest

from maps.cartography import symbols
from maps.cartography.colors import COLORS, DEFICIENCIES, contrast, distance, luminance

RAMPS = ("priority", "pillar", "minutes")
EYES = (None, *DEFICIENCIES)
#: CIE76: two is about the least difference seen side by side; classes must be far beyond it.
TOLD_APART = 10.0


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # A pair published with the standard's own examples of a just-passing gray.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("ramp", RAMPS)
def test_neighboring_classes_differ_for_every_eye(ramp: str, eyes: str | None) -> None:
    colors = COLORS[ramp]
    assert min(distance(one, other, eyes) for one, other in itertools.pairwise(colors)) > TOLD_APART


@pytest.mark.parametrize("ramp", RAMPS)
def test_ramps_fall_in_lightness_so_gray_paper_keeps_the_order(ramp: str) -> None:
    light = [luminance(color) for color in COLORS[ramp]]
    assert light == sorted(light, reverse=True)


@pytest.mark.parametrize("eyes", EYES)
def test_the_square_of_need_and_gap_holds_nine_colors(eyes: str | None) -> None:
    cells = [color for row in COLORS["cross"] for color in row]
    assert min(distance(one, other, eyes) for one, other in itertools.combinations(cells, 2)) > TOLD_APART
    for row in COLORS["cross"]:
        assert [luminance(color) for color in row] == sorted((luminance(color) for color in row), reverse=True)


@pytest.mark.parametrize("eyes", EYES)
def test_tiers_and_actions_differ_for_every_eye(eyes: str | None) -> None:
    for group in ([symbols.AREAS[kind].fill for kind in ("A", "B", "C", "listed")], COLORS["actions"], COLORS["parts"]):
        assert min(distance(one, other, eyes) for one, other in itertools.combinations(group, 2)) > TOLD_APART


def test_what_is_drawn_on_the_map_stands_out_from_it() -> None:
    assert contrast(symbols.LINES["community"].color, "#ffffff") > 7
    assert contrast(symbols.LINES["selected"].color, "#ffffff") > 4.5
    assert contrast(symbols.LINES["tribal"].color, "#ffffff") > 4.5
    for name in ("entry", "hubs", "centers"):
        assert contrast(symbols.MARKS[name].fill, "#ffffff") > 2.5  # with a dark rim besides
