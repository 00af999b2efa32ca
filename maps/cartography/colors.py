"""The color ramps of the interactive map, and the measures by which they are judged.

Ramps run from little to much and from light to dark, so they survive color-blind eyes and gray printing;
what is certain is darker and plain, what is not is lighter and patterned. Tests hold contrast (WCAG 2.2) and
the distance between neighboring classes under simulated color-vision deficiency (Machado et al. 2009).
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Colors(TypedDict):
    """The colors of each layer: a ramp from little to much, or one color for each of its classes."""

    priority: list[str]
    pillar: list[str]
    minutes: list[str]
    beyond: str
    cross: list[list[str]]
    actions: list[str]
    parts: list[str]


COLORS: Colors = {
    # YlGnBu, from its light end to its dark end, for what adds up to Priority.
    "priority": ["#d3ecbd", "#73c8bd", "#2f8fbf", "#1f3a93"],
    "pillar": ["#fdfdc9", "#acdeb3", "#4ab8c3", "#2b80b8", "#1f3a93"],
    # Cividis for travel time: it is not a score, and should not look like one.
    "minutes": ["#fde945", "#c9b765", "#8b8a78", "#575d6d", "#12305f"],
    "beyond": "#9a5a3c",
    # Need × training gap: rows by need, columns by gap; orange and blue meet in near black.
    "cross": [
        ["#eceae6", "#a9c6df", "#4f8fc0"],
        ["#f0c199", "#a99aa0", "#4d6690"],
        ["#d9701a", "#92502f", "#2b2440"],
    ],
    "actions": ["#1b4f8f", "#e0a11b", "#7fbfe6", "#8a3b6b"],
    "parts": ["#1f3a93", "#5bbfb5", "#e0a11b"],
}

#: Simulation of dichromacy at full severity, in linear RGB (Machado, Oliveira & Fernandes 2009, table 1).
DEFICIENCIES: dict[str, Floats] = {
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(color: str) -> Floats:
    """Return a #rrggbb color as linear RGB, 0–1 (IEC 61966-2-1)."""
    values = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    """Return relative luminance, 0–1 (WCAG 2.2)."""
    return float(linear(color) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors, 1–21 (WCAG 2.2)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Floats) -> Floats:
    """Return linear RGB as CIE L*a*b* under D65."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(first: str, second: str, deficiency: str | None = None) -> float:
    """Return the CIE76 difference of two colors, seen with a color-vision deficiency or without one."""
    matrix = np.eye(3) if deficiency is None else DEFICIENCIES[deficiency]
    return float(np.linalg.norm(lab(matrix @ linear(first)) - lab(matrix @ linear(second))))
