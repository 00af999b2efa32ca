"""Which communities a page names first: those that hold most of the people, then those where need is strongest.

A list by Priority ranks the average adult of a community, whatever its size: its first places may hold few people. So
the people come first, by how many of them surely live where the list says (METHOD, "First sentence"). Does not hold
the words (`maps.wording.where_to_start`).
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import NAMED_FOR

MOST_PEOPLE, HIGHEST_PRIORITY, STRONGEST_NEED = NAMED_FOR


def likely_adults(communities: pd.DataFrame) -> pd.Series:
    """Return how many of the eligible adults of each community are expected to live in tracts of the top share.

    The community's chance is the mean of its tracts' by eligible adults, so their product is the expectation.
    """
    return communities[col.ELIGIBLE_ADULTS].astype("float64") * communities[col.P_TOP_SHARE].astype("float64")


def to_start_in(communities: pd.DataFrame) -> pd.Series:
    """Return which communities the first sentence says to start in: named, and not for need alone."""
    return communities[col.NAMED_FOR].fillna(STRONGEST_NEED).ne(STRONGEST_NEED)


def named_first(communities: pd.DataFrame, count: int) -> pd.Series:
    """Return what each row of `communities` is named for on the first page of its state, missing where it is not.

    Of each state `count` for most people (`likely_adults`; for Priority where no people are known), then as many of
    the others for Need. Equals go by rank.
    """
    named = pd.Series(pd.NA, index=communities.index, dtype="str")
    for _, own in communities.sort_values(col.RANK, kind="stable").groupby(col.STATE):
        people = own[col.LIKELY_ADULTS].dropna()
        first = people.sort_values(ascending=False, kind="stable") if len(people) else own[col.RANK]
        first = first.head(count)
        need = own[col.NEED].astype("float64").drop(first.index).dropna()
        named[first.index] = MOST_PEOPLE if len(people) else HIGHEST_PRIORITY
        named[need.sort_values(ascending=False, kind="stable").head(count).index] = STRONGEST_NEED
    return named
