"""Zip archives from publishers: checked before they are read, and read without unpacking anything to disk.

An archive is refused where its size has no bound, a member would leave the folder, or one is hidden (a link, a
password, one name twice).
"""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from geodata.errors import AGAIN, InputError


@dataclass(frozen=True)
class ArchiveLimits:
    """The most an archive may hold: `members`, `member_bytes` and `total_bytes` unpacked, and the `ratio` of
    unpacked to packed bytes, which is looked at above `ratio_from_bytes`.
    """

    members: int = 20_000
    member_bytes: int = 4_000_000_000
    total_bytes: int = 8_000_000_000
    ratio: float = 200.0
    ratio_from_bytes: int = 10_000_000


DEFAULT_LIMITS = ArchiveLimits()
_SUSPECT = "Download it again from the publisher; if it stays so, do not open it."


def check_zip(path: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> list[zipfile.ZipInfo]:
    """Return the members of the archive that are files, after checking all that can be checked without unpacking.

    Raises InputError naming the archive, the member and the reason: unreadable, too many members, too large, packed
    too tightly to be data, absolute or parent paths, links, encryption, or one name twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError):
        raise InputError("this is not a whole zip archive", file=path, remedy="Download it again.") from None
    if len(members) > limits.members:
        raise InputError(f"it holds {len(members)} members, more than {limits.members}", file=path, remedy=_SUSPECT)
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise InputError(
            f"it would unpack to {total} bytes, more than {limits.total_bytes}", file=path, remedy=_SUSPECT
        )
    seen: set[str] = set()
    for member in members:
        problem = _problem(member, limits)
        if problem is None and member.filename in seen:
            problem = "appears twice"
        if problem is not None:
            raise InputError(f"its member “{_shown(member.filename)}” {problem}", file=path, remedy=_SUSPECT)
        seen.add(member.filename)
    return [member for member in members if not member.is_dir()]


def _problem(member: zipfile.ZipInfo, limits: ArchiveLimits) -> str | None:
    name = member.filename.replace("\\", "/")
    if posixpath.isabs(name) or re.match(r"^[A-Za-z]:", name) or ".." in name.split("/"):
        return "would be written outside the folder"
    if not member.filename or "\0" in member.orig_filename:
        return "has a name that cannot be written"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    if member.flag_bits & 0x1:
        return "is encrypted"
    if member.file_size > limits.member_bytes:
        return f"would unpack to {member.file_size} bytes, more than {limits.member_bytes}"
    if member.file_size > limits.ratio_from_bytes and member.file_size > limits.ratio * max(1, member.compress_size):
        return f"would unpack to {member.file_size / max(1, member.compress_size):.0f} times its size"
    return None


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]


def member_names(path: Path, pattern: str) -> list[str]:
    """Return the members whose base name matches `pattern`, in upper or lower case, in alphabetical order.

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
        raise InputError(f"the archive holds no file like {pattern}", file=path, remedy=AGAIN)
    name = next((n for n in names if "_rv" in n.casefold()), names[0])
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as handle:
            data = handle.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise InputError(f"“{name}” cannot be unpacked ({problem})", file=path, remedy=AGAIN) from None
    if len(data) > most_bytes:
        raise InputError(f"“{name}” has more than the {most_bytes:,} bytes allowed", file=path, remedy=AGAIN)
    return name.rsplit("/", 1)[-1], data
