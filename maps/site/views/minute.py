"""The answer in a minute: what the first screen of a state owes its reader, each in a few words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from geodata.schemas import columns as col
from maps.site.html_pages import isolated
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import available_definitions
from maps.wording.evidence import check_first
from maps.wording.rows import Row, codes_in
from maps.wording.stability import top_places
from maps.wording.words import is_missing

MOST_BARRIERS = 2
MOST_NAMED = 9


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
    t, w, known = view.texts, view.words, view.result.summary
    if not rows:
        return None
    adults, moe = known.get(col.ELIGIBLE_ADULTS_GROUPED), known.get(col.ELIGIBLE_ADULTS_GROUPED_MOE)
    if is_missing(adults):
        people = w.about(known.get(col.POPULATION_GROUPED))
        return _answer(view, "who", t("site.minute.who_unknown_lead", people=people), t("site.minute.who_unknown_text"))
    key = "who_text_no_margin" if is_missing(moe) else "who_text"
    share = w.percent(known.get(col.ELIGIBLE_ADULTS_SHARE_GROUPED))
    text = t(f"site.minute.{key}", moe=w.about(moe), share=share)
    barriers = [t.word("codes.measure", code) for code, _ in common_barriers(rows)[:MOST_BARRIERS]]
    if barriers:
        names = w.listed([name[:1].lower() + name[1:] for name in barriers])
        text += " " + t("site.minute.who_barriers", names=names)
    return _answer(view, "who", t("site.minute.who_lead", adults=w.about(adults)), text)


def _why(view: SiteView) -> Answer | None:
    t, w, known = view.texts, view.words, view.result.summary
    if is_missing(known.get(col.NEED_GROUPED)):
        return None
    # Where no survey counts the adults, all residents stand for them, and the sentence says so.
    key = "why_text_residents" if is_missing(known[col.ELIGIBLE_ADULTS_GROUPED]) else "why_text"
    lead, sentences = t("site.minute.why_lead", percent=w.number(known[col.NEED_GROUPED])), [t(f"site.minute.{key}")]
    far, near = known[col.NO_TRAINING_SHARE_GROUPED], known[col.WORK_SHARE_GROUPED]
    # A share of something unknown is passed over here: the first sentence of the page says that it is unknown.
    sentences += [] if is_missing(far) else [t("site.minute.why_far", far=w.percent(far))]
    sentences += [] if is_missing(near) else [t("site.minute.why_near", near=w.percent(near))]
    if (known.get(col.UNLOCATED_SHARE_GROUPED) or 0) > 0:
        sentences.append(t("site.minute.why_unlocated", share=w.percent(known[col.UNLOCATED_SHARE_GROUPED])))
    if (known.get(col.UNLOCATED_PROVIDERS) or 0) > 0:
        sentences.append(view.count("site.minute.why_lost", int(known[col.UNLOCATED_PROVIDERS])))
    return _answer(view, "why", lead, " ".join(sentences))


def _work(view: SiteView) -> Answer | None:
    t, w, known = view.texts, view.words, view.result.summary
    if is_missing(known.get(col.PLANNED_SITES)) or not known[col.PLANNED_SITES]:
        return None
    low, mid, high = (float(known[name]) for name in (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH))
    text = view.count(
        "site.minute.work_text", int(known[col.PLANNED_SITES]), low=w.job_years(low), high=w.job_years(high)
    )
    assumed = int(known.get(col.SITES_ASSUMED, 0))
    if assumed:
        span = {
            "total": w.number(known[col.UNITS]),
            "low": w.number(known[col.UNITS_LOW]),
            "high": w.number(known[col.UNITS_HIGH]),
        }
        sites = int(known[col.PLANNED_SITES])
        key = "work_assumed_all" if assumed == sites else "work_assumed"
        text += " " + view.count(f"site.minute.{key}", assumed, **span)
    return _answer(view, "work", t("site.minute.work_lead", mid=w.job_years(mid)), text)


def _sure(view: SiteView, rows: list[Row]) -> Answer | None:
    t, w = view.texts, view.words
    if not rows or is_missing(rows[0][col.RANK_LOW]):
        return None
    lead = view.count("site.minute.sure_lead", len(rows), a=w.number(sum(row[col.TIER] == "A" for row in rows)))
    span = w.span(rows[0][col.RANK_LOW], rows[0][col.RANK_HIGH])
    places = top_places(view.result, t)
    text = t("site.minute.sure_text", places=places, name=isolated(w.community(rows[0], within=True)), span=span)
    sentences = [text, _first_set(view, rows), _rests(view)]
    return _answer(view, "sure", lead, " ".join(sentence for sentence in sentences if sentence))


def _first_set(view: SiteView, rows: list[Row]) -> str:
    """Return which communities hold the true first ones, all together; nothing where there are no more than those."""
    w, chances = view.words, view.state.uncertainty
    members = [row for row in rows if not is_missing(row[col.IN_FIRST_SET]) and row[col.IN_FIRST_SET]]
    if not members or len(rows) <= chances.first_count:
        return ""
    key = "site.minute.sure_first" if len(members) <= MOST_NAMED else "site.minute.sure_first_many"
    return view.texts(
        "site.minute.sure_first_all" if len(members) == len(rows) else key,
        level=w.number(100 * chances.first_level),
        n=w.number(chances.first_count),
        of=w.number(len(members)),
        total=w.number(len(rows)),
        names=view.names([w.community(row, within=True) for row in members]),
    )


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
    sentences = [sentence for sentence in [check_first(view.result, view.texts)] if sentence]
    sentences += [view.texts("site.minute.do_next", action=action, n=n) for action, n in others]
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
