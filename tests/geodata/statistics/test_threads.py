"""Every worker works once, and what one raises is raised."""

from __future__ import annotations

import threading

import numba
import pytest

from geodata.statistics.threads import in_threads


@pytest.mark.parametrize("threads", [1, numba.config.NUMBA_NUM_THREADS])
def test_every_worker_is_called_once(threads: int) -> None:
    before, called, lock = numba.get_num_threads(), [], threading.Lock()

    def work(worker: int, workers: int) -> None:
        with lock:
            called.append((worker, workers))

    try:
        numba.set_num_threads(threads)
        in_threads(work)
    finally:
        numba.set_num_threads(before)
    assert sorted(called) == [(worker, threads) for worker in range(threads)]


def test_an_error_in_a_worker_is_raised() -> None:
    def work(worker: int, workers: int) -> None:
        if worker == workers - 1:
            raise ValueError("the last one")

    with pytest.raises(ValueError, match="the last one"):
        in_threads(work)
