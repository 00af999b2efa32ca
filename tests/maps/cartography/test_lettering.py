"""Text of drawings: signs the font has, widths, and outlines."""

from __future__ import annotations

import pytest

from maps.cartography.lettering import outline, printable, shortened, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\tb\u2028c", "a b c"), ("x\u202ey\u200b\ufeff", "xy"), ("中a", "□a"), ("\x00\x07b", "b"), ("Doña", "Doña")],
)
def test_text_is_made_of_signs_the_font_has(text, shown):
    assert printable(text) == shown


def test_letters_become_outlines_as_wide_as_they_say():
    path, wide = outline("Doña", 20.0)
    assert path.startswith("M") and path.count("Z") >= 4
    assert wide == width("Doña", 20.0) == pytest.approx(2 * width("Doña", 10.0))
    assert width("Doña", 20.0, bold=True) > wide
    assert outline("", 20.0) == ("", 0.0)


def test_a_long_text_is_cut_with_an_ellipsis():
    assert shortened("Providence  County", 40) == "Providence County"
    assert shortened("Providence County", 12) == "Providence…"
