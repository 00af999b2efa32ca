from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.schemas.programs import by_program_text, programs_together, seats_by_program

SEATS = st.dictionaries(st.from_regex(r"\A[0-9]{2}\.[0-9]{4}\Z"), st.integers(1, 9_999).map(float), max_size=6)


def test_most_seats_come_first_and_none_are_left_out() -> None:
    assert by_program_text({"15.0303": 7, "46.0302": 28, "47.0105": 0}) == "46.0302=28 15.0303=7"
    assert by_program_text({}) is None
    assert by_program_text({"46.0302": 28}, 0.25) == "46.0302=7"
    assert seats_by_program(None) == {}


@given(SEATS)
def test_a_cell_is_read_as_it_was_written(seats: dict[str, float]) -> None:
    assert seats_by_program(by_program_text(seats)) == seats


@given(st.lists(SEATS, max_size=4))
def test_sums_lose_nobody(cells: list[dict[str, float]]) -> None:
    together = seats_by_program(programs_together(by_program_text(cell) for cell in cells))
    assert sum(together.values()) == pytest.approx(sum(n for cell in cells for n in cell.values()))
