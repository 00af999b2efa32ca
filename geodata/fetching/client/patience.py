"""Trying again where patience helps: urllib3's policy says how often, this loop when and whether at all.

The policy is not handed to the HTTP library's own loop: that one reads refused answers to their end, whatever
their size, cannot resume a body, and sleeps as long as a header asks (docs/decisions/0015-own-http-client.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from geodata.fetching.client.clock import Clock
from geodata.fetching.client.http_errors import PASSING, FetchError

Came = TypeVar("Came")


class Patience(NamedTuple):
    """How often to try and how long to wait (seconds).

    Before attempt n + 1 the pause is uniform up to `backoff_s` · 2ⁿ⁻¹, at most `backoff_cap_s` (full jitter, Brooker
    2015). A wait that is asked for replaces it or, with `jitter_after_wait`, precedes it, so that many clients do
    not return in one moment; one beyond `longest_wait_s` ends the attempts at once.
    """

    attempts: int
    backoff_s: float
    backoff_cap_s: float
    longest_wait_s: float
    jitter_after_wait: bool = True

    def policy(self) -> Retry:
        """Return urllib3's policy of these numbers."""
        return Retry(
            total=self.attempts - 1,
            allowed_methods=None,
            status_forcelist=PASSING,
            backoff_factor=self.backoff_s,
            backoff_max=self.backoff_cap_s,
        )


def persist(
    attempt: Callable[[int], Came],
    patience: Patience,
    clock: Clock,
    deadline: float = float("inf"),
    before_pause: Callable[[float, FetchError], bool] = lambda pause, problem: True,
) -> Came:
    """Return what `attempt(number)` returns, trying until it works, it cannot work, or time or attempts are used up.

    `deadline` is a moment of the monotonic clock, in seconds. `before_pause` hears of each pause (seconds) and its
    reason, and says whether it may be made. Raises the last FetchError.
    """
    retry = patience.policy()
    while True:
        number = len(retry.history) + 1
        try:
            return attempt(number)
        except FetchError as problem:
            if not problem.again:
                raise problem.after(number) from None
            try:
                retry = retry.increment(error=problem)
            except MaxRetryError:
                raise problem.after(number) from None
            if (problem.wait_s or 0.0) > patience.longest_wait_s:
                raise
            pause = clock.random() * min(retry.backoff_max, retry.backoff_factor * 2 ** (number - 1))
            if problem.wait_s:
                pause = problem.wait_s + (pause if patience.jitter_after_wait else 0.0)
            if clock.monotonic() + pause >= deadline or not before_pause(pause, problem):
                raise problem.after(number) from None
            clock.sleep(pause)
