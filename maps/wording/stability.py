"""How far the first places hang on choices that are not errors, in words: the weights of the pillars, the method.

Does not hold how that is counted (`geodata.uncertainty.weights`, `geodata.diagnostics.sensitivity`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.settings import Uncertainty
from maps.texts import Texts
from maps.wording.rows import Row, codes_in, records
from maps.wording.words import Words, is_missing


def weights_sentence(row: Row, texts: Texts, chances: Uncertainty, unit: str) -> str:
    """Return in how many ways to weigh the pillars a row stays among the first; nothing where that is not known.

    `unit` is tract or community. What is unknown is not weighed, and not named.
    """
    if is_missing(row.get(col.TOP_IN_WEIGHT_SETS)):
        return ""
    words = Words(texts)
    return texts(
        f"format.weights.{unit}",
        top=words.top_share(chances),
        n=words.number(row[col.TOP_IN_WEIGHT_SETS]),
        of=words.number(chances.weight_sets),
        pillars=texts(f"format.weighed.{weighed(row)}"),
    )


def weights_count(row: Row, texts: Texts, chances: Uncertainty) -> str:
    """Return the same in a few words, for a table."""
    if is_missing(row.get(col.TOP_IN_WEIGHT_SETS)):
        return ""
    n, of = (Words(texts).number(value) for value in (row[col.TOP_IN_WEIGHT_SETS], chances.weight_sets))
    return texts("format.weights.count", n=n, of=of)


def weighed(row: Row) -> str:
    """Return which pillars beside need are known of a row: all, gap or work."""
    if is_missing(row.get(col.OPPORTUNITY)):
        return "gap"
    return "work" if is_missing(row.get(col.TRAINING_GAP)) else "all"


def top_places(result: StateResult, texts: Texts) -> str:
    """Return what a tier says how likely it is: how many places there are at the top, of how many tracts."""
    words, facts = Words(texts), result.facts
    return texts(
        "format.places",
        top=words.top_share(result.settings.uncertainty),
        n=words.number(facts["tracts_that_count_as_top"]),
        of=words.number(facts["tracts_in_the_list"]),
        ranked=words.number(result.summary[col.N_RANKED]),
    )


def tier_means(result: StateResult, texts: Texts) -> str:
    """Return what the letter of a tier says, with its denominators; nothing where no tract is listed."""
    if not result.facts.get("tracts_in_the_list"):
        return ""
    return texts("format.tier_means", places=top_places(result, texts))


class OtherChoice(NamedTuple):
    """What one other choice makes of the list: who stays among the first, and who leaves."""

    unit: str
    setting: str
    alternative: str
    kept: int
    top: int
    tracts_kept: int
    tracts_top: int
    correlation: float
    left: list[str]


def other_choices(result: StateResult, texts: Texts, isolate: Callable[[str], str] = str) -> list[OtherChoice]:
    """Return the other choices, that which changes the first communities (or tracts) most first.

    `isolate` marks names for the page they stand on.
    """
    table = result.table("sensitivity")
    tracts = table[table[col.UNIT_KIND] == "tract"].set_index([col.SETTING, col.ALTERNATIVE])
    words, communities = Words(texts), result.table("communities")
    named = {row[col.COMMUNITY_ID]: words.community(row) for row in records(communities.drop(columns="geometry"))}
    found = []
    for row in records(in_order(result)):
        of_tracts = tracts.loc[(row[col.SETTING], row[col.ALTERNATIVE])]
        found.append(
            OtherChoice(
                row[col.UNIT_KIND],
                texts.word("codes.setting", row[col.SETTING]),
                words.alternative(str(row[col.ALTERNATIVE])),
                int(row[col.KEPT]),
                int(row[col.TOP]),
                int(of_tracts[col.KEPT]),
                int(of_tracts[col.TOP]),
                float(of_tracts[col.RANK_CORRELATION]),
                [isolate(named.get(ident, ident)) for ident in codes_in(row.get(col.LEFT_TOP))],
            )
        )
    return found


def in_order(result: StateResult) -> pd.DataFrame:
    """Return the rows of `sensitivity` of communities, or of tracts where there are none, the worst first."""
    table = result.table("sensitivity")
    table = table[table[col.TOP].fillna(0) > 0]
    kind = "community" if (table[col.UNIT_KIND] == "community").any() else "tract"
    table = table[table[col.UNIT_KIND] == kind].copy()
    table[col.SHARE] = (table[col.KEPT] / table[col.TOP]).astype(float)
    return table.sort_values([col.SHARE, col.RANK_CORRELATION, col.SETTING, col.ALTERNATIVE], na_position="last")


def sensitivity_sentences(result: StateResult, texts: Texts, isolate: Callable[[str], str] = str) -> list[str]:
    """Return how many of the first stay under the other choices, the worst of these and who leaves, and the tracts."""
    choices = other_choices(result, texts, isolate)
    if not choices:
        return []
    words, worst = Words(texts), choices[0]
    unit = worst.unit
    least, most = min(one.kept for one in choices), max(one.kept for one in choices)
    counts = {"n": len(choices), "top": words.number(worst.top), "stay": words.span(least, most)}
    if least == worst.top:
        sentences = [texts(f"stability.{unit}.all", **counts)]
    else:
        key = "worst" if worst.left else "worst_count"
        sentences = [
            texts(f"stability.{unit}.stay", **counts),
            texts(
                f"stability.{key}",
                setting=worst.setting,
                alternative=worst.alternative,
                names=words.listed(worst.left),
                n=worst.top - worst.kept,
            ),
        ]
    if unit == "community":
        of_tracts = [one.tracts_kept for one in choices]
        span = words.span(min(of_tracts), max(of_tracts))
        top = words.top_share(result.settings.uncertainty)
        sentences.append(texts("stability.tracts", stay=span, total=words.number(worst.tracts_top), top=top))
    return sentences
