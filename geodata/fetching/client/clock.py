"""The time and the dice that fetching uses, so that a test can own both."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment with its time zone (UTC)."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """`now` is the calendar (UTC), `monotonic` counts seconds, `sleep` waits them, `random` is uniform on [0, 1)."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
