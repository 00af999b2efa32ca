"""Where `onramp` begins: loading the command takes a second or two, in which it can also stop or run out of memory."""

from __future__ import annotations

import sys

from pipelines.command.stopping import STOPPED
from pipelines.error_messages import NO_MEMORY, sentence_of, traceback_wanted


def main() -> None:
    """Load the command and run it."""
    try:
        from pipelines.command.cli import main as command

        command()
        return
    except KeyboardInterrupt:
        message, code = STOPPED, 130
    except MemoryError:
        # Also where there was no memory left to report an earlier error.
        message, code = NO_MEMORY, 1
    except Exception as problem:
        if traceback_wanted():
            raise
        message, code = sentence_of(problem), 1
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)
