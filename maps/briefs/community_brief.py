"""The brief of a community: who lives there, what stands in the way, what is near, what to do and what to ask."""

from __future__ import annotations

from geodata.schemas import columns as col
from maps.briefs.model import Brief, Fact, Grid, Point, Section
from maps.briefs.parts import Writer
from maps.figures.brief_maps import KM_PER_MILE, in_view, locator_svg
from maps.wording.evidence import action_means, training_known, work_known
from maps.wording.hub_choice import nearest_hub, recommended_hubs
from maps.wording.questions import community_questions
from maps.wording.rows import Row, codes_in, is_unlocated, records
from maps.wording.stability import tier_means, weighed
from maps.wording.trades import trades_sentence
from maps.wording.travel import mostly_without_training, reach_notes, share_without_training
from maps.wording.words import is_missing

MOST_PROVIDERS = 4
MOST_TIED = 3
#: In a community this near to a hub, the brief says to recruit there.
HERE_MILES = 5.0


def community_brief(writer: Writer, row: Row) -> Brief:
    """Return the brief of one row of `communities`."""
    texts, words, result, ident = writer.texts, writer.words, writer.result, row[col.COMMUNITY_ID]
    action = row[col.ACTION]
    headline = Point("")
    if not is_missing(action):
        headline = Point(texts.word("codes.action", action), action_means(result, texts, action))
    seen = {f"n_{name}": count for name, count in in_view(writer.ground, ident).items()}
    return writer.brief(
        key=ident,
        title=words.community(row),
        subtitle=texts(
            "briefs.subtitle_community",
            state=result.state.name,
            county="–" if is_missing(row[col.COUNTY_NAME]) else row[col.COUNTY_NAME],
            rank=words.number(row[col.RANK]),
            of=words.number(len(result.table("communities"))),
        ),
        headline=headline,
        facts=_facts(writer, row),
        map_svg=locator_svg(writer.ground, ident, texts),
        map_alt=texts("briefs.map.alt_community", name=words.community(row), state=result.state.name, **seen),
        map_caption=texts("briefs.map.caption_community", tier=tier_means(result, texts))
        if writer.ground.communities.get(ident)
        else texts("briefs.map.caption_state"),
        sections=[
            _action(writer, row),
            _who(writer, row),
            writer.barriers(ident),
            _training(writer, row),
            writer.work("community", ident, work_known(row)),
            _questions(writer, row),
        ],
    )


def _facts(writer: Writer, row: Row) -> list[Fact]:
    texts, words = writer.texts, writer.words
    note = texts("briefs.facts.rank_note", low=words.number(row[col.RANK_LOW]), high=words.number(row[col.RANK_HIGH]))
    chance = texts(
        "briefs.facts.tier_note",
        chance=words.chance(row[col.P_TOP_SHARE], writer.uncertainty),
        percent=words.missing if is_missing(row[col.P_TOP_SHARE]) else words.number(100 * row[col.P_TOP_SHARE]),
    )
    if not is_missing(row[col.TOP_IN_WEIGHT_SETS]):
        chance = texts(
            "briefs.facts.tier_weights",
            note=chance,
            top=words.top_share(writer.uncertainty),
            n=words.number(row[col.TOP_IN_WEIGHT_SETS]),
            of=words.number(writer.uncertainty.weight_sets),
            pillars=texts(f"format.weighed.{weighed(row)}"),
        )
    margin = texts("briefs.facts.adults_note", moe=words.about(row[col.ELIGIBLE_ADULTS_MOE]))
    if is_missing(row[col.ELIGIBLE_ADULTS_MOE]):
        margin = texts("briefs.facts.margin_unknown")
    adults = texts("briefs.facts.adults_unknown") if is_missing(row[col.ELIGIBLE_ADULTS]) else margin
    if not training_known(row):
        unknown, note_unknown = texts("briefs.facts.training_unknown"), texts("briefs.facts.training_unknown_note")
        training = writer.fact("training", unknown, note_unknown)
    elif is_missing(row[col.NEAREST_PROVIDER_MINUTES]):
        catchment = writer.result.settings.access.catchment_minutes
        far = texts("briefs.facts.training_none_note", minutes=words.number(catchment))
        training = writer.fact("training", texts("briefs.facts.training_none"), far)
        if is_unlocated(row):
            n, where = int(row[col.UNLOCATED_PROVIDERS]), row[col.UNLOCATED_WHERE]
            known = texts("briefs.facts.training_unlocated_note", n=n, where=where)
            training = writer.fact("training", texts("briefs.facts.training_unlocated"), known)
    elif mostly_without_training(row):
        none = texts("briefs.facts.training_far", percent=words.percent(share_without_training(row)))
        others = texts("briefs.facts.training_far_note", n=words.number(row[col.NEAREST_PROVIDER_MINUTES]))
        training = writer.fact("training", none, others)
    else:
        minutes = texts("briefs.facts.training_value", n=words.number(row[col.NEAREST_PROVIDER_MINUTES]))
        name = "" if is_missing(row[col.NEAREST_PROVIDER_NAME]) else str(row[col.NEAREST_PROVIDER_NAME])
        training = writer.fact("training", minutes, name)
    return [
        writer.fact("rank", words.number(row[col.RANK]), note),
        writer.fact("tier", texts.word("codes.tier_short", row[col.TIER]), chance),
        writer.fact("adults", words.about(row[col.ELIGIBLE_ADULTS]), adults),
        training,
        _seats(writer, row),
        _work(writer, row),
    ]


