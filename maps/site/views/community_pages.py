"""A community's own page, and the list of all."""

from __future__ import annotations

from geodata.schemas import columns as col
from maps.site.html_pages import Context, Stat, isolated
from maps.site.views.downloads import brief, list_table
from maps.site.views.frame import frame
from maps.site.views.rows import (
    community_row,
    quarter_rows,
    rank_interval,
    rank_text,
    score_bar,
    score_text,
    tract_row,
)
from maps.site.views.site_view import SiteView
from maps.wording.evidence import action_means, cautions, seats_assumed, training_known, work_assumed, work_known
from maps.wording.hub_choice import nearest_hub
from maps.wording.questions import community_questions
from maps.wording.rows import Row, codes_in, is_unlocated, records
from maps.wording.stability import tier_means, weights_sentence
from maps.wording.trades import trades_sentence
from maps.wording.travel import mostly_without_training, reach_notes, share_without_training
from maps.wording.words import is_missing

#: Communities named that the list cannot distinguish from one; more are counted.
MOST_TIED = 8


def communities(view: SiteView) -> Context:
    """Return the context of the list of communities."""
    title = view.texts("site.communities.title", state=view.result.state.name)
    return {
        **frame(view, "communities", title),
        "rows": [community_row(view, row) for row in records(view.state.communities)],
        "table_href": list_table(view, "communities"),
    }


def community(view: SiteView, ident: str) -> Context:
    """Return the context of one community's page."""
    t, w = view.texts, view.words
    row = view.state.community_index[ident]
    name = w.community(row)
    return {
        **frame(view, "community", name, ident),
        "worth": view.worth,
        "name": name,
        "county": "" if is_missing(row[col.COUNTY_NAME]) else row[col.COUNTY_NAME],
        "tier": row[col.TIER],
        "lead": _lead(view, row),
        "rank_text": _rank(view, row, len(view.state.communities)),
        "action": "" if is_missing(row[col.ACTION]) else w.code("action", row[col.ACTION]),
        "action_means": "" if is_missing(row[col.ACTION]) else action_means(view.result, t, row[col.ACTION]),
        # The head of the page warns in the sentences beside it, and the action there says only what it means.
        "action_alone": "" if is_missing(row[col.ACTION]) else t.word("codes.action_means", row[col.ACTION]),
        "cautions": cautions(view.result, t, settle=False),
        "hub": _nearest_hub(view, row),
        "brief": brief(view, ident),
        "stats": _stats(view, row),
        "map_href": f"{view.to('overview')}#community={ident}",
        "why": _why(view, row),
        "priority": w.number(row[col.PRIORITY], 1),
        "bar": score_bar(view, row),
        "points": score_text(view, row),
        "who_text": _who(view, row),
        "barriers": _barriers(view, row),
        "barriers_none": t(
            "site.community.barriers_none" if _surveyed(view, row) else "site.community.barriers_unknown"
        ),
        "training": _training(view, row),
        "center": _center(view, row),
        "quarters_none": t("site.community.quarters_none" if work_known(row) else "why.work_unknown"),
        "quarters": quarter_rows(view, view.state.quarters_of.get(("community", ident))),
        "interval": rank_interval(view, row),
        "sure_text": rank_text(view, row),
        "tier_means": tier_means(view.result, t),
        "single": _single(view, row),
        "questions": community_questions(t, row, _measures(view, row), isolated),
        "all_href": view.to("communities"),
        **_tracts(view, ident, isolated(name)),
        **_tied(view, row),
        **_neighbors(view, ident),
    }


def _tracts(view: SiteView, ident: str, name: str) -> Context:
    """Return the still map of a community's tracts, and their rows."""
    tracts = view.state.tracts_of.get(ident, view.state.scores.iloc[:0])
    label = view.texts("site.community.locator", name=name, state=view.result.state.name)
    return {
        "map": view.state.locator.of_tracts(list(tracts[col.GEOID]), label),
        "tracts": [tract_row(view, tract) for tract in records(tracts)],
    }


def _tied(view: SiteView, row: Row) -> Context:
    """Return the communities that the list cannot distinguish from this one."""
    tied = [other for other in codes_in(row[col.TIED_WITH]) if other in view.state.community_index]
    return {
        "tied": [view.community_link(other) for other in tied[:MOST_TIED]],
        "more_tied": max(0, len(tied) - MOST_TIED),
    }


def _neighbors(view: SiteView, ident: str) -> Context:
    """Return the communities before and after this one in rank."""
    order = list(view.state.communities[col.COMMUNITY_ID])
    place = order.index(ident)
    return {
        "previous": view.community_link(order[place - 1]) if place else None,
        "next": view.community_link(order[place + 1]) if place + 1 < len(order) else None,
    }


