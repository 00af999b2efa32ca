"""How every figure is drawn: one style, and bytes that depend on the data alone.

Names are never read as mathematics or markup. SVG text is drawn as outlines, so a figure looks the same on a
machine without our fonts; what it says is in its text alternative.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from maps.cartography.palette import INK, LINE, MUTED, SAMPLE_FILL

#: The fonts that come with matplotlib: the same on every machine.
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
#: Stands for a sign our font does not have.
UNKNOWN = "\N{WHITE SQUARE}"
STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "onramp",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
    "path.simplify": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def figure(width_inches: float, height_inches: float) -> Iterator[Figure]:
    """Yield an empty figure in our style; draw and save it inside the block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]
        yield Figure(figsize=(width_inches, height_inches))


def png_bytes(drawn: Figure, width_px: int) -> bytes:
    """Return the figure as PNG of the given width, without dates."""
    out = io.BytesIO()
    FigureCanvasAgg(drawn)
    drawn.savefig(out, format="png", dpi=width_px / drawn.get_figwidth(), metadata={"Software": None})
    return out.getvalue()


def svg_text(drawn: Figure) -> str:
    """Return the figure as SVG, without dates."""
    out = io.BytesIO()
    FigureCanvasSVG(drawn)
    drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue().decode("utf-8")


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


def fit_width(text: Text, most_inches: float) -> None:
    """Shrink the letters of `text` until it is no wider than `most_inches`."""
    drawn = text.get_figure(root=True)
    wide = text.get_window_extent(FigureCanvasAgg(drawn).get_renderer()).width / drawn.dpi  # type: ignore[union-attr, arg-type]
    if wide > most_inches:
        text.set_fontsize(float(text.get_fontsize()) * most_inches / wide)


def sample_note(drawn: Figure, text: str, y: float = 0.985) -> None:
    """Write the notice of fictional data across the top."""
    drawn.text(
        0.5,
        y,
        text,
        ha="center",
        va="top",
        fontsize=9,
        bbox={"boxstyle": "square,pad=0.4", "fc": SAMPLE_FILL, "ec": INK},
    )


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return cast(list[dict[str, Any]], frame.to_dict("records"))


def light_grid(axes: Axes, axis: str = "x") -> None:
    """Draw thin lines behind the data along one axis."""
    axes.grid(axis=axis, color="#E3E3E3", linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
