"""The answer in a minute: what the first screen of a state owes its reader, each in a few words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from geodata.schemas import columns as col
from maps.site.html_pages import isolated
from maps.site.views.rows import codes_in
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import available_definitions
from maps.wording.rows import Row
from maps.wording.words import is_missing

MOST_BARRIERS = 2


@dataclass(frozen=True)
class Answer:
    """One answer: what is asked, the answer in a few words, and a sentence more."""

    title: str
    lead: str
    text: str


def answers(view: SiteView, rows: list[Row]) -> list[Answer]:
    """Return who lives there, why there, how much work, how sure, and what it takes; what is unknown is left out."""
    found = [_who(view, rows), _why(view), _work(view), _sure(view, rows), _do(view, rows)]
    return [answer for answer in found if answer is not None]


def _who(view: SiteView, rows: list[Row]) -> Answer | None:
    t, w, table = view.texts, view.words, view.state.communities
    if not rows:
        return None
    if table[col.ELIGIBLE_ADULTS].isna().all():
        people = w.about(float(table[col.POPULATION].sum()))
        return _answer(view, "who", t("site.minute.who_unknown_lead", people=people), t("site.minute.who_unknown_text"))
    everyone = float(view.state.scores[col.ELIGIBLE_ADULTS].sum())
    adults = float(table[col.ELIGIBLE_ADULTS].sum())
    moe = float((table[col.ELIGIBLE_ADULTS_MOE].fillna(0) ** 2).sum() ** 0.5)
    text = t(
        "site.minute.who_text",
        moe=w.about(moe),
        share=w.percent(adults / everyone) if everyone > 0 else w.missing,
    )
    barriers = [t.word("codes.measure", code) for code, _ in common_barriers(rows)[:MOST_BARRIERS]]
    if barriers:
        names = w.listed([name[:1].lower() + name[1:] for name in barriers])
        text += " " + t("site.minute.who_barriers", names=names)
    return _answer(view, "who", t("site.minute.who_lead", adults=w.about(adults)), text)


def _why(view: SiteView) -> Answer | None:
    t, w, scores = view.texts, view.words, view.state.scores
    inside = scores[scores[col.GEOID].isin(view.result.table("community_tracts")[col.GEOID]) & scores[col.NEED].notna()]
    # Where no survey counts the adults, all residents stand for them, and the sentence says so.
    key, people = "why_text", inside[col.ELIGIBLE_ADULTS].fillna(0.0)
    if inside[col.ELIGIBLE_ADULTS].isna().all():
        key, people = "why_text_residents", inside[col.POPULATION].fillna(0.0)
    if not people.sum():
        return None
    need = float((inside[col.NEED] * people).sum() / people.sum())
    far = float(people[inside[col.NEAREST_PROVIDER_MINUTES].isna()].sum() / people.sum())
    near = float(people[inside[col.SITES_WITHIN].fillna(0) > 0].sum() / people.sum())
    text = t(f"site.minute.{key}", far=w.percent(far), near=w.percent(near))
    return _answer(view, "why", t("site.minute.why_lead", percent=w.number(need)), text)


def _work(view: SiteView) -> Answer | None:
    t, w, known = view.texts, view.words, view.result.summary
    if not known.get(col.PLANNED_SITES):
        return None
    low, mid, high = (float(known[name]) for name in (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH))
    text = view.count(
        "site.minute.work_text", int(known[col.PLANNED_SITES]), low=w.job_years(low), high=w.job_years(high)
    )
    return _answer(view, "work", t("site.minute.work_lead", mid=w.job_years(mid)), text)


def _sure(view: SiteView, rows: list[Row]) -> Answer | None:
    t, w = view.texts, view.words
    if not rows or is_missing(rows[0][col.RANK_LOW]):
        return None
    lead = view.count("site.minute.sure_lead", len(rows), a=w.number(sum(row[col.TIER] == "A" for row in rows)))
    span = w.span(rows[0][col.RANK_LOW], rows[0][col.RANK_HIGH])
    top = w.top_share(view.state.uncertainty)
    text = t("site.minute.sure_text", top=top, name=isolated(w.community(rows[0])), span=span)
    return _answer(view, "sure", lead, f"{text} {_rests(view)}".rstrip())


def _rests(view: SiteView) -> str:
    """Return on which definitions Need rests where one that has a weight has no values; nothing where all have."""
    t, available = view.texts, available_definitions(view.result)
    weights = view.result.settings.need.weights
    weighted = sorted(name for name, weight in weights.items() if weight > 0)
    present, absent = ([name for name in weighted if (name in available) is there] for there in (True, False))
    if not absent or not present:
        return ""
    names, lost = (view.names([t.word("codes.definition", name) for name in some]) for some in (present, absent))
    return view.count("site.minute.sure_rests", len(present), names=names, absent=lost)


def _do(view: SiteView, rows: list[Row]) -> Answer | None:
    w = view.words
    counted = Counter(str(row[col.ACTION]) for row in rows if not is_missing(row[col.ACTION])).most_common()
    if not counted:
        return None
    (first, most), *others = ((w.code("action", code), w.number(n)) for code, n in counted)
    lead = view.texts("site.minute.do_first", action=first, n=most, of=w.number(len(rows)))
    sentences = [view.texts("site.minute.do_next", action=action, n=n) for action, n in others]
    hubs = view.state.hubs
    if len(hubs):
        share, minutes = w.percent(hubs[col.COVERED_SHARE].iloc[0]), w.number(view.state.hub_minutes)
        sentences.append(view.count("site.minute.do_hubs", len(hubs), share=share, minutes=minutes))
    return _answer(view, "do", lead, " ".join(sentences))


def _answer(view: SiteView, name: str, lead: str, text: str) -> Answer:
    return Answer(view.texts(f"site.minute.{name}"), lead, text)


def common_barriers(rows: list[Row]) -> list[tuple[str, int]]:
    """Return the barriers of communities and in how many each is found, the most common first."""
    counted = Counter(code for row in rows for code in codes_in(row["barriers"]))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
