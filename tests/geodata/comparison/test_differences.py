"""What differs between two results of the grid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.analysis import analyze
from geodata.communities.grouping import Previous
from geodata.comparison.differences import differences
from geodata.errors import InputError
from geodata.schemas.state_result import StateResult
from geodata.states import find_state
from tests.geodata.scoring import grid
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


def test_communities_entering_and_leaving_are_named(small_result: StateResult) -> None:
    previous = Previous(small_result.table("community_tracts"), small_result.table("communities"))
    turned = grid.definition("svi", [n / 10 for n in range(9, 0, -1)], [None] * 9, True)
    measures = grid.measures(no_vehicle=[n / 20 for n in range(9, 0, -1)])
    changed = canonical(definitions=turned, measures=measures)
    after = analyze(changed, ["XL"], SETTINGS, AS_OF, previous)["XL"]
    assert {"left", "entered"} & set(differences(small_result, after).communities["change"])
    again = analyze(canonical(), ["XL"], SETTINGS, AS_OF, previous)["XL"]
    assert set(differences(small_result, again).communities["change"]) == {"same"}


def test_two_states_cannot_be_compared(small_result: StateResult) -> None:
    with pytest.raises(InputError, match="two runs of one state"):
        differences(small_result, replace(small_result, state=find_state("RI")))
