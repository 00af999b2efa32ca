"""The whole nation from tables to ranked communities, stage by stage: once cold, then warm, in a process of its own.

Cold is a fresh process whose kernels were compiled before; `--compile` gives it an empty cache, so that compiling is in
it. Seconds are of the clock, `cpu` of all threads together; `peak_mb` is the most the process has held until the end of
the stage. `--tables` names a folder of canonical tables a run has left (`<home>/tables`), `--states` some of its
states; without it the nation is made up: 85,000 tracts in 51 states on a grid each, 10,000 providers and 24,000 planned
sites. Products are not made.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from bench.common import HERE, begun, keep, parser, peak_mb, size_suffix, sized

AS_OF = "2020-10-27"
STAGES = ("study_area", "travel_engine", "travel", "need_parts", "training_access", "work_access", "tract_scores",
          "access_model", "drawn_tracts", "ranked_tracts", "contacts", "community_tracts", "barriers",
          "community_ranks", "communities")  # fmt: skip
Stages = list[dict[str, Any]]


def measure(canonical: Any, states: list[str], settings: Any) -> Stages:
    """Run the walk for `states` and return what each stage took, in the order they ended."""
    from geodata.analysis import STEPS, Walk

    taken: Stages = []

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def run(*given: Any, **named: Any) -> Any:
            start, busy = time.perf_counter(), time.process_time()
            made = work(*given, **named)
            taken.append(
                {
                    "stage": name,
                    "seconds": time.perf_counter() - start,
                    "cpu": time.process_time() - busy,
                    "peak_mb": peak_mb(),
                }
            )
            return made

        return run

    given = {"canonical": canonical, "states": states, "settings": settings, "as_of": AS_OF, "last_result": None}
    walk = Walk([replace(step, function=timed(step.name, step.function)) for step in STEPS], given)
    for step in STEPS:
        if step.name != "sensitivity":
            walk.result(step.name)
    return taken


def walk(tables: str, states: list[str], repeats: int, tracts: int) -> dict[str, Any]:
    """Load the tables in this process and walk them `repeats` times; the first is the cold one."""
    start, busy = time.perf_counter(), time.process_time()
    from assets.history import canonical_at
    from bench.nation import made_up_ground
    from geodata.settings import Settings

    settings = Settings()
    canonical = canonical_at(Path(tables)) if tables else made_up_ground(tracts, tracts * 10 // 85, tracts * 24 // 85)
    load = {
        "stage": "tables loaded" if tables else "tables made up",
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - busy,
        "peak_mb": peak_mb(),
    }
    chosen = states or sorted(canonical.table("centers")["state"].unique())
    number = int(canonical.table("centers")["state"].isin(chosen).sum())
    return {
        "states": len(chosen),
        "tracts": number,
        "load": load,
        "runs": [measure(canonical, chosen, settings) for _ in range(repeats)],
    }


def apart(tables: str, states: list[str], repeats: int, tracts: int, compiles: bool) -> dict[str, Any]:
    """Walk in a process of its own, with an empty cache of compiled code where `compiles`."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, **({"NUMBA_CACHE_DIR": folder} if compiles else {})}
        order = [
            sys.executable,
            "-m",
            "bench.nation_walk",
            "--walk",
            tables,
            ",".join(states),
            str(repeats),
            str(tracts),
        ]
        ran = subprocess.run(order, capture_output=True, text=True, cwd=HERE.parent, env=environ, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr[-2000:])
    account: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return account


def total(stages: Stages, names: tuple[str, ...], what: str) -> float:
    """Return the sum over stages of `names`."""
    return float(sum(stage[what] for stage in stages if stage["stage"] in names))


def markdown(account: dict[str, Any]) -> str:
    """Return the account of one walk."""
    cold, *warm = account["runs"]
    last = warm[-1] if warm else cold
    lines = [
        f"## {account['title']}\n",
        "| stage | cold s | cpu s | warm s | cpu s | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
        "| {stage} | {seconds:.2f} | {cpu:.2f} | | | {peak_mb:.0f} |".format(**account["load"]),
    ]
    lines += [
        f"| {one['stage']} | {one['seconds']:.2f} | {one['cpu']:.2f} | {again['seconds']:.2f} | {again['cpu']:.2f} "
        f"| {one['peak_mb']:.0f} |"
        for one, again in zip(cold, last, strict=True)
    ]
    every = tuple(one["stage"] for one in cold)
    sums = {"**tables to ranked communities**": STAGES, "**and all that is computed after**": every}
    lines += [
        f"| {name} | {total(cold, stages, 'seconds'):.1f} | {total(cold, stages, 'cpu'):.1f} "
        f"| {total(last, stages, 'seconds'):.1f} | {total(last, stages, 'cpu'):.1f} "
        f"| {max(stage['peak_mb'] for run in account['runs'] for stage in run):.0f} |"
        for name, stages in sums.items()
    ]
    on = account["machine"]
    lines.append(
        f"\n{account['states']} states, {account['tracts']:,} tracts, 1,000 draws. "
        f"Measured {account['measured_at']} on {on['cores']} cores ({on['processor']}), load before "
        f"{on['load_before']} (on a busy machine the clock says little and cpu more). Again: `{account['repeat']}`.\n"
    )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/<name>`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--walk"]:
        print(json.dumps(walk(given[1], [name for name in given[2].split(",") if name], int(given[3]), int(given[4]))))
        return
    asked = parser(__doc__)
    asked.add_argument("--tables", default="", help="folder of canonical tables; without it the nation is made up")
    asked.add_argument("--states", default="", help="postal codes, joined by commas; all without it")
    asked.add_argument("--repeats", type=int, default=2, help="the first is cold")
    asked.add_argument("--compile", action="store_true", help="begin with nothing compiled")
    asked.add_argument("--name", default="nation_walk", help="name of the results")
    options = asked.parse_args(given)
    states = [name for name in (options.states or ("RI" if size_suffix(options) else "")).split(",") if name]
    account = {
        **begun("The nation from tables to ranked communities" + (", nothing compiled yet" if options.compile else "")),
        "repeat": "python -m bench.nation_walk" + (" --tables TABLES" if options.tables else "")
        + (f" --states {','.join(states)}" if states else "") + (" --compile" if options.compile else ""),
        **apart(options.tables, states, options.repeats, sized(options, 85_000, 85_000, 1_500), options.compile),
    }  # fmt: skip
    keep(options.name + size_suffix(options), account, markdown(account))
    print(markdown(account))


if __name__ == "__main__":
    main()
