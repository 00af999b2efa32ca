"""What all pages of a state share in one language: words, addresses, banners, navigation, and rows of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.scoring.opportunity import default_site
from maps.site.addresses import MAIN_PAGES, Addresses, file_of
from maps.site.html_pages import bdi, isolated
from maps.site.views.marks import bar, interval
from maps.site.views.state_view import StateView
from maps.texts import Texts, load_texts
from maps.wording.words import Words, is_missing

#: Missing sources are named in a banner up to so many; the page of data names all.
MOST_NAMED = 3


@dataclass
class SiteView:
    """A state's site in one language."""

    state: StateView
    language: str
    languages: tuple[str, ...]
    standalone: bool = False
    #: Addresses of files beside the site, seen from its first page.
    downloads: tuple[str, ...] = ()
    #: Address of the national site's folder, seen from the first page, with a slash; empty where there is none.
    nation: str = ""

    @cached_property
    def texts(self) -> Texts:
        """The texts, with the industry's words in them."""
        return load_texts(self.language).about(self.state.result.settings.get("industry", {}))

    @cached_property
    def worth(self) -> str:
        """What one planned site is worth in work under the settings of this run, and what that is not."""
        units, years = default_site(self.result.settings)
        made_of = [
            self.texts("map.card.units", kind=self.texts.word("codes.units", kind), n=self.words.number(count))
            for kind, count in units.items()
        ]
        return self.texts(
            "site.overview.limit_work", made_of=self.words.listed(made_of), years=self.words.job_years(years)
        )

    @cached_property
    def words(self) -> Words:
        """How this language writes values."""
        return Words(self.texts)

    @cached_property
    def to(self) -> Addresses:
        """Addresses of pages."""
        return Addresses(self.language, self.languages)

    @property
    def result(self) -> StateResult:
        """The run behind the pages."""
        return self.state.result

    def community_address(self, ident: str) -> str:
        """Return where a community is described: its page, or its card in the one-file edition."""
        return f"#community={ident}" if self.standalone else self.to("community", ident)

    def community_link(self, ident: str) -> dict[str, Any]:
        """Return name and address of a community."""
        row = self.state.community_index.get(ident)
        name = ident if row is None else self.words.community(row)
        return {"name": name, "href": self.community_address(ident)}

    @cached_property
    def assumed_seats(self) -> str:
        """Return how many of the state's providers count with assumed seats, in words; nothing where none does."""
        providers = self.result.table("providers")
        own = providers[(providers[col.STATE] == self.result.state.usps) & (providers[col.ENTRY_STAGE] == "entry")]
        assumed = int((own[col.SEATS_BASIS] == "assumed").sum())
        if not assumed:
            return ""
        seats = self.words.number(self.result.settings.get("training", {}).get("assumed_seats", 1))
        return self.count("site.community.seats_assumed", assumed, of=self.words.number(len(own)), seats=seats)

    def chance(self, probability: Any) -> str:
        """Return how sure we are in words, such as “very likely among the top tenth”."""
        return self.words.chance(probability, self.state.uncertainty)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return a text that depends on a number, written with separators."""
        return self.texts(key, n=1 if n == 1 else self.words.number(n), **values)

    def names(self, names: list[str]) -> str:
        """Return names from data joined as a sentence does, each keeping its direction."""
        return self.words.listed([isolated(name) for name in names])

    def page(self, kind: str, title: str, identifier: str = "") -> dict[str, Any]:
        """Return what the frame of every page needs."""
        t = self.texts
        nav = [
            {"text": t(f"site.nav.{name}"), "href": self.to(name), "here": name == kind}
            for name in MAIN_PAGES
            if not self.standalone
        ]
        if self.nation and not self.standalone:
            above = self.to.root + self.nation + self.to.folder + file_of("overview")
            nav.append({"text": t("site.nav.nation"), "href": above, "here": False})
        switch = [
            {
                "text": load_texts(code)("lists.page.language"),
                "code": code,
                "href": "" if self.standalone else self.to.other(code, kind, identifier),
                "here": code == self.language,
            }
            for code in self.languages
        ]
        return {
            "t": t,
            "w": self.words,
            "language": self.language,
            "title": title,
            "state_name": self.result.state.name,
            "nav": nav,
            "switch": [] if self.standalone else switch,
            "home": "#top" if self.standalone else self.to("overview"),
            "banners": self.banners,
            "as_of": t("site.as_of", date=self.words.date(self.result.as_of)),
            "footer": t("site.footer", run=self.result.run_id or "–", digest=self.result.settings_digest or "–"),
            "standalone": self.standalone,
        }

    @cached_property
    def banners(self) -> list[dict[str, str]]:
        """Return what must be known before reading on: fictional data, old copies, missing and archived sources."""
        t, found = self.texts, []
        if self.result.sample:
            found.append({"kind": "sample", "text": t("site.sample")})
        for key, wanted in (("stale", "stale"), ("missing_sources", "missing")):
            names = sorted({use.title for use in self.result.sources if use.freshness == wanted})
            if wanted == "missing" and len(names) > MOST_NAMED:
                text = self.count("site.missing_short", len(names))
                href = "#sources" if self.standalone else self.to("data") + "#sources"
                found.append({"kind": wanted, "text": text, "href": href})
            elif names:
                found.append({"kind": wanted, "text": self.count(f"site.{key}", len(names), names=self.names(names))})
        parts = self.result.table("need_parts")
        archived = sorted(set(parts.loc[parts[col.ARCHIVED].fillna(False).astype(bool), col.DEFINITION]))
        if archived:
            names = [t.word("codes.definition", code) for code in archived]
            found.append({"kind": "archived", "text": t("site.archived", names=self.words.listed(names))})
        return found

    @property
    def bare(self) -> bool:
        """Whether no tract has a boundary, so that maps can color nothing."""
        return not self.state.scores[col.HAS_POLYGON].fillna(False).astype(bool).any()

    def undrawn(self) -> str:
        """Return how many tracts are listed but not on any map, in words; nothing where all are drawn."""
        lost = int((~self.state.scores[col.HAS_POLYGON].fillna(False).astype(bool)).sum())
        return self.count("site.data.bare" if self.bare else "site.data.undrawn", lost) if lost else ""

    def community_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a community as lists show it."""
        t, w = self.texts, self.words
        of = len(self.state.communities)
        rank, low, high = (w.number(row[name]) for name in (col.RANK, col.RANK_LOW, col.RANK_HIGH))
        certain = not is_missing(row[col.RANK_LOW])
        return {
            "rank": rank,
            "name": bdi(w.community(row)),
            "href": self.community_address(row[col.COMMUNITY_ID]),
            "county": ""
            if is_missing(row[col.COUNTY_NAME]) or row[col.COUNTY_NAME] == row[col.PLACE]
            else bdi(row[col.COUNTY_NAME]),
            "tier": row[col.TIER],
            "chance": self.chance(row[col.P_TOP_SHARE]) if not is_missing(row[col.P_TOP_SHARE]) else "",
            "adults": w.about(row[col.ELIGIBLE_ADULTS]),
            "action": w.code("action", row[col.ACTION]) if not is_missing(row[col.ACTION]) else "",
            "range": w.span(row[col.RANK_LOW], row[col.RANK_HIGH]) if certain else rank,
            "interval": self.interval(row),
            "bar": self.bar(row),
            "low": low,
            "high": high,
            "of": t("site.community_word", n=of),
        }

    def sure_text(self, row: Mapping[str, Any]) -> str:
        """Return in words which places a community took in most draws; nothing where none are known."""
        if is_missing(row[col.RANK_LOW]):
            return ""
        w, of = self.words, len(self.state.communities)
        key = "site.community.sure_same" if row[col.RANK_LOW] == row[col.RANK_HIGH] else "site.community.sure_text"
        return self.texts(key, low=w.number(row[col.RANK_LOW]), high=w.number(row[col.RANK_HIGH]), of=w.number(of))

    def interval(self, row: Mapping[str, Any]) -> Markup:
        """Return the drawn places a community took; nothing where none are known."""
        if is_missing(row[col.RANK_LOW]):
            return Markup("")
        low, middle, high = row[col.RANK_LOW], row[col.RANK_MEDIAN], row[col.RANK_HIGH]
        return interval(low, middle, high, len(self.state.communities), self.sure_text(row))

    def bar(self, row: Mapping[str, Any]) -> Markup:
        """Return the drawn parts of a community's score."""
        return bar(*self.points(row[col.COMMUNITY_ID]), self.points_label(row))

    def points(self, ident: str) -> tuple[float, float, float]:
        """Return the mean points of a community's tracts, weighted by eligible adults."""
        return self.state.points_of.get(ident, (0.0, 0.0, 0.0))

    def points_label(self, row: Mapping[str, Any]) -> str:
        """Return in words what a community's bar shows."""
        need, gap, work = (self.words.number(value, 1) for value in self.points(row[col.COMMUNITY_ID]))
        total = self.words.number(row[col.PRIORITY], 1)
        return self.texts("map.card.points", total=total, need=need, gap=gap, work=work)

    def tract_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a tract as tables of a page show it."""
        w = self.words
        name = self.texts("map.card.tract", name=row[col.NAME] if not is_missing(row[col.NAME]) else row[col.GEOID])
        map_page = "" if self.standalone else self.to("overview")
        place = "" if is_missing(row[col.PLACE_NAME]) else bdi(row[col.PLACE_NAME])
        return {
            "rank": w.number(row[col.RANK]) if not is_missing(row[col.RANK]) else "–",
            "name": name,
            "where": Markup("{} {}").format(place, row[col.GEOID]) if place else row[col.GEOID],
            "geoid": row[col.GEOID],
            "href": f"{map_page}#tract={row['geoid']}",
            "tier": w.code("tier_short", row[col.TIER]),
            "range": w.span(row[col.RANK_LOW], row[col.RANK_HIGH]) if not is_missing(row[col.RANK_LOW]) else "",
            "need": w.number(row[col.NEED]),
            "gap": w.number(row[col.TRAINING_GAP]),
            "work": w.number(row[col.OPPORTUNITY]),
            "priority": w.number(row[col.PRIORITY], 1),
            "adults": w.number(row[col.ELIGIBLE_ADULTS]),
            "minutes": w.number(row[col.NEAREST_PROVIDER_MINUTES])
            if not is_missing(row[col.NEAREST_PROVIDER_MINUTES])
            else self.texts("site.community.none"),
        }
