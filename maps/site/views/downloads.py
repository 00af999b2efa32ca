"""The files beside the site, in words: lists in their formats, workbook, map layers, briefs, bundle."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from maps.briefs.write_briefs import brief_name
from maps.site.html_pages import Link
from maps.site.views.site_view import SiteView

_LIST = re.compile(r"^[a-z]{2}-(?P<list>[a-z_]+?)(?:\.(?P<language>[a-z]{2}))?\.(?P<ending>[a-z]+)$")
#: Order in which a list's formats are offered.
ENDINGS = ("html", "csv", "json", "parquet", "xlsx", "gpkg", "qgs", "pdf", "zip")


@dataclass(frozen=True)
class ListDownloads:
    """One list and the formats it is offered in."""

    title: str
    formats: list[Link]


@dataclass(frozen=True)
class Downloads:
    """The files offered: `whole` of everything at once, `lists` by list, `other` not recognized by name."""

    whole: list[Link] = field(default_factory=list)
    lists: list[ListDownloads] = field(default_factory=list)
    other: list[Link] = field(default_factory=list)


def downloads(view: SiteView) -> Downloads:
    """Return the files offered in the page's language."""
    found = Downloads()
    formats: dict[str, list[tuple[int, Link]]] = {}
    for address in view.downloads:
        name = PurePosixPath(address).name
        ending, href = PurePosixPath(name).suffix[1:], view.to.root + address
        match = _LIST.match(name)
        if match and match["language"] not in (None, view.language):
            continue
        if ending not in ENDINGS:
            found.other.append(Link(name, href))
            continue
        link = Link(view.texts.word("site.data.format", ending), href)
        if match and isinstance(view.texts.find(f"lists.titles.{match['list']}"), str):
            formats.setdefault(match["list"], []).append((ENDINGS.index(ending), link))
        else:
            found.whole.append(link)
    for name, links in formats.items():
        ordered = [link for _, link in sorted(links, key=lambda one: one[0])]
        found.lists.append(ListDownloads(view.texts(f"lists.titles.{name}"), ordered))
    return found


def list_table(view: SiteView, name: str) -> str:
    """Return the address of a list's sortable table in the page's language, or nothing where there is none."""
    wanted = f"-{name}.{view.language}.html"
    return next((view.to.root + address for address in view.downloads if address.endswith(wanted)), "")


def brief(view: SiteView, community_id: str | None = None) -> str:
    """Return the address of the printable brief of the state or a community, or nothing where briefs are not beside."""
    of_state = brief_name(view.result, None, view.language, "pdf")
    for address in view.downloads:
        if PurePosixPath(address).name == of_state:
            folder = address[: -len(of_state)]
            return view.to.root + folder + brief_name(view.result, community_id, view.language, "pdf")
    return ""
