"""A community's own page, and the list of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata.schemas import columns as col
from maps.site.html_pages import isolated
from maps.site.views.common import SiteView
from maps.site.views.downloads import brief, list_table
from maps.site.views.state_view import records
from maps.wording.questions import community_questions
from maps.wording.words import is_missing

#: Communities named as not told apart; more are counted.
MOST_TIED = 8


def communities(view: SiteView) -> dict[str, Any]:
    """Return the context of the list of communities."""
    rows = records(view.state.communities)
    title = view.texts("site.communities.title", state=view.result.state.name)
    return {
        **view.page("communities", title),
        "rows": [view.community_row(row) for row in rows],
        "table_href": list_table(view, "communities"),
    }


def community(view: SiteView, ident: str) -> dict[str, Any]:
    """Return the context of one community's page."""
    t, w = view.texts, view.words
    row = view.state.community_index[ident]
    plain = w.community(row)
    name = isolated(plain)
    of = len(view.state.communities)
    order = list(view.state.communities[col.COMMUNITY_ID])
    place = order.index(ident)
    tied = [other for other in _tied(row) if other in view.state.community_index]
    tracts = view.state.tracts_of.get(ident, view.state.scores.iloc[:0])
    chance = view.chance(row[col.P_TOP_SHARE]) if not is_missing(row[col.P_TOP_SHARE]) else ""
    return {
        **view.page("community", plain, ident),
        "worth": view.worth,
        "name": plain,
        "county": "" if is_missing(row[col.COUNTY_NAME]) else row[col.COUNTY_NAME],
        "tier": row[col.TIER],
        "lead": t("site.community.lead_single" if row[col.KIND] == "single" else "site.community.lead", chance=chance)
        if chance
        else "",
        "rank_text": _rank(view, row, of),
        "action": w.code("action", row[col.ACTION]) if not is_missing(row[col.ACTION]) else "",
        "action_means": t.word("codes.action_means", row[col.ACTION]) if not is_missing(row[col.ACTION]) else "",
        "hub": _nearest_hub(view, row),
        "brief": brief(view, ident),
        "stats": _stats(view, row),
        "map": view.state.locator.of_tracts(
            list(tracts[col.GEOID]), t("site.community.locator", name=name, state=view.result.state.name)
        ),
        "map_href": f"{view.to('overview')}#community={ident}",
        "why": _why(view, row),
        "priority": w.number(row[col.PRIORITY], 1),
        "bar": view.bar(row),
        "points": view.points_label(row),
        "who_text": t(
            "site.community.who_text_unknown" if is_missing(row[col.ELIGIBLE_ADULTS]) else "site.community.who_text",
            adults=w.about(row[col.ELIGIBLE_ADULTS]),
            moe=w.about(row[col.ELIGIBLE_ADULTS_MOE]),
            people=w.about(row[col.POPULATION], 3),
        ),
        "barriers": _barriers(view, row),
        "training": _training(view, row),
        "center": t(
            "site.community.center",
            name=isolated(row[col.NEAREST_JOB_CENTER_NAME]),
            minutes=w.minutes(row[col.NEAREST_JOB_CENTER_MINUTES]),
        )
        if not is_missing(row[col.NEAREST_JOB_CENTER_NAME])
        else "",
        "quarters": quarter_rows(view, view.state.quarters_of.get(("community", ident))),
        "interval": view.interval(row),
        "sure_text": view.sure_text(row),
        "tied": [view.community_link(other) for other in tied[:MOST_TIED]],
        "more_tied": max(0, len(tied) - MOST_TIED),
        "single": t("site.community.single", reason=w.code("single_reason", row[col.SINGLE_REASON]).lower())
        if row[col.KIND] == "single" and not is_missing(row[col.SINGLE_REASON])
        else "",
        "questions": community_questions(t, row, _measures(view, row), isolated),
        "tracts": [view.tract_row(tract) for tract in records(tracts)],
        "previous": view.community_link(order[place - 1]) if place else None,
        "next": view.community_link(order[place + 1]) if place + 1 < of else None,
        "all_href": view.to("communities"),
    }


def _rank(view: SiteView, row: Mapping[str, Any], of: int) -> str:
    """Return its rank with the range it took, in a sentence."""
    w = view.words
    low, high, rank = row[col.RANK_LOW], row[col.RANK_HIGH], row[col.RANK]
    values = {"rank": w.number(rank), "of": w.number(of)}
    if is_missing(low):
        return view.texts("map.card.rank_only", **values)
    if low == high == rank:
        return view.texts("site.community.rank_sure", **values)
    return view.texts("site.community.rank", low=w.number(low), high=w.number(high), **values)


def _tied(row: Mapping[str, Any]) -> list[str]:
    return [] if is_missing(row[col.TIED_WITH]) else str(row[col.TIED_WITH]).split()


