"""Rows of the tables that several pages show: communities, tracts, areas, and planned work by quarter.

Templates read the fields by name. Holds the small drawings of a community's rank and score with their labels too.
"""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from geodata.schemas import columns as col
from maps.site.html_pages import Context, bdi
from maps.site.views.marks import bar, interval
from maps.site.views.site_view import SiteView
from maps.wording.evidence import PILLARS, training_known, units_text
from maps.wording.rows import Row, codes_in, records
from maps.wording.stability import weights_count
from maps.wording.words import is_missing

#: The kinds of area that have pages, and what those pages are called.
AREA_PAGES = {"county": "county", "workforce_area": "area"}


def community_row(view: SiteView, row: Row) -> Context:
    """Return a community as lists show it."""
    w = view.words
    rank = w.number(row[col.RANK])
    same_name = is_missing(row[col.COUNTY_NAME]) or row[col.COUNTY_NAME] == row[col.PLACE]
    return {
        "rank": rank,
        "name": bdi(w.community(row)),
        "href": view.community_address(row[col.COMMUNITY_ID]),
        "county": "" if same_name else bdi(row[col.COUNTY_NAME]),
        "tier": row[col.TIER],
        "chance": "" if is_missing(row[col.P_TOP_SHARE]) else view.chance(row[col.P_TOP_SHARE]),
        "weights": weights_count(row, view.texts, view.state.uncertainty),
        "adults": w.about(row[col.ELIGIBLE_ADULTS]),
        "action": "" if is_missing(row[col.ACTION]) else w.code("action", row[col.ACTION]),
        "range": rank if is_missing(row[col.RANK_LOW]) else w.span(row[col.RANK_LOW], row[col.RANK_HIGH]),
        "interval": rank_interval(view, row),
        "bar": score_bar(view, row),
    }


def rank_text(view: SiteView, row: Row) -> str:
    """Return in words which ranks a community took in most draws; nothing where none are known."""
    if is_missing(row[col.RANK_LOW]):
        return ""
    w = view.words
    key = "site.community.sure_same" if row[col.RANK_LOW] == row[col.RANK_HIGH] else "site.community.sure_text"
    low, high, of = w.number(row[col.RANK_LOW]), w.number(row[col.RANK_HIGH]), w.number(len(view.state.communities))
    return view.texts(key, low=low, high=high, of=of)


def rank_interval(view: SiteView, row: Row) -> Markup:
    """Return the ranks a community took as a drawing; nothing where none are known."""
    if is_missing(row[col.RANK_LOW]):
        return Markup("")
    low, middle, high = row[col.RANK_LOW], row[col.RANK_MEDIAN], row[col.RANK_HIGH]
    return interval(low, middle, high, len(view.state.communities), rank_text(view, row))


def score_bar(view: SiteView, row: Row) -> Markup:
    """Return the parts of a community's score as a drawing."""
    return bar(view.state.points(row[col.COMMUNITY_ID]), score_text(view, row))


def score_text(view: SiteView, row: Row) -> str:
    """Return in words what a community's bar shows."""
    t, pillars = view.texts, (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY)
    points = zip(PILLARS.values(), pillars, view.state.points(row[col.COMMUNITY_ID]), strict=True)
    known = {layer: value for layer, pillar, value in points if not is_missing(row[pillar])}
    parts = [t(f"map.card.points_of.{layer}", n=view.words.number(value, 1)) for layer, value in known.items()]
    text = t("map.card.points", total=view.words.number(row[col.PRIORITY], 1), parts=", ".join(parts))
    return text if len(known) == len(pillars) else f"{text} {t('map.card.points_unknown')}"


def tract_row(view: SiteView, row: Row) -> Context:
    """Return a tract as tables of a page show it."""
    w, geoid, minutes = view.words, row[col.GEOID], row[col.NEAREST_PROVIDER_MINUTES]
    map_page = "" if view.standalone else view.to("overview")
    place = "" if is_missing(row[col.PLACE_NAME]) else bdi(row[col.PLACE_NAME])
    return {
        "rank": "–" if is_missing(row[col.RANK]) else w.number(row[col.RANK]),
        "name": view.texts("map.card.tract", name=geoid if is_missing(row[col.NAME]) else row[col.NAME]),
        "where": Markup("{} {}").format(place, geoid) if place else geoid,
        "href": f"{map_page}#tract={geoid}",
        "tier": w.code("tier_short", row[col.TIER]),
        "range": "" if is_missing(row[col.RANK_LOW]) else w.span(row[col.RANK_LOW], row[col.RANK_HIGH]),
        "need": w.number(row[col.NEED]),
        "gap": w.number(row[col.TRAINING_GAP]),
        "work": w.number(row[col.OPPORTUNITY]),
        "priority": w.number(row[col.PRIORITY], 1),
        "adults": w.number(row[col.ELIGIBLE_ADULTS]),
        "minutes": _minutes(view, row) if is_missing(minutes) else w.number(minutes),
    }


def _minutes(view: SiteView, row: Row) -> str:
    """Return what stands for minutes to training where there are none: none in reach, or nobody knows."""
    return view.texts("site.community.none" if training_known(row) else "format.unknown")


def area_rows(view: SiteView, kind: str) -> list[Context]:
    """Return the areas of a kind (county or workforce_area) as tables show them, in order."""
    w, areas = view.words, view.state.rollups
    return [
        {
            "name": row[col.AREA_NAME],
            "href": "" if view.standalone else view.to(AREA_PAGES[kind], row[col.AREA_ID]),
            "tracts": w.number(row[col.N_TRACTS]),
            "gated": w.number(row[col.N_GATED]),
            "tier_ab": w.number((row[col.N_TIER_A] or 0) + (row[col.N_TIER_B] or 0)),
            "adults_gated": w.about(row[col.ELIGIBLE_ADULTS_GATED]),
            "communities": w.number(len(codes_in(row["communities"]))),
        }
        for row in records(areas[areas[col.AREA_KIND] == kind])
    ]


def quarter_rows(view: SiteView, table: pd.DataFrame | None) -> list[Context]:
    """Return planned work by quarter as tables show it."""
    w = view.words
    return [
        {
            "quarter": w.quarter(row[col.QUARTER]),
            "sites": w.number(row["sites"]),
            "units": units_text(view.texts, row),
            "mid": w.job_years(row[col.JOB_YEARS_MID]),
            "span": w.job_years_span(row[col.JOB_YEARS_LOW], row[col.JOB_YEARS_HIGH]),
        }
        for row in ([] if table is None else records(table))
    ]
