"""Layer styles in the form QGIS reads from a GeoPackage: symbols, labels and names of fields as QML.

The XML is in `maps/templates/qgis_*.xml.j2`, where every text is escaped; here is what goes in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from geodata.schemas import columns as col
from geodata.schemas.canonical import STATUSES_AHEAD
from maps.cartography.palette import INK, LINE, TIER_FILL
from maps.cartography.symbols import LINES, MARK_OF, MARKS
from maps.templating import environment
from maps.texts import Texts

VERSION = "3.22.0"
WHITE = "#FFFFFF"
OPAQUE, SEE_THROUGH = 255, 140


@dataclass(frozen=True)
class Symbol:
    """One symbol: a fill, or a marker with its shape. Sizes in millimeters, opacity 0–255."""

    fill: str
    outline: str = LINE
    outline_mm: float = 0.1
    shape: str = ""
    size_mm: float = 3.0
    opacity: int = OPAQUE

    @property
    def options(self) -> list[tuple[str, str]]:
        """The options of QGIS's symbol layer, by name."""
        options = {
            "color": _rgba(self.fill, self.opacity),
            "joinstyle": "bevel",
            "outline_color": _rgba(self.outline),
            "outline_style": "solid",
            "outline_width": f"{self.outline_mm:g}",
            "outline_width_unit": "MM",
        }
        own = {"name": self.shape, "size": f"{self.size_mm:g}", "size_unit": "MM"} if self.shape else {"style": "solid"}
        return sorted((options | own).items())


@dataclass(frozen=True)
class Label:
    """What is written at a feature: an expression, its size in points, and the scale (1 : n) it begins at, if any."""

    expression: str
    size: float = 8.0
    from_scale: int | None = None
    bold: bool = False
    priority: int = 5


@dataclass(frozen=True)
class Look:
    """How a layer looks: `by` a column or expression, one symbol for each (value, legend) of `entries`.

    Without `by` there is one entry and one symbol. A feature of another value is not drawn.
    """

    entries: Sequence[tuple[str, str]]
    symbols: Sequence[Symbol]
    label: Label | None = None
    by: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """The field a feature is called by in lists of features."""
        return next((f'"{name}"' for name in (col.NAME, col.GEOID) if name in self.names), "")


def default_look(layer: str, texts: Texts, names: Mapping[str, str], hubs: int = 0) -> Look:
    """Return the look of a layer as it is opened; `names` are the fields' for people, `hubs` the number drawn."""
    if layer in ("communities", "tracts"):
        return _tier_look(layer, texts, names)
    main = _marker(MARK_OF[layer])
    if layer == "sites":
        closed = replace(main, fill=WHITE, outline=main.fill, outline_mm=0.4, size_mm=2.2)
        gone = Symbol(LINE, WHITE, 0.1, "circle", 1.4)
        symbols = [*[main] * len(STATUSES_AHEAD), closed, gone, gone]
        label = Label('CASE WHEN "status" = \'planned\' THEN "name" END', 7.5, from_scale=75_000)
        return Look(
            _words(texts, "status", (*STATUSES_AHEAD, "temporary", "open", "rescinded")),
            symbols,
            label,
            "status",
            names,
        )
    if layer == "providers":
        label = Label('"name"', 8, from_scale=250_000)
        entries = _words(texts, "entry_stage", ("entry", "advanced"))
        return Look(entries, [main, _marker("advanced")], label, "entry_stage", names)
    title = texts(f"lists.titles.{layer}")
    if layer == "hubs":
        # The table holds the best hubs for every number of them; drawn are those of the number the pages recommend.
        label = Label(f'CASE WHEN "p" = {hubs} THEN "order" || \'. \' || "name" END', 9, bold=True, priority=9)
        return Look([("1", title)], [main], label, f'CASE WHEN "p" = {hubs} THEN 1 END', names)
    return Look([("", title)], [main], Label('"name"', 8, from_scale=250_000), names=names)


def _tier_look(layer: str, texts: Texts, names: Mapping[str, str]) -> Look:
    entries = [(tier, texts.word("codes.tier", tier)) for tier in TIER_FILL]
    if layer == "tracts":
        line, opacity, label = LINES["tract"], OPAQUE, Label('"rank"', 7.5, from_scale=150_000)
    else:
        line, opacity = LINES["community"], SEE_THROUGH
        label = Label('to_string("rank") || \'. \' || "name"', 10.5, bold=True, priority=10)
    symbols = [Symbol(fill, line.color, _mm(line.width), opacity=opacity) for fill in TIER_FILL.values()]
    return Look(entries, symbols, label, "tier", names)


def _marker(name: str) -> Symbol:
    """Return one of the marks of every map as a symbol of QGIS."""
    mark = MARKS[name]
    return Symbol(mark.fill, mark.edge[:7], _mm(mark.edge_width), mark.shape, _mm(2 * mark.radius))


def _mm(pixels: float) -> float:
    """Return CSS pixels, of which there are 96 to the inch, as millimeters."""
    return round(pixels * 25.4 / 96, 1)


def _words(texts: Texts, column: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, texts.word(f"codes.{column}", code)) for code in codes]


def rendered(template: str, **values: object) -> str:
    """Return one of the QGIS templates filled in; every text is escaped."""
    return environment().get_template(template).render(version=VERSION, ink=_rgba(INK), casing=_rgba(WHITE), **values)


def default_style(look: Look) -> str:
    """Return the style file of a look."""
    return rendered("qgis_style.xml.j2", look=look)


def priority_style(
    texts: Texts, column: str, breaks: Sequence[float], colors: Sequence[str], names: Mapping[str, str]
) -> str:
    """Return the style of polygons colored by the classes of a number (`breaks` has one value more than `colors`)."""
    ranges = [(low, high, texts("format.span", low=f"{low:g}", high=f"{high:g}")) for low, high in pairwise(breaks)]
    symbols = [Symbol(color) for color in colors]
    return rendered("qgis_style.xml.j2", look=None, column=column, ranges=ranges, symbols=symbols, names=names)


def _rgba(color: str, opacity: int = OPAQUE) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{opacity}"
