"""Writing `docs/performance.md` from the results measured last; nothing in it is typed by hand but the words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.common import HERE, RESULTS

DOCUMENT = HERE.parent / "docs" / "performance.md"
FIRST = ("access_nation", "montecarlo", "contiguity", "cost_curve")
INTRODUCTION = """# Performance: what it costs, beside what, and where one machine ends

Every figure here was written by `make bench` into `bench/results/` and copied from there; each table says when it was
taken, on how many cores and how busy the machine was. Contenders run one after another in one go, each in a process
of its own, on the same input, and their results are compared. *Cold* is the first call in a fresh process, with
compiled code at hand unless the row says otherwise; *warm* the best of the later calls; *cpu* is processor time of
all threads, which a busy machine distorts less than the clock; *added MB* the peak above the prepared input. The
nation measured on is made up, with as many pairs within 60 km as the United States, unless a table says otherwise.

## What bounds access

E2SFCA has to visit every pair of an origin and a destination within the catchment, twice: once to sum the demand at
each destination, once to sum the ratios at each origin. A tool that keeps the pairs in a table writes and reads dozens
of bytes for each of them several times (keys, indices, minutes, weights, joined columns), so its time and its memory
are pairs × bytes. The compiled search grid keeps no pair: a pass reads for each pair a place of three coordinates and
a value, 32 bytes, and computes distance and decay anew, which costs less than fetching them. The bound in the
curve below is those 64 bytes a pair over the measured rate of copying memory.{bound} Sums are taken in one order,
whatever the order of the rows and the number of threads.

Where travel comes from rasters, roads or a server, or many scenarios share one travel, the sparse matrix of weights
is made once and multiplied often: that is the readable way in `geodata.access`, and the row “CSR, minutes handed
over” is what a further scenario costs.

## What bounds the Monte Carlo of ranks

Every draw sorts once for each thing that is ranked: the survey measures, their composite, the ensemble, the two access
pillars and the list itself. Sorting by buckets is linear, works within a state in the processor's cache, and takes a
few nanoseconds a value. Ranks are counted into bins tract by tract as they are drawn, so that memory grows with the
tracts and not with the draws, and random numbers are functions of (seed, purpose, tract, draw), so that the result is
the same for any number of threads.

## Where a distributed engine begins to pay

Time is linear in pairs and in tracts × draws, so the curve below tells what a size will take. Demand at a provider adds
up over parts of the origins, and access needs no more of the rest than the ratios, so work that outgrows one machine
(blocks × many scenarios) is split by state with two small messages a part; the table of the Dask cluster shows that the
result is the same to the last bit, and what spreading costs on one machine, where it cannot win. It pays once the
seconds of one machine, from the curve, are many times the seconds of sending the origins.{cluster}
"""


def main() -> None:
    """Write the document from the results at hand."""
    found = sorted(path.stem for path in RESULTS.glob("*.md") if not path.stem.endswith("_quick"))
    ordered = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    parts = [INTRODUCTION.format(bound=_bound(), cluster=_cluster())]
    for name in ordered:
        parts.append((RESULTS / f"{name}.md").read_text(encoding="utf-8").rstrip() + "\n")
        if (RESULTS / f"{name}.png").exists():
            parts.append(f"![{name.replace('_', ' ')}](../bench/results/{name}.png)\n")
    DOCUMENT.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {Path(DOCUMENT).name}")


def _bound() -> str:
    """Say how far the largest size measured is from its bound."""
    path = RESULTS / "cost_curve.json"
    if not path.exists():
        return ""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    last = told["rows"][-1]
    times = last["access_seconds"] / last["access_bound_seconds"]
    return (
        f" With {last['origins']:,} origins and {last['pairs'] / 1e6:,.0f} million pairs the measured time was "
        f"{times:.1f} times that bound."
    )


def _cluster() -> str:
    """Say what the cluster took beside one process."""
    path = RESULTS / "distributed.json"
    if not path.exists():
        return ""
    alone, spread = json.loads(path.read_text(encoding="utf-8"))["rows"][:2]
    return (
        f" Measured: {alone['warm_seconds']:.2g} s in one process, {spread['warm_seconds']:.2g} s on the cluster of "
        "the same cores."
    )


if __name__ == "__main__":
    main()
