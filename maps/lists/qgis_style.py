"""Layer styles in the form QGIS reads from a GeoPackage: symbols and labels as QML.

Follows the element names QGIS 3.28 and later write (https://docs.qgis.org, “QML – the QGIS Style File Format”):
a `renderer-v2` with symbols of one layer each, and a simple labeling. Every text is put in through an XML
builder, so no name can break out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from maps.palette import INK, LINE, MARKER, TIER_FILL
from maps.texts import Texts

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.28.0"
SHAPES = {"sites": "triangle", "providers": "square", "job_centers": "diamond", "hubs": "star"}


@dataclass(frozen=True)
class Symbol:
    """One symbol: a fill with its pattern, or a marker with its shape. Sizes in millimetres."""

    fill: str
    outline: str = LINE
    outline_mm: float = 0.1
    pattern: str = "solid"
    shape: str = ""
    size_mm: float = 3.0


def tier_style(texts: Texts, label: str, outline_mm: float) -> str:
    """Return the style of polygons colored by `tier`, with a pattern besides color, labeled by an expression."""
    patterns = {"A": "solid", "B": "solid", "C": "solid", "none": "solid"}
    outlines = {"A": INK, "B": INK, "C": LINE, "none": "#C9C4B8"}
    symbols = [Symbol(TIER_FILL[tier], outlines[tier], outline_mm, patterns[tier]) for tier in TIER_FILL]
    entries = [(tier, texts.word("codes.tier", tier)) for tier in TIER_FILL]
    return _document(_categorized("tier", entries, symbols), label, size=8)


def priority_style(texts: Texts, field: str, breaks: Sequence[float], colors: Sequence[str]) -> str:
    """Return the style of polygons colored by the classes of a number (`breaks` has one value more than `colors`)."""
    renderer = ET.Element("renderer-v2", type="graduatedSymbol", attr=field, graduatedMethod="GraduatedColor")
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
    return _document(renderer, "", size=8)


def marker_style(layer: str, label: str) -> str:
    """Return the style of the points of a layer, labeled by a column."""
    symbol = Symbol(MARKER[layer], INK, 0.2, shape=SHAPES[layer], size_mm=4.5 if layer == "hubs" else 3.0)
    renderer = ET.Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0", forceraster="0")
    ET.SubElement(renderer, "symbols").append(_symbol("0", symbol))
    return _document(renderer, label, size=7)


def _categorized(field: str, entries: Sequence[tuple[str, str]], symbols: Sequence[Symbol]) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", attr=field)
    renderer.attrib |= {"symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    categories = ET.SubElement(renderer, "categories")
    for place, (value, label) in enumerate(entries):
        ET.SubElement(categories, "category", type="string", value=value, label=label, symbol=str(place), render="true")
    held = ET.SubElement(renderer, "symbols")
    for place, symbol in enumerate(symbols):
        held.append(_symbol(str(place), symbol))
    return renderer


def _symbol(name: str, symbol: Symbol) -> ET.Element:
    kind = "marker" if symbol.shape else "fill"
    out = ET.Element("symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    layer_class = "SimpleMarker" if symbol.shape else "SimpleFill"
    layer = ET.SubElement(out, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    options = {
        "color": _rgba(symbol.fill),
        "outline_color": _rgba(symbol.outline),
        "outline_style": "solid",
        "outline_width": f"{symbol.outline_mm:g}",
        "outline_width_unit": "MM",
    }
    if symbol.shape:
        options |= {"name": symbol.shape, "size": f"{symbol.size_mm:g}", "size_unit": "MM", "joinstyle": "bevel"}
    else:
        options |= {"style": symbol.pattern, "joinstyle": "bevel"}
    held = ET.SubElement(layer, "Option", type="Map")
    for key, value in sorted(options.items()):
        ET.SubElement(held, "Option", name=key, value=value, type="QString")
    return out


def _document(renderer: ET.Element, label: str, size: float) -> str:
    root = ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling")
    root.set("labelsEnabled", "1" if label else "0")
    root.append(renderer)
    if label:
        root.append(_labeling(label, size))
    ET.SubElement(root, "blendMode").text = "0"
    ET.SubElement(root, "layerOpacity").text = "1"
    ET.indent(root, " ")
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _labeling(expression: str, size: float) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(settings, "text-style", fieldName=expression, isExpression="1")
    style.attrib |= {"fontSize": f"{size:g}", "fontSizeUnit": "Point", "textColor": _rgba(INK), "textOpacity": "1"}
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,220"
    )
    ET.SubElement(settings, "placement", placement="0", priority="5", dist="0")
    ET.SubElement(settings, "rendering", obstacle="1", drawLabels="1", scaleVisibility="0", displayAll="0")
    return labeling


def _rgba(color: str) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},255"
