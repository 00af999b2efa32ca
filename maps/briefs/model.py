"""What a brief is made of, before it is a page or a PDF: plain text in order, nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Fact:
    """A headline number with its range or its meaning."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Point:
    """One item of a list: what it is, and what follows; after a colon, unless the first is a sentence of its own."""

    strong: str
    text: str = ""


@dataclass(frozen=True)
class Grid:
    """A small table; `numeric` says which columns hold numbers."""

    head: list[str]
    rows: list[list[str]]
    numeric: list[bool]


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in this order: paragraphs, table, list, closing paragraphs."""

    title: str
    lead: list[str] = field(default_factory=list)
    grid: Grid | None = None
    points: list[Point] = field(default_factory=list)
    ordered: bool = False
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Brief:
    """One or two printable pages about a community or a state, in one language."""

    key: str
    language: str
    title: str
    subtitle: str
    banner: str
    warnings: list[str]
    headline: Point
    facts: list[Fact]
    map_svg: str
    map_alt: str
    map_caption: str
    sections: list[Section]
    method: Section
    sources: Section
    footer: str
    page: str
    as_of: str

    def to_dict(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)
