"""The state's first page: the answer, where, why, who, how sure and what to do, before anything else."""

from __future__ import annotations

from geodata.schemas import columns as col
from maps.cartography.extent import LAND_ABROAD
from maps.site.html_pages import Context, isolated
from maps.site.views.downloads import brief
from maps.site.views.frame import frame
from maps.site.views.minute import answers, common_barriers
from maps.site.views.rows import area_rows, community_row
from maps.site.views.site_view import SiteView
from maps.wording.evidence import check_first, first_sentence, rests_on, settled_by
from maps.wording.questions import state_questions
from maps.wording.rows import Row, records
from maps.wording.stability import sensitivity_sentences
from maps.wording.where_to_start import first_named, where_to_start
from maps.wording.words import is_missing

SHOWN = 10
MOST_LINKS = 6


def overview(view: SiteView) -> Context:
    """Return the context of the overview."""
    t, w, state = view.texts, view.words, view.state
    rows = records(state.communities)
    title = t("site.overview.title", state=view.result.state.name)
    return {
        **frame(view, "overview", title),
        "worth": view.worth,
        "answer": _answer(view),
        "brief": "" if view.standalone else brief(view),
        "state_map": state.locator.of_state(
            state.communities,
            view.result.table("community_tracts"),
            t("site.overview.state_map", state=view.result.state.name),
        ),
        "minute": answers(view, rows),
        "questions": state_questions(
            t, [isolated(w.community(row, within=True)) for row in first_named(view.result)], view.result.state.name
        ),
        "rows": [community_row(view, row) for row in rows[: len(rows) if view.standalone else SHOWN]],
        "more": "" if len(rows) <= SHOWN or view.standalone else view.count("site.overview.all_communities", len(rows)),
        "communities_href": view.to("communities"),
        "who": _who(view, rows),
        "sure": _sure(view, rows),
        "do": _do(view, rows),
        "check": check_first(view.result, t),
        "hub_text": _hubs(view),
        "counties": area_rows(view, "county"),
        "areas": area_rows(view, "workforce_area"),
        "undrawn": view.undrawn,
        "abroad": view.result.state.usps in LAND_ABROAD,
        "map_note": "" if view.bare else t("site.overview.map_note"),
        "map_caption": t("site.overview.map_caption_bare" if view.bare else "site.overview.map_caption"),
        "draws": w.number(state.uncertainty.draws),
    }


def _answer(view: SiteView) -> list[str]:
    result, t = view.result, view.texts
    first, *others = where_to_start(result, t, isolated)
    return [first_sentence(first, result, t), *others, *rests_on(result, t), *settled_by(result, t)]


def _who(view: SiteView, rows: list[Row]) -> list[Context]:
    t = view.texts
    return [
        {
            "measure": t.word("codes.measure", code),
            "count": view.count("site.overview.who_row", count),
            "support": t(f"codes.support.{code}") if t.has(f"codes.support.{code}") else "",
        }
        for code, count in common_barriers(rows)
    ]


def _sure(view: SiteView, rows: list[Row]) -> str:
    w = view.words
    known = view.result.summary
    ties = view.texts(
        "site.overview.sure_ties",
        a=w.number(known.get(col.N_COMMUNITIES_TIER_A, 0)),
        b=w.number(known.get(col.N_COMMUNITIES_TIER_B, 0)),
        top=w.top_share(view.state.uncertainty),
    )
    table = view.result.table("evidence")
    margins = table.loc[table[col.SUBJECT] == "margins", col.VERDICT]
    unknown = "" if margins.isin(["measured"]).any() or margins.empty else no_margins(view)
    supply = table.loc[table[col.SUBJECT] == "supply", "assumed"]
    assumed = "" if not (supply > 0).any() else view.texts("site.overview.sure_supply", share=w.percent(supply.iloc[0]))
    return " ".join(filter(None, [ties, unknown, assumed, *sensitivity_sentences(view.result, view.texts, isolated)]))


def no_margins(view: SiteView) -> str:
    """Return what the ranges leave out where the survey has no margins for most people."""
    return view.texts("site.overview.sure_no_margins")


def _do(view: SiteView, rows: list[Row]) -> list[Context]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if not is_missing(row[col.ACTION]):
            groups.setdefault(row[col.ACTION], []).append(row)
    return [
        {
            "action": view.words.code("action", code),
            "means": view.texts.word("codes.action_means", code),
            "links": [view.community_link(row[col.COMMUNITY_ID]) for row in groups[code][:MOST_LINKS]],
            "more": max(0, len(groups[code]) - MOST_LINKS),
        }
        for code in view.texts.codes("codes.action")
        if code in groups
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
