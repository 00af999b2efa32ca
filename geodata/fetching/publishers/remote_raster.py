"""A window of a remote raster: reading only the part of a large file that is needed.

Cloud-optimized GeoTIFFs keep their cells in tiles behind a directory of them, so that a part can be read by asking
for spans of bytes. GDAL reads the raster; the spans are asked for by the same client as everything else, whose limits,
keys and checks GDAL's own HTTP access does not have (docs/decisions/0018-raster-windows-through-our-client.md).
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window, from_bounds
from rasterio.windows import transform as window_transform

from geodata.errors import OnrampError, first_line
from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of
from geodata.fetching.transport import Job, split_address
from geodata.geography.raster_bytes import MOST_BANDS
from geodata.storage.files import written_aside

_BLOCK = 1 << 20
_BLOCKS_KEPT = 64
_ROWS_AT_ONCE = 512
# The friction surface of the nation has 92 million; a header may claim any number of cells and bands.
_MOST_CELLS = 1_000_000_000

Box = tuple[float, float, float, float]


class RemoteFile(io.RawIOBase):
    """A file at an address that can be read anywhere; blocks that were read are kept for a while.

    Raises FetchError when the publisher does not serve parts, or serves another file than it began with.
    """

    def __init__(self, fetcher: Fetcher, request: Request) -> None:
        super().__init__()
        self._fetcher = fetcher
        self._request = request
        self._block = lru_cache(_BLOCKS_KEPT)(self._ask)
        self._place = 0
        self.validator: tuple[str | None, str | None, int] | None = None
        self._block(0)

    @property
    def version(self) -> str:
        """What the publisher says of the file that changes when the file does."""
        return " ".join(str(part) for part in self.validator or () if part)

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.validator[2] if self.validator else 0

    def _ask(self, block: int) -> bytes:
        start = block * _BLOCK
        came, content = self._fetcher.read(replace(self._request, span=(start, start + _BLOCK - 1)))
        if came.total is None:
            raise FetchError(f"{self._request.host} does not say how large its file is.", "misunderstood")
        validator = (came.etag, came.last_modified, came.total)
        if self.validator not in (None, validator):
            raise FetchError(f"{self._request.host} changed the file while it was read.", "truncated")
        self.validator = validator
        return content

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def read(self, count: int = -1) -> bytes:
        """Return up to `count` bytes from the place on; all of the rest for a negative count."""
        end = self.size if count < 0 else min(self.size, self._place + count)
        pieces = []
        while self._place < end:
            number, within = divmod(self._place, _BLOCK)
            piece = self._block(number)[within : within + end - self._place]
            if not piece:
                raise FetchError(f"{self._request.host} gave fewer bytes than its file has.", "truncated")
            pieces.append(piece)
            self._place += len(piece)
        return b"".join(pieces)


def copy_window(remote: RemoteFile, box: Box, target: Path, host: str) -> None:
    """Write the cells of `remote` within `box` (west, south, east, north in its own CRS) to `target`, aside first.

    Cells, their size, CRS and nodata stay what they are. Raises FetchError when it is no raster or the box is
    outside it.
    """
    problems: list[FetchError] = []

    def opener(path: str, mode: str = "rb", **_: object) -> io.RawIOBase:
        if mode not in ("r", "rb") or not path.endswith("remote.tif"):
            raise FileNotFoundError(path)
        remote.seek(0)
        return _Noting(remote, problems)

    try:
        with rasterio.open("remote.tif", driver="GTiff", opener=opener) as source:
            window = from_bounds(*box, source.transform).round_offsets().round_lengths()
            window = window.intersection(Window(0, 0, source.width, source.height))
            if source.count > MOST_BANDS or window.width * window.height * source.count > _MOST_CELLS:
                raise FetchError(f"{host} sent a raster with more cells in the box than are allowed here.", "too_large")
            profile = {
                **source.profile,
                "driver": "GTiff",
                "width": window.width,
                "height": window.height,
                "transform": window_transform(window, source.transform),
                "compress": "deflate",
                "tiled": True,
                "blockxsize": 512,
                "blockysize": 512,
                "bigtiff": "if_safer",
            }
            with written_aside(target) as aside, rasterio.open(aside, "w", **profile) as out:
                for row in range(0, int(window.height), _ROWS_AT_ONCE):
                    height = min(_ROWS_AT_ONCE, int(window.height) - row)
                    part = Window(window.col_off, window.row_off + row, window.width, height)
                    out.write(source.read(window=part), window=Window(0, row, window.width, height))
                    if problems:
                        raise problems[0]
    except Exception as problem:
        if problems:
            raise problems[0] from None
        # What is no error of the raster library is one of this disk.
        if isinstance(problem, (OnrampError, OSError)) and not isinstance(problem, RasterioError):
            raise
        reason = first_line(problem).rstrip(".")
        raise FetchError(f"{host} sent a raster that cannot be read here: {reason}.", "content") from None


class _Noting(io.RawIOBase):
    """Passes reads on and keeps the reason of one that failed, which the raster library would swallow."""

    def __init__(self, remote: RemoteFile, problems: list[FetchError]) -> None:
        super().__init__()
        self._remote, self._problems = remote, problems

    def read(self, count: int = -1) -> bytes:
        try:
            return self._remote.read(count)
        except FetchError as problem:
            self._problems.append(problem)
            return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._remote.seek(offset, whence)

    def tell(self) -> int:
        return self._remote.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


class RasterWindow:
    """Obtains the part of a raster within `?box=west,south,east,north` of the address."""

    suffix = ""

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Write the window as a GeoTIFF, unless the publisher's file is the one it was cut from."""
        url, query = split_address(job.url)
        west, south, east, north = (float(edge) for edge in query["box"].split(","))
        remote = RemoteFile(fetcher, self._request(url, job))
        version = remote.version
        if version == job.known.version:
            return Download("unchanged", url=url, version=version)
        copy_window(remote, (west, south, east, north), job.part, host_of(url))
        return job.written(job.url, version=version, filename=url.rsplit("/", 1)[-1])

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Read the first block."""
        url, _ = split_address(job.url)
        RemoteFile(fetcher, self._request(url, job))

    @staticmethod
    def _request(url: str, job: Job) -> Request:
        return Request(url, label=job.spec.title, media="tiff")
