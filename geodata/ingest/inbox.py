"""Taking in the files an office drops into a folder: each is read by its own parser before it counts.

A file that can be read goes to the folder operator-supplied sources are taken from, and what it replaces is put
aside; one that cannot goes to `rejected` with a report beside it. Nothing is deleted, and no file keeps others from
being taken in: each is read in a confined process within a time of its own, and none is read twice. Does not hold when
the folder is looked at or what is run then (see `pipelines.sensors`).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from geodata.errors import InputError, OnrampError
from geodata.fetching.folder import fill_patterns, find_files, is_text, list_of, needs_state
from geodata.ingest.choose_files import day_of, written
from geodata.schemas import columns as col
from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.drift import held_to
from geodata.sources.mapped_columns import settings_lines
from geodata.sources.spec import ParseContext, Source
from geodata.states import REGISTRY, State
from geodata.storage.files import sha256_of, write_text, written_aside

ACCEPTED, REJECTED, REPLACED = "accepted", "rejected", "replaced"
_UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".filepart")
_MOST_ROWS = 200
# Names beside a file's own are longer than it: that of a report, of a copy being written, of a second one.
_LONGEST_NAME = 200
_LONGEST_ENDING = 20
# Names the file that is being read, so that one that ends this program is known the next time.
_BEING_READ = ".being_read"

Seen = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


@dataclass(frozen=True)
class Owner:
    """The source a file name belongs to, and the state it is for (None: every state)."""

    source: Source
    state: State | None


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `hash` is that of its content where it was accepted."""

    name: str
    accepted: bool
    sentence: str
    hash: str = ""


@dataclass(frozen=True)
class Round:
    """One look into the folder: what became of whole files, and those to look at again with what they were."""

    outcomes: list[Outcome] = field(default_factory=list)
    waiting: dict[str, Seen] = field(default_factory=dict)


