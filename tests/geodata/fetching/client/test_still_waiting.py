"""Somebody who waits hears so, and nobody after it is over."""

from __future__ import annotations

from threading import Event

from geodata.fetching.client.still_waiting import saying


def test_it_speaks_again_and_again_until_it_is_over() -> None:
    heard: list[int] = []
    twice = Event()

    def say() -> None:
        heard.append(1)
        if len(heard) == 2:
            twice.set()

    with saying(say, 0.001):
        assert twice.wait(30)
    said = len(heard)
    assert said >= 2
    # Its thread has ended with the block.
    assert len(heard) == said


def test_what_is_over_soon_says_nothing() -> None:
    heard: list[int] = []
    with saying(lambda: heard.append(1), 3600):
        pass
    assert heard == []
