"""Asking all hosts at once whether they can be reached, so that a firewall costs seconds and not minutes."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Collection
from threading import Thread

from geodata.fetching.client.http_errors import FetchError, duration

Reach = Callable[[str], FetchError | None]


def unreachable(hosts: Collection[str], reach: Reach, within_s: float) -> dict[str, FetchError]:
    """Return the error of each host that `reach` could not reach, or that gave no sign `within_s` seconds.

    Threads that wait for a name longer than that are left behind: nothing can interrupt the system's resolver.
    """
    answers: queue.SimpleQueue[tuple[str, FetchError | None]] = queue.SimpleQueue()

    def ask(host: str) -> None:
        try:
            answers.put((host, reach(host)))
        except Exception:  # What it cannot say, the request itself will.
            answers.put((host, None))

    for host in hosts:
        Thread(target=ask, args=(host,), daemon=True, name=f"preflight {host}").start()
    found: dict[str, FetchError | None] = {}
    end = time.monotonic() + within_s
    while len(found) < len(hosts):
        try:
            host, problem = answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            break
        found[host] = problem
    for host in set(hosts) - set(found):
        found[host] = FetchError(f"{host} cannot be reached: no sign of it within {duration(within_s)}.", "unreachable")
    return {host: problem for host, problem in found.items() if problem is not None}
