"""Feeding every parser files that are broken, shuffled, mistyped, enormous or hostile.

    python -m tests.robustness.fuzz --minutes 10 --seed 1                every reader, from the files of the sample state
    python -m tests.robustness.fuzz --minutes 2 --only svi planned_sites roads_osm_pbf

A parser may return, or say what is wrong in one sentence (an OnrampError); anything else is a crasher. Every file is
read in a child that may hold only so much more memory than it began with and is stopped after so many seconds.
Crashers are printed once for each place in the code they come from, and kept in `--keep`.
"""

from __future__ import annotations

# The hostile texts are easier to compare on few lines.
# ruff: noqa: E501
import argparse
import csv
import io
import json
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geodata.errors import OnrampError
from geodata.fetching.folder import find_files
from geodata.settings import Settings, load_settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import SAMPLE_STATE, find_state
from tests.robustness import fuzz_maps

SECONDS_EACH = 20
MEMORY_MORE = 2_000_000_000
HOSTILE = (
    "", " ", "\x00", "-999", "-666666666", "NaN", "inf", "-inf", "1e308", "1e999", "9" * 400, "0x1F", "1_000", "1,5", "١٢",
    "−5", "５", "=1+1", "<script>alert(1)</script>", "'; drop table x; --", "../../etc/passwd", "\ufeff", "\u202eabc",
    "é" * 50, "\U0001f50c", "Q9 9999", "0000-00-00", "9999-99-99", "2026-13-45", "10000-01-01", "1677-01-01", "02/30/2026",
    "nan", "None", "NULL", "TRUE", "44007", "6001400100", "06001400100.0", "1400000US06001400100", "99999999999", "09110400101",
    "72001956300", "-180.0000001", "91", "0", "-0", ".", "-", "\"", "\r", "\n", "\t", "a" * 70_000, "[", "{}", "null", "%s", "{0}",
)  # fmt: skip
Mutation = Callable[[bytes, random.Random], bytes]


# --- of any bytes -------------------------------------------------------------------------------------------------


def cut(data: bytes, dice: random.Random) -> bytes:
    """A file that broke off."""
    return data[: dice.randrange(len(data) + 1)]


def flipped(data: bytes, dice: random.Random) -> bytes:
    """Some bytes changed."""
    out = bytearray(data)
    for _ in range(dice.choice([1, 2, 8, 64])):
        if out:
            out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def spliced(data: bytes, dice: random.Random) -> bytes:
    """A stretch taken out, repeated or moved."""
    if not data:
        return data
    start, end = sorted((dice.randrange(len(data)), dice.randrange(len(data))))
    end = min(end, start + 5000)
    piece, place = data[start:end], dice.randrange(len(data))
    kind = dice.randrange(3)
    if kind == 0:
        return data[:start] + data[end:]
    return data[:place] + piece * (1 if kind == 1 else dice.randrange(2, 20)) + data[place:]


def wrapped(data: bytes, dice: random.Random) -> bytes:
    """What a server or an editor puts before or after."""
    around = [
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x00" * 64,
        b"<html>",
        b"PK\x03\x04",
        b"\n\n\n",
        b"\x1a",
        b'{"error":{"code":400}}',
    ]
    return dice.choice(around) + data if dice.random() < 0.7 else data + dice.choice(around)


def recoded(data: bytes, dice: random.Random) -> bytes:
    """The same text in another encoding, or with other line ends."""
    text = data.decode("utf-8", errors="replace")
    how = dice.choice(["utf-16", "cp1252", "utf-8-sig", "crlf", "cr", "utf-32"])
    if how == "crlf":
        return text.replace("\n", "\r\n").encode()
    if how == "cr":
        return text.replace("\r\n", "\n").replace("\n", "\r").encode()
    return text.encode(how, errors="replace")


# --- of tables ----------------------------------------------------------------------------------------------------


