"""Running contenders apart, timing them, reading their peak memory, and writing the table.

A contender is a function `name(**arguments)` of a bench module that prepares its input (not timed) and returns a
function to time; what that returns, as an array, is compared with the first contender's. Seconds are wall clock:
`cold` the first call in a fresh process (compiled kernels loaded from their cache, if they are there), `warm` the
best of the later ones; `cpu` is processor time, all threads together, which a busy machine distorts less.
`added_mb` is the peak above what the prepared input holds, `peak_mb` that of the process.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "shapely", "numba", "access", "libpysal", "spopt", "highspy",
             "scikit-image", "rasterio", "exactextract")  # fmt: skip
LONGEST_SECONDS = 3600
T = TypeVar("T")


@dataclass(frozen=True)
class Contender:
    """One way of doing the work: `function` of `module`, what it is called in the table, how often it is run.

    `share` is the part of the work it does where all of it would take too long; its seconds are divided by it, and
    the table says so. `checked` tells whether its result is the same quantity as the first contender's. `python` is
    another interpreter to run it with, for peers that must not be installed beside the project. With `compiles`
    nothing is compiled yet, so that its cold run includes compiling.
    """

    name: str
    function: str
    repeats: int = 1
    share: float = 1.0
    checked: bool = True
    python: str = sys.executable
    compiles: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass
class Measured:
    """What one contender took."""

    contender: str
    cold_seconds: float | None = None
    warm_seconds: float | None = None
    cpu_seconds: float | None = None
    added_mb: float | None = None
    peak_mb: float | None = None
    times_ours: float | None = None
    cpu_times_ours: float | None = None
    memory_times_ours: float | None = None
    largest_difference: float | None = None
    share_measured: float = 1.0
    failed: str = ""


def side_by_side(module: str, contenders: Sequence[Contender], arguments: dict[str, Any]) -> list[Measured]:
    """Run the contenders one after another, the first being ours, and compare each with it."""
    rows: list[Measured] = []
    ours: np.ndarray | None = None
    for contender in contenders:
        row, result = measured(module, contender, {**arguments, **contender.arguments})
        if not rows:
            ours = result
        elif not row.failed and row.warm_seconds is not None and rows[0].warm_seconds:
            row.times_ours = row.warm_seconds / rows[0].warm_seconds
            if row.cpu_seconds and rows[0].cpu_seconds:
                row.cpu_times_ours = row.cpu_seconds / rows[0].cpu_seconds
            if row.added_mb and rows[0].added_mb:
                row.memory_times_ours = row.added_mb / max(rows[0].added_mb, 1.0)
            if contender.checked and ours is not None and result is not None:
                row.largest_difference = _difference(ours, result)
        rows.append(row)
        print(_line(row), flush=True)
    return rows


def measured(module: str, contender: Contender, arguments: dict[str, Any]) -> tuple[Measured, np.ndarray | None]:
    """Run one contender in a process of its own; return what it took and what it found."""
    row = Measured(contender.name, share_measured=contender.share)
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.npy"
        try:
            figures = figures_of(module, contender, arguments, result)
        except ContenderError as error:
            row.failed = str(error)
            return row, None
        row.cold_seconds = figures["seconds"][0] / contender.share
        row.warm_seconds = min(figures["seconds"][1:] or figures["seconds"]) / contender.share
        row.cpu_seconds = min(figures["cpu_seconds"][1:] or figures["cpu_seconds"]) / contender.share
        row.added_mb, row.peak_mb = figures["added_mb"], figures["peak_mb"]
        return row, np.load(result) if result.exists() else None


class ContenderError(Exception):
    """A contender that did not come to its end, with the last thing it said."""


def figures_of(module: str, contender: Contender, arguments: dict[str, Any], result: Path) -> dict[str, Any]:
    """Run one contender in a process of its own, its result written to `result`; return the figures it printed."""
    compiled = {"NUMBA_CACHE_DIR": str(result.parent / "compiled")} if contender.compiles else {}
    order = [module, contender.function, json.dumps(arguments), str(contender.repeats), str(result)]
    try:
        ran = subprocess.run(
            [contender.python, "-m", "bench.common", *order],
            capture_output=True,
            text=True,
            cwd=HERE.parent,
            env={**os.environ, **compiled},
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ContenderError(f"longer than {LONGEST_SECONDS} s") from None
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [""])[-1]
        raise ContenderError(f"ended by signal {-ran.returncode}" if ran.returncode < 0 else last[:200])
    # Libraries may print too, some of them as late as at exit.
    figures: dict[str, Any] = json.loads([line for line in ran.stdout.splitlines() if line.startswith("{")][-1])
    return figures


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float | None:
    if ours.shape != theirs.shape:
        return None
    scale = np.nanmax(np.abs(ours)) if ours.size else 1.0
    return float(np.nanmax(np.abs(ours - theirs)) / (scale or 1.0)) if ours.size else 0.0


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def contend(module: str, function: str, arguments: dict[str, Any], repeats: int, result: Path) -> dict[str, Any]:
    """Prepare and time one contender in this process; return its figures, its result written to `result`."""
    prepare: Callable[..., Callable[[], Any]] = getattr(importlib.import_module(module), function)
    work = prepare(**arguments)
    held = _resident_mb()
    # Peaks of preparing must not hide those of working: the kernel forgets them where it is allowed to.
    forgot = _forget_peak()
    seconds, cpu_seconds = [], []
    for _ in range(repeats):
        start, busy = time.perf_counter(), time.process_time()
        value = work()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - busy)
    peak = peak_mb() if forgot else _peak_mb()
    if value is not None:
        np.save(result, np.asarray(value, dtype=np.float64))
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "added_mb": max(peak - held, 0.0),
        "peak_mb": _peak_mb(),
    }


def _forget_peak() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return _peak_mb()


def machine() -> dict[str, Any]:
    """Return what the figures were taken on, without naming the machine."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**20, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def write_results(
    name: str,
    title: str,
    rows: Sequence[Measured],
    arguments: dict[str, Any],
    *,
    repeat: str,
    notes: Sequence[str] = (),
) -> None:
    """Write `results/<name>.json` and `.md`; `repeat` is the command that measures it again."""
    account = {
        **begun(title),
        "arguments": arguments,
        "repeat": repeat,
        "notes": list(notes),
        "rows": [asdict(row) for row in rows],
    }
    keep(name, account, markdown(account))


