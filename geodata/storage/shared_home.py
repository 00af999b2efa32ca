"""Sharing the home folder among machines through an object store, for one machine or pod a state.

    <url>/objects/ab/abcd…       the bytes of files, named by their SHA-256, never changed in place
    <url>/current/<name>.json    what is now under a name: which folders it fills, and the object of each file

A pointer under `current` is one small object and is written after all the objects it names, so a machine that dies
while it writes leaves what was there before, whole. The home folder stays the place everything is read from and
written to: `fetch` brings what is newer in the store, `publish` sends what was made. Without `storage.url` in the
settings both do nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow.fs as pafs
from filelock import FileLock

from geodata.errors import InputError, OnrampError
from geodata.settings import Settings
from geodata.storage.files import LEFTOVER, folder_written_aside, sha256_of, write_text, written_aside
from geodata.storage.object_store import open_store
from geodata.storage.pointers import DamagedPointerError, Known, Pointer

RECORDS = ".shared"
BLOCK = 1 << 20
# A writer counts on an object it found only while the object is young; the clearing takes none that is.
SURE_FOR = timedelta(days=1)
ABANDONED = timedelta(days=3)


class SharedHome:
    """A home folder that other machines share through `store`, a file system of pyarrow, under `root`."""

    def __init__(self, home: Path, store: pafs.FileSystem, root: str, shown: str) -> None:
        self.home = Path(home).resolve()
        self._store = store
        self._root = root.rstrip("/")
        self._shown = shown

    def publish(self, name: str, *parts: Path) -> bool:
        """Make `parts`, files and folders under home, what is under `name`; return False where they were already."""
        with self._locked(name), self._sentences():
            pointer = self._pointer_of(parts)
            with suppress(DamagedPointerError):
                if pointer.same_bytes(self._current(name)):
                    return False
            for path, known in pointer.files.items():
                self._send(self.home / path, known)
            self._write(f"current/{name}.json", pointer.text().encode())
            self._record(name, pointer)
            return True

    def fetch(self, name: str) -> bool:
        """Bring what is under `name` where the copy here is another one; return whether there is anything."""
        with self._locked(name), self._sentences():
            pointer = self._current(name)
            if pointer is None:
                return False
            if not self._as_said(pointer):
                self._bring(pointer)
            self._record(name, pointer)
            return True

    def sync(self, name: str, *parts: Path) -> None:
        """Publish `parts` where they changed here since they were last published or brought, else fetch them.

        What a person brought and a broken connection kept from being sent is thus never replaced by something older.
        """
        record = self._recorded(self.home / RECORDS / f"{name}.json")
        changed = any(_files(part) for part in parts) if record is None else not self._as_said(record)
        if changed:
            self.publish(name, *parts)
        else:
            self.fetch(name)

    def names(self, under: str) -> list[str]:
        """Return the names published under a prefix such as `products/RI`."""
        with self._sentences():
            start = f"{self._root}/current/"
            keys = self._keys(f"current/{under}".rstrip("/"))
            return sorted(key.removeprefix(start).removesuffix(".json") for key in keys)

    def clear(self, now: datetime) -> int:
        """Remove the objects no pointer names that are older than any writing under way; return how many."""
        with self._sentences():
            # Listed before the pointers are read: what a writer adds meanwhile is not in the list.
            objects = self._keys("objects")
            used = set()
            for name in self.names(""):
                pointer = self._current(name)
                used |= {self._object(known) for known in pointer.files.values()} if pointer else set()
            old = [key for key, changed in objects.items() if key not in used and now - changed > ABANDONED]
            for key in old:
                self._store.delete_file(key)
            return len(old)

    def _pointer_of(self, parts: tuple[Path, ...]) -> Pointer:
        roots, files = [], {}
        hashes = self._hashes()
        for part in parts:
            roots.append(self.inside(part))
            for path in _files(part):
                state = path.stat()
                key = (self.inside(path), state.st_size, state.st_mtime_ns)
                files[key[0]] = Known(hashes.get(key) or sha256_of(path), state.st_size, state.st_mtime_ns)
        return Pointer(tuple(sorted(roots)), files)

    def inside(self, path: Path) -> str:
        """Return a path as seen from home; InputError where it lies outside."""
        try:
            return Path(path).resolve().relative_to(self.home).as_posix()
        except ValueError:
            raise InputError(
                "this file lies outside the home folder, and the storage of the settings shares only what is in it",
                file=path,
                remedy="Keep sources.cache, sources.folder and the files they hold under the home folder.",
            ) from None

    def _is_here(self, path: str, known: Known) -> bool:
        try:
            state = (self.home / path).stat()
        except FileNotFoundError:
            return False
        return (state.st_size, state.st_mtime_ns) == (known.size, known.mtime_ns)

    def _as_said(self, pointer: Pointer) -> bool:
        """Return whether the files here are those of the pointer, no more and no less."""
        here = {self.inside(path) for root in pointer.roots for path in _files(self.home / root)}
        return here == set(pointer.files) and all(self._is_here(path, known) for path, known in pointer.files.items())

    def _bring(self, pointer: Pointer) -> None:
        nearby = {sha: path for (path, *_), sha in self._hashes().items()}
        for root in pointer.roots:
            if root in pointer.files:
                self.home.joinpath(root).parent.mkdir(parents=True, exist_ok=True)
                with written_aside(self.home / root) as aside:
                    self._receive(root, pointer.files[root], aside, nearby)
                continue
            with folder_written_aside(self.home / root) as folder:
                for path, known in pointer.files.items():
                    if path.startswith(f"{root}/"):
                        to = folder / path.removeprefix(f"{root}/")
                        to.parent.mkdir(parents=True, exist_ok=True)
                        self._receive(path, known, to, nearby)

    def _receive(self, path: str, known: Known, to: Path, nearby: Mapping[str, str]) -> None:
        """Write one file to `to`: linked where its bytes are here already, else from the store, held to its hash."""
        for near in (path, nearby.get(known.sha256, "")):
            if near and self._is_here(near, known):
                os.link(self.home / near, to)
                return
        with self._store.open_input_stream(self._object(known)) as source, to.open("wb") as target:
            while block := source.read(BLOCK):
                target.write(block)
        if sha256_of(to) != known.sha256:
            raise OnrampError(
                f"{path} arrived damaged from {self._shown}: run again; if it stays so, compute it again."
            )
        os.utime(to, ns=(known.mtime_ns, known.mtime_ns))

    def _hashes(self) -> dict[tuple[str, int, int], str]:
        """Return the hashes of files here by path, size and time, as far as they were published or brought."""
        found = {}
        for path in (self.home / RECORDS).rglob("*.json"):
            record = self._recorded(path)
            files = {} if record is None else record.files
            found.update({(path, known.size, known.mtime_ns): known.sha256 for path, known in files.items()})
        return found

    @staticmethod
    def _recorded(record: Path) -> Pointer | None:
        """Return what was last published or brought, None where nothing was or its record is damaged."""
        try:
            return Pointer.read(record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _record(self, name: str, pointer: Pointer) -> None:
        write_text(self.home / RECORDS / f"{name}.json", pointer.text())

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        lock = self.home / RECORDS / f"{name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock):
            yield

    def _object(self, known: Known) -> str:
        return f"{self._root}/objects/{known.sha256[:2]}/{known.sha256}"

    def _current(self, name: str) -> Pointer | None:
        try:
            text = self._read(f"current/{name}.json")
        except FileNotFoundError:
            return None
        try:
            return Pointer.read(text.decode())
        except ValueError:
            raise DamagedPointerError(
                f"What the shared storage {self._shown} says of “{name}” is damaged: compute it again. Where that does "
                "not help, the store changes what it is given; docs/operations.md says what stores are known to work."
            ) from None

    def _send(self, path: Path, known: Known) -> None:
        """Upload one file unless its object is there, whole and young."""
        found = self._store.get_file_info(self._object(known))
        whole = found.type == pafs.FileType.File and found.size == known.size
        if whole and datetime.now(UTC) - found.mtime < SURE_FOR:
            return
        with path.open("rb") as source, self._store.open_output_stream(self._object(known)) as target:
            while block := source.read(BLOCK):
                target.write(block)

    def _read(self, key: str) -> bytes:
        with self._store.open_input_stream(f"{self._root}/{key}") as source:
            return bytes(source.read())

    def _write(self, key: str, content: bytes) -> None:
        with self._store.open_output_stream(f"{self._root}/{key}") as target:
            target.write(content)

    def _keys(self, under: str) -> dict[str, datetime]:
        """Return the keys of objects under a prefix with the times they were written."""
        where = pafs.FileSelector(f"{self._root}/{under}", recursive=True, allow_not_found=True)
        return {one.path: one.mtime for one in self._store.get_file_info(where) if one.type == pafs.FileType.File}

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            if problem.errno is not None:
                raise
            # The client's words are kept: an error of the store has no number, and holds no key.
            said = str(problem).splitlines()[0][:300]
            raise OnrampError(
                f"The shared storage {self._shown} failed: {said} Check storage.url, the keys in the environment and "
                "that the store is reachable, then run again; what was there before is whole."
            ) from None


def shared_home(settings: Settings) -> SharedHome | None:
    """Return the shared home of the settings, or None where one machine keeps everything."""
    return shared_at(settings.home, settings.storage.url)


def shared_at(home: Path, url: str | None) -> SharedHome | None:
    """Return the home folder shared at `url`, or None without one."""
    return None if url is None else _connected(home, url)


def publish(settings: Settings, name: str, *parts: Path) -> None:
    """Send `parts` to the shared storage under `name`, where the settings have one."""
    if shared := shared_home(settings):
        shared.publish(name, *parts)


def fetch(settings: Settings, name: str) -> None:
    """Bring what is under `name` from the shared storage, where the settings have one and it is there."""
    if shared := shared_home(settings):
        shared.fetch(name)


def sync(settings: Settings, name: str, *parts: Path) -> None:
    """Send `parts` where they changed here, else bring them, where the settings have a shared storage."""
    if shared := shared_home(settings):
        shared.sync(name, *parts)


@cache
def _connected(home: Path, url: str) -> SharedHome:
    return SharedHome(home, open_store(), url.removeprefix("s3://"), url)


def _files(part: Path) -> list[Path]:
    """Return a file, or the files of a folder, without those that are being written."""
    if not part.is_dir():
        return [part] if part.is_file() else []
    found = (path for path in sorted(part.rglob("*")) if path.is_file())
    return [path for path in found if not any(LEFTOVER.fullmatch(name) for name in path.relative_to(part).parts)]
