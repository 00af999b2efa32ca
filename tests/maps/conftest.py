"""Fixtures of the map room: whole states made by `tests.maps.synthetic.synthetic_result`."""

from __future__ import annotations

import pytest

from geodata.schemas.state_result import StateResult
from tests.maps.synthetic import synthetic_result


@pytest.fixture(scope="session")
def synthetic() -> StateResult:
    """A small fictional state; do not change its tables in place."""
    return synthetic_result(80)


@pytest.fixture(scope="session")
def hostile() -> StateResult:
    """The same with names that try to break out of every page they appear on."""
    return synthetic_result(60, hostile=True)
