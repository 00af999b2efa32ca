"""The GeoPackage, opened again: layers, types, tables of sources and columns, and styles QGIS would apply."""

from __future__ import annotations

import re
import sqlite3
from itertools import pairwise
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from geodata.schemas.computed import TIERS
from maps.cartography import symbols
from maps.lists import LISTS
from maps.lists.geopackage import LAYERS
from maps.wording.hub_choice import recommended_hubs


@pytest.fixture(scope="module")
def file(written):
    return written.file("lists.gpkg")


@pytest.fixture(scope="module")
def styles(file):
    with sqlite3.connect(file) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("select * from layer_styles")]


def test_the_file_is_sound_and_holds_every_list(file):
    with sqlite3.connect(file) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma application_id").fetchone()[0] == int.from_bytes(b"GPKG")
        types = dict(db.execute("select table_name, data_type from gpkg_contents"))
    assert set(LISTS) | {"dictionary", "layer_styles"} == set(types)
    assert {name for name, kind in types.items() if kind == "features"} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_holds_every_row_in_degrees(file, written, layer):
    frame = pyogrio.read_dataframe(file, layer=layer)
    assert len(frame) == len(written.result.table(LISTS[layer].table.name))
    assert frame.crs.to_epsg() == 4326
    expected = {"MultiPolygon"} if LISTS[layer].geometry == "polygon" else {"Point"}
    assert set(frame.geometry.dropna().geom_type) == expected


def test_geoids_are_text_and_tracts_without_polygon_stay(file, written):
    frame = pyogrio.read_dataframe(file, layer="tracts")
    assert frame["geoid"].map(type).eq(str).all()
    drawn = set(written.result.table("tracts")["geoid"])
    assert frame.geometry.isna().sum() == (~frame["geoid"].isin(drawn)).sum() > 0


def test_sources_and_dictionary_travel_inside(file, written):
    sources = pyogrio.read_dataframe(file, layer="sources")
    assert sources["sha256"].dropna().tolist() == [use.sha256 for use in written.result.sources if use.sha256]
    assert sources["freshness"].tolist() == [use.freshness for use in written.result.sources]
    dictionary = pyogrio.read_dataframe(file, layer="dictionary")
    for layer in LAYERS:
        columns = set(pyogrio.read_info(file, layer=layer)["fields"])
        assert columns == set(dictionary.loc[dictionary["list"] == layer, "column"])
    with sqlite3.connect(file) as db:
        descriptions = dict(db.execute("select table_name, description from gpkg_contents"))
    assert all("Fictional sample data" in descriptions[layer] and "svi 2022" in descriptions[layer] for layer in LAYERS)


def test_every_layer_has_one_default_style(styles):
    defaults = [style["f_table_name"] for style in styles if style["useAsDefault"]]
    assert sorted(defaults) == sorted(LAYERS)
    assert all(style["f_geometry_column"] == "geom" for style in styles)


