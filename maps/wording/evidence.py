"""What must be said before anything else of a result: what is assumed or unknown, in words.

Does not hold how much that is (`geodata.decisions.evidence`), nor what is masked (`geodata.scoring.known_supplies`).
"""

from __future__ import annotations

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.texts import Texts
from maps.wording.rows import Row, codes_in, records
from maps.wording.words import Words, is_missing

#: The pillars as `tract_scores` names them, and the layers of the map that show them.
PILLARS = {col.NEED: "need", col.TRAINING_GAP: "gap", col.OPPORTUNITY: "work"}


def training_known(row: Row) -> bool:
    """Return whether a row of tracts or communities knows of training; none in reach is known too."""
    return not is_missing(row.get(col.PROVIDERS_WITHIN))


def work_known(row: Row) -> bool:
    """Return whether a row of tracts or communities knows of planned work; none in reach is known too."""
    return not is_missing(row.get(col.SITES_WITHIN))


def doubts(result: StateResult, texts: Texts) -> list[str]:
    """Return what is unknown, then what is mostly not measured, as clauses that a sentence joins."""
    words, rows = Words(texts), records(result.table("evidence"))
    unknown = [row[col.SUBJECT] for row in rows if row[col.VERDICT] == "unknown"]
    # Without people there is no margin to be missing.
    unknown = [name for name in unknown if name != "margins" or "people" not in unknown]
    found = [texts(f"evidence.unknown.{name}") for name in unknown if texts.has(f"evidence.unknown.{name}")]
    for row in rows:
        if row[col.VERDICT] == "weak":
            measured, rest = words.percent(row["measured"]), words.percent(1 - row["measured"])
            found.append(texts(f"evidence.weak.{row[col.SUBJECT]}", measured=measured, rest=rest))
    return found


def first_sentence(answer: str, result: StateResult, texts: Texts) -> str:
    """Return the first sentence of a page with what to check first, or as it is where the evidence is there."""
    found = doubts(result, texts)
    if not found:
        return answer
    return texts("evidence.first", answer=answer.rstrip("."), doubts="; ".join(found))


def cautions(result: StateResult, texts: Texts, *, settle: bool) -> list[str]:
    """Return sentences for the head of a page: what to check first, on what Priority rests, what would `settle` it."""
    found = doubts(result, texts)
    if not found:
        return []
    settled = settled_by(result, texts) if settle else []
    return [texts("evidence.alone", doubts="; ".join(found)), *rests_on(result, texts), *settled]


def rests_on(result: StateResult, texts: Texts) -> list[str]:
    """Return the sentence on what Priority rests where a pillar is unknown for the whole state; nothing otherwise."""
    scores = result.table("tract_scores")
    known = [layer for name, layer in PILLARS.items() if scores[name].notna().any()]
    if not known or len(known) == len(PILLARS):
        return []
    names = [texts(f"map.layers.{layer}.name").lower() for layer in known]
    return [texts("evidence.rests", n=len(names), names=Words(texts).listed(names))]


def settled_by(result: StateResult, texts: Texts) -> list[str]:
    """Return the sentence that names the files and commands that would settle what is not measured."""
    codes = [code for row in records(result.table("evidence")) for code in codes_in(row[col.SETTLED_BY])]
    items = [texts.word("codes.settled_by", code) for code in dict.fromkeys(codes)]
    return [texts("evidence.settle", items="; ".join(items))] if items else []


def check_first(result: StateResult, texts: Texts) -> str:
    """Return what to check before an action that rests on weak evidence, in sentences; nothing where none does."""
    weak = [row[col.SUBJECT] for row in records(result.table("evidence")) if row[col.VERDICT] == "weak"]
    return " ".join(texts(f"codes.action_check.{name}") for name in weak if texts.has(f"codes.action_check.{name}"))


def action_means(result: StateResult, texts: Texts, action: object) -> str:
    """Return what an action means here, what to check first before it."""
    return " ".join(filter(None, [check_first(result, texts), texts.word("codes.action_means", action)]))


def work_assumed(texts: Texts, row: Row, key: str = "why.work_assumed") -> str:
    """Return that some of the sites within reach of a place have assumed units; nothing where none has."""
    assumed = row.get(col.SITES_ASSUMED)
    if is_missing(assumed) or not assumed:
        return ""
    return texts(key, n=int(assumed))  # type: ignore[arg-type]


def seats_assumed(texts: Texts, row: Row) -> str:
    """Return how many of the seats within reach of a place are assumed; nothing where none is."""
    assumed = row.get(col.SEATS_WITHIN_ASSUMED)
    if is_missing(assumed) or not round(float(assumed)):  # type: ignore[arg-type]
        return ""
    count = round(float(assumed))  # type: ignore[arg-type]
    return texts("why.seats_assumed", n=count, assumed=Words(texts).number(count))


def units_text(texts: Texts, row: Row) -> str:
    """Return the units of a row of `work_by_quarter`, and that all or some of them are assumed."""
    number, assumed = Words(texts).number(row[col.UNITS]), row.get(col.SITES_ASSUMED)
    if is_missing(assumed) or not assumed:
        return number
    return texts("format.assumed" if assumed == row["sites"] else "format.partly_assumed", n=number)
