"""A backfill of every state through a real Dagster instance: web server, daemon, queue and a process a run.

    python -m tests.robustness.load --tracts 100          # some minutes; writes a line of JSON at the end

The nation is the fictional sample once under each state's name, far from one another, and one state has no rows at
first: it fails, its rows come, and it is run again alone. Measured: time, memory, disk, and whether a database was
found locked. Not measured: how long a state takes, for which see `bench.cost_curve` and docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import requests

from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.read_source import read_source
from geodata.sample import write_sample
from geodata.schemas.canonical import CANONICAL, REJECTS
from geodata.schemas.sourced import Sourced
from geodata.settings import CHECKOUT, Settings
from geodata.sources import SOURCES
from geodata.states import REGISTRY, SAMPLE_STATE, State, find_state
from pipelines.instance import prepare

LATE = "WY"
# Connecticut's counties changed their codes, and the sample's are neither the old nor the new ones; with the District
# of Columbia and Puerto Rico and without the smaller islands 51 remain.
ELSEWHERE = {"CT", "AS", "GU", "MP", "VI"}
WALK = ["study_area", "travel", "need_parts", "training_access", "work_access", "tract_scores"]
PATIENCE_SECONDS = 3600
BACKFILL = """mutation($p: LaunchBackfillParams!){launchPartitionBackfill(backfillParams: $p){__typename
... on LaunchBackfillSuccess{backfillId} ... on PythonError{message} ... on InvalidSubsetError{message}}}"""
STATUS = "query($b: String!){partitionBackfillOrError(backfillId: $b){... on PartitionBackfill{status}}}"
LOADED = """{workspaceOrError{... on Workspace{locationEntries{locationOrLoadError{__typename}}}}}"""
RUNS = "query($f: RunsFilter){runsOrError(filter: $f){... on Runs{results{status startTime endTime tags{key value}}}}}"
Ask = Callable[..., dict[str, Any]]


def sample_tables(folder: Path, tracts: int) -> dict[str, Sourced]:
    """Return the canonical tables of the sample state alone, without rasters."""
    settings = Settings(home=folder)
    acquirer, place = FolderAcquirer(write_sample(folder / "files", tracts=tracts)), find_state(SAMPLE_STATE)
    tables = [table for table in CANONICAL if table.name in FEEDS and table.name != "rasters"]
    names = sorted({name for table in tables for name in FEEDS[table.name]})
    reads = {name: read_source(SOURCES[name], acquirer, [place], settings) for name in names}
    return {table.name: combine(table, {name: reads[name] for name in FEEDS[table.name]}, settings) for table in tables}


def under_name(table: pd.DataFrame, keys: tuple[str, ...], state: State, number: int) -> pd.DataFrame:
    """Return the sample's rows as if they were those of `state`, moved away from all others."""
    own = find_state(SAMPLE_STATE)
    out = table[table["state"] == own.usps].copy() if "state" in table else table.copy()
    north, east = 4.0 * (number // 10) - 8.0, 5.0 * (number % 10) - 20.0
    for name in out.columns.difference(["geometry"]):
        if name == "state":
            out[name] = state.usps
        elif name in ("latitude", "longitude"):
            out[name] += north if name == "latitude" else east
        elif name.endswith("geoid") and len(out):
            out[name] = out[name].str.replace(f"^{own.fips}", state.fips, regex=True)
        elif name in keys and name.endswith("_id"):
            out[name] = out[name] + f"-{state.usps}"
    if isinstance(out, gpd.GeoDataFrame):
        out = out.set_geometry(out.geometry.translate(east, north))
    return out


def write_nation(home: Path, tables: dict[str, Sourced], states: list[State]) -> None:
    """Write the canonical tables of all `states` under `home`."""
    schemas = {table.name: table for table in CANONICAL}
    for name, sourced in tables.items():
        parts = [under_name(sourced.table, schemas[name].key, state, number) for number, state in enumerate(states)]
        Sourced(pd.concat(parts, ignore_index=True), sourced.rejects, sourced.uses).save(home / "tables" / name)
    for name in FEEDS:
        if not (home / "tables" / name).exists():
            schema = schemas[name]
            Sourced(schema.empty(), REJECTS.empty()).save(home / "tables" / name)


@contextmanager
def deployment(home: Path) -> Iterator[Ask]:
    """Run a web server and a daemon over `home` and yield a way to ask the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "ONRAMP_HOME": str(home), "DAGSTER_HOME": str(prepare(home))}
    workspace = ["--workspace", str(CHECKOUT / "workspace.yaml")]
    session = requests.Session()
    session.trust_env = False
    # The server closes a connection that is idle for as long as we wait between two questions.
    session.headers["Connection"] = "close"

    def ask(query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        answer = session.post(f"http://127.0.0.1:{port}/graphql", json=body, timeout=300).json()
        assert "errors" not in answer, answer
        return answer["data"]

    commands = [
        [sys.executable, "-m", "pipelines.web.server", "-p", str(port), *workspace],
        [sys.executable, "-m", "dagster._daemon", "run", *workspace],
    ]
    with (home / "log").open("w") as log:
        running = [subprocess.Popen(command, env=environ, cwd=home, stdout=log, stderr=log) for command in commands]
        try:
            until(lambda: loaded(ask))
            yield ask
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(60)


def loaded(ask: Ask) -> bool:
    try:
        (location,) = ask(LOADED)["workspaceOrError"]["locationEntries"]
    except requests.ConnectionError:
        return False
    return bool(location["locationOrLoadError"]["__typename"] == "RepositoryLocation")


def until(true: Callable[[], bool], every: float = 1.0) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(every)


def backfill(ask: Ask, assets: list[str], states: list[str]) -> str:
    """Ask for `assets` of `states` and return how the backfill ended."""
    params = {"assetSelection": [{"path": [name]} for name in assets], "partitionNames": states}
    launched = ask(BACKFILL, p=params)["launchPartitionBackfill"]
    assert "backfillId" in launched, launched

    def status() -> str:
        return str(ask(STATUS, b=launched["backfillId"])["partitionBackfillOrError"]["status"])

    until(lambda: status() not in ("REQUESTED", "IN_PROGRESS", "FAILING", "CANCELING"), 5.0)
    return status()


class Memory:
    """The largest resident memory of one process of a run, and of all processes of this program's children."""

    def __init__(self) -> None:
        self.one = self.all = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            sizes = children(os.getpid())
            self.one, self.all = max([self.one, *sizes]), max(self.all, sum(sizes))


def children(root: int) -> list[float]:
    """Return the resident megabytes of every process descended from `root`."""
    parents, sizes = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = dict(
                    line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
                )
            except OSError:
                continue
            parents[int(folder.name)] = int(fields["PPid"])
            sizes[int(folder.name)] = int(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    found, wave = set(), {root}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave} - found
        found |= wave
    return [sizes[process] for process in found]


def disk(folder: Path) -> float:
    """Return the megabytes of a folder, a file linked twice counted once."""
    seen = {(known.st_dev, known.st_ino): known.st_size for known in (path.lstat() for path in folder.rglob("*"))}
    return sum(seen.values()) / 1e6


def measure(tracts: int, assets: list[str], home: Path) -> dict[str, Any]:
    states = [state for state in REGISTRY if not state.fictional and state.usps not in ELSEWHERE]
    names = [state.usps for state in states]
    tables = sample_tables(home / "made", tracts)
    write_nation(home, tables, [state for state in states if state.usps != LATE])
    before, started = disk(home), time.monotonic()
    with Memory() as memory, deployment(home) as ask:
        first = backfill(ask, assets, names)
        seconds = time.monotonic() - started
        runs = ask(RUNS, f=None)["runsOrError"]["results"]
        failed = [run for run in runs if run["status"] == "FAILURE"]
        took = sorted(run["endTime"] - run["startTime"] for run in runs if run["status"] == "SUCCESS")
        write_nation(home, tables, states)
        again = backfill(ask, assets, [LATE])
        every = ask(RUNS, f=None)["runsOrError"]["results"]
    log = (home / "log").read_text()
    return {
        "states": len(names),
        "tracts_each": tracts,
        "assets": assets,
        "first_backfill": first,
        "succeeded": len(took),
        "failed": sorted({tag["value"] for run in failed for tag in run["tags"] if tag["key"] == "dagster/partition"}),
        "late_state_alone": again,
        "succeeded_in_the_end": sum(run["status"] == "SUCCESS" for run in every),
        "minutes": round(seconds / 60, 1),
        "seconds_a_run_median": round(took[len(took) // 2], 1) if took else None,
        "peak_mb_one_process": round(memory.one),
        "peak_mb_all_processes": round(memory.all),
        "disk_mb_before": round(before, 1),
        "disk_mb_after": round(disk(home), 1),
        "records_mb": round(disk(home / "dagster"), 1),
        "database_is_locked": log.count("database is locked"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracts", type=int, default=100)
    parser.add_argument("--assets", nargs="+", default=WALK)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onramp-load-") as folder:
        print(json.dumps(measure(arguments.tracts, arguments.assets, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
