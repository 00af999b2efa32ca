"""A QGIS project beside the GeoPackage: every layer in drawing order, colored and labeled, at the state's extent.

Holds no data: layers are read from the GeoPackage of the same folder, wherever the folder is. Opened, QGIS shows the
map without a click. Does not hold the looks (see `maps.lists.qgis_style`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from pyproj import CRS

from geodata.schemas.table import CRS as DEGREES
from geodata.storage.files import write_text
from maps.lists.geopackage import look_of
from maps.lists.list_tables import ListTable
from maps.lists.qgis_style import VERSION, look_elements
from maps.texts import Texts

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
MAP_CRS = "EPSG:3857"
MARGIN = 0.03
#: From the top of the legend, which is drawn last, downward.
DRAWN = ("hubs", "job_centers", "providers", "sites", "communities", "tracts")


def write_project(tables: Sequence[ListTable], geopackage: Path, file: Path, title: str, texts: Texts) -> Path:
    """Write the project of the layers of `geopackage`, which lies beside `file`."""
    by_name = {table.name: table for table in tables}
    layers = [by_name[name] for name in DRAWN if name in by_name]
    root = ET.Element("qgis", projectname=title, version=VERSION)
    ET.SubElement(root, "title").text = title
    root.append(_crs("projectCrs", MAP_CRS))
    tree = ET.SubElement(root, "layer-tree-group")
    for table in layers:
        told = {"id": _id(table), "name": texts(f"lists.titles.{table.name}"), "checked": "Qt::Checked"}
        source = {"source": _source(geopackage, table.name), "providerKey": "ogr"}
        ET.SubElement(tree, "layer-tree-layer", {**told, **source, "expanded": "1"})
    root.append(_canvas(by_name["tracts"]))
    held = ET.SubElement(root, "projectlayers")
    held.extend(_layer(table, geopackage, texts) for table in layers)
    order = ET.SubElement(root, "layerorder")
    for table in layers:
        ET.SubElement(order, "layer", id=_id(table))
    properties = ET.SubElement(root, "properties")
    for group, name, kind, value in (
        ("Paths", "Absolute", "bool", "false"),
        ("SpatialRefSys", "ProjectionsEnabled", "int", "1"),
    ):
        held = ET.SubElement(properties, group)
        ET.SubElement(held, name, type=kind).text = value
    ET.indent(root, " ")
    return write_text(file, HEAD + ET.tostring(root, encoding="unicode") + "\n")


def _id(table: ListTable) -> str:
    # QGIS replaces an id of ten characters or fewer.
    return f"onramp_{table.name}_layer"


def _source(geopackage: Path, layer: str) -> str:
    return f"./{geopackage.name}|layername={layer}"


def _layer(table: ListTable, geopackage: Path, texts: Texts) -> ET.Element:
    look = look_of(table, texts)
    layer = ET.Element("maplayer", type="vector", geometry=table.spec.geometry.capitalize(), labelsEnabled="0")
    if look.label:
        layer.set("labelsEnabled", "1")
    ET.SubElement(layer, "id").text = _id(table)
    ET.SubElement(layer, "datasource").text = _source(geopackage, table.name)
    ET.SubElement(layer, "layername").text = texts(f"lists.titles.{table.name}")
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.append(_crs("srs", DEGREES))
    layer.extend(look_elements(look))
    return layer


def _canvas(tracts: ListTable) -> ET.Element:
    canvas = ET.Element("mapcanvas", name="theMapCanvas")
    ET.SubElement(canvas, "units").text = "meters"
    if tracts.geometry is not None and tracts.geometry.notna().any():
        west, south, east, north = tracts.geometry.to_crs(MAP_CRS).total_bounds
        aside, above = (east - west) * MARGIN, (north - south) * MARGIN
        extent = ET.SubElement(canvas, "extent")
        corners = {"xmin": west - aside, "ymin": south - above, "xmax": east + aside, "ymax": north + above}
        for name, value in corners.items():
            ET.SubElement(extent, name).text = f"{value:.0f}"
    canvas.append(_crs("destinationsrs", MAP_CRS))
    return canvas


def _crs(tag: str, authority: str) -> ET.Element:
    element = ET.Element(tag)
    system = ET.SubElement(element, "spatialrefsys")
    # QGIS does not take the authority's code alone.
    ET.SubElement(system, "wkt").text = CRS(authority).to_wkt()
    ET.SubElement(system, "authid").text = authority
    return element
