"""The registry of states: found by code or name, each code once."""

from __future__ import annotations

import pytest

from geodata.errors import SettingsError
from geodata.states import REGISTRY, SAMPLE_STATE, UNITED_STATES, around, find_state


@pytest.mark.parametrize("text", ["RI", "ri", "44", " Rhode Island ", "rhode island"])
def test_a_state_is_found_by_code_and_name(text: str) -> None:
    assert find_state(text).usps == "RI"


def test_an_unknown_state_is_named() -> None:
    with pytest.raises(SettingsError, match="There is no state “ZZ”"):
        find_state("ZZ")
    with pytest.raises(SettingsError, match="There is no state “US”"):
        find_state(UNITED_STATES.usps)


def test_codes_are_given_once_and_the_sample_is_fictional() -> None:
    assert len({state.usps for state in REGISTRY}) == len({state.fips for state in REGISTRY}) == len(REGISTRY)
    assert sum(state.kind == "state" for state in REGISTRY) == 50
    assert [state.usps for state in REGISTRY if state.fictional] == [SAMPLE_STATE, "XS"]


def test_neighbors_are_mutual_and_every_state_has_an_entry():
    codes = [state.usps for state in REGISTRY if state.kind in ("state", "district")]
    for usps in codes:
        own, *others = around(find_state(usps))
        assert own == usps
        for other in others:
            assert usps in around(find_state(other)), (usps, other)
    assert around(find_state("RI")) == ("RI", "CT", "MA", "NY")
    assert around(find_state("PR")) == ("PR",)
    assert [usps for usps in codes if len(around(find_state(usps))) == 1] == ["AK", "HI"]
