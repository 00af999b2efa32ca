"""The brief of a state: where to start, from where to recruit, what stands in the way and what to ask."""

from __future__ import annotations

from geodata.schemas import columns as col
from maps.briefs.model import Brief, Fact, Grid, Point, Section
from maps.briefs.parts import Writer
from maps.figures.brief_maps import locator_svg
from maps.figures.state_map import state_map_alt
from maps.wording.hub_choice import recommended_hubs
from maps.wording.questions import state_questions
from maps.wording.rows import records
from maps.wording.stability import sensitivity_sentences, tier_means, weighed
from maps.wording.trades import trades_sentence
from maps.wording.where_to_start import first_named, where_to_start
from maps.wording.words import is_missing

FIRST = 10
MOST_PROVIDERS = 6


def state_brief(writer: Writer) -> Brief:
    """Return the brief of the state."""
    texts, result = writer.texts, writer.result
    usps = result.state.usps
    return writer.brief(
        key=usps,
        title=texts("briefs.title_state", state=result.state.name),
        subtitle=texts("lists.as_of", date=writer.words.date(result.as_of)),
        headline=_headline(writer),
        facts=_facts(writer),
        map_svg=locator_svg(writer.ground, None, texts),
        map_alt=state_map_alt(result, texts),
        map_caption=texts("briefs.map.caption_state"),
        sections=[
            _first(writer),
            _hubs(writer),
            _who(writer),
            _barriers(writer),
            _training(writer),
            writer.work("state", usps, not is_missing(result.summary.get(col.PLANNED_SITES))),
            _questions(writer),
        ],
    )


def _headline(writer: Writer) -> Point:
    first, *others = where_to_start(writer.result, writer.texts)
    return Point(first, " ".join(others))


def _barriers(writer: Writer) -> Section:
    """Return in how many communities each barrier is clearly above the median, with the support it calls for."""
    texts, table = writer.texts, writer.result.table("barriers")
    title, n = texts("briefs.barriers.title"), len(writer.result.table("communities"))
    above = table[(table[col.UNIT_KIND] == "community") & table[col.CLEARLY_ABOVE].fillna(False)][
        col.MEASURE
    ].value_counts()
    points = [
        Point(
            texts.word("codes.support", measure),
            texts("briefs.barriers.row_state", measure=texts.word("codes.measure", measure), count=count, n=n),
        )
        for measure, count in sorted(above.items(), key=lambda item: (-int(item[1]), str(item[0])))
    ]
    none = "briefs.barriers.none_state" if writer.surveyed else "briefs.barriers.unknown"
    lead = texts("briefs.barriers.lead_state") if points else texts(none)
    return Section(title, lead=[lead], points=points)


def _facts(writer: Writer) -> list[Fact]:
    texts, words, result = writer.texts, writer.words, writer.result
    known, hubs = result.summary, recommended_hubs(result)
    first, second = (words.number(known[name]) for name in (col.N_COMMUNITIES_TIER_A, col.N_COMMUNITIES_TIER_B))
    note = texts("briefs.facts.communities_note", a=first, b=second)
    facts = [
        writer.fact("communities", words.number(known[col.N_COMMUNITIES]), note),
        writer.fact(
            "tracts",
            words.number(known[col.N_TIER_A]),
            texts("briefs.facts.tracts_note", n=words.number(known[col.N_RANKED])),
        ),
        writer.fact(
            "adults_ab",
            words.about(known.get(col.ELIGIBLE_ADULTS_TIER_A)),
            texts("briefs.facts.adults_unknown")
            if is_missing(known[col.ELIGIBLE_ADULTS])
            else texts("briefs.facts.adults_ab_note", n=words.about(known[col.ELIGIBLE_ADULTS])),
        ),
        _providers(writer),
    ]
    if len(hubs):
        share = words.percent(hubs[col.COVERED_SHARE].iloc[0])
        facts.append(writer.fact("hubs", share, texts("briefs.facts.hubs_note", n=len(hubs))))
    else:
        sites, unknown = known.get(col.PLANNED_SITES), texts("briefs.facts.work_unknown_note")
        value = texts("briefs.facts.training_unknown") if is_missing(sites) else words.number(sites)
        facts.append(writer.fact("sites", value, unknown if is_missing(sites) else texts("briefs.facts.sites_note")))
    return [*facts, _planned_work(writer)]


def _providers(writer: Writer) -> Fact:
    texts, known = writer.texts, writer.result.summary
    if is_missing(known.get("providers")):
        unknown = texts("briefs.facts.training_unknown_note")
        return writer.fact("providers", texts("briefs.facts.training_unknown"), unknown)
    # None on a list is not none in the state: the lists that name them may be absent.
    further = int(known[col.PROVIDERS_ADVANCED])
    note = (
        texts("briefs.facts.providers_note", n=further) if further else texts("briefs.facts.providers_note_beginners")
    )
    return writer.fact("providers", writer.words.number(known["providers"]), note)


