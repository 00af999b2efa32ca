"""The state's first page: the answer, where, why, who, how sure and what to do, before anything else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from geodata.schemas import columns as col
from maps.cartography.extent import LAND_ABROAD
from maps.site.html_pages import isolated
from maps.site.views.common import SiteView
from maps.site.views.downloads import brief
from maps.site.views.state_view import definitions_at_hand, records
from maps.wording.questions import state_questions
from maps.wording.words import is_missing

FIRST = 3
SHOWN = 10
MOST_BARRIERS = 2


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
        "minute": _minute(view, rows),
        "questions": state_questions(t, [isolated(w.community(row)) for row in rows[:FIRST]], view.result.state.name),
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
        "abroad": view.result.state.usps in LAND_ABROAD,
        "map_note": "" if view.bare else t("site.overview.map_note"),
        "map_caption": t("site.overview.map_caption_bare" if view.bare else "site.overview.map_caption"),
        "draws": w.number(state.uncertainty.get("draws", 0)),
    }


def _answer(view: SiteView, rows: list[dict[str, Any]]) -> list[str]:
    t, w = view.texts, view.words
    if not rows:
        return [t("site.overview.answer_none")]
    first = rows[:FIRST]
    return [
        t("site.overview.answer", n=len(first), names=view.names([w.community(row) for row in first])),
        view.count("site.overview.answer_more", len(rows)),
    ]


def _minute(view: SiteView, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the answers a first screen owes: who, why, how much work, how sure, what it takes; each in a few words."""
    cells = [_minute_who(view, rows), _minute_why(view), _minute_work(view), _minute_sure(view, rows)]
    return [cell for cell in [*cells, _minute_do(view, rows)] if cell]


def _minute_who(view: SiteView, rows: list[dict[str, Any]]) -> dict[str, str]:
    t, w, table = view.texts, view.words, view.state.communities
    if not rows:
        return {}
    if table[col.ELIGIBLE_ADULTS].isna().all():
        people = w.about(float(table[col.POPULATION].sum()))
        return _cell(view, "who", t("site.minute.who_unknown_lead", people=people), t("site.minute.who_unknown_text"))
    everyone = float(view.state.scores[col.ELIGIBLE_ADULTS].sum())
    adults = float(table[col.ELIGIBLE_ADULTS].sum())
    moe = float((table[col.ELIGIBLE_ADULTS_MOE].fillna(0) ** 2).sum() ** 0.5)
    text = t(
        "site.minute.who_text",
        moe=w.about(moe),
        share=w.percent(adults / everyone) if everyone > 0 else w.missing,
    )
    barriers = [one[col.MEASURE][:1].lower() + one[col.MEASURE][1:] for one in _who(view, rows)[:MOST_BARRIERS]]
    if barriers:
        text += " " + t("site.minute.who_barriers", names=w.listed(barriers))
    return _cell(view, "who", t("site.minute.who_lead", adults=w.about(adults)), text)


def _minute_why(view: SiteView) -> dict[str, str]:
    t, w, scores = view.texts, view.words, view.state.scores
    inside = scores[scores[col.GEOID].isin(view.result.table("community_tracts")[col.GEOID]) & scores[col.NEED].notna()]
    # Where no survey tells the adults, all residents stand for them, and the sentence says so.
    told, people = "why_text", inside[col.ELIGIBLE_ADULTS].fillna(0.0)
    if inside[col.ELIGIBLE_ADULTS].isna().all():
        told, people = "why_text_residents", inside[col.POPULATION].fillna(0.0)
    if not people.sum():
        return {}
    need = float((inside[col.NEED] * people).sum() / people.sum())
    far = float(people[inside[col.NEAREST_PROVIDER_MINUTES].isna()].sum() / people.sum())
    near = float(people[inside[col.SITES_WITHIN].fillna(0) > 0].sum() / people.sum())
    text = t(f"site.minute.{told}", far=w.percent(far), near=w.percent(near))
    return _cell(view, "why", t("site.minute.why_lead", percent=w.number(need)), text)


def _minute_work(view: SiteView) -> dict[str, str]:
    t, w = view.texts, view.words
    quarters = view.state.quarters_of.get(("state", view.result.state.usps))
    if quarters is None:
        return {}
    low, mid, high = (float(quarters[f"job_years_{name}"].sum()) for name in ("low", "mid", "high"))
    text = view.count(
        "site.minute.work_text", int(quarters["sites"].sum()), low=w.job_years(low), high=w.job_years(high)
    )
    return _cell(view, "work", t("site.minute.work_lead", mid=w.job_years(mid)), text)


