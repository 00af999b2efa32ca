"""The cache of publishers' files: content-addressed objects and one manifest per source and scope.

    objects/ab/cdef…/<publisher's file name>     the bytes, named by their SHA-256, never changed in place
    manifests/<source>/<scope>.json              what was obtained, when, from where, newest first; beside it the
                                                 list before this one (.earlier)
    partial/…                                    downloads under way, which may be resumed

An object is complete before a manifest names it, and a manifest is replaced by renaming, so a run that dies at
any point leaves the last good copy in place. Addresses in manifests are redacted before they arrive here.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from geodata.errors import OnrampError
from geodata.storage.files import sha256_of, write_text
from geodata.storage.sealed_json import sealed, unsealed
from geodata.storage.shared_home import SharedHome

MANIFEST_FORMAT = 1
HISTORY = 5
_LOCK_SECONDS = 60.0
# Another run that downloads the same file is worth waiting for: its copy serves both.
_DOWNLOAD_SECONDS = 3600.0
_ABANDONED = timedelta(days=7)
_EARLIER = ".earlier"


class CacheBusyError(OnrampError):
    """Another run holds the lock for longer than is worth waiting for."""


class CorruptObjectError(OnrampError):
    """A cached file no longer has the bytes it had when it was stored."""


@dataclass(frozen=True)
class Entry:
    """One copy of one file of a source: what it is, where it came from and how to ask whether it changed.

    `retrieved_at` is when the bytes came, `checked_at` when the publisher last said they were current (both
    ISO 8601, UTC). `size` is in bytes. `asked` is the address asked, `url` the one that answered, both redacted;
    `version` is the publisher's own mark of how new the copy is.
    """

    url: str
    filename: str
    sha256: str
    size: int
    retrieved_at: str
    checked_at: str
    licence: str = ""
    etag: str | None = None
    last_modified: str | None = None
    version: str | None = None
    asked: str = ""

    @property
    def checked(self) -> datetime:
        """When the publisher last confirmed them."""
        return datetime.fromisoformat(self.checked_at)


class Copy(NamedTuple):
    """An entry and where its bytes lie."""

    entry: Entry
    path: Path


@dataclass(frozen=True)
class Failure:
    """The last attempt that failed, in one sentence; `at` is ISO 8601, UTC."""

    at: str
    reason: str


@dataclass(frozen=True)
class Manifest:
    """Everything known of one source for one scope; `entries` are newest first."""

    source: str
    scope: str
    entries: tuple[Entry, ...] = ()
    last_failure: Failure | None = None
    format: int = MANIFEST_FORMAT


_MANIFEST = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Pruned:
    """What a clean-up removed: `objects` and `partials` counted, `freed` in bytes."""

    objects: int
    partials: int
    freed: int


def safe_name(text: str) -> str:
    """Return `text` as a file name that no file system objects to and that cannot leave its folder."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-")
    return name[:120] or "file"