def look(inbox: Path, folder: Path, settings: Settings, before: Mapping[str, Seen]) -> Round:
    """Take in every file that has not changed since the look `before`; others wait for the next one.

    `folder` is where operator-supplied sources are read from. A file still being copied changes between two looks.
    After files.inbox_seconds no further file is begun. What the system refuses (a full disk) leaves the file where it
    is.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    found, began = Round(), time.monotonic()
    broke_off = _broke_off(inbox)
    for path in sorted(inbox.iterdir()):
        try:
            if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.suffix in _UNFINISHED:
                continue
            now = _seen(path)
            if before.get(path.name) != now or time.monotonic() - began > settings.files.inbox_seconds:
                found.waiting[path.name] = now
            elif broke_off == (path.name, now):
                found.outcomes.append(_rejected(path, inbox, _BROKE_OFF.format(name=_shown(path.name))))
            else:
                with _being_read(inbox, path.name, now):
                    found.outcomes.append(take(path, inbox, folder, settings))
        except OSError as problem:
            why = problem.strerror or type(problem).__name__
            sentence = f"{_shown(path.name)}: it could not be taken in ({why}) and stays in the inbox."
            found.outcomes.append(Outcome(path.name, False, sentence))
            with suppress(OSError):
                found.waiting[path.name] = _seen(path)
    return found


_BROKE_OFF = (
    "{name}: this program ended while it read the file, which is not read again. If the machine was stopped just then, "
    "put it into the inbox once more."
)


def take(path: Path, inbox: Path, folder: Path, settings: Settings) -> Outcome:
    """Accept or reject one file, move it, and leave a report beside it where there is something to say.

    OSError where the system does not let it be written; everything is as before then.
    """
    now = _seen(path)
    try:
        _refuse_name(path.name)
        owner = owner_of(path.name)
        parsed = _read(path, owner, settings)
        rivals = _rivals(path, owner, folder)
        _hold_against(rivals, path, parsed, owner, settings)
    except OnrampError as problem:
        return _rejected(path, inbox, str(problem))
    digest = _put_in_place(path, now, folder, rivals, inbox / REPLACED)
    title = owner.source.spec.title
    sentence = f"{path.name}: taken in as “{title}”, {parsed.rows_kept:,} of {parsed.rows_in:,} rows kept."
    if rivals:
        sentence += f" It takes the place of {', '.join(rival.name for rival in rivals)}, put aside in “{REPLACED}”."
    if len(parsed.rejects) or parsed.notes:
        lines = [sentence, *parsed.notes, *reject_sentences(parsed.rejects), *_to_accept(path.name, parsed)]
        with suppress(OSError):  # the list is in its place, and the log has the sentence
            write_text(inbox / ACCEPTED / f"{path.name}.txt", "\n".join(lines) + "\n")
    return Outcome(path.name, True, sentence, digest)


def _rejected(path: Path, inbox: Path, sentence: str) -> Outcome:
    moved = _moved(path, inbox / REJECTED)
    with suppress(OSError):  # on a full disk a file can still be moved, and the log has the sentence
        write_text(moved.with_name(f"{moved.name}.txt"), f"{sentence}\n")
    return Outcome(path.name, False, sentence)


def _put_in_place(path: Path, now: Seen, folder: Path, rivals: Sequence[Path], replaced: Path) -> str:
    """Move a file into `folder` in the place of `rivals`, which go to `replaced`, and return its hash.

    The new one is whole beside them, and they are whole in `replaced`, before the first of them goes: whatever fails on
    the way leaves the list that was in use.
    """
    with written_aside(folder / path.name) as aside:
        shutil.copyfile(path, aside)
        if _seen(path) != now:
            raise OSError(errno.EBUSY, "it changed while it was read")
        digest = sha256_of(aside)
        for rival in rivals:
            with written_aside(_free_name(rival.name, replaced)) as kept:
                shutil.copy2(rival, kept)
    for rival in rivals:
        if rival.name != path.name or rival.parent != folder:
            rival.unlink()
    path.unlink()
    return digest


def _seen(path: Path) -> Seen:
    known = path.stat()
    return known.st_size, known.st_mtime_ns


@contextmanager
def _being_read(inbox: Path, name: str, now: Seen) -> Iterator[None]:
    """Leave word of the file that is being read, for a look after one that this file ended."""
    word = inbox / _BEING_READ
    with suppress(OSError):
        word.write_text(json.dumps([name, *now]), encoding="utf-8")
    try:
        yield
    finally:
        word.unlink(missing_ok=True)


def _broke_off(inbox: Path) -> tuple[str, Seen] | None:
    """Return the file that the last look did not come back from, as it was then."""
    try:
        name, size, changed = json.loads((inbox / _BEING_READ).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return None
    return name, (size, changed)


def _refuse_name(name: str) -> None:
    """Raise InputError for a name that cannot be written down, or whose report could not be named."""
    remedy = "Give it a shorter name of letters and digits."
    if not is_text(Path(name)):
        raise InputError("its name is not in the encoding of this system", file=_shown(name), remedy=remedy)
    if len(os.fsencode(name)) > _LONGEST_NAME or len(Path(name).suffix) > _LONGEST_ENDING:
        raise InputError(
            f"its name has {len(os.fsencode(name))} bytes, more than the {_LONGEST_NAME} allowed (its ending "
            f"{_LONGEST_ENDING})",
            file=_shown(name)[:40] + "…",
            remedy=remedy,
        )


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def owner_of(name: str) -> Owner:
    """Return whose file this is by its name; InputError, with the names that would do, where it is nobody's."""
    brought = [source for source in SOURCES.values() if not source.spec.urls]
    # As where files are sought, a name that fits every state is every state's: planned_sites_new is not Nebraska's.
    for source in brought:
        if _fits(name, tuple(pattern for pattern in source.spec.filenames if not needs_state(pattern))):
            return Owner(source, None)
    for source in brought:
        own = [pattern for pattern in source.spec.filenames if needs_state(pattern)]
        for state in REGISTRY if own else ():
            if _fits(name, fill_patterns(own, state)):
                return Owner(source, state)
    forms = ", ".join(source.spec.filenames[0] for source in brought)
    raise InputError("no list an office brings has such a name", file=name, remedy=f"Name it like one of: {forms}.")


