"""The figures by name: as SVG, as PNG, as words; and all of them as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from geodata.schemas.state_result import StateResult
from geodata.storage.files import write_bytes, write_text
from maps.cartography.palette import MUTED
from maps.figures import charts, state_map
from maps.figures.drawing import figure, png_bytes, sample_note, svg_text
from maps.texts import Texts, load_texts
from maps.wording.words import Words

PNG_WIDTH_PX = 1400
Out = TypeVar("Out", str, bytes)


@dataclass(frozen=True)
class Chart:
    """One chart: the rows it shows, how they are drawn and said in words, and how high they are."""

    rows: Callable[[StateResult], pd.DataFrame]
    draw: Callable[[Axes, pd.DataFrame, StateResult, Texts], None]
    alt: Callable[[pd.DataFrame, StateResult, Texts], str]
    height_inches: Callable[[pd.DataFrame], float]


CHARTS = {
    "rank_intervals": Chart(
        charts.ranked_communities, charts.draw_rank_intervals, charts.rank_intervals_alt, charts.rank_intervals_height
    ),
    "hub_curve": Chart(charts.hub_curve, charts.draw_hub_curve, charts.hub_curve_alt, lambda _: 4.6),
    "equity": Chart(charts.equity_curves, charts.draw_equity, charts.equity_alt, lambda _: 4.7),
    "sensitivity": Chart(
        charts.alternatives, charts.draw_sensitivity, charts.sensitivity_alt, charts.sensitivity_height
    ),
}
FIGURES = ("state_map", *CHARTS)


def _texts(result: StateResult, language: str) -> Texts:
    return load_texts(language).about(result.settings.industry)


def state_map_png(result: StateResult, width_px: int = PNG_WIDTH_PX, language: str = "en") -> bytes:
    """Return the map of the state as PNG, `width_px` pixels wide."""
    return state_map.state_map_png(result, width_px, _texts(result, language))


def figure_svg(name: str, result: StateResult, language: str = "en") -> str:
    """Return the figure `name` (one of `FIGURES`) as SVG."""
    texts = _texts(result, language)
    if name == "state_map":
        return state_map.state_map_svg(result, texts)
    return _drawn(name, result, texts, svg_text)


def figure_png(name: str, result: StateResult, language: str = "en", width_px: int = PNG_WIDTH_PX) -> bytes:
    """Return the figure `name` (one of `FIGURES`) as PNG, `width_px` pixels wide."""
    texts = _texts(result, language)
    if name == "state_map":
        return state_map.state_map_png(result, width_px, texts)
    return _drawn(name, result, texts, lambda drawn: png_bytes(drawn, width_px))


def alt(name: str, result: StateResult, language: str = "en") -> str:
    """Return the text alternative of the figure `name`, with its numbers; a sample says that it is one."""
    texts = _texts(result, language)
    if name == "state_map":
        words = state_map.state_map_alt(result, texts)
    else:
        rows = CHARTS[name].rows(result)
        words = CHARTS[name].alt(rows, result, texts) if len(rows) else texts(f"figures.{name}.empty")
    return f"{texts('lists.sample')} {words}" if result.sample else words


def write_figures(result: StateResult, folder: Path, languages: tuple[str, ...] = ("en", "es")) -> list[Path]:
    """Write every figure as `{state}-{figure}.{language}.svg|png|txt` and return the files, in order."""
    written = []
    for language in languages:
        for name in FIGURES:
            base = f"{result.state.usps.lower()}-{name}.{language}"
            written.append(write_text(folder / f"{base}.svg", figure_svg(name, result, language)))
            written.append(write_bytes(folder / f"{base}.png", figure_png(name, result, language)))
            written.append(write_text(folder / f"{base}.txt", alt(name, result, language) + "\n"))
    return written


def _drawn(name: str, result: StateResult, texts: Texts, save: Callable[[Figure], Out]) -> Out:
    chart, rows = CHARTS[name], CHARTS[name].rows(result)
    with figure(charts.WIDTH_INCHES, chart.height_inches(rows)) as drawn:
        axes = drawn.add_subplot()
        if len(rows):
            chart.draw(axes, rows, result, texts)
        else:
            axes.set_axis_off()
            axes.text(0.5, 0.5, texts(f"figures.{name}.empty"), ha="center", va="center", fontsize=11)
        drawn.set_layout_engine("constrained", rect=_room(result, drawn))
        if result.sample:
            sample_note(drawn, texts("lists.sample"), y=1 - 0.08 / drawn.get_figheight())
        note = texts("lists.as_of", date=Words(texts).date(result.as_of))
        drawn.text(0.01, 0.06 / drawn.get_figheight(), note, fontsize=8, color=MUTED, va="bottom")
        return save(drawn)


def _room(result: StateResult, drawn: Figure) -> tuple[float, float, float, float]:
    """Leave a line for the date below and, for a sample, one for the notice above."""
    foot, head = 0.28 / drawn.get_figheight(), (0.42 if result.sample else 0.05) / drawn.get_figheight()
    return (0.01, foot, 0.98, 1 - foot - head)
