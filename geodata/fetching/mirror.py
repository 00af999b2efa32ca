"""Filling a folder from the publishers, so that a place without internet can run from it.

The folder holds `national/` and one folder for each state, files under their publishers' names, and MANIFEST.json
with addresses, dates and hashes, to which every later reading is held.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from geodata.errors import InputError, OnrampError, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired, Acquirer
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.download_cache import iso
from geodata.fetching.folder import MANIFEST_NAME, Listed, list_of, read_listing
from geodata.sources.spec import SourceSpec
from geodata.states import State
from geodata.storage.files import sha256_of, write_text, written_aside

MANIFEST_FORMAT = 1
LOCK_NAME = ".mirror.lock"
LOCK_SECONDS = 600.0


@dataclass(frozen=True)
class Mirrored:
    """One row of the report: what was put where, or the sentence that says why not (`path` is None then)."""

    source: str
    title: str
    scope: str
    path: Path | None
    status: str
    size: int = 0
    note: str = ""


class MirrorWriter:
    """Puts files into a folder and keeps its list; the list is replaced whole after each file.

    Several may fill one folder at once: each puts in one file at a time, and begins from the list as it is then.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None, lock_seconds: float = LOCK_SECONDS) -> None:
        self.folder = Path(folder)
        self._clock = clock or Clock()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self.folder / LOCK_NAME, timeout=lock_seconds)
        self._files = self._listed()

    def _listed(self) -> dict[str, Listed]:
        try:
            return read_listing(self.folder)
        except InputError:
            raise OnrampError(
                f"{MANIFEST_NAME} in {self.folder.name} was not written by onramp mirror. Give another folder."
            ) from None

    def add(self, spec: SourceSpec, acquired: Acquired) -> Path:
        """Copy the file into the folder and list it; a file of the same source and scope that it replaces goes."""
        try:
            with self._lock:
                self._files = self._listed()
                return self._add(spec, acquired)
        except Timeout:
            raise OnrampError(
                f"Another onramp mirror has held {self.folder} for more than {self._lock.timeout:.0f} seconds. Wait "
                "for it to end, or give another folder."
            ) from None

    def _add(self, spec: SourceSpec, acquired: Acquired) -> Path:
        place = "national" if acquired.scope == NATION else acquired.scope
        target = self.folder / place / acquired.path.name
        relative = target.relative_to(self.folder).as_posix()
        with written_aside(target) as aside:
            shutil.copyfile(acquired.path, aside)
            if sha256_of(aside) != acquired.sha256:
                raise OnrampError(f"{target.name} did not survive copying; is the disk full or failing?")
            listed = self._files.get(relative)
            if listed is not None and listed.sha256 != acquired.sha256:
                # A list that names other bytes than are there would make the folder unusable if we died here.
                del self._files[relative]
                self._write()
        superseded = [
            file.path
            for file in self._files.values()
            if (file.source, file.scope) == (spec.name, acquired.scope)
            and file.path != relative
            # An office may bring several lists, and only an older edition of this one is superseded.
            and (spec.urls or list_of(file.path.rpartition("/")[2]) == list_of(target.name))
        ]
        self._files[relative] = Listed(
            path=relative,
            source=spec.name,
            scope=acquired.scope,
            publisher=spec.publisher,
            licence=spec.licence,
            url=acquired.url,
            retrieved_at=acquired.retrieved_at,
            sha256=acquired.sha256,
            size=acquired.size,
            status=acquired.status,
            note=acquired.note,
        )
        for path in superseded:
            del self._files[path]
        self._write()
        # Only after the list no longer names them: a reader never finds a listed file gone.
        for path in superseded:
            (self.folder / path).unlink(missing_ok=True)
        return target

    def _write(self) -> None:
        files = [asdict(self._files[path]) for path in sorted(self._files)]
        listing = {"format": MANIFEST_FORMAT, "written_at": iso(self._clock.now()), "files": files}
        write_text(self.folder / MANIFEST_NAME, json.dumps(listing, indent=1, ensure_ascii=False) + "\n")


def mirror(
    acquirer: Acquirer,
    specs: Iterable[SourceSpec],
    states: Sequence[State],
    folder: Path,
    *,
    clock: Clock | None = None,
) -> list[Mirrored]:
    """Fill `folder` with what serves `states`, going on past what cannot be obtained; returns a row for each copy.

    Files that are there already and cannot be renewed stay.
    """
    writer = MirrorWriter(folder, clock=clock)
    rows: list[Mirrored] = []
    for spec in specs:
        if spec.file_of is None:
            rows += _one(writer, acquirer, spec, states)
    return rows


def _one(writer: MirrorWriter, acquirer: Acquirer, spec: SourceSpec, states: Sequence[State]) -> list[Mirrored]:
    rows: list[Mirrored] = []
    seen: set[Path] = set()
    places: Sequence[State | None] = states or [None]
    for state in places:
        try:
            acquired = acquirer.obtain_all(spec, state)
        except SourceUnavailable as problem:
            scope = NATION if state is None else state.usps
            rows.append(Mirrored(spec.name, spec.title, scope, None, "missing", note=str(problem)))
            continue
        for one in acquired:
            if one.path not in seen:
                seen.add(one.path)
                path = writer.add(spec, one)
                rows.append(Mirrored(spec.name, spec.title, one.scope, path, one.status, one.size, one.note))
        if spec.urls and acquired[0].scope == NATION:
            break
    return rows
