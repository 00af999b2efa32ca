"""What a parser returns: a table, the rows it refused, and an account that adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from geodata.errors import OnrampError
from geodata.schemas import columns as col
from geodata.schemas.canonical import REJECTS


@dataclass(frozen=True)
class Unread:
    """A header of a file that nobody reads; `like` is the accepted header it looks like, empty where none does."""

    header: str
    like: str = ""


@dataclass
class Parsed:
    """The outcome of reading one file.

    `rows_in` counts the data rows of the file. Each is kept (it contributes to `table`, alone or merged
    with others), rejected (it is in `rejects`, with the reason), or out of scope (it is sound but not asked
    for, and counted by reason in `out_of_scope`). `unread` are the columns of the file that nobody reads, as far as
    they are worth naming; `as_of` is the newest day its rows speak of, where the table has no column for it.
    """

    table: pd.DataFrame
    rejects: pd.DataFrame
    rows_in: int
    rows_kept: int
    out_of_scope: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unread: tuple[Unread, ...] = ()
    as_of: date | None = None

    def __post_init__(self) -> None:
        """Refuse an account that does not add up."""
        accounted = self.rows_kept + len(self.rejects) + sum(self.out_of_scope.values())
        if accounted != self.rows_in:
            raise OnrampError(
                f"{self.rows_in} rows came in but {accounted} are accounted for: {self.rows_kept} kept, "
                f"{len(self.rejects)} rejected, {sum(self.out_of_scope.values())} out of scope."
            )


@dataclass(frozen=True)
class Refined:
    """A canonical table after a step that may refuse or merge rows: what is left, what is not, and notes."""

    table: pd.DataFrame
    rejects: pd.DataFrame
    notes: list[str] = field(default_factory=list)


class RejectLog:
    """Collects refused rows of one file, each row at most once (its first reason wins)."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self._parts: list[pd.DataFrame] = []

    def take(
        self,
        frame: pd.DataFrame,
        bad: pd.Series,
        reason: str,
        *,
        key: str | None = None,
        field: str | None = None,
        remedy: str = "",
        first_row: int = 2,
    ) -> pd.DataFrame:
        """Move the rows of `frame` where `bad` holds into the log and return the others.

        The index of `frame` must be the zero-based position of each row in the file's data part;
        `first_row` is the number of the first data row in the file.
        """
        bad = bad.fillna(False).astype(bool)
        if bad.any():
            rows = frame[bad]
            self._parts.append(
                pd.DataFrame(
                    {
                        col.SOURCE: self.source,
                        col.FILE: self.file,
                        col.ROW: rows.index + first_row,
                        col.KEY: rows[key].astype("str") if key else None,
                        col.FIELD: field,
                        col.VALUE: rows[field].astype("str") if field in frame.columns else None,
                        col.REASON: reason,
                        col.REMEDY: remedy,
                    }
                )
            )
        return frame[~bad]

    def table(self) -> pd.DataFrame:
        """Return the refused rows as the canonical rejects table."""
        if not self._parts:
            return REJECTS.empty()
        return REJECTS.validate(pd.concat(self._parts, ignore_index=True))


def all_rejects(parsed: Sequence[Parsed]) -> pd.DataFrame:
    """Return the rejects of several files in one table."""
    frames = [p.rejects for p in parsed if len(p.rejects)]
    return REJECTS.validate(pd.concat(frames, ignore_index=True)) if frames else REJECTS.empty()
