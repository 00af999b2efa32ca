"""Columns of a file that nobody reads, and which wanted column each may have been meant for.

A header is taken apart into words, words that offices use for one thing are made one, and headers are compared by the
words they share (Sørensen-Dice) or, where a header is misspelled, by their letters.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from geodata.schemas.parsed import Unread

# What the words and phrases of offices' headers mean in the words of ours; longer phrases first.
_MEANS: Mapping[str, str] = {
    "in service": "operational date",
    "go live": "operational date",
    "level 1": "level1",
    "level 2": "level2",
    "level 3": "dc fast",
    "opening": "operational date",
    "completion": "operational date",
    "commissioning": "operational date",
    "energization": "operational date",
    "planned": "expected",
    "anticipated": "expected",
    "projected": "expected",
    "estimated": "expected",
    "target": "expected",
    "dcfc": "dc fast",
    "dcfast": "dc fast",
    "l1": "level1",
    "l2": "level2",
    "l3": "dc fast",
    "ports": "units",
    "port": "units",
    "plugs": "units",
    "plug": "units",
    "chargers": "units",
    "charger": "units",
    "connectors": "units",
    "evse": "units",
    "unit": "units",
    "number": "count",
    "num": "count",
    "quantity": "count",
    "qty": "count",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "long": "longitude",
    "street": "address",
    "addr": "address",
    "town": "city",
    "municipality": "city",
    "st": "state",
    "postal": "zip",
    "postcode": "zip",
    "zipcode": "zip",
    "phase": "status",
    "stage": "status",
    "kilowatts": "kw",
    "grant": "program",
    "funding": "program",
    "organization": "name",
    "school": "name",
    "institution": "name",
    "sponsor": "name",
    "title": "name",
    "capacity": "seats",
    "slots": "seats",
    "enrollment": "seats",
    "website": "url",
    "web": "url",
    "link": "url",
    "fips": "geoid",
    "score": "value",
    "disadvantaged": "designated",
}
_FILLERS = frozenset({"of", "the", "a", "no", "code", "location", "site", "max"})
ALIKE = 0.6
_SPELLED_ALIKE = 0.85


class Column(Protocol):
    """A wanted column: its name in code and the headers it is known by."""

    @property
    def name(self) -> str:
        """The name in code."""
        ...

    @property
    def spellings(self) -> tuple[str, ...]:
        """The accepted headers, the preferred first."""
        ...


def unread_columns(found: Sequence[str], chosen: Mapping[str, int], columns: Sequence[Column]) -> tuple[Unread, ...]:
    """Return the headers `found` that are not `chosen`, in their order, each wanted column proposed at most once.

    Only columns that were not found are proposed: a second date beside the one that is read is no misspelling of it.
    """
    read = set(chosen.values())
    headers = [header for spot, header in enumerate(found) if spot not in read and header.strip()]
    absent = [column for column in columns if column.name not in chosen]
    scores = sorted(
        (
            (-score, i, j)
            for i, header in enumerate(headers)
            for j, column in enumerate(absent)
            if (score := likeness(header, column)) >= ALIKE
        ),
    )
    like: dict[int, str] = {}
    given: set[int] = set()
    for _, i, j in scores:
        if i not in like and j not in given:
            like[i] = absent[j].spellings[0]
            given.add(j)
    return tuple(Unread(header, like.get(i, "")) for i, header in enumerate(headers))


def likeness(header: str, column: Column) -> float:
    """Return how much a header says what a wanted column says, 0 to 1, by its nearest accepted spelling."""
    return max(_alike(header, spelling) for spelling in (*column.spellings, column.name))


def unread_sentence(unread: Collection[Unread]) -> str:
    """Return the columns nobody read as one sentence, with what each may have been meant for."""
    parts = [f"“{one.header}”" + (f" (did you mean {one.like}?)" if one.like else "") for one in unread]
    return f"Columns not used: {', '.join(parts)}."


def _alike(one: str, other: str) -> float:
    words, others = words_of(one), words_of(other)
    shared = 2 * len(words & others) / max(1, len(words) + len(others))
    return max(shared, _spelled_alike(_letters(one), _letters(other)))


def _spelled_alike(one: str, other: str) -> float:
    """Return the share of letters two headers have in the same order, 0 where it is below `_SPELLED_ALIKE`.

    Files of the survey have hundreds of columns that nobody reads, so what bounds the share from above is asked first.
    """
    if 2 * min(len(one), len(other)) < _SPELLED_ALIKE * (len(one) + len(other)):
        return 0.0
    held = _counted(other)
    shared = sum(min(count, held.get(letter, 0)) for letter, count in _counted(one).items())
    if 2 * shared < _SPELLED_ALIKE * (len(one) + len(other)):
        return 0.0
    letters = difflib.SequenceMatcher(None, one, other).ratio()
    return letters if letters >= _SPELLED_ALIKE else 0.0


@lru_cache(maxsize=4096)
def words_of(header: str) -> frozenset[str]:
    """Return the words of a header in our vocabulary: `DCFC Ports` is dc, fast, units."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    text = f" {' '.join(re.findall(r'[a-z0-9]+', text.casefold()))} "
    for phrase, meaning in _MEANS.items():
        text = text.replace(f" {phrase} ", f" {meaning} ")
    return frozenset(text.split()) - _FILLERS


@lru_cache(maxsize=4096)
def _letters(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


@lru_cache(maxsize=4096)
def _counted(letters: str) -> Counter[str]:
    return Counter(letters)
