"""The most rows of one file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from geodata.errors import InputError
from geodata.sources.formats.row_limit import MOST_ROWS, no_more_rows, refuse_more_rows, rows_to_read


@pytest.fixture
def three_rows() -> Iterator[None]:
    token = MOST_ROWS.set(3)
    yield
    MOST_ROWS.reset(token)


def test_without_a_limit_all_rows_are_read() -> None:
    assert rows_to_read() is None
    refuse_more_rows(10**9, "a.csv")
    assert list(no_more_rows(range(5), "a.csv")) == [0, 1, 2, 3, 4]


@pytest.mark.usefixtures("three_rows")
def test_the_first_row_beyond_the_limit_is_refused() -> None:
    assert rows_to_read() == 4
    assert list(no_more_rows(range(3), "a.csv")) == [0, 1, 2]
    for rows in (range(4), itertools.count()):
        with pytest.raises(InputError, match=r"a\.csv: it has more than the 3 rows allowed"):
            list(no_more_rows(rows, "a.csv"))
