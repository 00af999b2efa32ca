"""The errors shown to people: one clear sentence each, which says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AGAIN = "Download it again from the publisher, or take it out of the folder."


class OnrampError(Exception):
    """Base of every error meant to be shown to a person without a traceback."""


class SettingsError(OnrampError):
    """A setting has a value that cannot be used; says which, and what is allowed."""


class SourceUnavailable(OnrampError):
    """A source has never been obtained, so what depends on it cannot be computed."""


class PublisherFailed(SourceUnavailable):
    """A publisher was asked and gave nothing, and there is no earlier copy."""


class InputError(OnrampError):
    """A file cannot be used as a whole; names the file, the place in it, and the remedy."""

    def __init__(
        self,
        problem: str,
        *,
        file: Path | str | None = None,
        row: int | None = None,
        field: str | None = None,
        remedy: str = "",
    ) -> None:
        self.problem = problem
        self.file = None if file is None else Path(file).name
        self.row = row
        self.field = field
        self.remedy = remedy
        where = ", ".join(
            part
            for part in (
                self.file,
                None if row is None else f"row {row}",
                None if field is None else f"field “{field}”",
            )
            if part
        )
        sentence = f"{where}: {problem}" if where else problem
        sentence = sentence.rstrip(".") + "."
        super().__init__(f"{sentence} {remedy}".strip())


@contextmanager
def reading_of(path: Path, what: str) -> Iterator[None]:
    """Raise InputError in one sentence for whatever a library raises while it reads `path`, which is a `what`.

    On a damaged file the libraries raise errors of many kinds. Too little memory is no fault of the file and passes.
    """
    try:
        yield
    except (OnrampError, MemoryError):
        raise
    except Exception as problem:
        reason = first_line(problem).replace(str(path), path.name)
        raise InputError(f"the {what} cannot be read ({reason})", file=path, remedy=AGAIN) from None


def first_line(problem: BaseException) -> str:
    """Return the first line of what a library says, without what a terminal would take for commands; never empty."""
    lines = "".join(sign if sign.isprintable() else "\n" for sign in str(problem)).split("\n")
    return next((line.strip()[:200] for line in lines if line.strip()), type(problem).__name__)
