"""Obtaining a source's file, from a folder or live with the last good copy to fall back on.

Every way answers with an `Acquired`: the file and where it came from, which every product repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from geodata.errors import InputError, SourceUnavailable
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.download_cache import iso
from geodata.fetching.folder import (
    Found,
    Listed,
    fill_patterns,
    find_files,
    needs_state,
    one_edition_each,
    patterns_in_words,
    read_listing,
)
from geodata.states import State
from geodata.storage.files import refuse_holes, sha256_of

if TYPE_CHECKING:
    from geodata.sources.spec import SourceSpec

NATION = "nation"
_LOOKS = 3
Status = Literal["live", "cached", "stale", "folder", "sample"]


@dataclass(frozen=True)
class Acquired:
    """A source's file and its provenance.

    `status`: `live` the publisher gave or confirmed it in this run; `cached` recent enough not to ask; `stale` the
    publisher failed and this is the last good copy; `folder` from a folder of files; `sample` fictional.
    `retrieved_at` is ISO 8601 (UTC), `age_days` the whole days since then, `size` in bytes, `url` redacted (empty
    for a file without a known origin), `note` a sentence when there is something to say.
    """

    source: str
    scope: str
    path: Path
    status: Status
    retrieved_at: str
    age_days: int
    sha256: str
    size: int
    url: str = ""
    note: str = ""


class Acquirer(Protocol):
    """Whatever can obtain a source's file; `state` is None when the whole nation is wanted."""

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the file, or raise SourceUnavailable with one sentence saying what to do."""
        ...

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the newest edition of each list of a source an office brings; of other sources the one file."""
        ...

    def candidates(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return every file that may answer, the likeliest by its name first; what they hold decides among them."""
        ...


def obtain_for(acquirer: Acquirer, spec: SourceSpec, states: Iterable[State | None]) -> list[Acquired]:
    """Return every file that may serve `states`, each once; `geodata.ingest.choose_files` chooses among them.

    Raises SourceUnavailable when no state is served; states without a file are for the caller to compare.
    """
    found: dict[Path, Acquired] = {}
    missing: list[SourceUnavailable] = []
    for state in states:
        try:
            acquired = acquirer.candidates(spec, state)
        except SourceUnavailable as problem:
            missing.append(problem)
            continue
        for one in acquired:
            known = found.get(one.path)
            # What is a neighbor's list to one state may be another's own.
            if known is None or len(known.scope) > len(one.scope):
                found[one.path] = one
        if spec.urls and acquired[0].scope == NATION and acquired[0].status != "folder":
            # A publisher's national file serves every state; the next would only be asked for it again.
            break
    if not found and missing:
        raise missing[0]
    return list(found.values())


def age_in_days(retrieved_at: str, now: datetime) -> int:
    """Return the whole days from `retrieved_at` (ISO 8601) to `now`; a clock that runs back gives 0."""
    return max(0, (now - datetime.fromisoformat(retrieved_at)).days)


class FolderAcquirer:
    """Takes files from a folder: one that `onramp mirror` filled, or one of files downloaded by hand.

    A folder with a MANIFEST.json is held to its hashes; without one the date of the file stands in for the date
    of its retrieval, and the note says so.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None) -> None:
        self.folder = Path(folder)
        self._clock = clock or Clock()
        if not self.folder.is_dir():
            raise InputError(
                "this folder of source files does not exist",
                file=self.folder,
                remedy="Fill one with onramp mirror, or give the folder that holds the downloads.",
            )
        self._listing = read_listing(self.folder)
        self._hashes: dict[tuple[Path, int, int], str] = {}

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the newest matching file; see `find_files` for the choice among several."""
        return self.obtain_all(spec, state)[0]

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the newest edition of each list of a source an office brings; of other sources the one file."""
        found = self._found(spec, state)
        chosen = found[:1] if spec.urls else one_edition_each(found)
        passed_over = [one.path.name for one in found if one not in chosen]
        return [self._acquired(spec, one, state, passed_over) for one in chosen]

    def candidates(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return every matching file, the likeliest by its name first; see `geodata.ingest.choose_files`."""
        return [self._acquired(spec, one, state, []) for one in self._found(spec, state)]

    def _found(self, spec: SourceSpec, state: State | None) -> list[Found]:
        found = find_files(self.folder, spec.filenames, spec.scope, state, neighbors=spec.adds_up)
        if not found:
            raise SourceUnavailable(self._not_found(spec, state))
        return found

    def _acquired(self, spec: SourceSpec, found: Found, state: State | None, passed_over: list[str]) -> Acquired:
        path, scope = found.path, NATION if found.nationwide or state is None else state.usps
        if found.others:
            scope = " ".join(found.others)
        listed, sha256 = self._listed(path)
        size = path.stat().st_size
        if listed is not None:
            self._hold_to(listed, path, sha256)
            retrieved_at, note = listed.retrieved_at, ""
        else:
            retrieved_at = iso(datetime.fromtimestamp(path.stat().st_mtime, UTC))
            note = "The date is that of the file: nothing in the folder says when it was retrieved."
        if passed_over:
            names = ", ".join(passed_over[:3]) + (", …" if len(passed_over) > 3 else "")
            note = f"{note} Matching files passed over by their names: {len(passed_over)} ({names}).".strip()
        age = age_in_days(retrieved_at, self._clock.now())
        url = listed.url if listed else ""
        return Acquired(spec.name, scope, path, "folder", retrieved_at, age, sha256, size, url, note)

    def _listed(self, path: Path) -> tuple[Listed | None, str]:
        """Return what the list says of a file, and its hash; a mirror may be replacing both just now."""
        place = path.relative_to(self.folder).as_posix()
        for _ in range(_LOOKS):
            listed, sha256 = self._listing.get(place), self._sha256(path)
            if listed is None or listed.sha256 == sha256:
                break
            self._listing = read_listing(self.folder)
        return listed, sha256

    def _sha256(self, path: Path) -> str:
        """Return the hash of a file as it now is; fifty states ask for that of one national file."""
        known = path.stat()
        seen = (path, known.st_size, known.st_mtime_ns)
        if seen not in self._hashes:
            refuse_holes(path)
            self._hashes[seen] = sha256_of(path)
        return self._hashes[seen]

    def _not_found(self, spec: SourceSpec, state: State | None) -> str:
        patterns = fill_patterns(spec.filenames, state)
        if not patterns:
            return f"{spec.title} comes by state: name the state it is wanted for."
        page = f" It can be downloaded at {spec.page}." if spec.page else ""
        by_state = any(needs_state(pattern) for pattern in spec.filenames)
        where = f" for {state.name}" if state is not None and by_state else ""
        return (
            f"{spec.title}{where} is not in the folder “{self.folder.name}”: "
            f"no file there is called {patterns_in_words(patterns)}.{page}"
        )

    @staticmethod
    def _hold_to(listed: Listed, path: Path, sha256: str) -> None:
        if listed.sha256 != sha256:
            raise InputError(
                f"its SHA-256 is {sha256[:12]}…, but the folder's list says {listed.sha256[:12]}…",
                file=path,
                remedy="Copy the file again, or run onramp mirror again.",
            )


class FoldersAcquirer:
    """Takes files from several folders: each folder's list of hashes holds for its own files.

    Of what is one file the first folder that has it gives it where names decide; where content does, all compete.
    """

    def __init__(self, folders: Iterable[Path], *, clock: Clock | None = None) -> None:
        self._folders = [FolderAcquirer(folder, clock=clock) for folder in folders]

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the file of the first folder that has one."""
        return self.obtain_all(spec, state)[0]

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the lists of a source an office brings from all folders; of other sources the one file."""
        found = self._from_each(lambda folder: folder.obtain_all(spec, state), spec, state)
        return found[:1] if spec.urls else found

    def candidates(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return every matching file of all folders."""
        return self._from_each(lambda folder: folder.candidates(spec, state), spec, state)

    def _from_each(
        self, obtain: Callable[[FolderAcquirer], list[Acquired]], spec: SourceSpec, state: State | None
    ) -> list[Acquired]:
        found: dict[Path, Acquired] = {}
        missing: list[str] = []
        for folder in self._folders:
            try:
                found |= {one.path.resolve(): one for one in obtain(folder)}
            except SourceUnavailable as problem:
                missing.append(str(problem))
        if not found:
            said = missing[0] if missing else f"{spec.title} has no folder to come from."
            names = ", ".join(f"“{folder.folder.name}”" for folder in self._folders[1:])
            raise SourceUnavailable(f"{said} Nor is it in {names}." if names else said)
        return list(found.values())
