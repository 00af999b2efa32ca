"""A run that is stuck ends, so that others have their turn: its locks are held by its process and end with it.

Dagster's run monitoring asks an overdue run to stop, where its daemon runs; a run that hangs in a library does not hear
it, and goes on holding its turn after it was marked as canceled. So a run also looks at the clock itself.
"""

from __future__ import annotations

import _thread
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE_SECONDS = 300.0


@contextmanager
def ended_after(seconds: float, say: Callable[[str], None], grace: float = GRACE_SECONDS) -> Iterator[None]:
    """Interrupt this process after `seconds`, as Ctrl-C would, and end it `grace` seconds later if it is still stuck.

    `say` gets a sentence before each.
    """
    over = threading.Event()

    def look() -> None:
        if over.wait(seconds):
            return
        say(
            f"This run has taken {seconds / 3600:.3g} hours, the longest that the setting operations.longest_run_hours "
            "allows, and is stopped."
        )
        _thread.interrupt_main()
        if over.wait(grace):
            return
        say("This run does not stop, so its process is ended; other runs have their turn.")
        os._exit(1)

    try:
        # The interrupt may come before the body begins, and must not leave the thread behind that ends the process.
        threading.Thread(target=look, daemon=True, name="longest run").start()
        yield
    finally:
        over.set()