def test_styles_are_sound_and_speak_of_columns_that_are_there(file, styles):
    for style in styles:
        columns = set(pyogrio.read_info(file, layer=style["f_table_name"])["fields"])
        root = ET.fromstring(style["styleQML"].split("\n", 1)[1])
        renderer = root.find("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.find("symbols")}
        used = {part.get("symbol") for part in renderer.iter() if part.tag in ("category", "range")} or {"0"}
        assert used == symbols
        kinds = {symbol.get("type") for symbol in renderer.find("symbols")}
        assert kinds == {"fill"} if LISTS[style["f_table_name"]].geometry == "polygon" else {"marker"}
        attr = renderer.get("attr")
        if attr:
            assert attr in columns or set(re.findall(r'"(\w+)"', attr)) <= columns
        label = root.find("labeling/settings/text-style")
        assert (label is not None) == (root.get("labelsEnabled") == "1")
        if label is not None:
            assert set(re.findall(r'"(\w+)"', label.get("fieldName"))) <= columns


def test_the_default_style_colors_every_tier(styles):
    qml = next(s["styleQML"] for s in styles if s["f_table_name"] == "tracts" and s["useAsDefault"])
    root = ET.fromstring(qml.split("\n", 1)[1])
    assert [part.get("value") for part in root.iter("category")] == list(TIERS)
    colors = [
        option.get("value")
        for symbol in root.iter("symbol")
        for option in symbol.iter("Option")
        if option.get("name") == "color"
    ]
    assert len(set(colors)) == len(TIERS)


def test_points_have_the_marks_of_every_other_map(styles):
    for layer, name in symbols.MARK_OF.items():
        qml = next(s["styleQML"] for s in styles if s["f_table_name"] == layer and s["useAsDefault"])
        first = next(ET.fromstring(qml.split("\n", 1)[1]).iter("symbol"))
        options = {option.get("name"): option.get("value") for option in first.iter("Option")}
        mark = symbols.MARKS[name]
        red, green, blue, _ = (int(part) for part in options["color"].split(","))
        assert (options["name"], f"#{red:02x}{green:02x}{blue:02x}") == (mark.shape, mark.fill.lower())


def test_classes_cover_the_whole_scale(styles):
    qml = next(s["styleQML"] for s in styles if s["f_table_name"] == "tracts" and s["styleName"] == "priority")
    ranges = [
        (float(r.get("lower")), float(r.get("upper"))) for r in ET.fromstring(qml.split("\n", 1)[1]).iter("range")
    ]
    assert ranges[0][0] == 0 and ranges[-1][1] == 100
    assert all(high == low for (_, high), (low, _) in pairwise(ranges))


def test_hostile_names_are_kept_as_they_came(written_hostile):
    frame = pyogrio.read_dataframe(written_hostile.file("lists.gpkg"), layer="providers")
    assert set(frame["name"]) == set(written_hostile.result.table("providers")["name"])


def test_fields_go_by_the_names_people_read(styles):
    qml = next(s["styleQML"] for s in styles if s["f_table_name"] == "tracts" and s["useAsDefault"])
    names = {part.get("field"): part.get("name") for part in ET.fromstring(qml.split("\n", 1)[1]).iter("alias")}
    assert names["eligible_adults"] == "Eligible adults"
    assert set(names) == {column.name for column in (*LISTS["tracts"].table.columns, *LISTS["tracts"].added)} - {
        "geometry"
    }


def test_the_hubs_drawn_are_those_the_pages_recommend(styles, written):
    qml = next(s["styleQML"] for s in styles if s["f_table_name"] == "hubs")
    chosen = len(recommended_hubs(written.result))
    assert chosen > 0
    renderer = ET.fromstring(qml.split("\n", 1)[1]).find("renderer-v2")
    assert renderer.get("attr") == f'CASE WHEN "p" = {chosen} THEN 1 END'


def test_the_project_draws_every_layer_of_the_file_beside_it(written, file):
    root = ET.fromstring(written.file("lists.qgs").read_text("utf-8").split("\n", 1)[1])
    drawn = {layer.find("id").text: layer for layer in root.iter("maplayer")}
    assert [part.get("id") for part in root.iter("layer-tree-layer")] == list(drawn)
    sources = [layer.find("datasource").text.partition("|layername=") for layer in drawn.values()]
    assert {name for *_, name in sources} == set(LAYERS)
    assert {path for path, *_ in sources} == {f"./{file.name}"}
    # QGIS gives a layer whose id is short another one, and then finds it nowhere.
    assert min(len(ident) for ident in drawn) > 10
    assert all(layer.find("renderer-v2") is not None and layer.get("labelsEnabled") == "1" for layer in drawn.values())
    extent = root.find("mapcanvas/extent")
    west, south, east, north = (float(extent.find(name).text) for name in ("xmin", "ymin", "xmax", "ymax"))
    inside = pyogrio.read_dataframe(file, layer="tracts").to_crs("EPSG:3857").total_bounds
    assert west < inside[0] and south < inside[1] and east > inside[2] and north > inside[3]