def cells_damaged(data: bytes, dice: random.Random) -> bytes:
    """Hostile cells, columns shuffled, renamed, gone or there twice, other delimiters, rows too many or too few."""
    text = data.decode("utf-8", errors="replace")
    delimiter = max(",|\t;", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text[:400_000]), delimiter=delimiter))
    if not rows:
        return data
    rows = rows[: dice.choice([1, 2, 3, 30, len(rows)])]
    for _ in range(dice.choice([1, 1, 2, 4])):
        rows = dice.choice(_TABLE_TRICKS)(rows, dice)
    out = io.StringIO()
    csv.writer(out, delimiter=dice.choice([delimiter, delimiter, ";", "\t", "|", ","])).writerows(rows)
    return out.getvalue().encode("utf-8", errors="replace")


Rows = list[list[str]]


def _hostile_cells(rows: Rows, dice: random.Random) -> Rows:
    for _ in range(dice.choice([1, 5, 50])):
        row = dice.choice(rows)
        if row:
            row[dice.randrange(len(row))] = dice.choice(HOSTILE)
    return rows


def _hostile_column(rows: Rows, dice: random.Random) -> Rows:
    place, value = dice.randrange(max(1, len(rows[0]))), dice.choice(HOSTILE)
    return [rows[0], *([*row[:place], value, *row[place + 1 :]] for row in rows[1:])]


def _shuffled_columns(rows: Rows, dice: random.Random) -> Rows:
    order = list(range(len(rows[0])))
    dice.shuffle(order)
    return [[row[i] if i < len(row) else "" for i in order] for row in rows]


def _column_gone(rows: Rows, dice: random.Random) -> Rows:
    place = dice.randrange(max(1, len(rows[0])))
    return [row[:place] + row[place + 1 :] for row in rows]


def _column_twice(rows: Rows, dice: random.Random) -> Rows:
    place = dice.randrange(max(1, len(rows[0])))
    return [row[:place] + row[place : place + 1] * 2 + row[place + 1 :] for row in rows]


def _header_changed(rows: Rows, dice: random.Random) -> Rows:
    head = list(rows[0])
    if head:
        place = dice.randrange(len(head))
        head[place] = dice.choice([head[place].lower(), head[place] + "_2", f" {head[place]} ", "", dice.choice(head)])
    return [head, *rows[1:]]


def _rows_twice(rows: Rows, dice: random.Random) -> Rows:
    return [*rows, *rows[dice.randrange(len(rows)) :]]


def _ragged(rows: Rows, dice: random.Random) -> Rows:
    row = dice.choice(rows)
    row[:] = row[: dice.randrange(len(row) + 1)] if dice.random() < 0.5 else [*row, "extra", ""]
    return rows


def _blank_rows(rows: Rows, dice: random.Random) -> Rows:
    return [*rows, *([[""] * len(rows[0])] * dice.choice([1, 20])), ["Total", *["1"] * (len(rows[0]) - 1)]]


def _zeros_lost(rows: Rows, _: random.Random) -> Rows:
    return [rows[0], *([cell.lstrip("0") for cell in row] for row in rows[1:])]


_TABLE_TRICKS = (_hostile_cells, _hostile_column, _shuffled_columns, _column_gone, _column_twice, _header_changed,
                 _rows_twice, _ragged, _blank_rows, _zeros_lost)  # fmt: skip


# --- of JSON ------------------------------------------------------------------------------------------------------


def json_damaged(data: bytes, dice: random.Random) -> bytes:
    """Values of JSON replaced by ones of another kind, taken out, nested deeply, or repeated."""
    try:
        tree = json.loads(data)
    except ValueError:
        return flipped(data, dice)
    if isinstance(tree, dict):
        for name, value in tree.items():
            if isinstance(value, list) and len(value) > 30:
                tree[name] = dice.sample(value, 30)
    for _ in range(dice.choice([1, 1, 3, 10])):
        holder, place = _somewhere(tree, dice)
        if holder is None:
            tree = deepcopy(dice.choice(_JSON_VALUES))
        elif dice.random() < 0.3:
            del holder[place]
        else:
            holder[place] = deepcopy(dice.choice([*_JSON_VALUES, dice.choice(HOSTILE)]))
    text = json.dumps(tree)
    if dice.random() < 0.05:
        text = "[" * 100_000 + text
    return text.encode("utf-8", errors="replace")


