"""Numbers, dates, quarters and uncertainty in words, in one language.

`Words(load_texts("es"))` writes what a reader sees; every sign and word comes from the texts (group `format`).
A missing value is written as the text for “no value”, never as zero. Does not hold any markup.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import pandas as pd

from geodata.schemas import columns as col
from geodata.settings import Uncertainty
from maps.texts import Texts
from maps.wording.rows import Row

CHANCES = ("very_likely", "likely", "possible")
NEARLY_CERTAIN = 0.95
#: A number of a table, which may be missing.
Number = float | None


def is_missing(value: object) -> bool:
    """Return whether `value` is None, NaN, NaT or NA."""
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def chance_key(probability: float, chances: Uncertainty | None = None) -> str:
    """Return which words describe a probability: certain, very_likely, likely, possible or unlikely.

    The steps are the tiers' (settings `uncertainty.tier_a`, `tier_b`, `tier_c`), and 0.95 for certain. Without
    `chances` the settings are the defaults.
    """
    chances = chances or Uncertainty()
    if probability >= NEARLY_CERTAIN:
        return "certain"
    steps = (chances.tier_a, chances.tier_b, chances.tier_c)
    return next((key for key, step in zip(CHANCES, steps, strict=True) if probability >= step), "unlikely")


def rounded(value: float, figures: int = 2) -> int:
    """Return a count rounded to `figures` significant figures (half up), at least to whole units."""
    if value == 0:
        return 0
    step = 10 ** max(0, math.floor(math.log10(abs(value))) + 1 - figures)
    return int(math.floor(value / step + 0.5) * step)


class Words:
    """How one language writes values."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.language = texts.language

    @property
    def missing(self) -> str:
        """The text that stands for no value."""
        return self.texts("format.missing")

    def number(self, value: Number, digits: int = 0) -> str:
        """Return a number with separators and a true minus sign."""
        if value is None or is_missing(value) or not math.isfinite(value):
            return self.missing
        plain = f"{abs(float(value)):,.{digits}f}"
        signs = {",": self.texts("format.thousands"), ".": self.texts("format.decimal")}
        written = "".join(signs.get(sign, sign) for sign in plain)
        below = float(value) < 0 and any(sign in "123456789" for sign in plain)
        return f"\N{MINUS SIGN}{written}" if below else written

    def about(self, value: Number, figures: int = 2) -> str:
        """Return a count rounded to `figures` significant figures, as running text gives it."""
        if value is None or is_missing(value):
            return self.missing
        return self.number(rounded(float(value), figures))

    def percent(self, share: Number, digits: int = 0) -> str:
        """Return a share (0–1) as a percentage, with up to two digits more where some would read as none or all."""
        if share is None or is_missing(share):
            return self.missing
        most = digits + 2
        while digits < most and 0 < share < 1 and round(float(share) * 100, digits) in (0.0, 100.0):
            digits += 1
        return self.texts("format.percent", n=self.number(float(share) * 100, digits))

    def span(self, low: Number, high: Number, digits: int = 0) -> str:
        """Return `low to high`, or the one value where both are written the same."""
        first, last = self.number(low, digits), self.number(high, digits)
        return first if first == last else self.texts("format.span", low=first, high=last)

    def job_years(self, value: Number) -> str:
        """Return job-years with as many digits as they can bear: 0.04, 0.3, 2.4, 31."""
        if value is None or is_missing(value):
            return self.missing
        value = float(value)
        return self.number(value, 0 if value >= 10 or value == 0 else 1 if value >= 0.1 else 2)

    def job_years_span(self, low: Number, high: Number) -> str:
        """Return a range of job-years."""
        first, last = self.job_years(low), self.job_years(high)
        return first if first == last else self.texts("format.span", low=first, high=last)

    def minutes(self, value: Number) -> str:
        """Return travel time such as `25 minutes`."""
        if value is None or is_missing(value):
            return self.missing
        whole = round(float(value))
        return self.texts("format.minutes", n=whole)

    def date(self, value: str | date | pd.Timestamp | None) -> str:
        """Return a day such as `November 22, 2026` from an ISO text, date or timestamp."""
        if value is None or is_missing(value):
            return self.missing
        try:
            day = date.fromisoformat(value[:10]) if isinstance(value, str) else pd.Timestamp(value).date()
        except ValueError:
            return str(value)
        month = self.texts.sentences("format.months")[day.month - 1]
        return self.texts("format.date", day=day.day, month=month, year=day.year)

    def quarter(self, code: object) -> str:
        """Return `January–March 2027` for `2027Q1`, and words for `past` and `unknown`."""
        if is_missing(code):
            return self.missing
        text = str(code)
        year, sep, number = text.partition("Q")
        if sep and year.isdigit() and number in ("1", "2", "3", "4"):
            return self.texts(f"format.quarters.q{number}", year=year)
        return self.texts.word("codes.quarter", text)

    def listed(self, items: Iterable[str]) -> str:
        """Return items joined as a sentence does: `a, b and c`, with semicolons where an item has a comma itself."""
        names = list(items)
        if len(names) < 2:
            return "".join(names)
        if any("," in name for name in names):
            return self.texts("format.and", first="; ".join(names[:-1]) + ";", last=names[-1])
        return self.texts("format.and", first=", ".join(names[:-1]), last=names[-1])

    def code(self, group: str, code: object) -> str:
        """Return the words for a code of a table, such as `action` and `recruit_now`, or the code itself."""
        return self.missing if is_missing(code) else self.texts.word(f"codes.{group}", code)

    def alternative(self, code: str) -> str:
        """Return the words for another choice of a setting, such as `geometric` or `without svi`."""
        left_out = code.removeprefix("without ")
        if left_out != code:
            return self.texts("codes.alternative_without", name=self.texts.word("codes.definition", left_out))
        return self.texts.word("codes.alternative", code)

    def community(self, row: Row, *, within: bool = False) -> str:
        """Return a community's name: what it is called by, and the part of the compass where that has several.

        `within` a sentence a name may need an article: the Darien area.
        """
        place, compass, basis = row.get("place"), row.get("compass"), row.get("name_basis")
        if is_missing(place):
            return str(row[col.NAME])
        name = str(place)
        form = "within" if within and self.texts.has(f"format.within.{basis}") else "named"
        if not is_missing(basis) and self.texts.has(f"format.{form}.{basis}"):
            name = self.texts(f"format.{form}.{basis}", place=name, n=int(row[col.N_TRACTS]))
        if is_missing(compass):
            return name
        part, _, number = str(compass).partition("#")
        word = self.code("compass", part)
        return self.texts("format.part_of", place=name, part=f"{word} {number}" if number else word)

    def chance(self, probability: Number, chances: Uncertainty | None = None) -> str:
        """Return how sure we are that a place is among the top, such as `very likely among the top tenth`."""
        if probability is None or is_missing(probability):
            return self.missing
        return self.texts(f"format.chance.{chance_key(float(probability), chances)}", top=self.top_share(chances))

    def top_share(self, chances: Uncertainty | None = None) -> str:
        """Return the words for the top share: `tenth`, or a percentage where it is another."""
        share = (chances or Uncertainty()).top_share
        if math.isclose(share, 0.1):
            return self.texts("format.top_tenth")
        return self.texts("format.top_other", share=self.percent(share))
