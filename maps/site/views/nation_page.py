"""What the national page says: how many communities and people, which states, and what their need rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from geodata.states import REGISTRY, find_state
from maps.site.addresses import Addresses, file_of
from maps.site.html_pages import Context, Link, isolated
from maps.site.nation_map import inside
from maps.site.state_entry import StateEntry
from maps.site.views.frame import Banner, language_switch
from maps.wording.words import Words

#: So many states that are missing are named; the others are counted.
MOST_NAMED = 12


def nation_page(
    entries: Sequence[StateEntry],
    words: Words,
    place: Addresses,
    folders: Mapping[str, str | None],
    *,
    failed: Sequence[str],
    downloads: Sequence[str],
) -> Context:
    """Return the context of the national page; see `maps.site.national.build_national`."""
    t = words.texts
    sample = any(entry.sample for entry in entries)
    dates = sorted({entry.as_of for entry in entries})
    return {
        "t": t,
        "language": place.language,
        "title": t("site.national.title"),
        "state_name": "",
        "nav": [],
        "switch": language_switch(place, "overview"),
        "home": "#top",
        "banners": [Banner("sample", t("site.sample"))] if sample else [],
        # States can be measured in different ways, which their own pages say.
        "travel": "",
        "as_of": t("site.as_of", date=words.listed([words.date(day) for day in dates]) if dates else words.missing),
        "footer": t("site.national.footer"),
        "standalone": False,
        "lead": _lead(entries, words),
        "missing": "" if sample else _missing(entries, words),
        "failed": _failed(failed, words),
        "definitions": _definitions(entries, words),
        "downloads": [Link(address.rsplit("/", 1)[-1], place.root + address) for address in downloads],
        "rows": [_row(entry, words, folders[entry.state.usps]) for entry in entries],
    }


def _row(entry: StateEntry, words: Words, folder: str | None) -> Context:
    return {
        "name": entry.state.name,
        "href": inside(folder, file_of("overview")),
        "communities": words.number(entry.communities),
        "adults": _adults([entry.adults], words),
        "tracts": f"{words.number(entry.gated)} / {words.number(entry.tracts)}",
        "first": "" if entry.first is None else words.community(entry.first),
        "definitions": words.number(len(entry.definitions)),
        "as_of": words.date(entry.as_of),
    }


def _adults(counts: Sequence[float], words: Words) -> str:
    """Return the sum of the counts that are known, in words; no value where none is."""
    known = [count for count in counts if not np.isnan(count)]
    return words.about(sum(known)) if known else words.missing


def _lead(entries: Sequence[StateEntry], words: Words) -> str:
    """Return how many communities and people there are, and of how many states the people are known."""
    t = words.texts
    if not entries:
        return t("site.national.lead_none")
    # A state without communities has nobody in them to be unknown; a sum of some states is not said of all.
    with_people = [entry for entry in entries if entry.communities > 0]
    unknown = sum(np.isnan(entry.adults) for entry in with_people)
    key = "lead" if not unknown else "lead_unknown" if unknown == len(with_people) else "lead_some"
    return t(
        f"site.national.{key}",
        n=len(entries),
        communities=t("site.community_word", n=sum(entry.communities for entry in entries)),
        adults=_adults([entry.adults for entry in entries], words),
        known=words.number(len(entries) - unknown),
    )


def _missing(entries: Sequence[StateEntry], words: Words) -> str:
    """Return which states have no entry, in words; nothing where all have."""
    found = {entry.state for entry in entries}
    missing = [state.name for state in REGISTRY if not state.fictional and state not in found]
    if not missing:
        return ""
    named = [isolated(name) for name in missing[:MOST_NAMED]]
    if len(missing) > MOST_NAMED:
        named.append(words.texts("site.national.more", n=len(missing) - MOST_NAMED))
    return words.texts("site.national.missing", n=len(missing), names=words.listed(named))


def _failed(failed: Sequence[str], words: Words) -> str:
    """Return which states' last runs failed, in words; nothing where none did."""
    if not failed:
        return ""
    names = words.listed([isolated(find_state(usps).name) for usps in failed])
    return words.texts("site.national.failed", n=len(failed), names=names)


def _definitions(entries: Sequence[StateEntry], words: Words) -> list[str]:
    """Return, for each definition of disadvantage, which states have it, by the shorter of two lists."""
    t, sentences = words.texts, []
    for code in sorted({code for entry in entries for code in entry.definitions}):
        having = [isolated(entry.state.name) for entry in entries if code in entry.definitions]
        without = [isolated(entry.state.name) for entry in entries if code not in entry.definitions]
        key, names = ("only", having) if len(having) <= len(without) else ("without", without)
        key = key if without else "all"
        name = t.word("codes.definition", code)
        sentences.append(t(f"site.national.definitions.{key}", name=name, names=words.listed(names)))
    return sentences
