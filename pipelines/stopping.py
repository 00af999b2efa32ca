"""Being stopped: Ctrl-C, the SIGTERM of whoever looks after services, a terminal that hangs up.

All of them unwind a command as Ctrl-C does, so that nothing stays of what was being written.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

TOLD = "Stopped. Every file with its final name is whole; the next run does what is left."
_LIKE_CTRL_C = ("SIGTERM", "SIGHUP")  # the second is not there on Windows


class Stops:
    """The signals that came to this process since it was asked to note them.

    Python writes their numbers to a pipe whoever handles them: Dagster has handlers of its own, in turns, and what a
    handler raises within a callback of a library is lost.
    """

    def __init__(self) -> None:
        self._reader: int | None = None
        self._last: int | None = None

    def listen(self, reader: int | None) -> None:
        """Read from this pipe from now on; from none where it is None."""
        self._reader, self._last = reader, None

    def last(self) -> int | None:
        """Return the number of the signal that came last, None where none came."""
        if self._reader is not None:
            with suppress(BlockingIOError):
                self._last = (os.read(self._reader, 4096) or [self._last])[-1]
        return self._last


STOPS = Stops()


@contextmanager
def noting_stops() -> Iterator[Stops]:
    """Let every such signal do what Ctrl-C does, and note which came."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    STOPS.listen(reader)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    numbers = [getattr(signal, name) for name in _LIKE_CTRL_C if hasattr(signal, name)]
    # One that is ignored stays so: that is what nohup asks for.
    changed = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in changed:
        signal.signal(number, _as_ctrl_c)
    try:
        yield STOPS
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(before)
        STOPS.listen(None)
        os.close(reader)
        os.close(writer)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C would do just now: in a step of a run that is up to Dagster."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(number, frame)
