from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.schemas.canonical import CENTERS, REJECTS, RELATIONSHIP
from geodata.schemas.parsed import Parsed
from geodata.sources import SOURCES
from geodata.sources.drift import held_to, states_of
from geodata.sources.spec import Expected
from geodata.states import REGISTRY

EVERY = [state for state in REGISTRY if state.kind in ("state", "district")]
SPEC = replace(SOURCES["centers"].spec, expected=Expected(least_rows=51, most_rows=60, least_states=51))


def of(fips: list[str], usps: list[str]) -> Parsed:
    rows = {"geoid": [f"{code}001{n:06d}" for n, code in enumerate(fips)], "state": usps, "population": 1}
    frame = pd.DataFrame(rows | {"latitude": 40.0, "longitude": -75.0, "tract_vintage": 2020})
    return Parsed(CENTERS.validate(frame), REJECTS.empty(), len(frame), len(frame))


def nation(times: int = 1, without: tuple[str, ...] = ()) -> Parsed:
    states = [state for state in EVERY if state.usps not in without] * times
    return of([state.fips for state in states], [state.usps for state in states])


def test_a_whole_file_passes_in_silence() -> None:
    assert held_to(nation(), SPEC, nationwide=True).notes == []


def test_missing_states_are_named() -> None:
    notes = held_to(nation(without=("CT", "WY")), SPEC, nationwide=True).notes
    assert notes == ["Rows: 49, fewer than the 51 expected of the nation.", "States expected but absent: CT, WY."]


def test_too_many_rows_are_said() -> None:
    assert "some may be there twice" in held_to(nation(2), SPEC, nationwide=True).notes[0]


def test_a_fragment_of_the_nation_is_refused_but_a_state_is_not() -> None:
    part = of(["44"] * 20, ["RI"] * 20)
    with pytest.raises(InputError, match="holds 20 rows where at least 51 are expected"):
        held_to(part, SPEC, nationwide=True)
    assert held_to(part, SPEC, nationwide=False).notes == []


def test_fictional_states_are_held_to_nothing_but_an_empty_file_is_refused() -> None:
    assert held_to(of(["97"], ["XL"]), SPEC, nationwide=True).notes == []
    with pytest.raises(InputError, match="no rows"):
        held_to(Parsed(CENTERS.empty(), REJECTS.empty(), 0, 0), SPEC, nationwide=False)


def test_the_states_of_a_table_without_that_column() -> None:
    rows = {"geoid_2020": ["44001010100"], "geoid_2010": ["44001010100"], "land_part_m2": 1.0}
    frame = RELATIONSHIP.validate(pd.DataFrame(rows | {"land_2020_m2": 1.0, "land_2010_m2": 1.0}))
    assert states_of(frame) == {"RI"}
    assert states_of(pd.DataFrame({"x": [1]})) == set()


def test_every_source_expects_something_possible() -> None:
    for name, source in SOURCES.items():
        expected = source.spec.expected
        assert source.spec.name == name
        assert expected.least_rows >= 0
        assert expected.most_rows is None or expected.most_rows > expected.least_rows
        assert 1 <= expected.least_states <= len(EVERY)
