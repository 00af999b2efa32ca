"""The parts that briefs of communities and of states have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict, Unpack

import pandas as pd

from geodata.decisions.quarters import few_quarters
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.settings import Uncertainty
from maps.briefs.model import Brief, Fact, Grid, Point, Section
from maps.cartography.base_map import Ground, ground_of
from maps.texts import Texts, load_texts
from maps.wording.evidence import cautions, units_text
from maps.wording.rows import Row, records
from maps.wording.source_lines import missing_sources, old_copies, sources_in_order
from maps.wording.travel import travel_sentence
from maps.wording.words import Number, Words, is_missing

MOST_QUARTERS = 7
MOST_SOURCES = 12


def is_above(row: Row) -> bool:
    """Return whether a row of `barriers` is known to lie clearly above the median."""
    return not is_missing(row[col.CLEARLY_ABOVE]) and bool(row[col.CLEARLY_ABOVE])


class Parts(TypedDict):
    """What a brief says of its own subject; see `Brief`."""

    key: str
    title: str
    subtitle: str
    headline: Point
    facts: list[Fact]
    map_svg: str
    map_alt: str
    map_caption: str
    sections: list[Section]


@dataclass(frozen=True)
class Writer:
    """Writes parts of briefs of one state in one language."""

    result: StateResult
    texts: Texts

    @classmethod
    def of(cls, result: StateResult, language: str) -> Writer:
        """Return the writer for a language."""
        return cls(result, load_texts(language).about(result.settings.industry))

    @cached_property
    def words(self) -> Words:
        """How the language writes values."""
        return Words(self.texts)

    @cached_property
    def ground(self) -> Ground:
        """The ground of the state's maps."""
        return ground_of(self.result)

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """The settings of uncertainty."""
        return self.result.settings.uncertainty

    def brief(self, **parts: Unpack[Parts]) -> Brief:
        """Return a brief of its own `parts` and of what every brief of the state says."""
        result, texts = self.result, self.texts
        footer = texts("briefs.footer", state=result.state.name, date=self.words.date(result.as_of))
        return Brief(
            **parts,
            language=texts.language,
            banner=texts("lists.sample") if result.sample else "",
            warnings=[
                *cautions(result, texts, settle=parts["key"] == result.state.usps),
                *old_copies(result, texts),
                *missing_sources(result, texts),
            ],
            method=self.method(),
            sources=self.sources(),
            footer=" · ".join(part.rstrip(".") for part in (footer, travel_sentence(result.facts, texts)) if part),
            page=texts("briefs.page", n="{n}", of="{of}"),
            as_of=result.as_of,
        )

    def fact(self, key: str, value: str, note: str) -> Fact:
        """Return a headline number."""
        return Fact(self.texts(f"briefs.facts.{key}"), value, note)

    def rows(self, name: str, unit_kind: str, unit_id: str) -> list[Row]:
        """Return the rows of a table about one unit."""
        table = self._by_unit[name]
        return table.get((unit_kind, unit_id), [])

    @cached_property
    def _by_unit(self) -> dict[str, dict[tuple[str, str], list[Row]]]:
        """Rows of the tables by unit, found once: a state has thousands of tracts, a brief needs one unit."""
        out: dict[str, dict[tuple[str, str], list[Row]]] = {}
        for name in ("barriers", "work_by_quarter"):
            table = self.result.table(name)
            table = table[table[col.UNIT_KIND] != "tract"]
            out[name] = {
                (str(kind), str(ident)): records(part)
                for (kind, ident), part in table.groupby([col.UNIT_KIND, col.UNIT_ID], sort=False)
            }
        return out

    def head(self, key: str, *names: str) -> list[str]:
        """Return headings of a small table."""
        return [self.texts(f"briefs.{key}.head.{name}") for name in names]

    def measures_grid(self, unit_kind: str, unit_id: str) -> Grid | None:
        """Return the survey measures of a unit beside the median tract, or None where none is known.

        Whether a state is above its own median tract says nothing of where help is needed, so it is left out.
        """
        yes = self.texts("codes.flag.true")
        rows = [
            [
                self.texts.word("codes.measure", row[col.MEASURE]),
                self.words.percent(row[col.SHARE]),
                self.margin(row[col.SHARE_MOE]),
                self.words.percent(row[col.STATE_MEDIAN]),
                yes if is_above(row) else "",
            ]
            for row in self.rows("barriers", unit_kind, unit_id)
            if not is_missing(row[col.SHARE])
        ]
        names = ("measure", "here", "margin", "median", "above")
        numeric = [False, True, True, True, False]
        shown = len(names) - (unit_kind == "state")
        cells = [row[:shown] for row in rows]
        return Grid(self.head("who", *names[:shown]), cells, numeric[:shown]) if rows else None

    def margin(self, share: Number) -> str:
        """Return a margin of error as a percentage, with a digit more where it is small."""
        return "" if share is None or is_missing(share) else self.words.percent(share, 0 if share >= 0.01 else 1)

    def seats_of(self, provider: Row) -> str:
        """Return the yearly seats of a provider, and where they are assumed, shared or withheld that they are."""
        basis = provider[col.SEATS_BASIS]
        if basis == "suppressed":
            return self.texts("codes.seats_basis.suppressed")
        if basis == "assumed":
            stated = self.result.settings.training.assumed_seats
            seats = provider[col.SEATS_EXPECTED] if stated is None else stated * float(provider[col.SHARE])
            return self.texts("briefs.training.assumed", seats=self.words.number(seats))
        if basis == "shared" and not is_missing(provider[col.SEATS]):
            return self.texts("briefs.training.shared", seats=self.words.number(provider[col.SEATS]))
        return self.words.number(provider[col.SEATS])

    @property
    def surveyed(self) -> bool:
        """Whether any survey tells the people of a place from the median tract, which takes margins of error."""
        return bool(self.result.table("barriers")[col.CLEARLY_ABOVE].notna().any())

    def barriers(self, community_id: str) -> Section:
        """Return what is clearly above the median, the farthest first, with the support it calls for."""
        above = [row for row in self.rows("barriers", "community", community_id) if is_above(row)]
        above.sort(key=lambda row: row[col.STATE_MEDIAN] - row[col.SHARE])
        points = [
            Point(
                self.texts.word("codes.support", row[col.MEASURE]),
                self.texts(
                    "briefs.barriers.row",
                    measure=self.texts.word("codes.measure", row[col.MEASURE]),
                    share=self.words.percent(row[col.SHARE]),
                    median=self.words.percent(row[col.STATE_MEDIAN]),
                ),
            )
            for row in above
        ]
        none = self.texts("briefs.barriers.none" if self.surveyed else "briefs.barriers.unknown")
        return Section(self.texts("briefs.barriers.title"), lead=[] if points else [none], points=points)

    def work(self, unit_kind: str, unit_id: str, known: bool) -> Section:
        """Return planned work by quarter; quarters beyond the first few are summed (`geodata.decisions.quarters`)."""
        title = self.texts("briefs.work.title")
        found = [row for row in self.rows("work_by_quarter", unit_kind, unit_id) if row["sites"] != 0]
        if not found:
            return Section(title, lead=[self.texts("briefs.work.none" if known else "briefs.work.unknown")])
        rows = records(few_quarters(pd.DataFrame(found), MOST_QUARTERS))
        cells = [
            [
                self.texts("briefs.work.later")
                if row[col.QUARTER] == "later"
                else self.words.quarter(row[col.QUARTER]),
                self.words.number(row["sites"]),
                units_text(self.texts, row),
                self.job_years(row),
            ]
            for row in rows
        ]
        grid = Grid(self.head("work", "quarter", "sites", "units", "job_years"), cells, [False, True, True, True])
        # A community's brief says it where it says what to do.
        after = [self.texts("briefs.action.benefit")] if unit_kind == "state" else []
        return Section(title, lead=[self.texts(f"briefs.work.{unit_kind}")], grid=grid, after=after)

    def job_years(self, row: Row) -> str:
        """Return job-years with their range, all with the digits the highest can bear."""
        high = row[col.JOB_YEARS_HIGH]
        digits = 0 if is_missing(high) or high >= 10 else 1 if high >= 0.1 else 2
        span = self.words.span(row[col.JOB_YEARS_LOW], high, digits)
        return f"{self.words.number(row[col.JOB_YEARS_MID], digits)} ({span})"

    def method(self) -> Section:
        """Return how it was made, in four sentences."""
        weights = self.result.settings.priority.weights
        total = sum(weights.values()) or 1.0
        shares = {
            key: self.words.percent(weights.get(name, 0.0) / total)
            for key, name in (("need", "need"), ("gap", "training_gap"), ("work", "opportunity"))
        }
        draws = self.uncertainty.draws
        sentences = [*self.texts.sentences("briefs.method.sentences")]
        if not draws:
            sentences[-1] = self.texts("briefs.method.undrawn")
        lead = " ".join(sentence.format(draws=self.words.number(draws), **shares) for sentence in sentences)
        return Section(self.texts("briefs.method.title"), lead=[lead])

    def asked(self, questions: list[str]) -> Section:
        """Return what to ask for next."""
        return Section(self.texts("briefs.questions.title"), points=[Point("", one) for one in questions], ordered=True)

    def sources(self) -> Section:
        """Return the main sources with their vintage."""
        lines = []
        for use in sources_in_order(self.result)[:MOST_SOURCES]:
            vintage = f", {use.vintage}" if use.vintage else ""
            mark = f"; {self.texts('briefs.sources.archived')}" if use.archived else ""
            publisher = {"publisher": use.publisher, "vintage": vintage + mark}
            lines.append(self.texts("briefs.sources.row", title=use.title, **publisher))
        more = [*missing_sources(self.result, self.texts), self.texts("briefs.sources.more")]
        return Section(self.texts("briefs.sources.title"), lead=["; ".join(lines) + ".", *more] if lines else more)
