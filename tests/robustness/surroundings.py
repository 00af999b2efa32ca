"""Whole runs of the sample state under hostile surroundings, alone and beside another run.

    sudo python -m tests.robustness.surroundings --folder /srv/tried    everything; mounting needs root
    python -m tests.robustness.surroundings --folder /srv/tried --only umask stopped_early two_runs

Each trial runs the command under its circumstances. It may end well or say in one sentence what is wrong; no file with
its final name may be other than an undisturbed run writes, nothing that was being written may stay, and the next run,
left alone, must finish and leave a home that equals an undisturbed one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from geodata.sample import write_sample
from geodata.storage.files import LEFTOVER
from tests.robustness.kill import Campaign, Files, differences, look_at, records_sound

LONGEST_SECONDS = 900
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
POOR = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@dataclass
class Ended:
    """How a command ended: its exit code (negative for a signal nobody caught) and all it said."""

    code: int
    said: str
    seconds: float = 0.0


@dataclass
class Place:
    """Where a trial takes place: a folder of its own, the home in it and the folder of files."""

    folder: Path
    home: Path
    files: Path
    mounted: list[Path] = field(default_factory=list)

    def command(self) -> list[str]:
        """Return the command of a run."""
        return [
            str(Path(sys.executable).with_name("onramp")),
            *Campaign(self.folder).arguments(self.home, "A", self.files),
        ]

    def mount(self, size: str) -> None:
        """Put the home on a disk of its own, of this size."""
        self.home.mkdir(parents=True)
        _mount("-t", "tmpfs", "-o", f"size={size}", "none", str(self.home))
        self.mounted.append(self.home)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def environment(**changes: str | None) -> dict[str, str]:
    """Return the environment of this process with these changes; None takes a name out."""
    kept = {**os.environ, "COLUMNS": "200", **changes}
    return {name: value for name, value in kept.items() if value is not None}


def start(command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
    """Start a command whose words are all kept."""
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **how}
    given.setdefault("env", environment())
    return subprocess.Popen(command, start_new_session=True, **given)


def ended(process: subprocess.Popen[bytes]) -> Ended:
    """Wait for a command and return how it ended; one that does not end is killed."""
    began = time.monotonic()
    try:
        said, _ = process.communicate(timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        said = (said or b"") + b"\nTraceback: it did not end"
    return Ended(process.returncode, (said or b"").decode("utf-8", "replace"), time.monotonic() - began)


def run(place: Place, *before: str, **how: Any) -> Ended:
    """Run the command, in the shell words `before` where they are given."""
    return ended(start([*before, *place.command()], **how))


# --- the trials ---------------------------------------------------------------------------------------------------


Trial = Callable[[Place], list[Ended]]


def alone(place: Place) -> list[Ended]:
    """Nothing is wrong."""
    return [run(place)]


def disk_full(place: Place, size: str) -> list[Ended]:
    """The disk of the home is full in the middle; there is room later."""
    place.mount(size)
    first = run(place)
    _mount("-o", "remount,size=500m", str(place.home))
    return [first]


def read_only(place: Place) -> list[Ended]:
    """A home with a result becomes read-only, and later writable."""
    place.mount("500m")
    first = run(place)
    _mount("-o", "remount,ro", str(place.home))
    second = run(place)
    _mount("-o", "remount,rw", str(place.home))
    return [first, second]


def umask(place: Place) -> list[Ended]:
    """Files are for their owner alone."""
    first = run(place, umask=0o077)
    open_ones = [path for path in place.home.rglob("*") if path.stat().st_mode & 0o077 and not path.is_symlink()]
    if open_ones:
        first.said += f"\nTraceback: {len(open_ones)} files are open to others: {open_ones[:3]}"
    return [first]


def no_shared_memory(place: Place) -> list[Ended]:
    """Nothing can be written to /dev/shm."""
    shell = 'mount -t tmpfs -o ro,size=4k none /dev/shm && exec "$@"'
    return [run(place, "unshare", "-m", "sh", "-c", shell, "sh")]


def no_scratch(place: Place, named: str | None) -> list[Ended]:
    """No folder for temporary files can be written to, whatever TMPDIR names."""
    folders = "/tmp /var/tmp"
    shell = f'for d in {folders}; do mount --bind $d $d && mount -o remount,ro,bind $d; done; cd /tmp; exec "$@"'
    return [run(place, "unshare", "-m", "sh", "-c", shell, "sh", env=environment(TMPDIR=named))]


def missing_scratch(place: Place) -> list[Ended]:
    """TMPDIR names a folder that is not there."""
    return [run(place, env=environment(TMPDIR="/nowhere/at/all"))]


def limited(place: Place, what: int, most: int) -> list[Ended]:
    """A limit of the system is low."""
    return [run(place, preexec_fn=partial(resource.setrlimit, what, (most, most)))]


def clock(place: Place, offset: str) -> list[Ended]:
    """The clock is wrong for a whole run, and right afterwards."""
    return [run(place, env=environment(LD_PRELOAD=FAKETIME, FAKETIME=offset))]


def clock_under(place: Place, first: str, then: str) -> list[Ended]:
    """The clock jumps in the middle of a run."""
    clock = place.folder / "clock"
    clock.write_text(first)
    env = environment(
        LD_PRELOAD=FAKETIME,
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
    )
    process = start(place.command(), env=env)
    _wait_until(place, process, "study_area")
    clock.write_text(then)
    return [ended(process)]


def _wait_until(place: Place, process: subprocess.Popen[bytes], table: str) -> None:
    """Wait until a run has written this table, or has ended."""
    while process.poll() is None and not any((place.home / "tables").glob(f"{table}/*")):
        time.sleep(0.05)


def links(place: Place) -> list[Ended]:
    """The home and the folder of files are links."""
    for name in ("home", "files"):
        (place.folder / f"real-{name}").mkdir()
    shutil.copytree(place.files, place.folder / "real-files", dirs_exist_ok=True)
    place.home, place.files = place.folder / "linked-home", place.folder / "linked-files"
    place.home.symlink_to(place.folder / "real-home")
    place.files.symlink_to(place.folder / "real-files")
    return [run(place)]


def strange_files(place: Place) -> list[Ended]:
    """Pipes, sockets, loops and folders in the folder of files have names that sources go by."""
    place.files = Path(shutil.copytree(place.files, place.folder / "strange"))
    for name in ("planned_sites_pipe.csv", "index_pipe.csv", "training_pipe.csv"):
        os.mkfifo(place.files / name)
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(place.files)
        listening.bind("index_socket.csv")
        os.chdir("/")
    (place.files / "planned_sites_folder.csv").mkdir()
    (place.files / "CenPop2029_Mean_TR.txt").mkdir()
    (place.files / "index_folder.csv").mkdir()
    (place.files / "loop").symlink_to(place.files)
    (place.files / "index_itself.csv").symlink_to("index_itself.csv")
    (place.files / "index_gone.csv").symlink_to("nowhere.csv")
    (place.files / "index_null.csv").symlink_to("/dev/null")
    Path(os.fsdecode(os.fsencode(place.files) + b"/planned_sites_\xe9.csv")).write_text("state\nXL\n", encoding="utf-8")
    return [run(place)]


def closed(place: Place, what: str) -> list[Ended]:
    """Streams of the command are closed."""
    return [run(place, "sh", "-c", f'exec "$@" {what}', "sh")]


def reader_gone(place: Place) -> list[Ended]:
    """Who reads the output wants one line only."""
    ended_so = run(place, "sh", "-c", '("$@"; echo "code $?" >&2) | head -1', "sh")
    return [Ended(int(ended_so.said.split()[-1]), ended_so.said, ended_so.seconds)]


def poor_letters(place: Place) -> list[Ended]:
    """A terminal of few letters, and no UTF-8."""
    return [run(place, env=environment(**POOR))]


def odd_paths(place: Place, env: Mapping[str, str | None] | None = None) -> list[Ended]:
    """Blanks and accents in the paths of the home and of the files."""
    place.home = place.folder / "mein Zuhause é ñ" / "ö 1"
    place.files = Path(shutil.copytree(place.files, place.folder / 'Dateien für ü\'s "x" # 100%'))
    return [run(place, env=environment(**(env or {})))]


def bare(place: Place) -> list[Ended]:
    """An empty environment: no HOME, no PATH, no language."""
    return [run(place, env={name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ})]


def stopped(
    place: Place, number: int, seconds: Sequence[float], interrupts: signal.Handlers = signal.SIG_DFL
) -> list[Ended]:
    """Somebody stops the command, several times; a shell starts what is in the background with interrupts ignored."""
    out = []
    for wait in seconds:
        process = start(place.command(), preexec_fn=partial(signal.signal, signal.SIGINT, interrupts))
        with _patience(process, wait):
            process.send_signal(number)
        out.append(ended(process))
    return out


@contextmanager
def _patience(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Wait, and then do what is asked if the process is still there."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        yield
        return
    yield


def two_runs(place: Place) -> list[Ended]:
    """Two runs of the same state at once."""
    both = [start(place.command()) for _ in range(2)]
    return [ended(process) for process in both]


def run_and_prune(place: Place) -> list[Ended]:
    """The cache is tidied again and again under a run."""
    process, others = start(place.command()), []
    prune = [place.command()[0], "prune", "--keep", "1"]
    while process.poll() is None:
        others.append(ended(start(prune, env=environment(ONRAMP_HOME=str(place.home)))))
    return [ended(process), *others]


BY_DAGSTER = """
import json, sys
from pathlib import Path
from geodata.settings import load_settings
from pipelines.build import build_defs
from pipelines.instance import instance
changes = json.loads(sys.argv[1])
job = build_defs(load_settings(None, changes)).resolve_job_def("state")
config = {"resources": {"choices": {"config": {"other": changes}}}}
done = job.execute_in_process(instance=instance(Path(changes["home"])), partition_key="XL", run_config=config,
                              raise_on_error=False)
