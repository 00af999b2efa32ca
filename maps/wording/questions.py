"""What to ask for next: the questions briefs and pages put to those who can act. Does not hold their layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from geodata.schemas import columns as col
from maps.texts import Texts
from maps.wording.evidence import work_known
from maps.wording.rows import Row
from maps.wording.words import Words, is_missing


def state_questions(texts: Texts, first: Iterable[str], state: str) -> list[str]:
    """Return three questions about a state; `first` are the names of its first communities."""
    names = Words(texts).listed(first) or state
    return [
        texts("briefs.questions.state_budget", names=names),
        texts("briefs.questions.state_seats"),
        texts("briefs.questions.state_contracts"),
    ]


def community_questions(
    texts: Texts, row: Row, barriers: Iterable[Row], isolated: Callable[[str], str] = str
) -> list[str]:
    """Return three questions about a community: its action, its greatest barrier, the sites in its reach.

    `barriers` are its rows of the table `barriers`; `isolated` wraps a name from data for its page.
    """
    action = "unknown_action" if is_missing(row[col.ACTION]) else row[col.ACTION]
    unknown = is_missing(row[col.NEAREST_PROVIDER_NAME])
    provider = texts("briefs.map.providers") if unknown else isolated(row[col.NEAREST_PROVIDER_NAME])
    above = [part for part in barriers if not is_missing(part[col.CLEARLY_ABOVE]) and part[col.CLEARLY_ABOVE]]
    if above:
        worst = max(above, key=lambda part: float(part[col.SHARE] - part[col.STATE_MEDIAN]))
        support = texts.word("codes.support", worst[col.MEASURE])
        barrier = texts("briefs.questions.barrier", support=support[:1].lower() + support[1:])
    else:
        barrier = texts("briefs.questions.no_barrier")
    if work_known(row):
        n = int(row[col.SITES_WITHIN])
        sites = texts("briefs.questions.sites", n=n) if n else texts("briefs.questions.no_sites")
    else:
        sites = texts("briefs.questions.unknown_sites")
    return [texts(f"briefs.questions.{action}", provider=provider), barrier, sites]