def _stats(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    far = is_missing(row[col.NEAREST_PROVIDER_MINUTES])
    return [
        {
            "value": w.about(row[col.ELIGIBLE_ADULTS]),
            "text": t("site.community.adults"),
            "note": t("briefs.facts.adults_unknown")
            if is_missing(row[col.ELIGIBLE_ADULTS])
            else t("site.overview.stat_adults_range", moe=w.about(row[col.ELIGIBLE_ADULTS_MOE])),
        },
        {
            "value": t("site.community.none") if far else w.minutes(row[col.NEAREST_PROVIDER_MINUTES]),
            "text": t("site.community.training_none" if far else "site.community.training"),
            "note": "",
        },
        {
            "value": w.job_years(row[col.JOB_YEARS_MID]),
            "text": t("site.community.work"),
            "note": t(
                "site.overview.stat_range",
                low=w.job_years(row[col.JOB_YEARS_LOW]),
                high=w.job_years(row[col.JOB_YEARS_HIGH]),
            ),
        },
        {
            "value": w.number(row[col.N_TRACTS]),
            "text": t("site.community.tracts", n=int(row[col.N_TRACTS])),
            "note": "",
        },
    ]


def _why(view: SiteView, row: Mapping[str, Any]) -> list[str]:
    """Return why it is in the list: need, training and work, each beside the other tracts of the state."""
    t, w = view.texts, view.words
    near = not is_missing(row[col.NEAREST_PROVIDER_NAME])
    told = [_reach(view, row) if near else t("map.card.training_none")]
    if near and not is_missing(row[col.TRAINING_GAP]):
        told[0] += " " + t("map.card.gap", percent=w.number(row[col.TRAINING_GAP]))
    if not is_missing(row[col.NEED]):
        told.insert(0, t("map.card.need", percent=w.number(row[col.NEED])))
    if is_missing(row[col.SITES_WITHIN]) or not row[col.SITES_WITHIN]:
        return [*told, t("map.card.work_none")]
    low, mid, high = (w.job_years(row[f"job_years_{name}"]) for name in ("low", "mid", "high"))
    work = view.count("map.card.work", int(row[col.SITES_WITHIN]), mid=mid, low=low, high=high)
    if not is_missing(row[col.OPPORTUNITY]):
        work += " " + t("map.card.opportunity", percent=w.number(row[col.OPPORTUNITY]))
    return [*told, work]


def _reach(view: SiteView, row: Mapping[str, Any]) -> str:
    minutes = view.words.minutes(row[col.NEAREST_PROVIDER_MINUTES])
    return view.texts("map.card.training", minutes=minutes, name=isolated(row[col.NEAREST_PROVIDER_NAME]))


def _training(view: SiteView, row: Mapping[str, Any]) -> str:
    t, w = view.texts, view.words
    if is_missing(row[col.NEAREST_PROVIDER_NAME]):
        return t("site.community.training_nothing")
    told = [
        view.count(
            "site.community.training_text",
            0 if is_missing(row[col.PROVIDERS_WITHIN]) else int(row[col.PROVIDERS_WITHIN]),
            name=isolated(row[col.NEAREST_PROVIDER_NAME]),
            minutes=w.minutes(row[col.NEAREST_PROVIDER_MINUTES]),
        )
    ]
    if not is_missing(row[col.SEATS_WITHIN]):
        told.append(view.count("map.card.seats", round(row[col.SEATS_WITHIN])))
    return " ".join([*told, view.assumed_seats]).strip()


def _barriers(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    table = view.state.barriers_of.get(row[col.COMMUNITY_ID])
    codes = [] if is_missing(row["barriers"]) or table is None else str(row["barriers"]).split()
    return [
        {
            "measure": t.word("codes.measure", code),
            "here": w.percent(table.loc[code, col.SHARE]),
            "moe": w.percent(table.loc[code, col.SHARE_MOE]),
            "median": w.percent(table.loc[code, col.STATE_MEDIAN]),
            "support": t.word("codes.support", code) if t.find(f"codes.support.{code}") else "",
        }
        for code in codes
        if table is not None and code in table.index
    ]


def _measures(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    table = view.state.barriers_of.get(row[col.COMMUNITY_ID])
    return [] if table is None else records(table.reset_index())


def quarter_rows(view: SiteView, table: pd.DataFrame | None) -> list[dict[str, str]]:
    """Return planned work by quarter as tables show it."""
    w = view.words
    return [
        {
            "quarter": w.quarter(row[col.QUARTER]),
            "sites": w.number(row["sites"]),
            "units": w.number(row[col.UNITS]),
            "mid": w.job_years(row[col.JOB_YEARS_MID]),
            "span": w.job_years_span(row[col.JOB_YEARS_LOW], row[col.JOB_YEARS_HIGH]),
        }
        for row in ([] if table is None else records(table))
    ]


def _nearest_hub(view: SiteView, row: Mapping[str, Any]) -> str:
    hubs = view.state.hubs.dropna(subset=[col.LATITUDE, col.LONGITUDE])
    if hubs.empty or is_missing(row[col.LATITUDE]):
        return ""
    away = (hubs[col.LATITUDE] - row[col.LATITUDE]) ** 2 + ((hubs[col.LONGITUDE] - row[col.LONGITUDE]) * 0.8) ** 2
    return view.texts("site.community.hub", name=isolated(hubs.loc[away.idxmin(), col.NAME]))
