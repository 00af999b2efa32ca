"""The text of a file block by block, as UTF-8 whatever encoding it is in.

A national table is read so without being held whole: of tens of megabytes only the wanted columns stay. Does not hold
what a line of it means (`geodata.sources.formats.text_tables`).
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
HEAD_BYTES = 200_000
"""At least so much of a file is known as its head, if it has as much: more than any header."""

_START_BYTES = 400
_AS_1252 = "onramp_cp1252"
_BOM = "\ufeff"


def decode(data: bytes) -> str:
    """Return `data` as text: UTF-16 as Excel saves “Unicode text”, else UTF-8 (BOM dropped).

    Bytes that are no UTF-8 are taken for Windows-1252, as older federal files are, one by one: a single one pasted
    into a UTF-8 file spoils no other accent of it.
    """
    return _decoder(data).decode(data, final=True).removeprefix(_BOM)


def _decoder(start: bytes) -> codecs.IncrementalDecoder:
    """Return a decoder for a file that begins with `start`."""
    encoding = _utf16(start)
    return codecs.getincrementaldecoder(encoding or "utf-8")("replace" if encoding else _AS_1252)


def _utf16(data: bytes) -> str | None:
    """Return the UTF-16 a file is in, by its byte order mark or by every other byte of its start being zero."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[: _START_BYTES - _START_BYTES % 2]
    pairs = len(start) // 2
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if pairs and zeros.count(0) > 0.9 * pairs and start.count(0) < 1.1 * pairs:
            return encoding
    return None


def _bytes_as_1252(problem: UnicodeError) -> tuple[str, int]:
    """Return the bytes that are no UTF-8 as Windows-1252; registered with the codecs under `_AS_1252`."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return problem.object[problem.start : problem.end].decode("cp1252", errors="replace"), problem.end


codecs.register_error(_AS_1252, _bytes_as_1252)


class TextStream(io.RawIOBase):
    """A file opened for reading, as a stream of UTF-8 (without byte order mark) from its `head` on.

    `head` is its beginning as text; `skip` leaves signs of it out of the stream. `magic` are its first four bytes.
    """

    def __init__(self, file: BinaryIO, block_bytes: int = BLOCK_BYTES) -> None:
        self._file, self._block_bytes = file, block_bytes
        first = file.read(max(block_bytes, _START_BYTES))
        self.magic = first[:4]
        self._decoder = _decoder(first)
        self._ended = not first
        self.head = self._decoder.decode(first, final=self._ended).removeprefix(_BOM)
        while not self._ended and len(self.head) < HEAD_BYTES:
            self.head += self._next()
        self._waiting = memoryview(self.head.encode())

    def _next(self) -> str:
        block = self._file.read(self._block_bytes)
        self._ended = not block
        return self._decoder.decode(block, final=self._ended)

    def skip(self, signs: int) -> None:
        """Leave the first `signs` signs of the head out of the stream, before it is read."""
        self._waiting = memoryview(self.head[signs:].encode())

    @property
    def is_blank(self) -> bool:
        """Whether nothing but blanks is left."""
        return self._ended and not bytes(self._waiting).strip()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with what comes next and return how many bytes that are; 0 at the end."""
        while not self._waiting and not self._ended:
            self._waiting = memoryview(self._next().encode())
        taken = min(len(buffer), len(self._waiting))
        buffer[:taken] = self._waiting[:taken]
        self._waiting = self._waiting[taken:]
        return taken
