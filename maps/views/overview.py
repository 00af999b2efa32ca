"""The state's first page: the answer, where, why, who, how sure and what to do, before anything else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from maps.views.common import SiteView, records
from maps.views.downloads import brief
from maps.words import is_missing

FIRST = 3
SHOWN = 10


def overview(view: SiteView) -> dict[str, Any]:
    """Return the context of the overview."""
    t, w, state = view.texts, view.words, view.state
    rows = records(state.communities)
    title = t("site.overview.title", state=view.result.state.name)
    return {
        **view.page("overview", title),
        "worth": view.worth,
        "answer": _answer(view, rows),
        "brief": "" if view.standalone else brief(view),
        "state_map": state.locator.of_state(
            state.communities,
            view.result.table("community_tracts"),
            t("site.overview.state_map", state=view.result.state.name),
        ),
        "stats": _stats(view),
        "rows": [view.community_row(row) for row in rows[: len(rows) if view.standalone else SHOWN]],
        "more": "" if len(rows) <= SHOWN or view.standalone else view.count("site.overview.all_communities", len(rows)),
        "communities_href": view.to("communities"),
        "who": _who(view, rows),
        "sure": _sure(view, rows),
        "do": _do(view, rows),
        "hub_text": _hubs(view),
        "counties": area_rows(view, "county"),
        "areas": area_rows(view, "workforce_area"),
        "undrawn": view.undrawn(),
        "draws": w.number(state.uncertainty.get("draws", 0)),
    }


def _answer(view: SiteView, rows: list[dict[str, Any]]) -> list[str]:
    t, w = view.texts, view.words
    if not rows:
        return [t("site.overview.answer_none")]
    first = rows[:FIRST]
    adults = sum(0 if is_missing(row["eligible_adults"]) else row["eligible_adults"] for row in rows)
    told = [
        t("site.overview.answer", n=len(first), names=view.names([w.community(row) for row in first])),
        view.count("site.overview.answer_people", len(rows), adults=w.about(adults)),
    ]
    return told


def _stats(view: SiteView) -> list[dict[str, str]]:
    t, w, scores, rows = view.texts, view.words, view.state.scores, view.state.communities
    stats = []
    inside = scores[scores["geoid"].isin(view.result.table("community_tracts")["geoid"])]
    adults = float(rows["eligible_adults"].sum())
    everyone = float(scores["eligible_adults"].sum())
    if len(rows):
        moe = float((rows["eligible_adults_moe"].fillna(0) ** 2).sum() ** 0.5)
        stats.append(
            {
                "value": w.about(adults),
                "text": t("site.overview.stat_adults"),
                "note": t("site.overview.stat_adults_range", moe=w.about(moe)),
            }
        )
        if everyone > 0:
            stats.append({"value": w.percent(adults / everyone), "text": t("site.overview.stat_share"), "note": ""})
        far = inside.loc[inside["nearest_provider_minutes"].isna(), "eligible_adults"].sum()
        if inside["eligible_adults"].sum() > 0:
            share = float(far / inside["eligible_adults"].sum())
            stats.append({"value": w.percent(share), "text": t("site.overview.stat_gap"), "note": ""})
    quarters = view.state.quarters_of.get(("state", view.result.state.usps))
    if quarters is not None:
        low, mid, high = (float(quarters[f"job_years_{name}"].sum()) for name in ("low", "mid", "high"))
        note = t("site.overview.stat_range", low=w.job_years(low), high=w.job_years(high))
        stats.append({"value": w.job_years(mid), "text": t("site.overview.stat_work"), "note": note})
    gated = int(scores["gated"].fillna(False).sum())
    stats.append(
        {"value": w.number(gated), "text": t("site.overview.stat_tracts", of=w.number(len(scores))), "note": ""}
    )
    return stats


def _who(view: SiteView, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    t = view.texts
    named = Counter(code for row in rows if not is_missing(row["barriers"]) for code in str(row["barriers"]).split())
    ordered = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "measure": t.word("codes.measure", code),
            "count": view.count("site.overview.who_row", count),
            "support": t.word("codes.support", code) if t.find(f"codes.support.{code}") else "",
        }
        for code, count in ordered
    ]


def _sure(view: SiteView, rows: list[dict[str, Any]]) -> str:
    w = view.words
    tiers = Counter(row["tier"] for row in rows)
    return view.texts(
        "site.overview.sure_ties",
        a=w.number(tiers["A"]),
        b=w.number(tiers["B"]),
        top=w.top_share(view.state.uncertainty),
    )


def _do(view: SiteView, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if not is_missing(row["action"]):
            groups.setdefault(row["action"], []).append(row)
    order = [code for code in (view.texts.find("codes.action") or {}) if code in groups]
    return [
        {
            "action": view.words.code("action", code),
            "means": view.texts.word("codes.action_means", code),
            "links": [view.community_link(row["community_id"]) for row in groups[code][:6]],
            "more": max(0, len(groups[code]) - 6),
        }
        for code in order
    ]


def _hubs(view: SiteView) -> str:
    hubs = view.state.hubs
    if hubs.empty:
        return ""
    return view.texts(
        "site.overview.do_hubs",
        names=view.names([str(name) for name in hubs["name"]]),
        share=view.words.percent(hubs["covered_share"].iloc[0]),
        minutes=view.words.number(view.result.settings.get("hubs", {}).get("cover_minutes", 20)),
    )


def area_rows(view: SiteView, kind: str) -> list[dict[str, Any]]:
    """Return the areas of a kind as tables show them, in order."""
    w = view.words
    rows = view.state.rollups
    pages = {"county": "county", "workforce_area": "area"}
    return [
        {
            "name": row["area_name"],
            "href": "" if view.standalone else view.to(pages[kind], row["area_id"]),
            "tracts": w.number(row["n_tracts"]),
            "gated": w.number(row["n_gated"]),
            "tier_ab": w.number((row["n_tier_a"] or 0) + (row["n_tier_b"] or 0)),
            "adults_gated": w.about(row["eligible_adults_gated"]),
            "communities": w.number(len(str(row["communities"]).split()) if not is_missing(row["communities"]) else 0),
        }
        for row in records(rows[rows["area_kind"] == kind])
    ]