sys.exit(not done.success)
"""


def two_ways(place: Place) -> list[Ended]:
    """The same run as a job of Dagster and by the command at once."""
    from pipelines.command.options import settings_changes

    campaign = Campaign(place.folder)
    changes = settings_changes(campaign.given("A"), sources=[place.files], home=place.home, as_of=campaign.as_of)
    job = start([sys.executable, "-c", BY_DAGSTER, json.dumps(changes)])
    return [ended(process) for process in (start(place.command()), job)]


TRIALS: dict[str, tuple[Trial, tuple[int, ...], str]] = {
    # name: the trial, the exit codes it may have, and what must be said where one is not 0
    "disk_full_early": (partial(disk_full, size="3m"), (1,), "no room left|also says of a full one"),
    "disk_full_midway": (partial(disk_full, size="6m"), (1,), "no room left on the disk"),
    "disk_full_late": (partial(disk_full, size="11m"), (1,), "no room left on the disk"),
    "disk_full_at_end": (partial(disk_full, size="17m"), (1,), "no room left on the disk"),
    "read_only": (read_only, (0, 2), "cannot be written to"),
    "umask": (umask, (0,), ""),
    "no_shared_memory": (no_shared_memory, (0,), ""),
    "no_scratch": (partial(no_scratch, named=None), (1, 0), "temporary"),
    "no_scratch_named": (partial(no_scratch, named="/tmp/not/there"), (1, 0), "temporary"),
    "missing_scratch": (missing_scratch, (0,), ""),
    "file_size_50kB": (partial(limited, what=resource.RLIMIT_FSIZE, most=50_000), (1,), "limit of file size"),
    "file_size_900kB": (partial(limited, what=resource.RLIMIT_FSIZE, most=900_000), (1,), "as large|limit of file"),
    "file_size_4MB": (partial(limited, what=resource.RLIMIT_FSIZE, most=4_000_000), (0,), ""),
    "open_files_64": (partial(limited, what=resource.RLIMIT_NOFILE, most=64), (0, 1), "too many files|ulimit"),
    "open_files_24": (partial(limited, what=resource.RLIMIT_NOFILE, most=24), (0, 1), "too many files|ulimit"),
    "open_files_12": (partial(limited, what=resource.RLIMIT_NOFILE, most=12), (0, 1), "too many files|ulimit"),
    "memory_400MB": (partial(limited, what=resource.RLIMIT_AS, most=400_000_000), (1,), "memory"),
    "memory_1000MB": (partial(limited, what=resource.RLIMIT_AS, most=1_000_000_000), (1,), "memory"),
    "memory_1600MB": (partial(limited, what=resource.RLIMIT_AS, most=1_600_000_000), (0, 1), "memory|threads"),
    "clock_three_years_back": (partial(clock, offset="-1095d"), (0,), ""),
    "clock_three_years_on": (partial(clock, offset="+1095d"), (0,), ""),
    "clock_set_back_under": (partial(clock_under, first="+0d", then="-2d"), (0,), ""),
    "clock_set_on_under": (partial(clock_under, first="+0d", then="+400d"), (0,), ""),
    "links": (links, (0,), ""),
    "strange_files": (strange_files, (0,), ""),
    "output_closed": (partial(closed, what=">&-"), (0,), ""),
    "all_closed": (partial(closed, what="<&- >&- 2>&-"), (0,), ""),
    "input_closed": (partial(closed, what="<&-"), (0,), ""),
    "reader_gone": (reader_gone, (141,), ""),
    "poor_letters": (poor_letters, (0,), ""),
    "odd_paths": (odd_paths, (0,), ""),
    "odd_paths_poor_letters": (partial(odd_paths, env=POOR), (2,), "not in the encoding of this system"),
    "bare": (bare, (0,), ""),
    "terminated": (partial(stopped, number=signal.SIGTERM, seconds=(8, 14, 22, 40)), (143, -15), "Stopped"),
    "terminated_in_background": (
        partial(stopped, number=signal.SIGTERM, seconds=(8, 14, 22), interrupts=signal.SIG_IGN), (143, -15), "Stopped"
    ),
    "interrupted": (partial(stopped, number=signal.SIGINT, seconds=(10, 16, 30)), (130,), "Stopped"),
    "hung_up": (partial(stopped, number=signal.SIGHUP, seconds=(10, 25)), (129, -1), "Stopped"),
    "two_runs": (two_runs, (0,), ""),
    "run_and_prune": (run_and_prune, (0,), ""),
    "two_ways": (two_ways, (0,), ""),
}  # fmt: skip


# --- judging ------------------------------------------------------------------------------------------------------


def undisturbed(folder: Path, files: Path) -> list[Files]:
    """Return what homes hold after one run and after more of the same."""
    place = Place(folder, folder / "home", files)
    homes = []
    for _ in range(3):
        if (outcome := run(place)).code:
            raise SystemExit(f"An undisturbed run failed: {outcome.said[-2000:]}")
        homes.append(look_at(place.home))
    return homes


def judged(name: str, place: Place, files: Path, homes: list[Files], keep: Path) -> dict[str, Any]:
    """Do a trial and return what came of it, `wrong` being empty where all is as it should be."""
    trial, codes, sentence = TRIALS[name]
    try:
        outcomes = trial(place)
        wrong = [problem for outcome in outcomes for problem in _wrong_end(outcome, codes, sentence)]
        # Tables that name the place of a raster differ where the files lie elsewhere.
        alike = partial(_alike, where=place.files, as_at=files)
        # The clock is in what such a run reports of the age of files, and only the run after it can be compared.
        if not name.startswith("clock"):
            strange = [spot for spot, seen in look_at(place.home).items() if all(seen != h.get(spot) for h in homes)]
            wrong += [f"{spot} is neither old nor new" for spot in alike(strange)]
        wrong += [f"{path} stayed" for path in place.home.rglob(".*") if LEFTOVER.fullmatch(path.name)]
        wrong += records_sound(place.home)
        if wrong or any(outcome.code for outcome in outcomes) or name.startswith("clock"):
            last = run(place)
            outcomes.append(last)
            wrong += _wrong_end(last, (0,), "")
        apart = min((alike(differences(look_at(place.home), home)) for home in homes), key=len)
        wrong += [f"the last run leaves {len(apart)} files that differ: {apart[:4]}"] if apart else []
    finally:
        for path in place.mounted:
            subprocess.run(["umount", "-l", str(path)], check=False)
    text = "\n\n".join(f"code {o.code} after {o.seconds:.0f} s\n{o.said}" for o in outcomes)
    (keep / f"{name}.txt").write_text(text, encoding="utf-8")
    return {"codes": [o.code for o in outcomes], "said": _last_line(outcomes[0].said), "wrong": wrong}


def _alike(spots: list[str], where: Path, as_at: Path) -> list[str]:
    return spots if where == as_at else [spot for spot in spots if "raster" not in spot]


def _wrong_end(outcome: Ended, codes: tuple[int, ...], sentence: str) -> list[str]:
    wrong = []
    if outcome.code not in codes:
        wrong.append(f"exit code {outcome.code}")
    if "Traceback" in outcome.said:
        wrong.append("a traceback")
    if outcome.code > 0 and sentence and not re.search(sentence, outcome.said):
        wrong.append(f"no sentence: {_last_line(outcome.said)}")
    return wrong


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:300]


def main() -> None:
    """Do the trials and print what came of each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="scratch folder, best outside of /tmp")
    parser.add_argument("--only", nargs="*", choices=list(TRIALS))
    given = parser.parse_args()
    folder = given.folder.resolve()
    files, known = folder / "files", folder / "undisturbed.json"
    if not known.exists():
        write_sample(files, tracts=100)
        known.write_text(json.dumps(undisturbed(folder / "undisturbed", files)), encoding="utf-8")
    homes = json.loads(known.read_text(encoding="utf-8"))
    failed = False
    for name in given.only or TRIALS:
        place = Place(folder / name, folder / name / "home", files)
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir(parents=True)
        verdict = judged(name, place, files, homes, folder)
        failed |= bool(verdict["wrong"])
        print(
            f"{'wrong' if verdict['wrong'] else 'good '} {name}: {json.dumps(verdict, ensure_ascii=False)}", flush=True
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