_JSON_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1e308, 10**400, float("nan"), "", [], {}, [[]], [None], {"a": 1},
                                 [[[[1]]]], [1, 2], ["a", None])  # fmt: skip


def _somewhere(tree: Any, dice: random.Random) -> tuple[Any, Any]:
    holder, place = None, None
    while isinstance(tree, (dict, list)) and tree and (holder is None or dice.random() < 0.75):
        holder = tree
        place = dice.choice(list(tree)) if isinstance(tree, dict) else dice.randrange(len(tree))
        tree = tree[place]
    return holder, place


# --- of archives --------------------------------------------------------------------------------------------------


def members_damaged(data: bytes, dice: random.Random) -> bytes:
    """A zip whose members are damaged, missing, renamed, or joined by what macOS and attackers leave."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return flipped(data, dice)
    for _ in range(dice.choice([1, 1, 2])):
        if not members:
            break
        name = dice.choice(list(members))
        kind = dice.randrange(6)
        if kind == 0:
            members[name] = mutated(members[name], name, dice)
        elif kind == 1:
            del members[name]
        elif kind == 2:
            members[name.upper() if dice.random() < 0.5 else f"in/a/folder/{name}"] = members.pop(name)
        elif kind == 3:
            members[f"__MACOSX/._{name}"] = b"\x00\x05\x16\x07" + b"\x00" * 60
            members[f"._{name}"] = b"\x00\x05\x16\x07"
        elif kind == 4:
            members[dice.choice(["../out.csv", "/abs.csv", "C:\\x.csv", "a" * 300 + ".csv", "x\x00y.csv"])] = (
                b"a,b\n1,2\n"
            )
        else:
            members[name] = b"0" * 30_000_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def dbf_counts_damaged(data: bytes, dice: random.Random) -> bytes:
    """Numbers at the beginning of a binary file, where counts and lengths are, made enormous."""
    out = bytearray(data)
    for _ in range(dice.choice([1, 2])):
        if len(out) > 8:
            place = dice.randrange(min(len(out) - 4, 200))
            out[place : place + 4] = struct.pack(dice.choice("<>") + "I", dice.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
    return bytes(out)


_ANY: tuple[Mutation, ...] = (cut, flipped, spliced, wrapped)
_BY_ENDING: dict[str, tuple[Mutation, ...]] = {
    ".csv": (cells_damaged, cells_damaged, cells_damaged, recoded),
    ".txt": (cells_damaged, cells_damaged, cells_damaged, recoded),
    ".json": (json_damaged, json_damaged, json_damaged),
    ".geojson": (json_damaged, json_damaged, json_damaged),
    ".zip": (members_damaged, members_damaged, members_damaged),
    ".xlsx": (members_damaged, members_damaged),
    ".xml": (recoded,),
    ".osm": (recoded, cut),
    ".tif": (fuzz_maps.tiff_damaged, fuzz_maps.tiff_damaged, fuzz_maps.tiff_damaged, fuzz_maps.tiff_damaged),
}


def mutated(data: bytes, name: str, dice: random.Random) -> bytes:
    """Return `data` damaged in a way that fits a file of this name."""
    ways = (*_ANY, *_BY_ENDING.get(Path(name).suffix.lower(), (dbf_counts_damaged,)))
    return dice.choice(ways)(data, dice)


# --- running ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Something that reads files, by name, with a whole one to spoil."""

    name: str
    whole: Path
    read: Callable[[Path], object]


def seeds(folder: Path, settings: Settings) -> Iterator[Target]:
    """Yield every source that has a file in `folder`, read by its parser alone."""
    state = find_state(SAMPLE_STATE)
    for name, source in SOURCES.items():
        for found in find_files(folder, source.spec.filenames, source.spec.scope, state)[:1]:
            yield Target(name, found.path, partial(source.parse, context=ParseContext(settings, state)))


