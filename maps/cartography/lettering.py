"""Text of drawings: the signs our font has, how wide they are, and letters as outlines that look alike everywhere.

Names are never read as mathematics or markup.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

#: The fonts that come with matplotlib: the same on every machine.
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
FAMILY = "DejaVu Sans"
#: Stands for a sign our font does not have.
UNKNOWN = "\N{WHITE SQUARE}"
_COMMANDS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}


def shortened(text: str, most: int) -> str:
    """Return `text` cut to `most` signs, with an ellipsis where it was longer, and on one line."""
    line = " ".join(printable(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@cache
def _signs() -> frozenset[int]:
    """Return the code points that every face of our font has."""
    faces = [set(FT2Font(str(FONTS / f"DejaVuSans{face}.ttf")).get_charmap()) for face in ("", "-Bold")]
    return frozenset(set.intersection(*faces))


def printable(text: str) -> str:
    """Return text of signs our font has: blanks for breaks, no invisible signs, a box for any other sign."""
    held = []
    for sign in text:
        if sign.isspace() and sign != "\N{NO-BREAK SPACE}":
            held.append(" ")
        elif sign.isprintable() or sign == "\N{NO-BREAK SPACE}":
            held.append(sign if ord(sign) in _signs() else UNKNOWN)
    return "".join(held)


@cache
def _font(bold: bool) -> FontProperties:
    return FontProperties(fname=str(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), size=100)


def width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide printable text is, in the units of its `size`."""
    wide, _, _ = text_to_path.get_text_width_height_descent(text, _font(bold), ismath=False)
    return float(wide) * size / 100


def outline(text: str, size: float, bold: bool = False) -> tuple[str, float]:
    """Return the letters of printable text as SVG path data, from the origin, and their width."""
    vertices, codes = text_to_path.get_text_path(_font(bold), text, ismath=False)
    if not len(codes):
        return "", 0.0
    written = []
    held: list[str] = []
    points = np.round(np.asarray(vertices) * [size / 100, -size / 100], 1)
    steps = {Outline.MOVETO: 1, Outline.LINETO: 1, Outline.CURVE3: 2, Outline.CURVE4: 3, Outline.CLOSEPOLY: 1}
    place = 0
    while place < len(codes):
        code, count = codes[place], steps[codes[place]]
        held = [f"{x:g} {y:g}" for x, y in points[place : place + count]]
        written.append("Z" if code == Outline.CLOSEPOLY else _COMMANDS[code] + " ".join(held))
        place += count
    return "".join(written), width(text, size, bold)
