"""A sentence every few seconds while something takes its time, so that a person knows it is not stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def saying(say: Callable[[], None], every_s: float) -> Iterator[None]:
    """Call `say` every `every_s` seconds, from a thread of its own, for as long as the block lasts."""
    over = Event()

    def speak() -> None:
        while not over.wait(every_s):
            say()

    thread = Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
