"""Colors that hold in gray and for color-blind eyes."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from maps.cartography.palette import INK, MARKER, MUTED, SAMPLE_FILL, TIER_FILL

# Machado, Oliveira & Fernandes 2009, full severity, on linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def linear(color):
    part = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb.clip(0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_tiers_fall_steadily_in_lightness():
    light = [luminance(TIER_FILL[tier]) for tier in ("A", "B", "C", "none")]
    assert all(after / before > 1.5 for before, after in pairwise(light))


@pytest.mark.parametrize("kind", BLINDNESS)
def test_tiers_and_markers_stay_apart_for_color_blind_eyes(kind):
    matrix = np.array(BLINDNESS[kind])
    for colors in (TIER_FILL, MARKER):
        for one, other in combinations(colors.values(), 2):
            assert np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))) > 12, (kind, one, other)


def test_text_holds_its_contrast():
    assert contrast(INK, "#FFFFFF") > 7
    assert contrast(MUTED, "#FFFFFF") > 4.5
    assert contrast(MUTED, TIER_FILL["none"]) > 4.5
    assert contrast(INK, SAMPLE_FILL) > 7