def reject_sentences(rejects: pd.DataFrame) -> list[str]:
    """Return one sentence for each refused row, with row, field, value, reason and remedy, up to a number."""
    sentences = []
    for row in rejects.head(_MOST_ROWS).to_dict("records"):
        parts = [
            f"{word} {row[name]}" for name, word in ((col.ROW, "row"), (col.FIELD, "field")) if not pd.isna(row[name])
        ]
        value = "" if pd.isna(row[col.VALUE]) else f" (“{row[col.VALUE]}”)"
        remedy = "" if pd.isna(row[col.REMEDY]) else f" {row[col.REMEDY]}"
        sentences.append(f"{', '.join([row[col.FILE], *parts])}: {row[col.REASON]}{value}.{remedy}")
    beyond = len(rejects) - _MOST_ROWS
    return [*sentences, f"… and {beyond:,} more rows."] if beyond > 0 else sentences


def _to_accept(name: str, parsed: Parsed) -> list[str]:
    """Return the lines of a settings file that take the columns proposed, with what to do with them."""
    lines = settings_lines({name: parsed.unread})
    return ["To take the columns proposed, put these lines into the settings file:", "", lines] if lines else []


def _read(path: Path, owner: Owner, settings: Settings) -> Parsed:
    spec = owner.source.spec
    parsed = owner.source.read(path, ParseContext(settings, owner.state), seconds=settings.files.inbox_seconds)
    held_to(parsed, spec, nationwide=owner.state is None)
    if parsed.rows_kept == 0 and len(parsed.rejects):
        first = "\n".join(reject_sentences(parsed.rejects))
        raise InputError(f"none of its {parsed.rows_in:,} rows can be used", file=path, remedy=first)
    return parsed


def _rivals(path: Path, owner: Owner, folder: Path) -> list[Path]:
    """Return the earlier editions of this list in `folder`; other lists of the kind are read beside it."""
    if not folder.is_dir():
        return []
    found = find_files(folder, owner.source.spec.filenames, owner.source.spec.scope, owner.state)
    return [one.path for one in found if list_of(one.path.name) == list_of(path.name)]


def _hold_against(rivals: list[Path], path: Path, parsed: Parsed, owner: Owner, settings: Settings) -> None:
    """Raise InputError where an edition in use speaks for a later day than this one, by content or by name.

    One that does not say its day was dropped after the others, and takes their place.
    """
    day = day_of(parsed, path.name)
    for rival in rivals if any(day) else ():
        try:
            known = day_of(_read(rival, owner, settings), rival.name)
        except OnrampError:
            # What cannot be read keeps nothing out.
            continue
        if known > day:
            raise InputError(
                f"its rows speak for {written(day)}, those of {rival.name}, which is in use, for {written(known)}",
                file=path,
                remedy="Give it a name of its own if both are to be read.",
            )


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


def _moved(path: Path, folder: Path) -> Path:
    """Move a file into `folder` under its name, cut short where it is too long, numbered where it is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(path, _free_name(path.name, folder)))


def _free_name(name: str, folder: Path) -> Path:
    stem, ending = Path(_shown(name)).stem, Path(_shown(name)).suffix
    if len(ending) > _LONGEST_ENDING:
        stem, ending = stem + ending, ""
    stem = stem.encode()[: _LONGEST_NAME - len(ending.encode())].decode("utf-8", "ignore")
    to, number = folder / f"{stem}{ending}", 1
    while to.exists():
        number += 1
        to = folder / f"{stem}-{number}{ending}"
    return to