def _planned_work(writer: Writer) -> Fact:
    texts, words, known = writer.texts, writer.words, writer.result.summary
    if is_missing(known.get(col.PLANNED_SITES)):
        unknown = texts("briefs.facts.work_unknown_note")
        return writer.fact("work_state", texts("briefs.facts.training_unknown"), unknown)
    low, mid, high = (
        words.job_years(known[name]) for name in (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH)
    )
    note = texts("briefs.facts.work_state_note", low=low, high=high)
    if known[col.SITES_ASSUMED]:
        note = texts("briefs.facts.work_assumed", note=note, n=words.number(known[col.SITES_ASSUMED]))
    return writer.fact("work_state", texts("briefs.facts.work_value", n=mid), note)


def _first(writer: Writer) -> Section:
    texts, words = writer.texts, writer.words
    title = texts("briefs.first.title")
    communities = writer.result.table("communities").sort_values(col.RANK).head(FIRST).drop(columns="geometry")
    if not len(communities):
        return Section(title, lead=[texts("briefs.first.none")])
    rows = [
        [
            words.number(row[col.RANK]),
            writer.words.community(row),
            words.span(row[col.RANK_LOW], row[col.RANK_HIGH]),
            texts.word("codes.tier_short", row[col.TIER]),
            words.number(row[col.TOP_IN_WEIGHT_SETS]),
            words.about(row[col.ELIGIBLE_ADULTS]),
            words.code("action", row[col.ACTION]),
        ]
        for row in records(communities)
    ]
    head = writer.head("first", "rank", "name", "range", "tier", "weights", "adults", "action")
    grid = Grid(head, rows, [True, False, True, False, True, True, False])
    weights = texts(
        "briefs.first.weights",
        of=words.number(writer.uncertainty.weight_sets),
        top=words.top_share(writer.uncertainty),
        pillars=texts(f"format.weighed.{weighed(records(communities)[0])}"),
    )
    after = [tier_means(writer.result, texts), weights, " ".join(sensitivity_sentences(writer.result, texts))]
    return Section(title, lead=[texts("briefs.first.lead")], grid=grid, after=[text for text in after if text])


def _hubs(writer: Writer) -> Section:
    texts, words, hubs = writer.texts, writer.words, recommended_hubs(writer.result)
    title = texts("briefs.hubs.title")
    if not len(hubs):
        return Section(title, lead=[texts("briefs.hubs.none")])
    minutes = writer.result.settings.hubs.cover_minutes
    lead = texts(
        "briefs.hubs.lead",
        n=len(hubs),
        minutes=words.number(minutes),
        share=words.percent(hubs[col.COVERED_SHARE].iloc[0]),
        adults=words.about(hubs[col.COVERED_ADULTS].iloc[0]),
    )
    points = [
        Point("?" if is_missing(row[col.NAME]) else str(row[col.NAME]), words.code("kind", row[col.KIND]))
        for row in records(hubs)
    ]
    return Section(title, lead=[lead], points=points)


def _who(writer: Writer) -> Section:
    texts, words, totals = writer.texts, writer.words, writer.result.summary
    known = not any(is_missing(totals[name]) for name in (col.WORKING_AGE, col.ELIGIBLE_ADULTS))
    lead = texts(
        "briefs.who.state",
        population=words.about(totals[col.POPULATION], 3),
        working=words.about(totals[col.WORKING_AGE], 3),
        adults=words.about(totals[col.ELIGIBLE_ADULTS], 3),
    )
    grid = writer.measures_grid("state", writer.result.state.usps)
    return Section(
        texts("briefs.who.title"),
        lead=[lead] if known else [],
        grid=grid,
        after=[] if grid else [texts("briefs.who.none")],
    )


def _training(writer: Writer) -> Section:
    texts = writer.texts
    providers = writer.result.table("providers")
    providers = providers[(providers[col.ENTRY_STAGE] == "entry") & (providers[col.STATE] == writer.result.state.usps)]
    title, known = texts("briefs.training.title"), writer.result.summary.get("providers")
    if known is None or is_missing(known) or not len(providers):
        key = "unknown" if is_missing(known) else "none"
        return Section(title, lead=[texts(f"briefs.training.{key}")])
    # What is expected of a provider orders it too: unknown seats are not the fewest.
    largest = providers.sort_values([col.SEATS_EXPECTED, col.NAME], ascending=[False, True]).head(MOST_PROVIDERS)
    rows = [
        [str(row[col.NAME]), writer.seats_of(row), texts.word("codes.kind", row[col.KIND])] for row in records(largest)
    ]
    grid = Grid(writer.head("training", "name", "seats", "kind"), rows, [False, True, False])
    lead = [texts("briefs.training.state", n=int(known))]
    totals = records(writer.result.table("state_summary"))
    trades = [trades_sentence(row[col.SEATS_BY_PROGRAM], texts) for row in totals]
    after = [text for text in (*trades, texts("briefs.training.advanced")) if text]
    return Section(title, lead=lead, grid=grid, after=after)


def _questions(writer: Writer) -> Section:
    names = [writer.words.community(row, within=True) for row in first_named(writer.result)]
    return writer.asked(state_questions(writer.texts, names, writer.result.state.name))