def _lead(view: SiteView, row: Row) -> str:
    if is_missing(row[col.P_TOP_SHARE]):
        return ""
    key = "site.community.lead_single" if row[col.KIND] == "single" else "site.community.lead"
    lead = view.texts(key, chance=view.chance(row[col.P_TOP_SHARE]))
    return f"{lead} {weights_sentence(row, view.texts, view.state.uncertainty, 'community')}".rstrip()


def _who(view: SiteView, row: Row) -> str:
    key = "who_text_no_margin" if is_missing(row[col.ELIGIBLE_ADULTS_MOE]) else "who_text"
    key = "who_text_unknown" if is_missing(row[col.ELIGIBLE_ADULTS]) else key
    return view.texts(
        f"site.community.{key}",
        adults=view.words.about(row[col.ELIGIBLE_ADULTS]),
        moe=view.words.about(row[col.ELIGIBLE_ADULTS_MOE]),
        people=view.words.about(row[col.POPULATION], 3),
    )


def _center(view: SiteView, row: Row) -> str:
    if is_missing(row[col.NEAREST_JOB_CENTER_NAME]):
        return ""
    minutes = view.words.minutes(row[col.NEAREST_JOB_CENTER_MINUTES])
    return view.texts("site.community.center", name=isolated(row[col.NEAREST_JOB_CENTER_NAME]), minutes=minutes)


def _single(view: SiteView, row: Row) -> str:
    if row[col.KIND] != "single" or is_missing(row[col.SINGLE_REASON]):
        return ""
    return view.texts("site.community.single", reason=view.words.code("single_reason", row[col.SINGLE_REASON]).lower())


def _rank(view: SiteView, row: Row, of: int) -> str:
    """Return its rank with the range it took, in a sentence."""
    w = view.words
    low, high, rank = row[col.RANK_LOW], row[col.RANK_HIGH], row[col.RANK]
    values = {"rank": w.number(rank), "of": w.number(of)}
    if is_missing(low):
        return view.texts("map.card.rank_only", **values)
    if low == high == rank:
        return view.texts("site.community.rank_sure", **values)
    return view.texts("site.community.rank", low=w.number(low), high=w.number(high), **values)


def _stats(view: SiteView, row: Row) -> list[Stat]:
    t, w = view.texts, view.words
    margin = t("site.overview.stat_adults_range", moe=w.about(row[col.ELIGIBLE_ADULTS_MOE]))
    if is_missing(row[col.ELIGIBLE_ADULTS_MOE]):
        margin = t("site.community.margin_unknown")
    return [
        Stat(
            w.about(row[col.ELIGIBLE_ADULTS]),
            t("site.community.adults"),
            t("briefs.facts.adults_unknown") if is_missing(row[col.ELIGIBLE_ADULTS]) else margin,
        ),
        _training_stat(view, row),
        _work_stat(view, row),
        Stat(w.number(row[col.N_TRACTS]), t("site.community.tracts", n=int(row[col.N_TRACTS]))),
    ]


def _training_stat(view: SiteView, row: Row) -> Stat:
    """Return the minutes to training, or how many adults reach none where these are most of them."""
    t, w = view.texts, view.words
    if not training_known(row):
        return Stat(t("format.unknown"), t("site.community.training_unknown"))
    if not is_missing(row[col.NEAREST_PROVIDER_MINUTES]):
        if mostly_without_training(row):
            return Stat(w.percent(share_without_training(row)), t("site.community.training_far"))
        return Stat(w.minutes(row[col.NEAREST_PROVIDER_MINUTES]), t("site.community.training"))
    if not is_unlocated(row):
        return Stat(t("site.community.none"), t("site.community.training_none"))
    n = int(row[col.UNLOCATED_PROVIDERS])
    where = isolated(row[col.UNLOCATED_WHERE])
    return Stat(w.number(n), t("site.community.training_unlocated", n=n, where=where))


def _no_reach(view: SiteView, row: Row) -> str:
    """Return what is said where no training is within reach: that some is known there, if it is."""
    if not is_unlocated(row):
        return view.texts("map.card.training_none" if training_known(row) else "why.training_unknown")
    where = isolated(row[col.UNLOCATED_WHERE])
    return view.count("map.card.training_unlocated", int(row[col.UNLOCATED_PROVIDERS]), where=where)


