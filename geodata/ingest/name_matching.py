"""When two names mean the same place or institution: abbreviations, legal forms, order of words, numbers.

Numbers decide: “Garage 2600” and “Garage 2700” differ in nothing else and are two sites.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_LONG = {
    "comm": "community",
    "cmty": "community",
    "coll": "college",
    "col": "college",
    "univ": "university",
    "u": "university",
    "inst": "institute",
    "tech": "technical",
    "technology": "technical",
    "technological": "technical",
    "voc": "vocational",
    "ctr": "center",
    "cntr": "center",
    "centre": "center",  # codespell:ignore centre
    "ctrs": "center",
    "sch": "school",
    "acad": "academy",
    "assn": "association",
    "mt": "mount",
    "st": "saint",
    "ft": "fort",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "co": "county",
    "dept": "department",
    "natl": "national",
    "intl": "international",
    "bldg": "building",
    "apts": "apartments",
    "stn": "station",
}
_DROPPED = frozenset(
    ("the", "of", "and", "at", "for", "in", "a", "an", "inc", "llc", "ltd", "corp", "company", "campus", "main")
)
_STREETS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "drive": "dr",
    "boulevard": "blvd",
    "highway": "hwy",
    "parkway": "pkwy",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "circle": "cir",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
# Two spellings of one name share nearly all letters once abbreviations are written out.
ALIKE = 0.9


@lru_cache(maxsize=200_000)
def words(name: str) -> tuple[str, ...]:
    """Return the telling words of a name: lower case, without accents, written out, legal forms dropped."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    plain = plain.replace("'", "").replace("&", " and ")
    found = (_LONG.get(word, word) for word in re.findall(r"[a-z]+|\d+", plain))
    return tuple(word for word in found if word not in _DROPPED)


def name_key(name: str) -> str:
    """Return a key that is equal for names with the same words in any order."""
    return " ".join(sorted(set(words(name))))


def alike(one: str, other: str) -> bool:
    """Return whether two names can be spellings of one: the same numbers, and nearly the same letters.

    A name that lacks words of the other (“Gateway” for “Gateway Community College”) is alike if it has two or
    more telling words, all of them in the longer one.
    """
    first, second = words(one), words(other)
    if not first or not second or _numbers(first) != _numbers(second):
        return False
    if set(first) == set(second):
        return True
    short, long = sorted((set(first), set(second)), key=len)
    if len(short) >= 2 and short < long:
        return True
    return SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second))).ratio() >= ALIKE


def _numbers(found: tuple[str, ...]) -> list[str]:
    return sorted(word for word in found if word.isdigit())


@lru_cache(maxsize=200_000)
def address_key(address: str) -> str:
    """Return a street address reduced to what is the same in its spellings; empty without a house number."""
    plain = unicodedata.normalize("NFKD", address.casefold()).encode("ascii", "ignore").decode()
    found = [_STREETS.get(word, word) for word in re.findall(r"[a-z]+|\d+", plain)]
    return " ".join(found) if found and found[0].isdigit() else ""
