"""Runs that share a home folder take turns, so that none computes from tables that another is replacing.

The canonical tables are of all places: a run that obtains sources writes them, a run that only computes a state reads
them. So one run obtains at a time and nobody reads meanwhile; runs that compute go side by side, one for each state.
Locks are held by the process and end with it, however it ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, ReadWriteLock, Timeout

from geodata.errors import OnrampError

LONGEST_SECONDS = 3600.0
_READS = {"analysis", "scenario"}
_WRITES = {"state", "refresh_sources", "nation"}


@contextmanager
def turn(
    home: Path, job: str, usps: str | None, say: Callable[[str], None], longest: float = LONGEST_SECONDS
) -> Iterator[None]:
    """Hold the locks that a run of `job` needs in `home`; `say` gets a sentence when the run has to wait.

    Raises OnrampError after `longest` seconds. Jobs that read or write no tables do not wait.
    """
    if job not in _READS | _WRITES:
        yield
        return
    folder = home / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OnrampError(f"The home folder {home} cannot be written ({problem.strerror}).") from None
    tables = ReadWriteLock(folder / "tables.db", is_singleton=False)
    ends = time.monotonic() + longest

    def taken(acquire: Callable[[float], object], what: str) -> None:
        try:
            acquire(0.0)
            return
        except Timeout:
            say(f"Another run {what} in {home.name}; this one waits until it ends.")
        try:
            acquire(max(0.0, ends - time.monotonic()))
        except Timeout:
            raise OnrampError(
                f"Another run {what} in {home} and has not ended for {longest / 60:.0f} minutes. Wait for it, or give "
                "this run a home folder of its own."
            ) from None

    with ExitStack() as held:
        held.callback(tables.close)
        acquire = tables.acquire_write if job in _WRITES else tables.acquire_read
        taken(lambda seconds: acquire(timeout=seconds), "uses the tables")
        if usps:
            state = FileLock(folder / f"{usps}.lock")
            taken(lambda seconds: state.acquire(timeout=seconds), f"computes {usps}")
            held.callback(state.release)
        yield
