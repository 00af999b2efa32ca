"""Layer styles in the form QGIS reads from a GeoPackage: symbols, labels and names of fields as QML.

Follows the element names QGIS 3.22 and later write (https://docs.qgis.org, “QML – the QGIS Style File Format”):
a `renderer-v2` with symbols of one layer each, a simple labeling, and aliases. Every text is put in through an XML
builder, so no name can break out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as ET

from geodata.schemas import columns as col
from maps.cartography.palette import INK, LINE, MARKER, MUTED, TIER_FILL
from maps.texts import Texts

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.22.0"
SHAPES = {"sites": "triangle", "providers": "square", "job_centers": "diamond", "hubs": "star"}
WHITE = "#FFFFFF"
OPAQUE, SEE_THROUGH = 255, 140
#: Placements of QGIS: beside a point, best corner first; level and inside a polygon.
BESIDE, LEVEL = "6", "4"


@dataclass(frozen=True)
class Symbol:
    """One symbol: a fill, or a marker with its shape. Sizes in millimetres, opacity 0–255."""

    fill: str
    outline: str = LINE
    outline_mm: float = 0.1
    shape: str = ""
    size_mm: float = 3.0
    opacity: int = OPAQUE


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


def default_look(layer: str, texts: Texts, names: Mapping[str, str], hubs: int = 0) -> Look:
    """Return the look of a layer as it is opened; `names` are the fields' for people, `hubs` the number drawn."""
    if layer in ("communities", "tracts"):
        tiers = [(tier, texts.word("codes.tier", tier)) for tier in TIER_FILL]
        if layer == "tracts":
            outline = {"A": WHITE, "B": WHITE, "C": WHITE, "none": "#C9C4B8"}
            symbols = [Symbol(fill, outline[tier], 0.15) for tier, fill in TIER_FILL.items()]
            return Look(tiers, symbols, Label('"rank"', 7.5, from_scale=150_000), "tier", names)
        symbols = [Symbol(fill, INK, 0.7, opacity=SEE_THROUGH) for fill in TIER_FILL.values()]
        label = Label('to_string("rank") || \'. \' || "name"', 10.5, bold=True, priority=10)
        return Look(tiers, symbols, label, "tier", names)
    color, shape = MARKER[layer], SHAPES[layer]
    main = Symbol(color, INK, 0.2, shape, 3.0)
    if layer == "sites":
        open_, closed = Symbol(LINE, WHITE, 0.1, "circle", 1.4), Symbol(WHITE, color, 0.4, shape, 2.2)
        symbols = [Symbol(color, INK, 0.15, shape, 2.6), closed, open_]
        label = Label('CASE WHEN "status" = \'planned\' THEN "name" END', 7.5, from_scale=75_000)
        return Look(_words(texts, "status", ("planned", "temporary", "open")), symbols, label, "status", names)
    if layer == "providers":
        symbols = [main, Symbol(WHITE, MUTED, 0.4, shape, 2.2)]
        label = Label('"name"', 8, from_scale=250_000)
        return Look(_words(texts, "entry_stage", ("entry", "advanced")), symbols, label, "entry_stage", names)
    title = texts(f"lists.titles.{layer}")
    if layer == "hubs":
        # The table holds the best hubs for every number of them; drawn are those of the number the pages recommend.
        label = Label(f'CASE WHEN "p" = {hubs} THEN "order" || \'. \' || "name" END', 9, bold=True, priority=9)
        star = Symbol(color, WHITE, 0.3, shape, 5.5)
        return Look([("1", title)], [star], label, f'CASE WHEN "p" = {hubs} THEN 1 END', names)
    return Look([("", title)], [main], Label('"name"', 8, from_scale=250_000), names=names)


def _words(texts: Texts, column: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, texts.word(f"codes.{column}", code)) for code in codes]


def qml(elements: Sequence[ET.Element], labeled: bool) -> str:
    """Return a style file of `elements`."""
    root = ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields")
    root.set("labelsEnabled", "1" if labeled else "0")
    root.extend(elements)
    ET.indent(root, " ")
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def look_elements(look: Look) -> list[ET.Element]:
    """Return the elements that make a layer look so, in a style file as in a project."""
    polygons = not look.symbols[0].shape
    parts = [_renderer(look), *([_labeling(look.label, polygons)] if look.label else []), _aliases(look.names)]
    return [*parts, _text("blendMode", "0"), _text("layerOpacity", "1"), _text("previewExpression", _named(look))]


def default_style(look: Look) -> str:
    """Return the style file of a look."""
    return qml(look_elements(look), look.label is not None)


