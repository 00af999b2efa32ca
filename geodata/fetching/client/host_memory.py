"""What a run remembers of hosts that gave nothing, so that the next file of the same host costs no time."""

from __future__ import annotations

from threading import Lock

from geodata.fetching.client.clock import Clock
from geodata.fetching.client.exchange import Limits
from geodata.fetching.client.http_errors import FetchError

# Said of a whole host: it cannot be reached, or wants to be left alone for longer than is waited for.
_AT_ONCE = frozenset({"unreachable", "limited"})


class HostMemory:
    """Hosts given up, each with the error that gave it up, for as long as `Limits.host_rest_s` (seconds).

    A single refusal may be about one file; `Limits.refusals` of them, one after another, are about this computer.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._lock = Lock()
        self._given_up: dict[str, tuple[float, FetchError]] = {}
        self._refusals: dict[str, int] = {}

    def verdict(self, host: str) -> FetchError | None:
        """Return the error to raise instead of asking `host`, None where it may be asked."""
        with self._lock:
            moment, problem = self._given_up.get(host, (float("-inf"), None))
        if problem is None or self._clock.monotonic() - moment >= self._limits.host_rest_s:
            return None
        return problem.again_later()

    def failed(self, host: str, problem: FetchError) -> None:
        """Note that `host` gave nothing, and give it up where that is about the host."""
        with self._lock:
            if problem.kind == "refused":
                self._refusals[host] = self._refusals.get(host, 0) + 1
            if problem.kind in _AT_ONCE or self._refusals.get(host, 0) >= self._limits.refusals:
                self._given_up[host] = (self._clock.monotonic(), problem)

    def answered(self, host: str) -> None:
        """Note that `host` gave what was asked."""
        with self._lock:
            self._refusals.pop(host, None)