def begun(title: str) -> dict[str, Any]:
    """Return how an account of a measurement begins: what was measured, when, and on what."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"title": title, "measured_at": now, "machine": machine()}


def keep(name: str, account: dict[str, Any], text: str) -> None:
    """Write `results/<name>.json`, and `.md` with `text`."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(account, indent=1) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")


def markdown(account: dict[str, Any]) -> str:
    """Return a table of results as Markdown."""
    head = (
        "| contender | cold s | warm s | × ours | cpu s | × ours | added MB | × ours | peak MB | largest difference |\n"
        "|---|" + 9 * "---:|" + "\n"
    )
    body = ""
    for row in account["rows"]:
        if row["failed"]:
            body += f"| {row['contender']} | failed: {row['failed']} ||||||||\n"
            continue
        partial = "" if row["share_measured"] == 1 else f" (from {100 * row['share_measured']:.3g} % of the work)"
        cells = [
            f"{row['cold_seconds']:.3g}",
            f"{row['warm_seconds']:.3g}{partial}",
            "" if row["times_ours"] is None else f"{row['times_ours']:.3g}",
            f"{row['cpu_seconds']:.3g}",
            "" if row["cpu_times_ours"] is None else f"{row['cpu_times_ours']:.3g}",
            f"{row['added_mb']:.0f}",
            "" if row["memory_times_ours"] is None else f"{row['memory_times_ours']:.3g}",
            f"{row['peak_mb']:.0f}",
            "" if row["largest_difference"] is None else f"{row['largest_difference']:.1e}",
        ]
        body += f"| {row['contender']} | {' | '.join(cells)} |\n"
    on = account["machine"]
    said = ", ".join(f"{key} {value}" for key, value in account["arguments"].items())
    foot = (
        f"\n{said}. Measured {account['measured_at']} on {on['cores']} cores ({on['processor']}), "
        f"{on['memory_gb']} GB, load before {on['load_before']}, Python {on['python']}. Again: `{account['repeat']}`.\n"
    )
    notes = "".join(f"\n{note}\n" for note in account["notes"])
    return f"## {account['title']}\n\n{head}{body}{foot}{notes}"


def _line(row: Measured) -> str:
    if row.failed:
        return f"{row.contender:44s} failed: {row.failed}"
    ratio = "" if row.times_ours is None else f"{row.times_ours:8.1f} × ours"
    return (
        f"{row.contender:44s} cold {row.cold_seconds:9.3f} s  warm {row.warm_seconds:9.3f} s  "
        f"added {row.added_mb:7.0f} MB  {ratio}"
    )


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser that shows the module's own words and knows the options every measurement takes."""
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, conflict_handler="resolve"
    )
    peers = Path(sys.prefix) / "peers" / "bin" / "python"
    made.add_argument(
        "--peers",
        default=str(peers) if peers.exists() else "",
        help="an interpreter with the tools that must not be installed beside the project (make peers)",
    )
    made.add_argument("--realdata", default=os.environ.get("ONRAMP_REALDATA", ""), help="folder of real public files")
    made.add_argument("--quick", action="store_true", help="a small size, for a first look")
    made.add_argument("--tiny", action="store_true", help="the least size: whether the measurement runs at all")
    return made


def sized(given: argparse.Namespace, full: T, quick: T, tiny: T) -> T:
    """Return what fits the size asked for."""
    return tiny if given.tiny else quick if given.quick else full


def size_suffix(given: argparse.Namespace) -> str:
    """Return what tells the results of a smaller size from those that are kept."""
    return sized(given, "", "_quick", "_tiny")


def size_option(given: argparse.Namespace) -> str:
    """Return the option that asks for this size again."""
    return sized(given, "", " --quick", " --tiny")


if __name__ == "__main__":
    _module, _function, _arguments, _repeats, _result = sys.argv[1:]
    _figures = contend(_module, _function, json.loads(_arguments), int(_repeats), Path(_result))
    print()  # a library may have left its last line open
    print(json.dumps(_figures))