def priority_style(
    texts: Texts, column: str, breaks: Sequence[float], colors: Sequence[str], names: Mapping[str, str]
) -> str:
    """Return the style of polygons colored by the classes of a number (`breaks` has one value more than `colors`)."""
    renderer = ET.Element("renderer-v2", type="graduatedSymbol", attr=column, graduatedMethod="GraduatedColor")
    renderer.attrib |= {"symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    ranges = ET.SubElement(renderer, "ranges")
    for place, (low, high) in enumerate(pairwise(breaks)):
        label = texts("format.span", low=f"{low:g}", high=f"{high:g}")
        ET.SubElement(
            ranges, "range", lower=f"{low:.6f}", upper=f"{high:.6f}", symbol=str(place), label=label, render="true"
        )
    symbols = ET.SubElement(renderer, "symbols")
    for place, color in enumerate(colors):
        symbols.append(_symbol(str(place), Symbol(color)))
    return qml([renderer, _aliases(names), _text("blendMode", "0"), _text("layerOpacity", "1")], labeled=False)


def _named(look: Look) -> str:
    """Return the field a feature is called by in lists of features."""
    return next((f'"{name}"' for name in (col.NAME, col.GEOID) if name in look.names), "")


def _renderer(look: Look) -> ET.Element:
    kind = "categorizedSymbol" if look.by else "singleSymbol"
    renderer = ET.Element("renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0")
    if look.by:
        renderer.set("attr", look.by)
        categories = ET.SubElement(renderer, "categories")
        for place, (value, label) in enumerate(look.entries):
            ET.SubElement(
                categories, "category", type="string", value=value, label=label, symbol=str(place), render="true"
            )
    held = ET.SubElement(renderer, "symbols")
    for place, symbol in enumerate(look.symbols):
        held.append(_symbol(str(place), symbol))
    return renderer


def _symbol(name: str, symbol: Symbol) -> ET.Element:
    kind = "marker" if symbol.shape else "fill"
    out = ET.Element("symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    layer_class = "SimpleMarker" if symbol.shape else "SimpleFill"
    layer = ET.SubElement(out, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    options = {
        "color": _rgba(symbol.fill, symbol.opacity),
        "joinstyle": "bevel",
        "outline_color": _rgba(symbol.outline),
        "outline_style": "solid",
        "outline_width": f"{symbol.outline_mm:g}",
        "outline_width_unit": "MM",
    }
    if symbol.shape:
        options |= {"name": symbol.shape, "size": f"{symbol.size_mm:g}", "size_unit": "MM"}
    else:
        options |= {"style": "solid"}
    held = ET.SubElement(layer, "Option", type="Map")
    for key, value in sorted(options.items()):
        ET.SubElement(held, "Option", name=key, value=value, type="QString")
        # QGIS before 3.28 may read the older form alone.
        ET.SubElement(layer, "prop", k=key, v=value)
    return out


def _labeling(label: Label, polygons: bool) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(settings, "text-style", fieldName=label.expression, isExpression="1", allowHtml="0")
    style.attrib |= {"fontFamily": "Noto Sans", "fontSize": f"{label.size:g}", "fontSizeUnit": "Point"}
    style.attrib |= {"textColor": _rgba(INK), "textOpacity": "1"}
    if label.bold:
        style.attrib |= {"fontWeight": "75", "namedStyle": "Bold"}
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.9",
        bufferSizeUnits="MM",
        bufferColor=_rgba(WHITE),
        bufferOpacity="0.85",
        bufferJoinStyle="128",
    )
    placement = ET.SubElement(settings, "placement", priority=str(label.priority))
    if polygons:
        placement.attrib |= {"placement": LEVEL, "centroidInside": "1"}
    else:
        placement.attrib |= {"placement": BESIDE, "predefinedPositionOrder": "TR,TL,BR,BL,R,L", "offsetType": "1"}
        placement.attrib |= {"dist": "0.6", "distUnits": "MM"}
    rendering = ET.SubElement(settings, "rendering", obstacle="0" if polygons else "1", drawLabels="1", displayAll="0")
    # QGIS calls the farthest scale “scaleMax”.
    rendering.attrib |= {"scaleVisibility": "1" if label.from_scale else "0", "scaleMin": "0"}
    rendering.set("scaleMax", str(label.from_scale or 0))
    return labeling


def _aliases(names: Mapping[str, str]) -> ET.Element:
    aliases = ET.Element("aliases")
    for place, (column, name) in enumerate(names.items(), start=1):  # the key of the table comes first
        ET.SubElement(aliases, "alias", index=str(place), field=column, name=name)
    return aliases


def _text(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element


def _rgba(color: str, opacity: int = OPAQUE) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{opacity}"
