"""Killing Onramp at random points, and looking at what it leaves behind.

    python -m tests.robustness.kill run --kills 100 --seed 1 --folder /tmp/kills     runs of the sample state
    python -m tests.robustness.kill fetch --kills 100 --seed 1 --folder /tmp/kills   fetches from one on loopback

Half of the kills fall after a random share of the processor time of an undisturbed run, half at a random one of the
moments at which a file is opened, renamed, linked or removed, where a half-written product would come from. After each
kill every file that has its final name must be, byte for byte but for the run's own number, one that an undisturbed
run writes. After every few kills a run is left alone: it must finish, and the whole home must then equal an
undisturbed one.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pyarrow.parquet as pq

from geodata.errors import SourceUnavailable
from geodata.storage.files import LEFTOVER

if TYPE_CHECKING:
    from tests.support.publisher_server import Publisher

_RUN_NUMBER = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_MOMENTS = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"}
_CHECKED = ("tables", "products", "last")
Work = Callable[[], None]
Files = dict[str, str]


@dataclass
class Account:
    """What a campaign saw: `kills` that found the process alive, runs left alone, and everything that was wrong."""

    kills: int = 0
    finished_before: int = 0
    left_alone: int = 0
    files_looked_at: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Death:
    """When a child dies: at the `moment`-th touch of the file system, or after `seconds` of processor time."""

    moment: int | None = None
    seconds: float | None = None


# --- one child ----------------------------------------------------------------------------------------------------


def run_child(work: Work, log: Path, death: Death | None = None) -> tuple[bool, int, float]:
    """Do `work` in a forked child and return whether it was killed, its exit code and its processor seconds."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _be_child(work, log, death)
    seconds = 0.0
    process = psutil.Process(child)
    while True:
        try:
            spent = process.cpu_times()
            seconds = spent.user + spent.system
        except psutil.Error:
            pass
        if death and death.seconds is not None and seconds >= death.seconds:
            os.killpg(child, signal.SIGKILL)
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status), os.waitstatus_to_exitcode(status), seconds
        time.sleep(0.01)


