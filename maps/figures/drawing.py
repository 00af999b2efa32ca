"""How charts are drawn by matplotlib: one style, and bytes that depend on the data alone.

Names are never read as mathematics or markup. SVG text is drawn as outlines, so a figure looks the same on a
machine without our fonts; what it says is in its text alternative.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from maps.cartography.palette import INK, LINE, MUTED, SAMPLE_FILL

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


#: Sets an SVG on a page of its own size.
PICTURE = Path(__file__).resolve().parent / "picture.typ"


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


def png_of_svg(svg: str, width_px: int) -> bytes:
    """Return a drawing without text elements as PNG of the given width."""
    inputs = {"svg": svg, "wide": str(width_px)}
    return typst.compile(PICTURE, format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True)


def svg_text(drawn: Figure) -> str:
    """Return the figure as SVG, without dates."""
    out = io.BytesIO()
    FigureCanvasSVG(drawn)
    drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue().decode("utf-8")


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


def light_grid(axes: Axes, axis: str = "x") -> None:
    """Draw thin lines behind the data along one axis."""
    axes.grid(axis=axis, color="#E3E3E3", linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
