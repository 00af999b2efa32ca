"""Telling what came: the announced type, the first bytes, and errors dressed as success."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from geodata.errors import InputError
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import printable

Media = Literal["csv", "json", "zip", "xlsx", "tiff", "any"]

HEAD_BYTES = 4096
_NAMES: dict[Media, str] = {
    "csv": "a table of text",
    "json": "JSON",
    "zip": "a zip archive",
    "xlsx": "an Excel workbook",
    "tiff": "a TIFF raster",
    "any": "a file",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ERROR_OBJECT = re.compile(rb'^\{\s*"(?:error|errors)"\s*:')
_XML_ERROR = re.compile(r"(?is)<(?:\w+:)?(?:ExceptionText|ServiceException|Message)\b[^>]*>(.*?)</")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")


def _shape(head: bytes) -> str:
    """Return what the first bytes look like: html, xml, json, zip, tiff, binary, text or nothing."""
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_TIFF):
        return "tiff"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "nothing"
    lowered = start[:512].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        lowered.startswith((b"<?xml", b"<!--")) and b"<html" in lowered
    ):
        return "html"
    if lowered.startswith(b"<"):
        return "xml"
    if start.startswith((b"{", b"[")):
        return "json"
    if b"\0" in head:
        return "binary"
    return "text"


_ALLOWED: dict[Media, frozenset[str]] = {
    "csv": frozenset({"text"}),
    "json": frozenset({"json"}),
    "zip": frozenset({"zip"}),
    "xlsx": frozenset({"zip"}),
    "tiff": frozenset({"tiff"}),
    "any": frozenset({"text", "json", "zip", "tiff", "binary"}),
}


def check_head(head: bytes, media: Media, content_type: str, host: str) -> None:
    """Raise FetchError when the first bytes (up to HEAD_BYTES) are not `media`.

    Publishers answer 200 with a web page, an XML exception or an error object; the sentence repeats what it said.
    """
    shape = _shape(head)
    announced = content_type.split(";")[0].strip().lower()
    if shape == "json" and _ERROR_OBJECT.match(head.lstrip()):
        raise error_object(head, host)
    # For JSON the announced type counts too: no publisher of JSON calls it a web page.
    if shape in _ALLOWED[media] and not (media == "json" and announced == "text/html"):
        return
    came = {
        "html": "a web page",
        "xml": "an XML message",
        "json": "JSON that it calls a web page" if announced == "text/html" else "JSON",
        "zip": "a zip archive",
        "tiff": "a TIFF raster",
        "binary": "binary data",
        "text": "plain text",
        "nothing": "an empty file",
    }[shape]
    said = message_in(head)
    quoted = f" that says “{said}”" if said else ""
    # An empty file is often a hiccup; a page of text is what the publisher means to say.
    raise FetchError(
        f"{host} answered with {came}{quoted} instead of {_NAMES[media]}.", "content", again=shape == "nothing"
    )


def error_object(body: bytes, host: str, status: int | None = None) -> FetchError:
    """Return the error that a JSON error object tells of: ArcGIS, api.data.gov and those like them."""
    code, said = _code_and_message(body)
    about_key = code.upper().startswith("API_KEY") or code in ("498", "499")
    if about_key:
        return FetchError(f"{host} does not accept the key: {said or code}.", "key", status=status)
    if code.upper() == "OVER_RATE_LIMIT":
        return FetchError(f"{host} allows no more requests for now: {said.rstrip('.')}.", "limited", status=status)
    again = code in ("500", "502", "503", "504")
    named = f" {code}" if code else ""
    return FetchError(f"{host} answered with error{named}: {said or 'no reason given'}.", "content", again=again)


def _code_and_message(body: bytes) -> tuple[str, str]:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return "", printable(body[:300].decode("utf-8", "replace"))
    if not isinstance(parsed, dict):
        return "", ""
    error = parsed.get("error", parsed.get("errors"))
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, dict):
        details = error.get("details") or []
        parts = [str(error.get("message") or ""), *(str(detail) for detail in details if isinstance(detail, str))]
        return str(error.get("code") or ""), printable(" ".join(part for part in parts if part)).rstrip(".")
    return "", printable(str(error or parsed.get("message") or "")).rstrip(".")


def message_in(body: bytes) -> str:
    """Return the one line worth repeating of a web page, XML message, JSON error or text; may be empty."""
    text = body.decode("utf-8", "replace")
    shape = _shape(body)
    if shape == "html":
        found = _TITLE.search(text)
        return printable(html.unescape(found.group(1)), 80) if found else ""
    if shape == "xml":
        found = _XML_ERROR.search(text)
        return printable(html.unescape(found.group(1)), 120) if found else ""
    if shape == "json":
        return _code_and_message(body)[1]
    return printable(text, 120) if shape == "text" else ""


def check_end(path: Path, media: Media, host: str) -> None:
    """Raise FetchError when a JSON file or a raster was cut: its length was not announced, or is that of a part."""
    if media == "json":
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - 64))
            end = handle.read().rstrip()
        if not end.endswith((b"}", b"]")):
            raise FetchError(f"{host} sent JSON that breaks off before its end.", "truncated", again=True)
    if media == "tiff":
        # Imported here: the library takes half a second, and few sources are rasters.
        from geodata.geography.raster_bytes import check_whole

        try:
            check_whole(path)
        except InputError as problem:
            raise FetchError(
                f"{host} sent a raster that is not whole: {problem.problem}.", "content", again=True
            ) from None


def filename_of(headers: Mapping[str, str], url: str) -> str:
    """Return the file name a publisher gives, in Content-Disposition or else the address; never a path."""
    given = headers.get("Content-Disposition", "")
    found = re.search(r"filename\*=(?:UTF-8'')?([^;]+)", given, re.I) or re.search(r'filename="?([^";]+)', given, re.I)
    name = unquote(found.group(1)) if found else unquote(urlsplit(url).path)
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()
