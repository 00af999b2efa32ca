"""The small world and its result, computed once for the tests that only look at it."""

from __future__ import annotations

import pytest

from geodata.analysis import STEPS, Walk
from geodata.analysis.analyze import analyze
from geodata.schemas.state_result import StateResult
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


@pytest.fixture(scope="session")
def small_result() -> StateResult:
    """The result of the grid; to be left as it is."""
    return analyze(canonical(), ["XL"], SETTINGS, AS_OF)["XL"]


@pytest.fixture(scope="session")
def small_walk() -> Walk:
    """The walk over the grid, whose steps are taken as they are asked for."""
    given = {"canonical": canonical(), "states": ["XL"], "settings": SETTINGS, "as_of": AS_OF, "last_result": None}
    return Walk(STEPS, given)
