"""“Why here”: what stands behind one tract's place in the list, as sentences made from its columns.

The map's card, the lists and the briefs all say it with these. Does not hold any arithmetic but rounding.
"""

from __future__ import annotations

from typing import TypedDict

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.settings import Uncertainty
from maps.texts import Texts
from maps.wording.evidence import seats_assumed, training_known, work_assumed, work_known
from maps.wording.rows import Row, is_unlocated
from maps.wording.stability import weights_sentence
from maps.wording.travel import reach_notes
from maps.wording.words import Words, is_missing

LITTLE_WORK_JOB_YEARS = 0.1


class Medians(TypedDict):
    """What a tract's sentences compare it with."""

    nearest_provider_minutes: float
    catchment_minutes: float
    rural_catchment_minutes: float
    reference_area: str
    uncertainty: Uncertainty
    archived: frozenset[str]


def medians_of(result: StateResult) -> Medians:
    """Return what a tract's sentences compare it with: state medians, and the settings they name.

    `nearest_provider_minutes` is the median of the tracts that have one; `archived` are the definitions
    that are archived designations.
    """
    scores, parts, settings = result.table("tract_scores"), result.table("need_parts"), result.settings
    archived = parts.loc[parts[col.ARCHIVED].fillna(False).astype(bool), col.DEFINITION]
    return {
        "nearest_provider_minutes": scores[col.NEAREST_PROVIDER_MINUTES].median(),
        "catchment_minutes": settings.access.catchment_minutes,
        "rural_catchment_minutes": settings.access.rural_catchment_minutes,
        "reference_area": settings.need.reference_area,
        "uncertainty": settings.uncertainty,
        "archived": frozenset(map(str, archived)),
    }


def why(row: Row, texts: Texts, medians: Medians) -> list[str]:
    """Return the sentences for a row of `tract_scores`, the most important first.

    `medians` is what `medians_of` gives; `texts` should know the industry (`texts.about(...)`). A tract
    without a rank says first why it has none. Values that are missing are passed over, never said as zero.
    """
    words = Words(texts)
    reason = row.get(col.UNRANKED_REASON)
    # A tract with a rank has an empty reason, which is no sentence.
    sentences = [] if is_missing(reason) or not reason else [texts.word("why.unranked", reason)]
    if not is_missing(row.get(col.P_TOP_SHARE)) and not is_missing(row.get(col.RANK)):
        chance = words.chance(row[col.P_TOP_SHARE], medians["uncertainty"])
        percent = words.number(100 * row[col.P_TOP_SHARE])
        sentences.append(texts("why.chance", chance=chance[:1].upper() + chance[1:], percent=percent))
        sentences += filter(None, [weights_sentence(row, texts, medians["uncertainty"], "tract")])
    sentences += _need(row, texts, words, medians)
    sentences += _people(row, texts, words)
    if not _nobody(row):
        sentences += _training(row, texts, words, medians)
        sentences += _work(row, texts, words)
    return sentences


def names_of_designations(codes: object, texts: Texts, archived: frozenset[str]) -> list[str]:
    """Return the names of definitions (codes separated by blanks), archived ones saying so."""
    if is_missing(codes):
        return []
    named = [(code, texts.word("codes.definition", code)) for code in str(codes).split()]
    return [texts("why.archived", name=name) if code in archived else name for code, name in named]


def _nobody(row: Row) -> bool:
    return not is_missing(row.get(col.POPULATION)) and float(row[col.POPULATION]) == 0


def _need(row: Row, texts: Texts, words: Words, medians: Medians) -> list[str]:
    sentences = []
    if not is_missing(row.get(col.NEED)):
        area = texts(f"why.area_{medians['reference_area']}")
        sentences.append(texts("why.need", percent=words.number(row[col.NEED]), area=area))
    indices, agreement = row.get(col.N_INDICES), row.get(col.AGREEMENT_COUNT)
    if not is_missing(indices) and not is_missing(agreement) and row[col.N_INDICES] > 0:
        agree = int(row[col.AGREEMENT_COUNT])
        key = "why.agreement" if agree else "why.agreement_none"
        sentences.append(texts(key, n=agree, of=int(row[col.N_INDICES])))
    names = names_of_designations(row.get(col.DESIGNATED_BY), texts, medians["archived"])
    if names:
        sentences.append(texts("why.designated", names=words.listed(names)))
    return sentences


def _people(row: Row, texts: Texts, words: Words) -> list[str]:
    adults, margin = row.get(col.ELIGIBLE_ADULTS), row.get(col.ELIGIBLE_ADULTS_MOE)
    if is_missing(adults) or _nobody(row):
        return []
    if is_missing(margin):
        return [texts("why.people_plain", adults=words.about(adults))]
    return [texts("why.people", adults=words.about(adults), moe=words.about(margin))]


def _training(row: Row, texts: Texts, words: Words, medians: Medians) -> list[str]:
    minutes, name = row.get(col.NEAREST_PROVIDER_MINUTES), row.get(col.NEAREST_PROVIDER_NAME)
    if is_missing(minutes):
        known = training_known(row)
        if known and int(row[col.PROVIDERS_WITHIN]) > 0:
            return []
        rural = not is_missing(row.get(col.RURAL)) and bool(row[col.RURAL])
        catchment = medians["rural_catchment_minutes" if rural else "catchment_minutes"]
        limit = words.number(catchment)
        if is_unlocated(row):
            n, where = int(row[col.UNLOCATED_PROVIDERS]), row[col.UNLOCATED_WHERE]
            return [texts("why.training_unlocated", n=n, where=where, catchment=limit)]
        return [texts("why.training_none", catchment=limit) if known else texts("why.training_unknown")]
    sentences = [texts("why.training", minutes=words.number(minutes), name="?" if is_missing(name) else name)]
    if not is_missing(medians["nearest_provider_minutes"]):
        sentences.append(texts("why.training_beside", median=words.number(medians["nearest_provider_minutes"])))
    if not is_missing(row.get(col.SEATS_WITHIN)):
        seats = round(float(row[col.SEATS_WITHIN]))
        sentences.append(texts("why.seats", n=words.number(seats)))
        sentences += filter(None, [seats_assumed(texts, row)])
    return [*sentences, *reach_notes(row, texts)]


def _work(row: Row, texts: Texts, words: Words) -> list[str]:
    mid = row.get(col.JOB_YEARS_MID)
    if not work_known(row):
        return [texts("why.work_unknown")]
    if int(row[col.SITES_WITHIN]) == 0:
        return [texts("why.work_none")]
    if is_missing(mid):
        return []
    assumed = [sentence for sentence in [work_assumed(texts, row)] if sentence]
    if float(row[col.JOB_YEARS_MID]) < LITTLE_WORK_JOB_YEARS:
        return [texts("why.work_little"), *assumed]
    low, high = words.job_years(row.get(col.JOB_YEARS_LOW)), words.job_years(row.get(col.JOB_YEARS_HIGH))
    return [texts("why.work", mid=words.job_years(mid), low=low, high=high), *assumed]
