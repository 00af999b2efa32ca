"""How long a source may keep a run waiting without a byte."""

from __future__ import annotations

from geodata.fetching.client.clock import Clock

# Bytes that come more often than this are no silence (seconds).
_STEADY_S = 1.0


class Silence:
    """Counts the seconds in which nothing comes, over all attempts and addresses of a source.

    Without an `allowed_s` (seconds) it only counts.
    """

    def __init__(self, clock: Clock, allowed_s: float = float("inf")) -> None:
        self.allowed_s = allowed_s
        self._clock = clock
        self._spent = 0.0
        self._heard = clock.monotonic()

    def heard(self) -> None:
        """Note that something came just now."""
        now = self._clock.monotonic()
        gap, self._heard = now - self._heard, now
        self._spent += gap if gap > _STEADY_S else 0.0

    @property
    def quiet_s(self) -> float:
        """Seconds since something came."""
        return self._clock.monotonic() - self._heard

    @property
    def left_s(self) -> float:
        """Seconds of silence left."""
        return self.allowed_s - self._spent - (self._clock.monotonic() - self._heard)
