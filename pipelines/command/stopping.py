"""Being stopped: Ctrl-C, the SIGTERM of a service manager, a terminal that hangs up.

All of them unwind a command as Ctrl-C does, so that no half-written file stays.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOPPED = "Stopped. Every file with its final name is complete; the next run does the rest."
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not there on Windows


class Stops:
    """The signals that came to this process since it was asked to note them.

    Python writes their numbers to a pipe whoever handles them: Dagster has handlers of its own, in turns, and what a
    handler raises within a callback of a library is lost.
    """

    def __init__(self) -> None:
        self._reader: int | None = None
        self._ignored: frozenset[int] = frozenset()
        self._last: int | None = None

    def listen(self, reader: int | None, ignored: Iterable[int] = ()) -> None:
        """Read from this pipe from now on, whatever is not ignored; from none where it is None."""
        self._reader, self._ignored, self._last = reader, frozenset(ignored), None

    def last(self) -> int | None:
        """Return the number of the signal that came last, None where none came."""
        if self._reader is not None:
            with suppress(BlockingIOError):
                came = [number for number in os.read(self._reader, 4096) if number not in self._ignored]
                self._last = came[-1] if came else self._last
        return self._last


STOPS = Stops()


@contextmanager
def noting_stops() -> Iterator[Stops]:
    """Let every such signal do what Ctrl-C does, and note which came; one that is ignored stays so, as with nohup."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    ignored = {number for number, handler in handlers.items() if handler == signal.SIG_IGN}

    def stop(number: int, _: FrameType | None) -> None:
        if number not in ignored:
            raise KeyboardInterrupt

    def stop_as_now(number: int, frame: FrameType | None) -> None:
        """Do what Ctrl-C would do just now: in a step of a run that is up to Dagster."""
        handler = signal.getsignal(signal.SIGINT)
        (handler if callable(handler) else stop)(number, frame)

    STOPS.listen(reader, ignored)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    # SIGINT gets a handler even where it is ignored: Dagster gives SIGTERM whatever SIGINT has.
    for number in {signal.SIGINT, *numbers} - (ignored - {signal.SIGINT}):
        signal.signal(number, stop if number in (signal.SIGINT, signal.SIGTERM) else stop_as_now)
    try:
        yield STOPS
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        STOPS.listen(None)
        os.close(reader)
        os.close(writer)
