"""What can go wrong between a publisher and a file, each told in one sentence."""

from __future__ import annotations

from typing import Literal

from geodata.errors import OnrampError

Kind = Literal[
    "unreachable",  # no connection, or it broke
    "too_slow",  # a deadline passed
    "refused",  # 401, 403
    "absent",  # 404, 410
    "limited",  # 429
    "key",  # the key is missing, unknown or switched off
    "misunderstood",  # any other 4xx
    "failing",  # 5xx
    "truncated",  # fewer bytes than announced
    "too_large",
    "content",  # another kind of thing than was asked for
    "hash",  # other bytes than the pinned ones
    "archive",  # an archive that is not safe to open
    "redirect",
    "disk",
]


class FetchError(OnrampError):
    """A publisher did not give what was asked; the message is a sentence without any key in it.

    `again` tells whether trying again soon can help; `wait_s` is what the publisher asked to wait, in seconds;
    `location` is where a refused redirect pointed (redacted).
    """

    def __init__(
        self,
        sentence: str,
        kind: Kind,
        *,
        status: int | None = None,
        again: bool = False,
        wait_s: float | None = None,
        location: str = "",
    ) -> None:
        super().__init__(sentence)
        self.kind: Kind = kind
        self.status = status
        self.again = again
        self.wait_s = wait_s
        self.location = location

    def after(self, attempts: int) -> FetchError:
        """Return the same error told with the number of attempts, where there were several."""
        if attempts == 1:
            return self
        return FetchError(
            f"{str(self).rstrip('.')} ({attempts} attempts).",
            self.kind,
            status=self.status,
            again=self.again,
            wait_s=self.wait_s,
            location=self.location,
        )


def duration(seconds: float) -> str:
    """Return a length of time as a person would say it, e.g. `22 hours`."""
    for size, unit in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= 1.5 * size:
            return f"{round(seconds / size)} {unit}s"
    whole = max(1, round(seconds))
    return f"{whole} second{'s' if whole > 1 else ''}"


def size(count: float) -> str:
    """Return a number of bytes as a person would say it, e.g. `45 MB` (decimal units)."""
    for step, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count:.0f} bytes"
