"""The answer of a state in sentences: where to start and for how many people, where need is strongest, people and work.

One wording for site, brief, terminal and run. Does not hold which communities are named
(`geodata.decisions.where_to_start`), nor what is assumed or unknown (`maps.wording.evidence`).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geodata.decisions.where_to_start import STRONGEST_NEED, to_start_in
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.texts import Texts
from maps.wording.rows import Row, records
from maps.wording.words import Words, is_missing


def where_to_start(result: StateResult, texts: Texts, isolate: Callable[[str], str] = str) -> list[str]:
    """Return the sentences, without what to check first; `isolate` marks names for the page they stand on."""
    communities, words = result.table("communities").drop(columns="geometry"), Words(texts)
    if communities.empty:
        return [texts("start.none")]

    def names(some: list[Row]) -> str:
        return words.listed([isolate(words.community(row, within=True)) for row in some])

    first, neediest = _named(communities, need=False), _named(communities, need=True)
    adults = sum(_number(row[col.ELIGIBLE_ADULTS]) for row in first)
    everyone = result.summary[col.ELIGIBLE_ADULTS_GROUPED]
    more = [texts("start.more", n=len(communities))]
    if is_missing(everyone) or not adults:
        start = [texts("start.first", names=names(first)), *more]
    elif len(first) == len(communities):
        start = [
            texts("start.all", names=names(first), adults=words.about(adults)),
            *(more if len(communities) == 1 else []),
        ]
    else:
        share, of = words.percent(adults / everyone), words.number(len(communities))
        start = [texts("start.most", names=names(first), adults=words.about(adults), share=share, of=of)]
    need = [texts("start.need", names=names(neediest))] if neediest else []
    return [*start, *need, *people_and_work(result, texts)]


def first_named(result: StateResult) -> list[Row]:
    """Return the communities the first sentence names, those with most of the people first."""
    return _named(result.table("communities").drop(columns="geometry"), need=False)


def people_and_work(result: StateResult, texts: Texts) -> list[str]:
    """Return the sentence that sets planned work beside the people it is for; nothing where either is unknown."""
    known, words = result.summary, Words(texts)
    adults = known.get(col.ELIGIBLE_ADULTS_GROUPED)
    low, work, high = (known.get(name) for name in (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH))
    if is_missing(work) or is_missing(adults) or not work or not adults:
        return []
    span = {"low": words.job_years(low), "work": words.job_years(work), "high": words.job_years(high)}
    return [texts("start.ratio", **span, adults=words.about(adults), state=result.state.name)]


def _named(communities: pd.DataFrame, *, need: bool) -> list[Row]:
    """Return the rows named for need, or to start in, in the order in which they are named."""
    chosen = communities[col.NAMED_FOR].eq(STRONGEST_NEED).fillna(False) if need else to_start_in(communities)
    by = col.NEED if need else col.LIKELY_ADULTS
    return sorted(records(communities[chosen]), key=lambda row: (-_number(row[by]), row[col.RANK]))


def _number(value: object) -> float:
    return 0.0 if is_missing(value) else float(value)  # type: ignore[arg-type]
