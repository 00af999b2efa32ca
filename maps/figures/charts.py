"""The charts: how sure the order is, whom hubs reach, how even access is, what other choices would change.

Each is the rows it shows, a drawing of them on empty axes, its height, and a text alternative that carries the same
numbers. Does not hold what is said where there are no rows (`maps.figures.write_figures`).
"""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.cartography.lettering import shortened
from maps.cartography.palette import INK, LINE, MARKER, MUTED, TIER_FILL
from maps.figures.drawing import light_grid
from maps.texts import Texts
from maps.wording.hub_choice import WORTHWHILE_SHARE, recommended_hubs
from maps.wording.rows import Row, records
from maps.wording.stability import in_order
from maps.wording.words import Words, is_missing

WIDTH_INCHES = 7.5
MOST_ROWS = 25
TIER_MARKERS = {"A": "o", "B": "s", "C": "D", "none": "X"}


def _heading(axes: Axes, title: str, subtitle: str = "") -> None:
    axes.set_title(f"{title}\n" if subtitle else title, loc="left", fontsize=13, fontweight="bold")
    if subtitle:
        axes.text(0, 1.02, subtitle, transform=axes.transAxes, fontsize=9, color=MUTED, va="bottom")


# --- rank intervals ---------------------------------------------------------------------------------------------


def ranked_communities(result: StateResult) -> pd.DataFrame:
    """Return the communities that have a rank, in its order."""
    communities = result.table("communities")
    return communities[communities[col.RANK].notna()].sort_values(col.RANK)


def rank_intervals_height(communities: pd.DataFrame) -> float:
    """Return the height in inches: one line a community."""
    return 1.6 + 0.27 * max(3, min(MOST_ROWS, len(communities)))


