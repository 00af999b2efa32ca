"""The state at one look: tracts by tier, recruitment hubs, training and planned work, and the first communities.

`state_map_png` is also the thumbnail in the run's user interface. Online tiles are never used.
"""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from geodata.results import StateResult
from maps.figures.drawing import figure, fit_width, png_bytes, records, sample_note, shortened, svg_text
from maps.figures.ground import Plane, apart, draw_names, draw_outlines, draw_tiers, plane_of, tract_shapes
from maps.hub_choice import recommended_hubs
from maps.palette import INK, MARKER, MUTED, NOT_RANKED_FILL, TIER_FILL, TIER_HATCH, TIER_HATCH_COLOR
from maps.texts import Texts
from maps.words import Words, is_missing

WIDTH_INCHES = 10.0
LEAST_HEIGHT_INCHES = 6.9  # holds the legend and the first communities
FIRST_COMMUNITIES = 8
MOST_COUNTY_NAMES = 40
MARKER_SHAPES = {"sites": "^", "providers": "s", "job_centers": "D", "hubs": "*"}
MARKER_SIZES = {"sites": 14, "providers": 26, "job_centers": 20, "hubs": 190}


def state_map_png(result: StateResult, width_px: int, texts: Texts) -> bytes:
    """Return the map as PNG of the given width."""
    plane = plane_of(result)
    with figure(WIDTH_INCHES, _height(result, plane)) as drawn:
        _draw(drawn, result, plane, texts)
        return png_bytes(drawn, width_px)


def state_map_svg(result: StateResult, texts: Texts) -> str:
    """Return the map as SVG."""
    plane = plane_of(result)
    with figure(WIDTH_INCHES, _height(result, plane)) as drawn:
        _draw(drawn, result, plane, texts)
        return svg_text(drawn)


def state_map_alt(result: StateResult, texts: Texts) -> str:
    """Return what the map says, in words and figures."""
    words, scores = Words(texts), result.table("tract_scores")
    tiers = scores["tier"].value_counts()
    communities, hubs = result.table("communities").sort_values("rank"), recommended_hubs(result)
    names = communities["name"].head(FIRST_COMMUNITIES).tolist()
    first = texts("figures.state_map.none")
    if names:
        first = texts("figures.state_map.alt_first", n=len(communities), names="; ".join(names))
    hub_names = "; ".join(hubs["name"].fillna("?"))
    return texts(
        "figures.state_map.alt",
        state=result.state.name,
        ranked=words.number(scores["rank"].notna().sum()),
        **{letter.lower(): words.number(tiers.get(letter, 0)) for letter in "ABC"},
        first=first,
        hubs=texts("figures.state_map.alt_hubs", p=len(hubs), names=hub_names) if len(hubs) else "",
    ).strip()


def _height(result: StateResult, plane: Plane) -> float:
    polygons = result.table("tracts")
    if not len(polygons):
        return LEAST_HEIGHT_INCHES
    west, south, east, north = np.asarray(polygons.total_bounds)
    corners = plane.xy(np.array([west, east]), np.array([south, north]))
    across, up = abs(corners[1] - corners[0])
    return float(np.clip(6.2 * up / max(across, 1e-6) + 1.6, LEAST_HEIGHT_INCHES, 9.5))


def _draw(drawn: Figure, result: StateResult, plane: Plane, texts: Texts) -> None:
    words, height = Words(texts), drawn.get_figheight()
    top = 1 - (0.62 if result.sample else 0.25) / height
    if result.sample:
        sample_note(drawn, texts("lists.sample"), y=1 - 0.12 / height)
    title = texts("figures.state_map.title", state=result.state.name)
    fit_width(drawn.text(0.02, top, title, fontsize=16, fontweight="bold", va="top"), 0.96 * WIDTH_INCHES)
    foot = 0.45 / height
    axes = drawn.add_axes((0.01, foot, 0.65, top - 0.35 / height - foot))
    axes.set_axis_off()
    axes.set_aspect("equal")
    shapes, tiers, ranked = tract_shapes(result, plane)
    draw_tiers(axes, shapes, tiers, ranked)
    counties = result.table("counties")
    if len(counties):
        drawn_counties = plane.shapes(counties["geometry"])
        draw_outlines(axes, drawn_counties, "#6B6B6B", 0.7)
        if len(counties) <= MOST_COUNTY_NAMES:
            draw_names(axes, drawn_counties, [str(name).removesuffix(" County") for name in counties["name"]])
    hubs = recommended_hubs(result)
    _markers(axes, result, plane, hubs)
    axes.autoscale_view()
    _numbers(axes, result, plane)
    _panel(drawn, result, texts, words, top - 0.45 / height)
    sources = ", ".join(" ".join(p for p in (use.source, use.vintage) if p) for use in result.sources)
    note = texts("figures.sources", sources=shortened(sources, 95), date=words.date(result.as_of))
    drawn.text(0.02, 0.15 / height, note, fontsize=8, color=MUTED, va="bottom")


