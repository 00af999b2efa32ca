"""Run every measurement in turn: `python -m bench` (full size) or `python -m bench --quick`; name some to run those.

A measurement that fails is reported and the next one runs. After a full run `docs/performance.md` is written again
from all results. What breaks things on purpose is in `tests/robustness`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
import traceback

import bench
from bench import report

NOT_MEASUREMENTS = {"__main__", "common", "nation", "report"}


def main() -> None:
    """Run the modules of this package that measure something, in the order of their names."""
    known = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in NOT_MEASUREMENTS)
    asked, options = _words(sys.argv[1:])
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise SystemExit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(known)}.")
    failed = [name for name in asked or known if not _measured(name, options)]
    if "--quick" not in options:
        report.main()
    if failed:
        raise SystemExit(f"Not measured to the end: {', '.join(failed)}; the results kept are older ones.")


def _words(given: list[str]) -> tuple[list[str], list[str]]:
    """Tell names of measurements from options and their values."""
    names, options = [], []
    for before, word in zip(["", *given], given, strict=False):
        value = before.startswith("--") and before != "--quick" and "=" not in before
        (options if value or word.startswith("-") else names).append(word)
    return names, options


def _measured(name: str, options: list[str]) -> bool:
    """Run one measurement, say how long it took, and return whether it ran to its end."""
    print(f"\n{name}", flush=True)
    started = time.perf_counter()
    try:
        importlib.import_module(f"bench.{name}").main(options)
    except (Exception, SystemExit):
        traceback.print_exc()
        return False
    print(f"{name} took {time.perf_counter() - started:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    main()