def _seats(writer: Writer, row: Row) -> Fact:
    texts, words = writer.texts, writer.words
    if not training_known(row):
        return writer.fact("seats", texts("briefs.facts.training_unknown"), texts("briefs.facts.training_unknown_note"))
    note = texts("briefs.facts.seats_note", n=int(row[col.PROVIDERS_WITHIN]))
    assumed = row[col.SEATS_WITHIN_ASSUMED]
    if not is_missing(assumed) and round(assumed):
        note = texts("briefs.facts.seats_assumed", note=note, n=words.number(assumed))
    return writer.fact("seats", texts("briefs.facts.seats_value", n=words.number(row[col.SEATS_WITHIN])), note)


def _work(writer: Writer, row: Row) -> Fact:
    texts, words = writer.texts, writer.words
    if not work_known(row):
        return writer.fact("work", texts("briefs.facts.training_unknown"), texts("briefs.facts.work_unknown_note"))
    low, high = words.job_years(row[col.JOB_YEARS_LOW]), words.job_years(row[col.JOB_YEARS_HIGH])
    note = texts("briefs.facts.work_note", low=low, high=high, n=int(row[col.SITES_WITHIN]))
    assumed = row[col.SITES_ASSUMED]
    if not is_missing(assumed) and assumed:
        note = texts("briefs.facts.work_assumed", note=note, n=words.number(assumed))
    return writer.fact("work", texts("briefs.facts.work_value", n=words.job_years(row[col.JOB_YEARS_MID])), note)


def _who(writer: Writer, row: Row) -> Section:
    texts, words = writer.texts, writer.words
    lead = texts(
        f"briefs.who.{_people_key(row)}",
        population=words.about(row[col.POPULATION], 3),
        n=words.number(row[col.N_TRACTS]),
        working=words.about(row[col.WORKING_AGE], 3),
        adults=words.about(row[col.ELIGIBLE_ADULTS]),
        moe=words.about(row[col.ELIGIBLE_ADULTS_MOE]),
    )
    grid = writer.measures_grid("community", row[col.COMMUNITY_ID])
    return Section(texts("briefs.who.title"), lead=[lead], grid=grid, after=[] if grid else [texts("briefs.who.none")])


def _people_key(row: Row) -> str:
    if is_missing(row[col.ELIGIBLE_ADULTS]):
        return "community_unknown"
    return "community_no_margin" if is_missing(row[col.ELIGIBLE_ADULTS_MOE]) else "community"


