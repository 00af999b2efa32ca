"""Run every measurement in turn: `python -m bench` (full size) or `python -m bench --quick`; name some to run those.

After a full run `docs/performance.md` is written anew from all results.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench import report

NOT_MEASUREMENTS = {"__main__", "common", "nation", "report"}


def main() -> None:
    """Run the modules of this package that measure something, in the order of their names."""
    known = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in NOT_MEASUREMENTS)
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    asked = [word for word in sys.argv[1:] if not word.startswith("-")]
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise SystemExit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(known)}.")
    for name in asked or known:
        print(f"\n{name}", flush=True)
        importlib.import_module(f"bench.{name}").main(options)
    if "--quick" not in options:
        report.main()


if __name__ == "__main__":
    main()
