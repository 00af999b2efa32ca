"""Members of zip archives, read without unpacking anything to disk."""

from __future__ import annotations

import zipfile
import zlib
from fnmatch import fnmatchcase
from pathlib import Path

from geodata.errors import InputError
from geodata.fetching.archives import check_zip

_AGAIN = "Download it again from the publisher, or take it out of the folder."


def member_names(path: Path, pattern: str) -> list[str]:
    """Return the members whose base name matches `pattern`, whatever its case, in alphabetical order.

    What macOS leaves beside every file (`__MACOSX`, `._name`) is passed over.
    """
    names = [m.filename for m in check_zip(path) if not m.filename.startswith("__MACOSX")]
    bases = {name: name.rsplit("/", 1)[-1].casefold() for name in names}
    return sorted(n for n, base in bases.items() if fnmatchcase(base, pattern.casefold()) and not base.startswith("._"))


def read_member(path: Path, pattern: str, *, most_bytes: int) -> tuple[str, bytes]:
    """Return the base name and the bytes of the member matching `pattern`.

    Among several a revised file (`_rv` in its name, as NCES marks them) wins, else the first in the alphabet.
    """
    names = member_names(path, pattern)
    if not names:
        raise InputError(f"the archive holds no file like {pattern}", file=path, remedy=_AGAIN)
    name = next((n for n in names if "_rv" in n.casefold()), names[0])
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as handle:
            data = handle.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise InputError(f"“{name}” cannot be unpacked ({problem})", file=path, remedy=_AGAIN) from None
    if len(data) > most_bytes:
        raise InputError(f"“{name}” has more than the {most_bytes:,} bytes allowed", file=path, remedy=_AGAIN)
    return name.rsplit("/", 1)[-1], data
