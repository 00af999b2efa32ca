"""Running compiled work on several threads.

Compiled functions here release the interpreter's lock, so plain threads run them side by side. Unlike the compiler's
own parallel loops this is safe when several threads or forked processes compute at once, as in a pipeline, and quick
to compile. The number of threads is the compiler's (`NUMBA_NUM_THREADS`, `numba.set_num_threads`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba


def in_threads(work: Callable[[int, int], None]) -> None:
    """Call work(worker, workers) for every worker at once; an error in any is raised."""
    workers = numba.get_num_threads()
    if workers == 1:
        work(0, 1)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="kernel") as pool:
        for done in [pool.submit(work, worker, workers) for worker in range(workers)]:
            done.result()
