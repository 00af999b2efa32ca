"""The terminal that commands write to, whose reader may stop reading."""

from __future__ import annotations

from rich.console import Console


class Terminal(Console):
    """A console that raises an error where its reader is gone; the library's own ends the process with code 1."""

    def on_broken_pipe(self) -> None:
        """Raise the error the library caught: a run goes on computing, a command ends quietly."""
        raise BrokenPipeError