def draw_rank_intervals(axes: Axes, communities: pd.DataFrame, result: StateResult, texts: Texts) -> None:
    """Draw the rank of each community with the range it takes over the draws."""
    shown = communities.head(MOST_ROWS)
    subtitle = texts("figures.rank_intervals.subtitle")
    if len(communities) > len(shown):
        subtitle = f"{texts('figures.rank_intervals.more', n=len(shown), of=len(communities))}. {subtitle}"
    y = list(range(len(shown)))
    for place, row in zip(y, records(shown), strict=True):
        color = TIER_FILL.get(row[col.TIER], MUTED) if row[col.TIER] in ("A", "B") else MUTED
        if not is_missing(row[col.RANK_LOW]) and not is_missing(row[col.RANK_HIGH]):
            ends, level = [row[col.RANK_LOW], row[col.RANK_HIGH]], [place, place]
            axes.plot(ends, level, color=color, linewidth=5, alpha=0.45, solid_capstyle="butt")
            axes.plot(ends, level, "|", color=color, markersize=9, markeredgewidth=1.5)
        marker = TIER_MARKERS.get(row[col.TIER], "o")
        axes.plot(float(row[col.RANK]), place, marker, color=color, markersize=7, markeredgecolor=INK)
    names = zip(shown[col.NAME].astype(str), shown[col.TIER], strict=True)
    axes.set_yticks(y, [f"{shortened(name, 34)} ({texts.word('codes.tier_short', tier)})" for name, tier in names])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.set_xlim(left=0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(texts("figures.rank_intervals.axis"))
    light_grid(axes, "x")
    _heading(axes, texts("figures.rank_intervals.title"), subtitle)


def rank_intervals_alt(shown: pd.DataFrame, result: StateResult, texts: Texts) -> str:
    """Return the ranks and ranges in words."""
    words = Words(texts)
    rows = "; ".join(
        texts(
            "figures.rank_intervals.alt_row",
            name=words.community(row),
            rank=words.number(row[col.RANK]),
            low=words.number(row[col.RANK_LOW]),
            high=words.number(row[col.RANK_HIGH]),
        )
        for row in records(shown.head(MOST_ROWS))
    )
    tied = int((shown[col.RANK_LOW].iloc[1:] <= shown[col.RANK_HIGH].iloc[0]).sum())
    overlap = texts("figures.rank_intervals.alt_overlap", n=tied)
    return texts("figures.rank_intervals.alt", rows=rows, overlap=overlap)


# --- hub curve --------------------------------------------------------------------------------------------------


def hub_curve(result: StateResult) -> pd.DataFrame:
    """Return whom the best and the greedily chosen hubs reach, by their number."""
    reached = [col.COVERED_ADULTS, col.COVERED_SHARE, col.GREEDY_ADULTS]
    return result.table("hubs").groupby(col.P)[reached].first().sort_index()


def draw_hub_curve(axes: Axes, curve: pd.DataFrame, result: StateResult, texts: Texts) -> None:
    """Draw people reached against the number of hubs, with the recommended number marked."""
    words, x = Words(texts), curve.index.to_numpy()
    # Where choosing one at a time is as good, its line would lie hidden under the other.
    if not np.allclose(curve[col.GREEDY_ADULTS].astype(float), curve[col.COVERED_ADULTS].astype(float)):
        label = texts("figures.hub_curve.greedy")
        axes.plot(x, curve[col.GREEDY_ADULTS], "--s", color=MUTED, markersize=4, linewidth=1.2, label=label)
    axes.plot(
        x, curve[col.COVERED_ADULTS], "-o", color=TIER_FILL["A"], linewidth=2, label=texts("figures.hub_curve.best")
    )
    chosen = recommended_hubs(result)
    if len(chosen):
        p, adults = int(chosen[col.P].iloc[0]), float(chosen[col.COVERED_ADULTS].iloc[0])
        axes.plot(p, adults, "*", color=MARKER["hubs"], markersize=19, markeredgecolor=INK, zorder=5)
        share = texts("figures.hub_curve.share", share=words.percent(chosen[col.COVERED_SHARE].iloc[0]))
        label = texts("figures.hub_curve.recommended", p=p, adults=words.about(adults))
        axes.annotate(
            f"{label}\n{share}",
            (p, adults),
            xytext=(0, -34),
            textcoords="offset points",
            ha="left" if p == x.min() else "right" if p == x.max() else "center",
            arrowprops={"arrowstyle": "-", "color": LINE, "shrinkB": 8},
            fontsize=9,
            va="top",
            bbox={"boxstyle": "round,pad=0.3", "fc": "white", "ec": LINE},
        )
    axes.set_ylim(0, float(curve[col.COVERED_ADULTS].max()) * 1.12 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: words.number(value))
    axes.set_xlabel(texts("figures.hub_curve.x"))
    axes.set_ylabel(texts("figures.hub_curve.y"))
    axes.legend(frameon=False, loc="lower right", fontsize=9)
    light_grid(axes, "y")
    _heading(axes, texts("figures.hub_curve.title"))


def hub_curve_alt(curve: pd.DataFrame, result: StateResult, texts: Texts) -> str:
    """Return the curve in words."""
    words, chosen = Words(texts), recommended_hubs(result)
    rows = "; ".join(
        texts(
            "figures.hub_curve.alt_row",
            p=p,
            adults=words.number(row[col.COVERED_ADULTS]),
            share=words.percent(row[col.COVERED_SHARE]),
        )
        for p, row in curve.iterrows()
    )
    step = words.percent(WORTHWHILE_SHARE)
    return texts("figures.hub_curve.alt", rows=rows, p=int(chosen[col.P].iloc[0]) if len(chosen) else 0, step=step)


# --- equity -----------------------------------------------------------------------------------------------------

SUBJECTS = {"training_access": (MARKER["providers"], "-"), "work_access": (MARKER["sites"], "--")}


def _measure(result: StateResult, subject: str, metric: str) -> float:
    equity = result.table("equity")
    found = equity[
        (equity[col.SCOPE_KIND] == "state") & (equity[col.SUBJECT] == subject) & (equity[col.METRIC] == metric)
    ]
    return float(found[col.VALUE].iloc[0]) if len(found) and not is_missing(found[col.VALUE].iloc[0]) else float("nan")


def equity_curves(result: StateResult) -> pd.DataFrame:
    """Return the points of every curve."""
    return result.table("equity_curve").sort_values([col.PEOPLE_SHARE, col.ACCESS_SHARE])


def _curve(curves: pd.DataFrame, subject: str, curve: str) -> pd.DataFrame:
    return curves[(curves[col.SUBJECT] == subject) & (curves[col.CURVE] == curve)]


def draw_equity(axes: Axes, curves: pd.DataFrame, result: StateResult, texts: Texts) -> None:
    """Draw Lorenz curves on the left and concentration curves on the right."""
    axes.set_axis_off()
    words = Words(texts)
    axes.set_title(texts("figures.equity.title"), loc="left", fontsize=13, fontweight="bold", pad=14)
    for place, (curve, metric, key) in enumerate(
        (("lorenz", "gini", "gini"), ("concentration", "concentration_index", "index"))
    ):
        part = axes.inset_axes((0.08 + place * 0.52, 0.0, 0.41, 0.9))
        part.set_aspect("equal")
        part.plot([0, 1], [0, 1], color=LINE, linewidth=1, linestyle=":", label=texts("figures.equity.even"))
        for subject, (color, line) in SUBJECTS.items():
            rows = _curve(curves, subject, curve)
            if len(rows):
                value = texts(f"figures.equity.{key}", value=words.number(_measure(result, subject, metric), 2))
                label = f"{texts(f'figures.equity.{subject}')}\n{value}"
                part.plot(rows[col.PEOPLE_SHARE], rows[col.ACCESS_SHARE], line, color=color, linewidth=2.2, label=label)
        part.set_title(texts(f"figures.equity.{curve}"), fontsize=9, loc="left")
        part.set_xlim(0, 1)
        part.set_ylim(0, 1)
        part.xaxis.set_major_formatter(PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
        part.yaxis.set_major_formatter(PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
        part.tick_params(labelsize=8)
        part.set_xlabel(texts("figures.equity.x"), fontsize=9)
        part.set_ylabel(texts("figures.equity.y") if place == 0 else "", fontsize=9)
        part.legend(frameon=False, loc="upper left", fontsize=7.5)
        light_grid(part, "both")


def equity_alt(curves: pd.DataFrame, result: StateResult, texts: Texts) -> str:
    """Return Gini, concentration index and the share of the worse-off half, by subject."""
    words, rows = Words(texts), []
    for subject in SUBJECTS:
        lorenz = _curve(curves, subject, "lorenz")
        if len(lorenz):
            half = float(np.interp(0.5, lorenz[col.PEOPLE_SHARE], lorenz[col.ACCESS_SHARE]))
            rows.append(
                texts(
                    "figures.equity.alt_row",
                    subject=texts(f"figures.equity.{subject}"),
                    gini=words.number(_measure(result, subject, "gini"), 2),
                    index=words.number(_measure(result, subject, "concentration_index"), 2),
                    half=words.percent(half),
                )
            )
    return texts("figures.equity.alt", rows=" ".join(rows), meaning=texts("figures.equity.toward_need"))


# --- sensitivity ------------------------------------------------------------------------------------------------


def alternatives(result: StateResult) -> pd.DataFrame:
    """Return the other choices that change the first communities most, or the first tracts."""
    return in_order(result).head(MOST_ROWS)


def sensitivity_height(table: pd.DataFrame) -> float:
    """Return the height in inches: one line an alternative."""
    return 1.4 + 0.38 * max(3, len(table))


def _alternative_name(row: Row, texts: Texts) -> str:
    return f"{texts.word('codes.setting', row[col.SETTING])}: {Words(texts).alternative(str(row[col.ALTERNATIVE]))}"


def draw_sensitivity(axes: Axes, table: pd.DataFrame, result: StateResult, texts: Texts) -> None:
    """Draw how many of the first stay when one setting changes, the greatest change on top."""
    y, top = list(range(len(table))), int(table[col.TOP].max())
    axes.barh(y, table[col.TOP].astype(float), color="#EDEAE2", edgecolor="#B9B3A4", height=0.62)
    axes.barh(y, table[col.KEPT].astype(float), color=TIER_FILL["B"], edgecolor=TIER_FILL["A"], height=0.62)
    for place, row in zip(y, records(table), strict=True):
        label = texts("figures.sensitivity.kept", kept=int(row[col.KEPT]), top=int(row[col.TOP]))
        axes.text(float(row[col.TOP]) + top * 0.015, place, label, va="center", fontsize=9)
    axes.set_yticks(y, [fill(shortened(_alternative_name(row, texts), 90), 46) for row in records(table)])
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, top * 1.14)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    key = "axis" if table[col.UNIT_KIND].iloc[0] == "community" else "axis_tract"
    axes.set_xlabel(texts(f"figures.sensitivity.{key}", top=top))
    _heading(axes, texts("figures.sensitivity.title"))


def sensitivity_alt(table: pd.DataFrame, result: StateResult, texts: Texts) -> str:
    """Return what each alternative keeps, in words."""
    rows = "; ".join(f"{_alternative_name(row, texts)}: {int(row['kept'])}" for row in records(table))
    units = texts(f"figures.sensitivity.units.{table['unit_kind'].iloc[0]}")
    return texts("figures.sensitivity.alt", top=int(table[col.TOP].max()), counted=units, rows=rows)