def _minute_sure(view: SiteView, rows: list[dict[str, Any]]) -> dict[str, str]:
    t, w = view.texts, view.words
    if not rows or is_missing(rows[0][col.RANK_LOW]):
        return {}
    lead = view.count("site.minute.sure_lead", len(rows), a=w.number(sum(row[col.TIER] == "A" for row in rows)))
    span = w.span(rows[0][col.RANK_LOW], rows[0][col.RANK_HIGH])
    top = w.top_share(view.state.uncertainty)
    text = t("site.minute.sure_text", top=top, name=isolated(w.community(rows[0])), span=span)
    return _cell(view, "sure", lead, f"{text} {_rests(view)}".rstrip())


def _rests(view: SiteView) -> str:
    """Return on which definitions Need rests where one that has a weight has no values; nothing where all have."""
    t, at_hand = view.texts, definitions_at_hand(view.result)
    weights = view.result.settings.get("need", {}).get("weights", {})
    weighted = sorted(name for name, weight in weights.items() if weight > 0)
    present, absent = ([name for name in weighted if (name in at_hand) is there] for there in (True, False))
    if not absent or not present:
        return ""
    names, lost = (view.names([t.word("codes.definition", name) for name in some]) for some in (present, absent))
    return view.count("site.minute.sure_rests", len(present), names=names, absent=lost)


def _minute_do(view: SiteView, rows: list[dict[str, Any]]) -> dict[str, str]:
    w = view.words
    counted = Counter(str(row[col.ACTION]) for row in rows if not is_missing(row[col.ACTION])).most_common()
    if not counted:
        return {}
    (first, most), *others = ((w.code("action", code), w.number(n)) for code, n in counted)
    lead = view.texts("site.minute.do_first", action=first, n=most, of=w.number(len(rows)))
    told = [view.texts("site.minute.do_next", action=action, n=n) for action, n in others]
    hubs = view.state.hubs
    if len(hubs):
        share, minutes = w.percent(hubs[col.COVERED_SHARE].iloc[0]), w.number(view.state.hub_minutes)
        told.append(view.count("site.minute.do_hubs", len(hubs), share=share, minutes=minutes))
    return _cell(view, "do", lead, " ".join(told))


def _cell(view: SiteView, name: str, lead: str, text: str) -> dict[str, str]:
    return {"title": view.texts(f"site.minute.{name}"), "lead": lead, "text": text}


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
    tiers = Counter(row[col.TIER] for row in rows)
    return view.texts(
        "site.overview.sure_ties",
        a=w.number(tiers["A"]),
        b=w.number(tiers["B"]),
        top=w.top_share(view.state.uncertainty),
    )


def _do(view: SiteView, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if not is_missing(row[col.ACTION]):
            groups.setdefault(row[col.ACTION], []).append(row)
    order = [code for code in (view.texts.find("codes.action") or {}) if code in groups]
    return [
        {
            "action": view.words.code("action", code),
            "means": view.texts.word("codes.action_means", code),
            "links": [view.community_link(row[col.COMMUNITY_ID]) for row in groups[code][:6]],
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
        names=view.names([str(name) for name in hubs[col.NAME]]),
        share=view.words.percent(hubs[col.COVERED_SHARE].iloc[0]),
        minutes=view.words.number(view.state.hub_minutes),
    )


def area_rows(view: SiteView, kind: str) -> list[dict[str, Any]]:
    """Return the areas of a kind as tables show them, in order."""
    w = view.words
    rows = view.state.rollups
    pages = {"county": "county", "workforce_area": "area"}
    return [
        {
            "name": row[col.AREA_NAME],
            "href": "" if view.standalone else view.to(pages[kind], row[col.AREA_ID]),
            "tracts": w.number(row[col.N_TRACTS]),
            "gated": w.number(row[col.N_GATED]),
            "tier_ab": w.number((row[col.N_TIER_A] or 0) + (row[col.N_TIER_B] or 0)),
            "adults_gated": w.about(row[col.ELIGIBLE_ADULTS_GATED]),
            "communities": w.number(len(str(row["communities"]).split()) if not is_missing(row["communities"]) else 0),
        }
        for row in records(rows[rows[col.AREA_KIND] == kind])
    ]
