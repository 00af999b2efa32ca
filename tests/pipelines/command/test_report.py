"""What the terminal says of a state: what to check first, its supply and what is assumed of it, the first ten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.schemas.state_result import StateResult
from pipelines.command.report import first_ten, totals
from tests.maps.synthetic import synthetic_result


@pytest.fixture(scope="module")
def result() -> StateResult:
    return synthetic_result(40)


def with_totals(result: StateResult, **values: object) -> StateResult:
    table = result.table("state_summary").assign(**values)
    return replace(result, tables={**result.tables, "state_summary": table})


def test_totals_say_how_much_of_them_is_assumed(result: StateResult) -> None:
    known = with_totals(
        result, providers=9, seats=60.0, seats_assumed=48.0, planned_sites=14, units=56.0, units_assumed=56.0
    )
    assert totals(known) == (
        "In Larkspur (fictional): 9 training providers for beginners, 60 seats a year (48 of them assumed), 14 planned "
        "sites, 56 ports (56 of them assumed)."
    )


def test_totals_that_are_unknown_are_not_zero(result: StateResult) -> None:
    said = totals(with_totals(result, providers=None, seats=None, planned_sites=0, units=0.0, units_assumed=0.0))
    assert "training providers for beginners unknown, seats a year unknown, 0 planned sites, 0 ports" in said


def test_parts_of_a_place_are_named_as_on_the_pages(result: StateResult) -> None:
    communities = result.table("communities").assign(place="Ashford", compass="north_east")
    table = first_ten(replace(result, tables={**result.tables, "communities": communities}))
    assert set(table.columns[1].cells) == {"Ashford (northeast)"}