def outcome(target: Target, path: Path) -> str:
    """Return `kept`, `refused` (one sentence), or `crash` with the place in the project's code it came from."""
    try:
        target.read(path)
    except OnrampError as problem:
        text = str(problem)
        return (
            "refused"
            if text and "\n" not in text.strip() and len(text) < 1500
            else f"crash: unclear sentence {text[:200]!r}"
        )
    except Exception as problem:
        frames = [f for f in traceback.extract_tb(problem.__traceback__) if "/geodata/" in f.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        return f"crash: {type(problem).__name__} at {place}: {str(problem)[:120]!r}"
    return "kept"


def fuzz(targets: Sequence[Target], keep: Path, seconds: float, seed: int) -> dict[str, Any]:
    """Read damaged files until the time is over; returns what came of them."""
    dice = random.Random(seed)
    pairs = [(target, target.whole.read_bytes()) for target in targets]
    for target in targets:
        # What a parser imports and compiles at its first file is not done again in every child.
        outcome(target, target.whole)
    counts: dict[str, Counter[str]] = {target.name: Counter() for target in targets}
    found: dict[str, str] = {}
    ends, executions, slowest, peak = time.monotonic() + seconds, 0, 0.0, 0
    while time.monotonic() < ends:
        batch = []
        for _ in range(200):
            target, data = dice.choice(pairs)
            batch.append((target, mutated(data, target.whole.name, dice)))
        done = 0
        while done < len(batch) and time.monotonic() < ends:
            results, died = _in_child(batch[done:])
            for (target, data), (verdict, took, grown) in zip(batch[done:], results, strict=False):
                executions += 1
                slowest, peak = max(slowest, took), max(peak, grown)
                counts[target.name][verdict.split(":")[0]] += 1
                if verdict.startswith("crash"):
                    _note(found, keep, target, data, verdict)
            done += len(results)
            if died and done < len(batch):
                target, data = batch[done]
                counts[target.name]["crash"] += 1
                _note(found, keep, target, data, f"crash: {died}")
                done += 1
                executions += 1
    return {
        "executions": executions,
        "targets": {name: dict(count) for name, count in counts.items()},
        "slowest_s": round(slowest, 2),
        "most_memory_mb": peak // 1_000_000,
        "crashers": found,
    }


def _note(found: dict[str, str], keep: Path, target: Target, data: bytes, verdict: str) -> None:
    key = f"{target.name} {verdict.split(': ', 2)[1] if ': ' in verdict else verdict}"
    if key in found:
        return
    place = keep / target.name / f"{len(found):03d}" / target.whole.name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    found[key] = f"{verdict} [{place}]"
    print(found[key], flush=True)


def _in_child(batch: Sequence[tuple[Target, bytes]]) -> tuple[list[tuple[str, float, int]], str]:
    """Parse a batch in a child; returns the outcomes up to where it died, and how it died."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, 2)
            used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_MORE, used + MEMORY_MORE))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            with os.fdopen(writer, "w") as out, tempfile.TemporaryDirectory() as scratch:
                for target, data in batch:
                    path = Path(scratch, target.whole.name)
                    path.write_bytes(data)
                    signal.alarm(SECONDS_EACH)
                    started = time.monotonic()
                    verdict = outcome(target, path)
                    signal.alarm(0)
                    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
                    out.write(json.dumps([verdict, time.monotonic() - started, grown]) + "\n")
                    out.flush()
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as lines:
        results = [tuple(json.loads(line)) for line in lines if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    died = ""
    if status:
        code = os.waitstatus_to_exitcode(status)
        died = "took too long" if code == -signal.SIGALRM else f"died with {code}"
    return results, died  # type: ignore[return-value]


def main() -> None:
    """Fuzz and print the account."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="names of sources, or of what tests.robustness.fuzz_maps adds")
    parser.add_argument("--files", type=Path, help="folder of whole files to spoil; the sample's without it")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "onramp-crashers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        from geodata.sample import write_sample

        sample = write_sample(Path(scratch) / "sample", tracts=100)
        targets = [*seeds(given.files or sample, load_settings(None, {}))]
        targets += [Target(*fields) for fields in fuzz_maps.targets(Path(scratch), sample)]
        chosen = [target for target in targets if not given.only or target.name in given.only]
        account = fuzz(chosen, given.keep, given.minutes * 60, given.seed)
    print(json.dumps(account, indent=1))
    sys.exit(bool(account["crashers"]))


if __name__ == "__main__":
    main()
