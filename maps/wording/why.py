"""“Why here”: what stands behind one tract's place in the list, as sentences made from its columns.

The map's card, the lists and the briefs all say it with these. Does not hold any arithmetic but rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.texts import Texts
from maps.wording.words import Words, is_missing

LITTLE_WORK_JOB_YEARS = 0.1


def medians_of(result: StateResult) -> dict[str, Any]:
    """Return what a tract's sentences compare it with: state medians, and the settings they name.

    `nearest_provider_minutes` is the median of the tracts that have one; `archived` are the definitions
    that are archived designations.
    """
    scores, parts, settings = result.table("tract_scores"), result.table("need_parts"), result.settings
    archived = parts.loc[parts[col.ARCHIVED].fillna(False).astype(bool), col.DEFINITION]
    access, uncertainty = settings.get("access", {}), settings.get("uncertainty", {})
    return {
        "nearest_provider_minutes": scores[col.NEAREST_PROVIDER_MINUTES].median(),
        "catchment_minutes": access.get("catchment_minutes", 30.0),
        "rural_catchment_minutes": access.get("rural_catchment_minutes", 60.0),
        "reference_area": settings.get("need", {}).get("reference_area", "state"),
        "uncertainty": uncertainty,
        "archived": frozenset(archived),
    }


def why(row: Mapping[str, Any] | pd.Series, texts: Texts, medians: Mapping[str, Any]) -> list[str]:
    """Return the sentences for a row of `tract_scores`, most telling first.

    `medians` is what `medians_of` gives; `texts` should know the industry (`texts.about(...)`). A tract
    without a rank says first why it has none. Values that are missing are passed over, never said as zero.
    """
    words = Words(texts)
    reason = row.get("unranked_reason")
    told = [] if is_missing(reason) else [texts.word("why.unranked", reason)]
    if not is_missing(row.get("p_top_share")) and not is_missing(row.get("rank")):
        chance = words.chance(row[col.P_TOP_SHARE], medians["uncertainty"])
        percent = words.number(100 * row[col.P_TOP_SHARE])
        told.append(texts("why.chance", chance=chance[:1].upper() + chance[1:], percent=percent))
    told += _need(row, texts, words, medians)
    told += _people(row, texts, words)
    if not _nobody(row):
        told += _training(row, texts, words, medians)
        told += _work(row, texts, words)
    return told


def names_of_designations(codes: Any, texts: Texts, archived: frozenset[str]) -> list[str]:
    """Return the names of definitions (codes separated by blanks), archived ones saying so."""
    if is_missing(codes):
        return []
    named = [(code, texts.word("codes.definition", code)) for code in str(codes).split()]
    return [texts("why.archived", name=name) if code in archived else name for code, name in named]


def _nobody(row: Mapping[str, Any] | pd.Series) -> bool:
    population = row.get("population")
    return not is_missing(population) and float(population) == 0  # type: ignore[arg-type]


def _need(row: Mapping[str, Any] | pd.Series, texts: Texts, words: Words, medians: Mapping[str, Any]) -> list[str]:
    told = []
    if not is_missing(row.get("need")):
        area = texts(f"why.area_{medians['reference_area']}")
        told.append(texts("why.need", percent=words.number(row[col.NEED]), area=area))
    if not is_missing(row.get("n_indices")) and int(row[col.N_INDICES]) > 0:
        of, agree = int(row[col.N_INDICES]), row.get("agreement_count")
        if not is_missing(agree):
            key = "why.agreement" if int(agree) else "why.agreement_none"  # type: ignore[arg-type]
            told.append(texts(key, n=int(agree), of=of))  # type: ignore[arg-type]
    names = names_of_designations(row.get("designated_by"), texts, medians[col.ARCHIVED])
    if names:
        told.append(texts("why.designated", names=words.listed(names)))
    return told


def _people(row: Mapping[str, Any] | pd.Series, texts: Texts, words: Words) -> list[str]:
    adults, margin = row.get("eligible_adults"), row.get("eligible_adults_moe")
    if is_missing(adults) or _nobody(row):
        return []
    if is_missing(margin):
        return [texts("why.people_plain", adults=words.about(adults))]
    return [texts("why.people", adults=words.about(adults), moe=words.about(margin))]


def _training(row: Mapping[str, Any] | pd.Series, texts: Texts, words: Words, medians: Mapping[str, Any]) -> list[str]:
    minutes, name = row.get("nearest_provider_minutes"), row.get("nearest_provider_name")
    if is_missing(minutes):
        if is_missing(row.get("providers_within")) or int(row[col.PROVIDERS_WITHIN]) > 0:
            return []
        rural = not is_missing(row.get("rural")) and bool(row[col.RURAL])
        catchment = medians["rural_catchment_minutes" if rural else "catchment_minutes"]
        return [texts("why.training_none", catchment=words.number(catchment))]
    told = [texts("why.training", minutes=words.number(minutes), name="?" if is_missing(name) else name)]
    if not is_missing(medians[col.NEAREST_PROVIDER_MINUTES]):
        told.append(texts("why.training_beside", median=words.number(medians[col.NEAREST_PROVIDER_MINUTES])))
    if not is_missing(row.get("seats_within")):
        seats = round(float(row[col.SEATS_WITHIN]))
        told.append(texts("why.seats", n=words.number(seats)))
    return told


def _work(row: Mapping[str, Any] | pd.Series, texts: Texts, words: Words) -> list[str]:
    mid = row.get("job_years_mid")
    if not is_missing(row.get("sites_within")) and int(row[col.SITES_WITHIN]) == 0:
        return [texts("why.work_none")]
    if is_missing(mid):
        return []
    if float(mid) < LITTLE_WORK_JOB_YEARS:  # type: ignore[arg-type]
        return [texts("why.work_little")]
    low, high = words.job_years(row.get("job_years_low")), words.job_years(row.get("job_years_high"))
    return [texts("why.work", mid=words.job_years(mid), low=low, high=high)]
