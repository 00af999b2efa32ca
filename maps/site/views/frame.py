"""The frame around every page of a site: navigation, languages, notices, date and footer."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.schemas import columns as col
from maps.site.addresses import MAIN_PAGES, Addresses, file_of
from maps.site.views.site_view import SiteView
from maps.texts import load_texts
from maps.wording.travel import travel_sentence

#: Missing sources are named in a banner up to so many; the page of data names all.
MOST_NAMED = 3


@dataclass(frozen=True)
class NavEntry:
    """An entry of the navigation or of the choice of languages; `here` where it is this page."""

    text: str
    href: str
    here: bool
    code: str = ""


@dataclass(frozen=True)
class Banner:
    """A notice at the head of a page; `kind` is sample, stale, missing or archived."""

    kind: str
    text: str
    href: str = ""


def frame(view: SiteView, kind: str, title: str, identifier: str = "") -> dict[str, object]:
    """Return what the frame of a page needs; `kind` is one of MAIN_PAGES, or community, county or area."""
    t = view.texts
    return {
        "t": t,
        "w": view.words,
        "language": view.language,
        "title": title,
        "state_name": view.result.state.name,
        "nav": [] if view.standalone else _navigation(view, kind),
        "switch": [] if view.standalone else language_switch(view.to, kind, identifier),
        "home": "#top" if view.standalone else view.to("overview"),
        "banners": banners(view),
        "as_of": t("site.as_of", date=view.words.date(view.result.as_of)),
        "footer": t("site.footer", run=view.result.run_id or "–", digest=view.result.settings_digest or "–"),
        "travel": travel_sentence(view.result.facts, t),
        "standalone": view.standalone,
    }


def _navigation(view: SiteView, kind: str) -> list[NavEntry]:
    entries = [NavEntry(view.texts(f"site.nav.{name}"), view.to(name), name == kind) for name in MAIN_PAGES]
    if view.nation:
        above = view.to.root + view.nation + view.to.folder + file_of("overview")
        entries.append(NavEntry(view.texts("site.nav.nation"), above, here=False))
    return entries


def language_switch(to: Addresses, kind: str, identifier: str = "") -> list[NavEntry]:
    """Return the same page in every language of the site."""
    return [
        NavEntry(
            load_texts(code)("lists.page.language"), to.other(code, kind, identifier), code == to.language, code=code
        )
        for code in to.languages
    ]


def banners(view: SiteView) -> list[Banner]:
    """Return what must be known before reading on: fictional data, old copies, missing and archived sources."""
    found = [Banner("sample", view.texts("site.sample"))] if view.result.sample else []
    stale, missing = (
        sorted({use.title for use in view.result.sources if use.freshness == freshness})
        for freshness in ("stale", "missing")
    )
    if stale:
        found.append(Banner("stale", view.count("site.stale", len(stale), names=view.names(stale))))
    if len(missing) > MOST_NAMED:
        href = "#sources" if view.standalone else view.to("data") + "#sources"
        found.append(Banner("missing", view.count("site.missing_short", len(missing)), href))
    elif missing:
        names = view.names(missing)
        found.append(Banner("missing", view.count("site.missing_sources", len(missing), names=names)))
    parts = view.result.table("need_parts")
    archived = sorted(set(parts.loc[parts[col.ARCHIVED].fillna(False).astype(bool), col.DEFINITION]))
    if archived:
        names = view.words.listed([view.texts.word("codes.definition", code) for code in archived])
        found.append(Banner("archived", view.texts("site.archived", names=names)))
    return found
