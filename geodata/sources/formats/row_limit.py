"""The most rows that are read of one file: a few bytes may claim billions of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from geodata.errors import InputError

Row = TypeVar("Row")

MOST_ROWS: ContextVar[int | None] = ContextVar("most_rows", default=None)
"""The setting files.rows where a file is read under limits; none where whoever calls a parser holds to none."""


def rows_to_read() -> int | None:
    """Return how many rows to ask a library for: one more than allowed, to see that there are more; None for all."""
    most = MOST_ROWS.get()
    return None if most is None else most + 1


def refuse_more_rows(rows: int, file: Path | str) -> None:
    """Raise InputError where `rows` are more than allowed."""
    most = MOST_ROWS.get()
    if most is not None and rows > most:
        raise InputError(
            f"it has more than the {most:,} rows allowed",
            file=file,
            remedy="Take out what is not wanted, or raise the setting files.rows.",
        )


def no_more_rows(rows: Iterable[Row], file: Path | str) -> Iterator[Row]:
    """Yield `rows`; InputError at the first beyond what is allowed."""
    for count, row in enumerate(rows, start=1):
        refuse_more_rows(count, file)
        yield row