def _training(writer: Writer, row: Row) -> Section:
    texts, words = writer.texts, writer.words
    title, n = texts("briefs.training.title"), row[col.PROVIDERS_WITHIN]
    if not training_known(row):
        return Section(title, lead=[texts("briefs.training.unknown")])
    near = _nearest_providers(writer, row[col.COMMUNITY_ID])
    if not near and (is_missing(n) or int(n) == 0):
        if is_unlocated(row):
            known = {"n": int(row[col.UNLOCATED_PROVIDERS]), "where": row[col.UNLOCATED_WHERE]}
            return Section(title, lead=[texts("map.card.training_unlocated", **known)])
        return Section(title, lead=[texts("briefs.training.none")])
    count = 0 if is_missing(n) else int(n)
    lead = texts("briefs.training.community", n=count, seats=words.number(row[col.SEATS_WITHIN]))
    trades = trades_sentence(row[col.SEATS_BY_PROGRAM], texts)
    grid = Grid(writer.head("training", "name", "minutes", "seats", "kind"), near, [False, True, True, False])
    assumed = row[col.SEATS_WITHIN_ASSUMED]
    if not is_missing(assumed) and round(assumed):
        lead = f"{texts('briefs.training.seats_assumed', n=words.number(assumed))} {lead}"
    after = [text for text in (*reach_notes(row, texts), trades, texts("briefs.training.advanced")) if text]
    return Section(title, lead=[lead], grid=grid if near else None, after=after)


def _nearest_providers(writer: Writer, ident: str) -> list[list[str]]:
    """Return the providers nearest to a community's tracts, with the travel of the tracts they are nearest to."""
    texts, words = writer.texts, writer.words
    scores = writer.result.table("tract_scores")
    scores = scores[(scores[col.COMMUNITY_ID] == ident) & scores[col.NEAREST_PROVIDER_ID].notna()]
    table = writer.result.table("providers")
    providers = {row[col.PROVIDER_ID]: row for row in records(table)}
    travel = (
        scores.groupby(col.NEAREST_PROVIDER_ID)[col.NEAREST_PROVIDER_MINUTES].agg(["min", "max"]).sort_values("min")
    )
    out = []
    for provider, minutes in travel.head(MOST_PROVIDERS).iterrows():
        known = providers.get(str(provider))
        name = scores.loc[scores[col.NEAREST_PROVIDER_ID] == provider, col.NEAREST_PROVIDER_NAME].iloc[0]
        out.append(
            [
                "?" if is_missing(name) else str(name),
                words.span(minutes["min"], minutes["max"]),
                words.missing if known is None else writer.seats_of(known),
                "" if known is None else texts.word("codes.kind", known[col.KIND]),
            ]
        )
    return out


def _action(writer: Writer, row: Row) -> Section:
    texts, words = writer.texts, writer.words
    sentences = []
    hubs = recommended_hubs(writer.result)
    nearest = nearest_hub(hubs, row)
    if nearest is not None:
        hub, km = nearest
        miles = km / KM_PER_MILE
        name = "?" if is_missing(hub[col.NAME]) else hub[col.NAME]
        key = "hub_here" if miles <= HERE_MILES else "hub"
        sentences.append(texts(f"briefs.action.{key}", p=len(hubs), name=name, miles=words.number(miles, 1)))
    if not is_missing(row[col.NEAREST_JOB_CENTER_MINUTES]):
        center = "?" if is_missing(row[col.NEAREST_JOB_CENTER_NAME]) else row[col.NEAREST_JOB_CENTER_NAME]
        minutes = words.minutes(row[col.NEAREST_JOB_CENTER_MINUTES])
        sentences.append(texts("briefs.action.center", name=center, minutes=minutes))
    sentences.append(_tied(writer, row))
    return Section(texts("briefs.action.title"), lead=[" ".join(sentences)], after=[texts("briefs.action.benefit")])


def _tied(writer: Writer, row: Row) -> str:
    texts = writer.texts
    communities = writer.result.table("communities")
    tied = communities.loc[communities[col.COMMUNITY_ID].isin(codes_in(row[col.TIED_WITH]))].sort_values(col.RANK)
    names = [writer.words.community(other) for other in records(tied)]
    if not names:
        return texts("briefs.action.untied")
    return texts("briefs.action.tied", n=len(names), names="; ".join(names[:MOST_TIED]))


def _questions(writer: Writer, row: Row) -> Section:
    barriers = writer.rows("barriers", "community", row[col.COMMUNITY_ID])
    return writer.asked(community_questions(writer.texts, row, barriers))