def _markers(axes: Axes, result: StateResult, plane: Plane, hubs: pd.DataFrame) -> None:
    sites, providers = result.table("sites"), result.table("providers")
    layers = {
        "sites": sites[sites["status"] == "planned"],
        "providers": providers[providers["entry_stage"] == "entry"],
        "hubs": hubs,
    }
    bounds = axes.dataLim
    for name, table in layers.items():
        placed = table[table["latitude"].notna() & table["longitude"].notna()]
        points = plane.xy(placed["longitude"].to_numpy(), placed["latitude"].to_numpy())
        if len(points) and np.isfinite(bounds.x0):
            inside = (
                (points[:, 0] >= bounds.x0)
                & (points[:, 0] <= bounds.x1)
                & (points[:, 1] >= bounds.y0)
                & (points[:, 1] <= bounds.y1)
            )
            points = points[inside]
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=MARKER_SIZES[name],
            marker=MARKER_SHAPES[name],
            facecolor=MARKER[name],
            edgecolor=INK,
            linewidth=0.5,
            zorder=5 if name == "hubs" else 4,
        )


def _numbers(axes: Axes, result: StateResult, plane: Plane) -> None:
    """Write the rank of the first communities where they are."""
    first = result.table("communities").sort_values("rank").head(FIRST_COMMUNITIES)
    first = first[first["rank"].notna() & first["latitude"].notna()]
    at = plane.xy(first["longitude"].to_numpy(), first["latitude"].to_numpy())
    for rank, point, label in zip(first["rank"], at, apart(at, 0.055 * _extent(axes)), strict=True):
        axes.annotate(
            str(int(rank)),
            tuple(point),
            xytext=tuple(label),
            arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
            fontsize=9,
            fontweight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=7,
            bbox={"boxstyle": "circle,pad=0.25", "fc": INK, "ec": "white", "lw": 0.8},
        )


def _extent(axes: Axes) -> float:
    return float(max(axes.dataLim.width, axes.dataLim.height)) if np.isfinite(axes.dataLim.width) else 1.0


def _panel(drawn: Figure, result: StateResult, texts: Texts, words: Words, top: float) -> None:
    uncertainty, height = result.settings.get("uncertainty", {}), drawn.get_figheight()
    left, line = 0.68, 0.19 / height
    handles: list[Patch | Line2D] = [
        Patch(
            facecolor=TIER_FILL.get(key, NOT_RANKED_FILL),
            edgecolor=TIER_HATCH_COLOR.get(key, "#D8D2C4") if TIER_HATCH.get(key) else "#9A9486",
            hatch=TIER_HATCH.get(key, ""),
            label=fill(texts(f"figures.state_map.legend.{key}", top=words.top_share(uncertainty)), 36),
        )
        for key in ("A", "B", "C", "none", "unranked")
    ]
    labels = {
        "hubs": texts("figures.state_map.hubs", n=len(recommended_hubs(result))),
        "providers": texts("figures.state_map.providers"),
        "sites": texts("figures.state_map.sites"),
    }
    handles += [
        Line2D(
            [],
            [],
            linestyle="",
            marker=MARKER_SHAPES[name],
            markersize=11 if name == "hubs" else 6,
            markerfacecolor=MARKER[name],
            markeredgecolor=INK,
            markeredgewidth=0.5,
            label=label[:1].upper() + label[1:],
        )
        for name, label in labels.items()
    ]
    drawn.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left - 0.008, top),
        frameon=False,
        fontsize=9,
        borderaxespad=0,
    )
    lines = len(handles) + sum(str(handle.get_label()).count("\n") for handle in handles)
    y = top - (lines * 0.215 + 0.25) / height
    drawn.text(left, y, texts("figures.state_map.first"), fontsize=11, fontweight="bold", va="top")
    communities = result.table("communities").sort_values("rank")
    if not len(communities):
        drawn.text(left, y - 1.4 * line, texts("figures.state_map.none"), fontsize=9, va="top")
    for row in records(communities.head(FIRST_COMMUNITIES)):
        y -= 2.0 * line
        rank = "–" if is_missing(row["rank"]) else words.number(row["rank"])
        drawn.text(left, y, rank, fontsize=9.5, fontweight="bold", va="top")
        drawn.text(left + 0.025, y, shortened(str(row["name"]), 34), fontsize=9.5, va="top")
        low, high = words.number(row["rank_low"]), words.number(row["rank_high"])
        told = f"{texts('figures.state_map.range', low=low, high=high)} · {words.code('action', row['action'])}"
        drawn.text(left + 0.025, y - 0.85 * line, told, fontsize=8, color=MUTED, va="top")
    beyond = len(communities) - FIRST_COMMUNITIES
    if beyond > 0:
        drawn.text(left + 0.025, y - 2.0 * line, texts("figures.state_map.more", n=beyond), fontsize=9, va="top")
