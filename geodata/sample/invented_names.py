"""Invented names for the sample states, their counties, towns, people and institutions.

Curated for the small default state; beyond it, names are put together from two lists in a fixed order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geodata.storage.files import read_yaml

FICTIONAL: dict[str, Any] = read_yaml(Path(__file__).with_name("fictional_states.yaml"))
"""The names, and where the cities, roads and rivers of the small default state are."""
STATES: tuple[tuple[str, str, str], ...] = tuple(tuple(state) for state in FICTIONAL["states"])
COUNTIES: tuple[str, ...] = tuple(FICTIONAL["counties"].split())
NEIGHBOR_COUNTIES: tuple[str, ...] = tuple(FICTIONAL["neighbor_counties"].split())
SURNAMES: list[str] = FICTIONAL["surnames"].split()
STREETS: list[str] = FICTIONAL["streets"]
_HEADS: list[str] = FICTIONAL["heads"].split()
_TAILS: list[str] = FICTIONAL["tails"].split()


def compound(index: int) -> str:
    """Return the `index`-th name put together from a head and a tail; all differ below about 5,800."""
    heads, tails = len(_HEADS), len(_TAILS)
    head = index % heads
    tail = (index // heads + 7 * head) % tails
    return _HEADS[head] + _TAILS[tail]


def county_names(count: int) -> list[str]:
    """Return `count` county names, curated ones first."""
    return [*COUNTIES, *(compound(3000 + i) for i in range(count - len(COUNTIES)))][:count]