def _be_child(work: Work, log: Path, death: Death | None) -> None:
    os.setpgid(0, 0)
    with log.open("ab", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    seen = 0

    def at_moment(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in _MOMENTS and not (event == "open" and _reads(arguments)):
            seen += 1
            if death and seen == death.moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(at_moment)
    code = 0
    try:
        work()
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(bool(ending.code))
    except BaseException as problem:
        os.write(1, f"TRACEBACK {type(problem).__name__}: {problem}\n".encode())
        code = 70
    os.write(1, f"\nmoments: {seen}\n".encode())
    os._exit(code)


def _reads(arguments: tuple[object, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return not writes and not (isinstance(mode, str) and set(mode) & set("wax+"))


def moments_in(log: Path) -> int:
    """Return the number of moments the last undisturbed child of this log came by."""
    return int(re.findall(r"moments: (\d+)", log.read_text(encoding="utf-8", errors="replace"))[-1])


def random_deaths(dice: random.Random, moments: int, seconds: float) -> Iterator[Death]:
    """Yield moments of death without end, by file system and by processor time in turn."""
    while True:
        yield Death(moment=dice.randint(1, moments))
        yield Death(seconds=dice.uniform(0.05, seconds))


# --- looking at a home --------------------------------------------------------------------------------------------


def final_files(home: Path) -> Iterator[Path]:
    """Yield the files under `home` that have their final names: nothing that was being written aside."""
    for part in _CHECKED:
        for path in sorted((home / part).rglob("*")):
            inside = path.relative_to(home).parts
            if path.is_file() and not any(LEFTOVER.fullmatch(name) for name in inside):
                yield path


def fingerprint(path: Path) -> str:
    """Return a hash of what a file says, whatever run wrote it; archives by member, tables by content."""
    return _fingerprint(path.read_bytes(), path.suffix)


def _fingerprint(data: bytes, suffix: str) -> str:
    if suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
        said = "".join(name + _fingerprint(content, Path(name).suffix) for name, content in members.items())
        return hashlib.sha256(said.encode()).hexdigest()
    if suffix == ".parquet":
        table = pq.read_table(io.BytesIO(data))
        metadata = repr(sorted((table.schema.metadata or {}).items())).encode()
        rows = repr(table.replace_schema_metadata(None).to_pydict()).encode()
        return hashlib.sha256(_plain(metadata) + rows).hexdigest()
    return hashlib.sha256(_plain(data)).hexdigest()


def _plain(data: bytes) -> bytes:
    return _RUN_NUMBER.sub(b"RUN", data)


def look_at(home: Path) -> Files:
    """Return the fingerprint of every final file by its place; one that cannot be read is `damaged`."""
    seen = {}
    for path in final_files(home):
        try:
            seen[path.relative_to(home).as_posix()] = fingerprint(path)
        except Exception as problem:
            seen[path.relative_to(home).as_posix()] = f"damaged: {type(problem).__name__}"
    return seen


def records_sound(home: Path) -> list[str]:
    """Return what is wrong with the databases of the run history."""
    wrong = []
    for path in (home / "dagster").rglob("*.db"):
        with closing(sqlite3.connect(path)) as base:
            answer = base.execute("pragma integrity_check").fetchone()[0]
        if answer != "ok":
            wrong.append(f"{path.name}: {answer}")
    return wrong


def differences(seen: Files, expected: Files) -> list[str]:
    """Return the places at which two homes differ."""
    return sorted(place for place in seen.keys() | expected.keys() if seen.get(place) != expected.get(place))


# --- killing runs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Campaign:
    """Kills of runs of the sample state: two settings that take turns, so that old and new can be distinguished."""

    folder: Path
    tracts: int = 100
    draws: int = 20
    as_of: str = "2026-09-30"

    def given(self, variant: str) -> list[str]:
        """Return the settings of a run as the command takes them."""
        weights = {"A": "{need: 0.5, training_gap: 0.3, opportunity: 0.2}",
                   "B": "{need: 0.4, training_gap: 0.3, opportunity: 0.3}"}[variant]  # fmt: skip
        return [f"uncertainty.draws={self.draws}", "languages=[en]", f"priority.weights={weights}"]

    def arguments(self, home: Path, variant: str, files: Path) -> list[str]:
        """Return what follows `onramp` in the command of a run."""
        settings = [part for text in self.given(variant) for part in ("--set", text)]
        return ["run", "--sources", str(files), "--home", str(home), "--as-of", self.as_of, *settings]

    def work(self, home: Path, variant: str) -> Work:
        """Return a run of the command, as from a terminal."""
        # Imported here, before a child is forked, so that a child spends its time on the run.
        from pipelines.command import cli, launch  # noqa: F401

        command = ["onramp", *self.arguments(home, variant, self.folder / "files")]

        def work() -> None:
            sys.argv = command
            cli.main()

        return work

    def prepare(self) -> tuple[dict[str, Files], int, float]:
        """Return undisturbed homes by what was run and what before it, the moments and the seconds of one run."""
        from geodata.sample import write_sample

        write_sample(self.folder / "files", tracts=self.tracts)
        home, log = self.folder / "undisturbed", self.folder / "undisturbed.log"
        homes: dict[str, Files] = {}
        before, spent = "", 0.0
        for variant in "AABBA":
            _, code, spent = run_child(self.work(home, variant), log)
            if code:
                raise SystemExit(f"An undisturbed run failed; see {log}.")
            homes[f"{variant} after {before or 'nothing'}"] = look_at(home)
            print(f"undisturbed {variant} after {before or 'nothing'}: {spent:.0f} s of processor time", flush=True)
            before = variant
        return homes, moments_in(log), spent

    def kill(self, kills: int, seed: int, alone_after: int) -> Account:
        """Kill runs until `kills` have died, letting one finish after every `alone_after`."""
        homes, moments, seconds = self.prepare()
        print(f"{moments} moments in {seconds:.0f} s", flush=True)
        allowed: dict[str, set[str]] = {}
        for files in homes.values():
            for place, print_ in files.items():
                allowed.setdefault(place, set()).add(print_)
        dice, account = random.Random(seed), Account()
        deaths = random_deaths(dice, moments, seconds)
        home, log, variant = self.folder / "home", self.folder / "killed.log", "A"
        since = 0
        while account.kills < kills:
            death = next(deaths)
            killed, code, _ = run_child(self.work(home, variant), log, death)
            if killed:
                account.kills += 1
                since += 1
            else:
                account.finished_before += 1
                if code:
                    account.problems.append(f"kill {account.kills}: exit code {code} of a run nobody killed")
            seen = look_at(home)
            account.files_looked_at += len(seen)
            for place, print_ in seen.items():
                if print_ not in allowed.get(place, set()):
                    account.problems.append(f"kill {account.kills} ({death}): {place} is neither old nor new")
            account.problems += [f"kill {account.kills}: {problem}" for problem in records_sound(home)]
            if since >= alone_after or account.kills == kills:
                since = 0
                self._left_alone(home, variant, homes, account, log)
                variant = "B" if variant == "A" else "A"
            print(
                f"{account.kills} kills, {account.left_alone} left alone, {len(account.problems)} problems", flush=True
            )
        return account

    def _left_alone(self, home: Path, variant: str, homes: dict[str, Files], account: Account, log: Path) -> None:
        _, code, _ = run_child(self.work(home, variant), log)
        account.left_alone += 1
        if code:
            account.problems.append(f"after kill {account.kills} the next run ended with exit code {code}")
            return
        seen = look_at(home)
        account.files_looked_at += len(seen)
        apart = [differences(seen, files) for name, files in homes.items() if name.startswith(f"{variant} ")]
        least = min(apart, key=len)
        if least:
            account.problems.append(f"after kill {account.kills} a finished run differs in {least[:5]} ({len(least)})")


# --- killing fetches ----------------------------------------------------------------------------------------------


FETCHED = ("tracts", "centers", "relationship", "svi", "cejst", "ipeds_directory", "job_centers", "states")


@dataclass
class FetchCampaign:
    """Kills of `mirror`: a publisher on loopback has two editions of every file, and breaks off once for each.

    `sources` are names of sources whose files the sample state has.
    """

    folder: Path
    sources: tuple[str, ...] = FETCHED

    def __post_init__(self) -> None:
        """Write both editions of the publishers' files."""
        from geodata.fetching.folder import find_files
        from geodata.sample import write_sample
        from geodata.sources import SOURCES
        from geodata.states import SAMPLE_STATE, find_state

        self.state = find_state(SAMPLE_STATE)
        self.originals = {name: SOURCES[name].spec for name in self.sources}
        self.contents: list[dict[str, bytes]] = []
        self.names: dict[str, str] = {}
        for edition in (20, 21):
            files = write_sample(self.folder / f"edition-{edition}", tracts=100, seed=edition)
            found = {n: find_files(files, s.filenames, s.scope, self.state)[0].path for n, s in self.originals.items()}
            self.names = {name: path.name for name, path in found.items()}
            self.contents.append({name: path.read_bytes() for name, path in found.items()})
        self.hashes = [
            {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} for files in self.contents
        ]

    def work(self, publisher: Publisher, edition: int, folder: Path, cache: Path) -> Work:
        """Return a mirror of this edition; every download breaks off half way and goes on at the second attempt."""
        from geodata.fetching.client.clock import Clock
        from geodata.fetching.client.download_cache import Cache
        from geodata.fetching.client.http import Fetcher
        from geodata.fetching.live import LiveAcquirer, LiveOptions, parse_on_trial
        from geodata.fetching.mirror import mirror
        from geodata.settings import load_settings
        from tests.support.publisher_server import file_of

        specs = []
        for name, spec in self.originals.items():
            content, path = self.contents[edition][name], f"/{self.names[name]}"
            tag = f'"{edition}"'
            publisher.script(path, file_of(content, etag=tag, cut_after=len(content) // 2), file_of(content, etag=tag))
            specs.append(
                replace(
                    spec,
                    urls=(publisher.url + path,),
                    others=(),
                    transport="file",
                    key_env=None,
                    sha256=(),
                    archived=False,
                )
            )

        def work() -> None:
            with Fetcher(clock=Clock(sleep=lambda _: None)) as fetcher:
                live = LiveAcquirer(
                    fetcher,
                    Cache(cache),
                    options=LiveOptions(refresh=True, environ={}),
                    trial=parse_on_trial(load_settings(None, {})),
                )
                account = mirror(live, specs, [self.state], folder)
            poor = [row for row in account if row.status != "live"]
            if poor:
                raise RuntimeError(str(poor[0]))

        return work

    def problems(self, folder: Path, cache: Path, edition: int | None = None) -> list[str]:
        """Return what is wrong with a folder and a cache; with `edition` they must hold that one whole."""
        from geodata.errors import OnrampError
        from geodata.fetching.acquire import FolderAcquirer
        from geodata.fetching.client.download_cache import Cache

        wrong = [f"{path.name} was damaged" for path in cache.rglob("*.damaged")]
        held = Cache(cache)
        copies = {(manifest.source, manifest.scope): manifest for manifest in held.manifests()}
        for (name, _), manifest in copies.items():
            for entry in manifest.entries:
                try:
                    held.open(entry)
                except OnrampError as problem:
                    wrong.append(str(problem))
                if entry.sha256 not in {hashes[name] for hashes in self.hashes}:
                    wrong.append(f"the cache holds a copy of {name} that is neither edition")
            if edition is not None and manifest.entries[0].sha256 != self.hashes[edition][name]:
                wrong.append(f"the newest copy of {name} is not the one fetched last")
        if edition is not None and len(copies) != len(self.sources):
            wrong.append(f"{len(copies)} sources are in the cache instead of {len(self.sources)}")
        if not folder.is_dir():
            return wrong if edition is None else [*wrong, "there is no folder"]
        try:
            acquirer = FolderAcquirer(folder)
        except OnrampError as problem:
            return [*wrong, str(problem)]
        for name, spec in self.originals.items():
            allowed = {h[name] for h in (self.hashes if edition is None else [self.hashes[edition]])}
            try:
                if acquirer.obtain(spec, self.state).sha256 not in allowed:
                    wrong.append(f"the folder's copy of {name} is not one of the publisher's")
            except SourceUnavailable as problem:
                wrong += [] if edition is None else [str(problem)]
            except OnrampError as problem:
                wrong.append(str(problem))
        return wrong

    def kill(self, kills: int, seed: int, alone_after: int) -> Account:
        """Kill mirrors until `kills` have died, the editions taking turns; one finishes after every `alone_after`."""
        from tests.support.publisher_server import Publisher

        log, account, dice = self.folder / "fetch.log", Account(), random.Random(seed)
        with Publisher() as publisher:
            place = self.folder / "undisturbed", self.folder / "undisturbed-cache"
            for edition in (0, 1):
                _, code, seconds = run_child(self.work(publisher, edition, *place), log)
                account.problems += self.problems(*place, edition) if not code else ["an undisturbed mirror failed"]
            moments = moments_in(log)
            print(f"{moments} moments in {seconds:.1f} s", flush=True)
            deaths, edition, since = random_deaths(dice, moments, seconds), 0, 0
            place = self.folder / "mirror", self.folder / "cache"
            while account.kills < kills:
                killed, code, _ = run_child(self.work(publisher, edition, *place), log, next(deaths))
                account.kills += killed
                account.finished_before += not killed
                since += killed
                if not killed and code:
                    account.problems.append(f"kill {account.kills}: exit code {code} of a mirror nobody killed")
                account.problems += [f"kill {account.kills}: {problem}" for problem in self.problems(*place)]
                if since >= alone_after or account.kills == kills:
                    since = 0
                    _, code, _ = run_child(self.work(publisher, edition, *place), log)
                    account.left_alone += 1
                    wrong = self.problems(*place, edition) if not code else [f"exit code {code}"]
                    account.problems += [f"after kill {account.kills}: {problem}" for problem in wrong]
                    edition = 1 - edition
        return account


def main() -> None:
    """Run a campaign and write its account."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["run", "fetch"])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone-after", type=int, default=8, help="kills before a run is left alone")
    parser.add_argument("--folder", type=Path, required=True, help="scratch folder, emptied first")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    started = time.monotonic()
    if given.what == "run":
        account = Campaign(given.folder).kill(given.kills, given.seed, given.alone_after)
    else:
        account = FetchCampaign(given.folder).kill(given.kills, given.seed, given.alone_after)
    summary = {**account.__dict__, "seconds": round(time.monotonic() - started), "seed": given.seed}
    print(json.dumps(summary, indent=1))
    raise SystemExit(bool(account.problems))


if __name__ == "__main__":
    main()
