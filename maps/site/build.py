"""The site of a state: one folder of pages that works from a disk, a shared drive or any static host.

Each page carries all it needs inside and asks nothing of any network. Two builds of the same run are equal,
byte for byte. `{state}-{language}.html` is the whole state in one file, to be sent or kept by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.comparison.changes import ChangeReport
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.storage.files import folder_written_aside
from maps.inline_content import own_files
from maps.interactive.map_view import fragments
from maps.interactive.payload import MapPayload, map_payload
from maps.site.addresses import file_of
from maps.site.html_pages import Context, render
from maps.site.views.area_pages import area, area_list
from maps.site.views.changes_page import changes as changes_page
from maps.site.views.community_pages import communities, community
from maps.site.views.data_page import data
from maps.site.views.method_page import method
from maps.site.views.overview import overview
from maps.site.views.rows import AREA_PAGES
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView
from maps.wording.rows import records

LANGUAGES = ("en", "es")


def build_site(
    result: StateResult,
    folder: Path,
    languages: Sequence[str] = LANGUAGES,
    *,
    changes: ChangeReport | None = None,
    downloads: Sequence[str] = (),
    tiles: bool = False,
    figures: bool = True,
    nation: str = "",
) -> Path:
    """Write the site of a state to `folder` and return it; the folder is replaced only when all is written.

    The pages of the first language lie in the folder itself, those of others in a folder of their code.
    `changes` is the comparison with the last accepted run, where there is one.
    `downloads` are addresses of files, seen from the site's first page. With `tiles` the map of a page that comes
    from a web server asks OpenStreetMap's server for background pictures; without, nothing leaves the reader's
    machine. The state in one file never asks. `figures` puts the charts on the method page, which takes some seconds
    a language. `nation` is the address of the folder of the national site, seen from the first page, where there is
    one to lead back to.
    """
    state = StateView(result)
    payload = map_payload(result)
    with folder_written_aside(Path(folder)) as aside:
        for language in languages:
            view = SiteView(state, language, tuple(languages), downloads=tuple(downloads), nation=nation)
            place = aside / view.to.folder
            place.mkdir(exist_ok=True)
            for name, html in _pages(view, payload, changes, tiles, figures):
                (place / name).write_text(html, encoding="utf-8")
            single = SiteView(state, language, tuple(languages), standalone=True)
            html = overview_page(single, payload)
            (aside / f"{result.state.usps}-{language}.html").write_text(html, encoding="utf-8")
    return Path(folder)


def _pages(
    view: SiteView, payload: MapPayload, report: ChangeReport | None, tiles: bool, figures: bool
) -> list[tuple[str, str]]:
    styles = [own_files("page.css")]

    def page(template: str, context: Context) -> str:
        return render(template, context, styles=styles)

    pages = [
        (file_of("overview"), overview_page(view, payload, tiles)),
        (file_of("communities"), page("communities.html", communities(view))),
        (file_of("counties"), page("areas.html", area_list(view, "counties"))),
        (file_of("areas"), page("areas.html", area_list(view, "areas"))),
        (file_of("method"), page("method.html", method(view, figures))),
        (file_of("data"), page("data.html", data(view))),
        (file_of("changes"), page("changes.html", changes_page(view, report))),
    ]
    pages += [
        (file_of("community", ident), page("community.html", community(view, ident)))
        for ident in view.state.communities[col.COMMUNITY_ID]
    ]
    rollups = view.state.rollups
    pages += [
        (file_of(AREA_PAGES[row[col.AREA_KIND]], row[col.AREA_ID]), page("area.html", area(view, row)))
        for row in records(rollups[rollups[col.AREA_KIND].isin(list(AREA_PAGES))])
    ]
    return pages


def overview_page(view: SiteView, payload: MapPayload, tiles: bool = False) -> str:
    """Return the state's first page with the interactive map in it."""
    addresses = {} if view.standalone else {ident: view.to("community", ident) for ident in view.state.community_index}
    made = fragments(payload, view.result, view.texts, pages=addresses, tiles=tiles)
    context = {**overview(view), "map_id": made.map_id, "tiles": tiles}
    if view.standalone:
        context = {**method(view, figures=False), **data(view), **context}
    return render(
        "overview.html",
        context,
        styles=[own_files("page.css"), *made.styles],
        scripts=made.scripts,
        blocks=made.blocks,
        image_sources=made.image_sources,
    )
