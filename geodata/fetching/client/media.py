"""Recognizing what came by its first bytes, and the one line worth repeating of a page or message."""

from __future__ import annotations

import html
import json
import re
from typing import Literal

from geodata.fetching.client.redaction import printable

Media = Literal["csv", "json", "zip", "xlsx", "tiff", "any"]
Shape = Literal["zip", "tiff", "nothing", "html", "xml", "json", "binary", "text"]

_MAGIC: tuple[tuple[Shape, tuple[bytes, ...]], ...] = (
    ("zip", (b"PK\x03\x04", b"PK\x05\x06")),
    ("tiff", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
)
_XML_ERROR = re.compile(r"(?is)<(?:\w+:)?(?:ExceptionText|ServiceException|Message)\b[^>]*>(.*?)</")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")


def shape_of(head: bytes) -> Shape:
    """Return what the first bytes of a file or answer look like."""
    for shape, starts in _MAGIC:
        if head.startswith(starts):
            return shape
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = start[:512].lower()
    if not start:
        return "nothing"
    if lowered.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        lowered.startswith((b"<?xml", b"<!--")) and b"<html" in lowered
    ):
        return "html"
    if lowered.startswith(b"<"):
        return "xml"
    if start.startswith((b"{", b"[")):
        return "json"
    return "binary" if b"\0" in head else "text"


def message_in(body: bytes) -> str:
    """Return the one line worth repeating of a web page, XML message, JSON error or text; may be empty."""
    shape, text = shape_of(body), body.decode("utf-8", "replace")
    if shape in ("html", "xml"):
        found = (_TITLE if shape == "html" else _XML_ERROR).search(text)
        return printable(html.unescape(found.group(1)), 80 if shape == "html" else 120) if found else ""
    if shape == "json":
        return code_and_message(body)[1]
    return printable(text, 120) if shape == "text" else ""


def code_and_message(body: bytes) -> tuple[str, str]:
    """Return the code and the message of a JSON error object, each empty where there is none."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return "", printable(body[:300].decode("utf-8", "replace"))
    if not isinstance(parsed, dict):
        return "", ""
    error = parsed.get("error", parsed.get("errors"))
    if isinstance(error, list) and error:
        error = error[0]
    if not isinstance(error, dict):
        return "", printable(str(error or parsed.get("message") or "")).rstrip(".")
    details = [detail for detail in error.get("details") or [] if isinstance(detail, str)]
    parts = [str(error.get("message") or ""), *details]
    return str(error.get("code") or ""), printable(" ".join(part for part in parts if part)).rstrip(".")
