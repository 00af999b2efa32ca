"""Checking what came: its first bytes, its end, its hash, and the name it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from geodata.errors import InputError
from geodata.fetching.client.http_errors import FetchError, error_object
from geodata.fetching.client.media import Media, Shape, message_in, shape_of
from geodata.sources.formats.archives import check_zip
from geodata.storage.files import sha256_of

HEAD_BYTES = 4096
_WANTED: dict[Media, tuple[str, frozenset[Shape]]] = {
    "csv": ("a table of text", frozenset({"text"})),
    "json": ("JSON", frozenset({"json"})),
    "zip": ("a zip archive", frozenset({"zip"})),
    "xlsx": ("an Excel workbook", frozenset({"zip"})),
    "tiff": ("a TIFF raster", frozenset({"tiff"})),
    "any": ("a file", frozenset({"text", "json", "zip", "tiff", "binary"})),
}
_CAME: dict[Shape, str] = {
    "html": "a web page",
    "xml": "an XML message",
    "json": "JSON",
    "zip": "a zip archive",
    "tiff": "a TIFF raster",
    "binary": "binary data",
    "text": "plain text",
    "nothing": "an empty file",
}
_ERROR_OBJECT = re.compile(rb'^\{\s*"(?:error|errors)"\s*:')


def check_head(head: bytes, media: Media, content_type: str, host: str) -> None:
    """Raise FetchError when the first bytes (up to HEAD_BYTES) are not `media`.

    Publishers answer 200 with a web page, an XML exception or an error object; the sentence repeats what it said.
    """
    shape = shape_of(head)
    if shape == "json" and _ERROR_OBJECT.match(head.lstrip()):
        raise error_object(head, host)
    # For JSON the announced type counts too: no publisher of JSON calls it a web page.
    miscalled = shape == "json" and content_type.split(";")[0].strip().lower() == "text/html"
    wanted, allowed = _WANTED[media]
    if shape in allowed and not (media == "json" and miscalled):
        return
    said = message_in(head)
    came = f"{_CAME[shape]}{' that it calls a web page' if miscalled else ''}{f' that says “{said}”' if said else ''}"
    # An empty file is often a hiccup; a page of text is what the publisher means to say.
    raise FetchError(f"{host} answered with {came} instead of {wanted}.", "content", again=shape == "nothing")


def check_whole(path: Path, media: Media, pins: tuple[str, ...], host: str) -> str:
    """Return the SHA-256 of a file that came; raises FetchError when it is cut, unsafe or not a pinned one."""
    check_end(path, media, host)
    if media in ("zip", "xlsx"):
        try:
            check_zip(path)
        except InputError as problem:
            raise FetchError(f"{host} sent an archive that is not opened: {problem.problem}.", "archive") from None
    sha256 = sha256_of(path)
    if pins and sha256 not in pins:
        wanted = " or ".join(f"{pin[:12]}…" for pin in pins)
        raise FetchError(
            f"{host} sent other bytes than the ones this source is pinned to (SHA-256 {sha256[:12]}…, not {wanted}).",
            "hash",
        )
    return sha256


def check_end(path: Path, media: Media, host: str) -> None:
    """Raise FetchError when a JSON file or a raster was cut: its length was not announced, or is that of a part."""
    if media == "json":
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - 64))
            if not handle.read().rstrip().endswith((b"}", b"]")):
                raise FetchError(f"{host} sent JSON that breaks off before its end.", "truncated", again=True)
    if media == "tiff":
        # Imported here: the library takes half a second, and few sources are rasters.
        from geodata.geography.raster_bytes import check_whole as check_raster

        try:
            check_raster(path)
        except InputError as problem:
            sentence = f"{host} sent a raster that is not whole: {problem.problem}."
            raise FetchError(sentence, "content", again=True) from None


def filename_of(headers: Mapping[str, str], url: str) -> str:
    """Return the file name a publisher gives, in Content-Disposition or else the address; never a path."""
    given = headers.get("Content-Disposition", "")
    found = re.search(r"filename\*=(?:UTF-8'')?([^;]+)", given, re.I) or re.search(r'filename="?([^";]+)', given, re.I)
    name = unquote(found.group(1)) if found else unquote(urlsplit(url).path)
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()
