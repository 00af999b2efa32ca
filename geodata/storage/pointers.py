"""What the shared storage holds under a name, as the JSON that is kept there and beside the files here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pydantic import TypeAdapter

from geodata.errors import OnrampError
from geodata.storage.sealed_json import sealed, unsealed

FORMAT = 1


class DamagedPointerError(OnrampError):
    """What the store holds under a name cannot be read."""


@dataclass(frozen=True)
class Known:
    """One file of a name: the object with its bytes, and its size and time (nanoseconds) when it was published."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Pointer:
    """What is under a name: `roots` are replaced whole; `files` are by path. All paths are relative to home."""

    roots: tuple[str, ...]
    files: dict[str, Known]
    format: int = field(default=FORMAT, compare=False)

    def text(self) -> str:
        """Return it as JSON with a checksum, files in the order of their paths."""
        files = dict(sorted(self.files.items()))
        return sealed(_POINTER.dump_python(Pointer(self.roots, files), mode="json"))

    @classmethod
    def read(cls, text: str) -> Pointer:
        """Return what `text` holds.

        Raises ValueError where it is no pointer or no longer what was written, OnrampError where it would reach outside
        the home folder.
        """
        made = _POINTER.validate_python(unsealed(text))
        for path in (*made.roots, *made.files):
            if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise OnrampError(f"The shared storage names a file outside the home folder, “{path}”; it is refused.")
        return made

    def same_bytes(self, other: Pointer | None) -> bool:
        """Return whether both hold the same bytes under the same paths, whatever the times."""
        return other is not None and self.roots == other.roots and self.hashes() == other.hashes()

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file by path."""
        return {path: known.sha256 for path, known in self.files.items()}


_POINTER = TypeAdapter(Pointer)