def _work_stat(view: SiteView, row: Row) -> Stat:
    t, w = view.texts, view.words
    if not work_known(row):
        return Stat(t("format.unknown"), t("site.community.work_unknown"))
    low, high = w.job_years(row[col.JOB_YEARS_LOW]), w.job_years(row[col.JOB_YEARS_HIGH])
    spread = t("site.overview.stat_range", low=low, high=high)
    assumed = work_assumed(t, row, "site.area.work_assumed")
    return Stat(
        w.job_years(row[col.JOB_YEARS_MID]),
        t("site.community.work"),
        f"{spread}; {assumed}" if assumed else spread,
    )


def _why(view: SiteView, row: Row) -> list[str]:
    """Return why it is in the list: need, training and work, each beside the other tracts of the state."""
    t, w = view.texts, view.words
    near = not is_missing(row[col.NEAREST_PROVIDER_NAME])
    sentences = [_reach(view, row) if near else _no_reach(view, row)]
    if near and not is_missing(row[col.TRAINING_GAP]):
        sentences[0] += " " + t("map.card.gap", percent=w.number(row[col.TRAINING_GAP]))
    sentences += reach_notes(row, t)
    if not is_missing(row[col.NEED]):
        sentences.insert(0, t("map.card.need", percent=w.number(row[col.NEED])))
    if not work_known(row):
        return [*sentences, t("why.work_unknown")]
    if not row[col.SITES_WITHIN]:
        return [*sentences, t("map.card.work_none")]
    low, mid, high = (w.job_years(row[f"job_years_{name}"]) for name in ("low", "mid", "high"))
    work = view.count("map.card.work", int(row[col.SITES_WITHIN]), mid=mid, low=low, high=high)
    if not is_missing(row[col.OPPORTUNITY]):
        work += " " + t("map.card.opportunity", percent=w.number(row[col.OPPORTUNITY]))
    return [*sentences, f"{work} {work_assumed(t, row)}".rstrip()]


def _reach(view: SiteView, row: Row) -> str:
    minutes = view.words.minutes(row[col.NEAREST_PROVIDER_MINUTES])
    return view.texts("map.card.training", minutes=minutes, name=isolated(row[col.NEAREST_PROVIDER_NAME]))


def _training(view: SiteView, row: Row) -> str:
    t, w = view.texts, view.words
    if not training_known(row):
        return t("briefs.training.unknown")
    if is_missing(row[col.NEAREST_PROVIDER_NAME]):
        if is_unlocated(row):
            return f"{_no_reach(view, row)} {t('site.community.training_unlocated_next')}"
        return t("site.community.training_nothing")
    sentences = [
        view.count(
            "site.community.training_text",
            0 if is_missing(row[col.PROVIDERS_WITHIN]) else int(row[col.PROVIDERS_WITHIN]),
            name=isolated(row[col.NEAREST_PROVIDER_NAME]),
            minutes=w.minutes(row[col.NEAREST_PROVIDER_MINUTES]),
        )
    ]
    if not is_missing(row[col.SEATS_WITHIN]):
        sentences.append(view.count("map.card.seats", round(row[col.SEATS_WITHIN])))
        sentences.append(seats_assumed(t, row))
    sentences += [*reach_notes(row, t), trades_sentence(row[col.SEATS_BY_PROGRAM], t)]
    return " ".join(part for part in (*sentences, view.assumed_seats) if part)


def _barriers(view: SiteView, row: Row) -> list[Context]:
    t, w = view.texts, view.words
    measured = {part[col.MEASURE]: part for part in _measures(view, row)}
    return [
        {
            "measure": t.word("codes.measure", code),
            "here": w.percent(measured[code][col.SHARE]),
            "moe": w.percent(measured[code][col.SHARE_MOE]),
            "median": w.percent(measured[code][col.STATE_MEDIAN]),
            "support": t(f"codes.support.{code}") if t.has(f"codes.support.{code}") else "",
        }
        for code in codes_in(row["barriers"])
        if code in measured
    ]


def _surveyed(view: SiteView, row: Row) -> bool:
    """Return whether any measure of a community can be distinguished from the median."""
    return any(not is_missing(part[col.CLEARLY_ABOVE]) for part in _measures(view, row))


def _measures(view: SiteView, row: Row) -> list[Row]:
    """Return the rows of `barriers` about a community."""
    table = view.state.barriers_of.get(row[col.COMMUNITY_ID])
    return [] if table is None else records(table)


def _nearest_hub(view: SiteView, row: Row) -> str:
    found = nearest_hub(view.state.hubs, row)
    return "" if found is None else view.texts("site.community.hub", name=isolated(found[0][col.NAME]))