def iso(moment: datetime) -> str:
    """Return `moment` in UTC as ISO 8601 to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


class Cache:
    """A cache in one folder, safe for several runs at once.

    With `shared` the folder is that of machines with a common storage, and a copy one of them obtained serves all.
    """

    def __init__(
        self,
        root: Path,
        *,
        shared: SharedHome | None = None,
        history: int = HISTORY,
        lock_seconds: float = _LOCK_SECONDS,
        download_seconds: float = _DOWNLOAD_SECONDS,
    ) -> None:
        self.root = Path(root)
        self.history = history
        self._shared = shared
        self._lock_seconds = lock_seconds
        self._download_seconds = download_seconds
        self._verified: dict[Path, tuple[int, int]] = {}

    def object_path(self, sha256: str, filename: str) -> Path:
        """Return where the object with this hash and publisher's file name lies."""
        return self.root / "objects" / sha256[:2] / sha256[2:] / safe_name(filename)

    def partial_path(self, source: str, scope: str, filename: str) -> Path:
        """Return where a download under way is written; a fixed place, so that it can be resumed."""
        folder = self.root / "partial" / safe_name(source) / safe_name(scope)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / safe_name(filename)

    def _manifest_path(self, source: str, scope: str) -> Path:
        return self.root / "manifests" / safe_name(source) / f"{safe_name(scope)}.json"

    @contextmanager
    def _locked(self, name: str, seconds: float) -> Iterator[None]:
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"{safe_name(name)}.lock", timeout=seconds):
                yield
        except Timeout:
            raise CacheBusyError(
                f"Another run has held the cache at {self.root} ({name}) for more than "
                f"{seconds:.0f} seconds. Wait for it to end, or give this run its own cache folder."
            ) from None

    @contextmanager
    def obtaining(self, source: str, scope: str) -> Iterator[None]:
        """Be the only run on this machine that downloads `source` for `scope`; raises CacheBusyError.

        What other machines know of it is brought before, and what became of it sent after.
        """
        name = f"cache/{source}/{scope}"
        with self._locked(f"{source}.{scope}", self._download_seconds):
            if self._shared is None:
                yield
                return
            self._shared.fetch(name)
            yield
            copies = [self.object_path(entry.sha256, entry.filename) for entry in self.manifest(source, scope).entries]
            self._shared.publish(name, self._manifest_path(source, scope), *(path for path in copies if path.exists()))

    def manifest(self, source: str, scope: str) -> Manifest:
        """Return what is known of `source` for `scope`; empty when nothing is.

        Of a list that a disk changed the one before it is taken.
        """
        path = self._manifest_path(source, scope)
        for known in (path, path.with_suffix(_EARLIER)):
            try:
                return _MANIFEST.validate_python(unsealed(known.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue
            except ValueError:
                # Damage is set aside rather than met again at each run; the objects themselves are untouched.
                with suppress(FileNotFoundError):  # Another run was faster.
                    known.replace(path.with_suffix(".damaged"))
        return Manifest(source, scope)

    def open(self, entry: Entry) -> Path:
        """Return the path of `entry`'s bytes after checking them against its hash.

        Raises CorruptObjectError, having set the damaged bytes aside, when they are gone or changed.
        """
        path = self.object_path(entry.sha256, entry.filename)
        try:
            stat = path.stat()
            if self._verified.get(path) == (stat.st_mtime_ns, stat.st_size):
                return path
            if stat.st_size == entry.size and sha256_of(path) == entry.sha256:
                self._verified[path] = (stat.st_mtime_ns, stat.st_size)
                return path
        except FileNotFoundError:
            raise CorruptObjectError(
                f"The cached copy of {entry.filename} (SHA-256 {entry.sha256[:12]}…) is gone."
            ) from None
        with suppress(FileNotFoundError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        raise CorruptObjectError(
            f"The cached copy of {entry.filename} no longer has the SHA-256 {entry.sha256[:12]}… "
            "it was stored with; it was set aside."
        )

    def newest_good(self, source: str, scope: str) -> Copy | None:
        """Return the newest copy whose bytes are intact; None when there is none."""
        for entry in self.manifest(source, scope).entries:
            with suppress(CorruptObjectError):
                return Copy(entry, self.open(entry))
        return None

    def manifests(self) -> list[Manifest]:
        """Return every manifest of the cache, by source and scope."""
        # A name with a dot in front is one being written aside, here or by a run that died. One that died just then, or
        # damage, may have left the list before alone.
        found = (path for ending in (".json", _EARLIER) for path in self.root.glob(f"manifests/*/[!.]*{ending}"))
        return [self.manifest(*place) for place in sorted({(path.parent.name, path.stem) for path in found})]

    def store(self, source: str, scope: str, downloaded: Path, entry: Entry) -> Path:
        """Move the complete file `downloaded` into the cache, make `entry` the newest copy, return its path.

        A copy with the same bytes replaces the earlier entry of those bytes instead of lengthening the history.
        """
        target = self.object_path(entry.sha256, entry.filename)
        with self._locked("cache", self._lock_seconds):
            target.parent.mkdir(parents=True, exist_ok=True)
            with downloaded.open("rb") as handle:
                os.fsync(handle.fileno())
            downloaded.replace(target)
            known = self.manifest(source, scope)
            earlier = tuple(old for old in known.entries if old.sha256 != entry.sha256)
            self._write(replace(known, entries=(entry, *earlier)[: self.history], last_failure=None))
        return target

    def confirm(
        self,
        source: str,
        scope: str,
        sha256: str,
        checked_at: datetime,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Entry:
        """Note that the publisher said the copy `sha256` is still current, and return its new entry."""
        with self._locked("cache", self._lock_seconds):
            known = self.manifest(source, scope)
            entry = next(old for old in known.entries if old.sha256 == sha256)
            confirmed = replace(
                entry,
                checked_at=iso(checked_at),
                etag=etag or entry.etag,
                last_modified=last_modified or entry.last_modified,
            )
            others = tuple(old for old in known.entries if old.sha256 != sha256)
            self._write(replace(known, entries=(confirmed, *others), last_failure=None))
        return confirmed

    def failed(self, source: str, scope: str, at: datetime, reason: str) -> None:
        """Note an attempt that failed; the copies stay as they are."""
        with self._locked("cache", self._lock_seconds):
            known = self.manifest(source, scope)
            self._write(replace(known, last_failure=Failure(iso(at), reason)))

    def _write(self, manifest: Manifest) -> None:
        path = self._manifest_path(manifest.source, manifest.scope)
        text = sealed(_MANIFEST.dump_python(manifest, mode="json"))
        with suppress(FileNotFoundError):
            path.replace(path.with_suffix(_EARLIER))
        write_text(path, text)

    def prune(self, keep: int, *, now: datetime) -> Pruned:
        """Keep the newest `keep` copies of each source and scope; remove every object no manifest names.

        `keep` is at least 1, so the last good copy always stays. Partial downloads are removed after a week.
        """
        if keep < 1:
            raise ValueError("keep must be at least 1: the last good copy is never removed")
        freed = objects = partials = 0
        with self._locked("cache", self._lock_seconds):
            named: set[str] = set()
            for manifest in self.manifests():
                kept = manifest.entries[:keep]
                if kept != manifest.entries:
                    self._write(replace(manifest, entries=kept))
                named.update(entry.sha256 for entry in kept)
            for folder in (self.root / "objects").glob("*/*"):
                if folder.parent.name + folder.name not in named:
                    freed += sum(file.stat().st_size for file in folder.iterdir())
                    shutil.rmtree(folder)
                    objects += 1
            for file in (self.root / "partial").rglob("*"):
                if file.is_file() and now.timestamp() - file.stat().st_mtime > _ABANDONED.total_seconds():
                    freed += file.stat().st_size
                    file.unlink()
                    partials += 1
        return Pruned(objects, partials, freed)
