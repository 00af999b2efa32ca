"""Sources in a line or a list, the ones a reader asks for first."""

from __future__ import annotations

from geodata.schemas.provenance import SourceUse
from geodata.schemas.state_result import StateResult
from maps.texts import Texts

#: Tables in the order in which a reader asks for their sources: what is counted before what is drawn.
ASKED_FIRST = ("definitions", "measures", "sites", "providers", "job_centers", "tracts", "centers", "relationship")


def sources_in_order(result: StateResult) -> list[SourceUse]:
    """Return the sources, those of the numbers first, each title once; the order is otherwise that of the run."""
    order = {table: place for place, table in enumerate(ASKED_FIRST)}
    by_title: dict[str, SourceUse] = {}
    for use in sorted(result.sources, key=lambda use: order.get(use.table, len(order))):
        if use.freshness != "missing":
            by_title.setdefault(use.title, use)
    return list(by_title.values())


def main_sources(result: StateResult, texts: Texts, most: int) -> str:
    """Return the first sources by title, as many as fit into about `most` signs, and how many more there are."""
    items: list[str] = []
    uses = sources_in_order(result)
    for use in uses:
        item = f"{use.title} {use.vintage}" if use.vintage else use.title
        if items and sum(map(len, items)) + len(item) > most:
            return texts("lists.sources_more", sources=", ".join(items), n=len(uses) - len(items))
        items.append(item)
    return ", ".join(items)


def old_copies(result: StateResult, texts: Texts) -> list[str]:
    """Return a sentence on sources that are old copies; nothing where there is none."""
    return _sentence(result, texts, "stale", "lists.stale")


def missing_sources(result: StateResult, texts: Texts) -> list[str]:
    """Return a sentence on sources that were looked for and not there; nothing where all were."""
    return _sentence(result, texts, "missing", "lists.missing_sources")


def _sentence(result: StateResult, texts: Texts, freshness: str, key: str) -> list[str]:
    titles = dict.fromkeys(use.title for use in result.sources if use.freshness == freshness)
    return [texts(key, n=len(titles), titles="; ".join(titles))] if titles else []
