"""The files beside the site, in words: lists in their formats, workbook, map layers, briefs, bundle."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from maps.briefs.write_briefs import brief_name
from maps.site.views.common import SiteView

_LIST = re.compile(r"^[a-z]{2}-(?P<list>[a-z_]+?)(?:\.(?P<language>[a-z]{2}))?\.(?P<ending>[a-z]+)$")
#: Order in which a list's formats are offered.
ENDINGS = ("html", "csv", "json", "parquet", "xlsx", "gpkg", "qgs", "pdf", "zip")


def downloads(view: SiteView) -> dict[str, list[dict[str, Any]]]:
    """Return the files offered: `whole` of everything at once, `lists` by list, `other` not recognised by name."""
    whole: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    lists: dict[str, dict[str, Any]] = {}
    for address in view.downloads:
        name = PurePosixPath(address).name
        href = view.to.root + address
        found = _LIST.match(name)
        if found and found["language"] not in (None, view.language):
            continue
        title = view.texts.find(f"lists.titles.{found['list']}") if found else None
        if found and isinstance(title, str):
            formats = lists.setdefault(found["list"], {"title": title, "formats": []})["formats"]
            formats.append((ENDINGS.index(found["ending"]), view.texts.word("site.data.format", found["ending"]), href))
        elif PurePosixPath(name).suffix[1:] in ENDINGS:
            whole.append({"text": view.texts.word("site.data.format", PurePosixPath(name).suffix[1:]), "href": href})
        else:
            other.append({"text": name, "href": href})
    rows = [
        {"title": row["title"], "formats": [{"text": text, "href": href} for _, text, href in sorted(row["formats"])]}
        for row in lists.values()
    ]
    return {"whole": whole, "lists": rows, "other": other}


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
