"""Where each page of a site lies, the same in every language; the first language lies in the site's folder itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

MAIN_PAGES = ("overview", "communities", "counties", "areas", "method", "data", "changes")


def slug(identifier: str) -> str:
    """Return a file-safe name for an identifier from data; two different ones never share a name."""
    plain = re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")[:40]
    if plain and plain == identifier:
        return plain
    mark = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{plain}-{mark}" if plain else mark


def file_of(kind: str, identifier: str = "") -> str:
    """Return the file name of a page: one of MAIN_PAGES, or community, county or area with its identifier."""
    if kind == "overview":
        return "index.html"
    return f"{kind}-{slug(identifier)}.html" if identifier else f"{kind}.html"


@dataclass(frozen=True)
class Addresses:
    """Addresses as seen from the pages of one language; `languages` in order, the first in the root folder."""

    language: str
    languages: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder of this language's pages below the site's, with a slash, or nothing."""
        return "" if self.language == self.languages[0] else f"{self.language}/"

    @property
    def root(self) -> str:
        """The way from a page of this language to the site's folder."""
        return "../" if self.folder else ""

    def __call__(self, kind: str, identifier: str = "") -> str:
        """Return the address of a page of the same language."""
        return file_of(kind, identifier)

    def other(self, language: str, kind: str, identifier: str = "") -> str:
        """Return the address of the same page in another language."""
        there = "" if language == self.languages[0] else f"{language}/"
        return self.root + there + file_of(kind, identifier)
