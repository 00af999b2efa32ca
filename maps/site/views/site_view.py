"""A state's site in one language: its words, its addresses, and the sentences that several pages say.

Does not hold the frame of a page (`frame`) nor the rows of its tables (`rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.scoring.site_priors import site_without_units
from maps.site.addresses import Addresses
from maps.site.html_pages import Link, isolated
from maps.site.views.state_view import StateView
from maps.texts import Texts, load_texts
from maps.wording.words import Number, Words, is_missing


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
        return load_texts(self.language).about(self.state.result.settings.industry)

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

    def community_link(self, ident: str) -> Link:
        """Return name and address of a community."""
        row = self.state.community_index.get(ident)
        return Link(ident if row is None else self.words.community(row), self.community_address(ident))

    def chance(self, probability: Number) -> str:
        """Return how sure we are in words, such as “very likely among the top tenth”."""
        return self.words.chance(probability, self.state.uncertainty)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return a text that depends on a number, written with separators."""
        return self.texts(key, n=1 if n == 1 else self.words.number(n), **values)

    def names(self, names: list[str]) -> str:
        """Return names from data joined as a sentence does, each keeping its direction."""
        return self.words.listed([isolated(name) for name in names])

    @cached_property
    def worth(self) -> str:
        """What one planned site is worth in work under the settings of this run, and what that is not."""
        opportunity = self.result.settings.opportunity
        units, years = site_without_units(self.result.table("site_priors"), self.result.state.usps, opportunity)
        made_of = [
            self.texts(
                "map.card.units",
                kind=self.texts.word("codes.units", kind),
                n=self.words.number(count, int(count != round(count))),
            )
            for kind, count in units.items()
            if count >= 0.05
        ]
        return self.texts(
            "site.overview.limit_work", made_of=self.words.listed(made_of), years=self.words.job_years(years)
        )

    @cached_property
    def assumed_seats(self) -> str:
        """How many of the state's providers count with assumed seats, in words; nothing where none does."""
        known = self.result.summary
        assumed = known.get(col.PROVIDERS_ASSUMED)
        if is_missing(assumed) or not assumed:
            return ""
        return self.count("site.community.seats_assumed", int(assumed), of=self.words.number(known["providers"]))

    @property
    def bare(self) -> bool:
        """Whether no tract has a boundary, so that maps can color nothing."""
        return not self.state.drawn.any()

    @property
    def undrawn(self) -> str:
        """How many tracts are listed but not on any map, in words; nothing where all are drawn."""
        lost = int((~self.state.drawn).sum())
        return self.count("site.data.bare" if self.bare else "site.data.undrawn", lost) if lost else ""
