"""A community's own page, and the list of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

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
    order = list(view.state.communities["community_id"])
    place = order.index(ident)
    tied = [other for other in _tied(row) if other in view.state.community_index]
    tracts = view.state.tracts_of.get(ident, view.state.scores.iloc[:0])
    chance = view.chance(row["p_top_share"]) if not is_missing(row["p_top_share"]) else ""
    return {
        **view.page("community", plain, ident),
        "worth": view.worth,
        "name": plain,
        "county": "" if is_missing(row["county_name"]) else row["county_name"],
        "tier": row["tier"],
        "lead": t("site.community.lead_single" if row["kind"] == "single" else "site.community.lead", chance=chance)
        if chance
        else "",
        "rank_text": _rank(view, row, of),
        "action": w.code("action", row["action"]) if not is_missing(row["action"]) else "",
        "action_means": t.word("codes.action_means", row["action"]) if not is_missing(row["action"]) else "",
        "hub": _nearest_hub(view, row),
        "brief": brief(view, ident),
        "stats": _stats(view, row),
        "map": view.state.locator.of_tracts(
            list(tracts["geoid"]), t("site.community.locator", name=name, state=view.result.state.name)
        ),
        "map_href": f"{view.to('overview')}#community={ident}",
        "why": _why(view, row),
        "priority": w.number(row["priority"], 1),
        "bar": view.bar(row),
        "points": view.points_label(row),
        "who_text": t(
            "site.community.who_text_unknown" if is_missing(row["eligible_adults"]) else "site.community.who_text",
            adults=w.about(row["eligible_adults"]),
            moe=w.about(row["eligible_adults_moe"]),
            people=w.about(row["population"], 3),
        ),
        "barriers": _barriers(view, row),
        "training": _training(view, row),
        "center": t(
            "site.community.center",
            name=isolated(row["nearest_job_center_name"]),
            minutes=w.minutes(row["nearest_job_center_minutes"]),
        )
        if not is_missing(row["nearest_job_center_name"])
        else "",
        "quarters": quarter_rows(view, view.state.quarters_of.get(("community", ident))),
        "interval": view.interval(row),
        "sure_text": view.sure_text(row),
        "tied": [view.community_link(other) for other in tied[:MOST_TIED]],
        "more_tied": max(0, len(tied) - MOST_TIED),
        "single": t("site.community.single", reason=w.code("single_reason", row["single_reason"]).lower())
        if row["kind"] == "single" and not is_missing(row["single_reason"])
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
    low, high, rank = row["rank_low"], row["rank_high"], row["rank"]
    values = {"rank": w.number(rank), "of": w.number(of)}
    if is_missing(low):
        return view.texts("map.card.rank_only", **values)
    if low == high == rank:
        return view.texts("site.community.rank_sure", **values)
    return view.texts("site.community.rank", low=w.number(low), high=w.number(high), **values)


def _tied(row: Mapping[str, Any]) -> list[str]:
    return [] if is_missing(row["tied_with"]) else str(row["tied_with"]).split()


def _stats(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    far = is_missing(row["nearest_provider_minutes"])
    return [
        {
            "value": w.about(row["eligible_adults"]),
            "text": t("site.community.adults"),
            "note": t("briefs.facts.adults_unknown")
            if is_missing(row["eligible_adults"])
            else t("site.overview.stat_adults_range", moe=w.about(row["eligible_adults_moe"])),
        },
        {
            "value": t("site.community.none") if far else w.minutes(row["nearest_provider_minutes"]),
            "text": t("site.community.training_none" if far else "site.community.training"),
            "note": "",
        },
        {
            "value": w.job_years(row["job_years_mid"]),
            "text": t("site.community.work"),
            "note": t(
                "site.overview.stat_range",
                low=w.job_years(row["job_years_low"]),
                high=w.job_years(row["job_years_high"]),
            ),
        },
        {
            "value": w.number(row["n_tracts"]),
            "text": t("site.community.tracts", n=int(row["n_tracts"])),
            "note": "",
        },
    ]


def _why(view: SiteView, row: Mapping[str, Any]) -> list[str]:
    """Return why it is in the list: need, training and work, each beside the other tracts of the state."""
    t, w = view.texts, view.words
    near = not is_missing(row["nearest_provider_name"])
    told = [_reach(view, row) if near else t("map.card.training_none")]
    if near and not is_missing(row["training_gap"]):
        told[0] += " " + t("map.card.gap", percent=w.number(row["training_gap"]))
    if not is_missing(row["need"]):
        told.insert(0, t("map.card.need", percent=w.number(row["need"])))
    if is_missing(row["sites_within"]) or not row["sites_within"]:
        return [*told, t("map.card.work_none")]
    low, mid, high = (w.job_years(row[f"job_years_{name}"]) for name in ("low", "mid", "high"))
    work = view.count("map.card.work", int(row["sites_within"]), mid=mid, low=low, high=high)
    if not is_missing(row["opportunity"]):
        work += " " + t("map.card.opportunity", percent=w.number(row["opportunity"]))
    return [*told, work]


def _reach(view: SiteView, row: Mapping[str, Any]) -> str:
    minutes = view.words.minutes(row["nearest_provider_minutes"])
    return view.texts("map.card.training", minutes=minutes, name=isolated(row["nearest_provider_name"]))


def _training(view: SiteView, row: Mapping[str, Any]) -> str:
    t, w = view.texts, view.words
    if is_missing(row["nearest_provider_name"]):
        return t("site.community.training_nothing")
    told = [
        view.count(
            "site.community.training_text",
            0 if is_missing(row["providers_within"]) else int(row["providers_within"]),
            name=isolated(row["nearest_provider_name"]),
            minutes=w.minutes(row["nearest_provider_minutes"]),
        )
    ]
    if not is_missing(row["seats_within"]):
        told.append(view.count("map.card.seats", round(row["seats_within"])))
    return " ".join([*told, view.assumed_seats]).strip()


def _barriers(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    table = view.state.barriers_of.get(row["community_id"])
    codes = [] if is_missing(row["barriers"]) or table is None else str(row["barriers"]).split()
    return [
        {
            "measure": t.word("codes.measure", code),
            "here": w.percent(table.loc[code, "share"]),
            "moe": w.percent(table.loc[code, "share_moe"]),
            "median": w.percent(table.loc[code, "state_median"]),
            "support": t.word("codes.support", code) if t.find(f"codes.support.{code}") else "",
        }
        for code in codes
        if table is not None and code in table.index
    ]


def _measures(view: SiteView, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    table = view.state.barriers_of.get(row["community_id"])
    return [] if table is None else records(table.reset_index())


def quarter_rows(view: SiteView, table: pd.DataFrame | None) -> list[dict[str, str]]:
    """Return planned work by quarter as tables show it."""
    w = view.words
    return [
        {
            "quarter": w.quarter(row["quarter"]),
            "sites": w.number(row["sites"]),
            "units": w.number(row["units"]),
            "mid": w.job_years(row["job_years_mid"]),
            "span": w.job_years_span(row["job_years_low"], row["job_years_high"]),
        }
        for row in ([] if table is None else records(table))
    ]


def _nearest_hub(view: SiteView, row: Mapping[str, Any]) -> str:
    hubs = view.state.hubs.dropna(subset=["latitude", "longitude"])
    if hubs.empty or is_missing(row["latitude"]):
        return ""
    away = (hubs["latitude"] - row["latitude"]) ** 2 + ((hubs["longitude"] - row["longitude"]) * 0.8) ** 2
    return view.texts("site.community.hub", name=isolated(hubs.loc[away.idxmin(), "name"]))
