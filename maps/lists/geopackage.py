"""The lists as one GeoPackage: layers, tables of sources and columns, and styles that QGIS applies by itself.

The table `layer_styles` is QGIS's own convention: a project that adds a layer of the file takes its default
style from there. Written in one go with the clock of GDAL held at the date of the data, so that two files of
one run are identical byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata.schemas import columns as col
from geodata.storage.files import written_aside
from maps.lists.column_wording import help_of, label_of
from maps.lists.file_provenance import Provenance
from maps.lists.list_tables import ListTable, dictionary
from maps.lists.qgis_style import Look, default_look, default_style, priority_style
from maps.texts import Texts
from maps.wording.hub_choice import recommended_of

#: Layers in the order they are added, and so listed.
LAYERS = ("communities", "tracts", "sites", "providers", "job_centers", "hubs")
GEOMETRY_TYPES = {"polygon": "MultiPolygon", "point": "Point"}
# ColorBrewer YlGnBu, five classes (Brewer 2003): ordered in lightness, safe for color-blind eyes.
CLASS_COLORS = ("#FFFFCC", "#A1DAB4", "#41B6C4", "#2C7FB8", "#253494")
CLASS_BREAKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)


def write_geopackage(
    tables: Sequence[ListTable], provenances: Mapping[str, Provenance], file: Path, texts: Texts
) -> Path:
    """Write every table of `tables`: spatial ones as layers in EPSG:4326, the others as attribute tables."""
    as_of = provenances[tables[0].name].as_of
    by_name = {table.name: table for table in tables}
    ordered = [by_name[name] for name in LAYERS if name in by_name]
    ordered += [table for table in tables if table.name not in LAYERS]
    with written_aside(file) as aside, _clock_at(as_of):
        for table in ordered:
            provenance = provenances[table.name]
            about = " ".join(part for part in (provenance.notice, f"{provenance.as_of}.", provenance.vintages) if part)
            _add(aside, table.name, _frame(table), table.spec.geometry, provenance.title, about)
        columns = dictionary(tables, lambda name, column: help_of(texts, name, column))
        _add(aside, "dictionary", columns, "", texts("lists.titles.dictionary"), "")
        styles = _styles([table for table in ordered if table.name in LAYERS], as_of, texts)
        pyogrio.write_dataframe(styles, aside, layer="layer_styles", driver="GPKG", append=True, FID="id")
    return file


def _add(file: Path, layer: str, frame: pd.DataFrame, geometry: str, title: str, about: str) -> None:
    pyogrio.write_dataframe(
        frame,
        file,
        layer=layer,
        driver="GPKG",
        append=file.exists(),
        geometry_type=GEOMETRY_TYPES.get(geometry),
        promote_to_multi=geometry == "polygon" or None,
        IDENTIFIER=layer,
        DESCRIPTION=f"{title}. {about}".strip(),
    )


def _frame(table: ListTable) -> pd.DataFrame:
    rows = table.rows.copy()
    for column in table.columns:
        if column.kind == "text":
            rows[column.name] = rows[column.name].astype("object").where(rows[column.name].notna(), None)
    if "fid" in rows.columns:  # the key of every GeoPackage table
        rows = rows.rename(columns={"fid": "fid_"})
    return rows if table.geometry is None else gpd.GeoDataFrame(rows, geometry=table.geometry)


def look_of(table: ListTable, texts: Texts) -> Look:
    """Return how a layer looks when it is opened."""
    chosen = recommended_of(table.rows) if table.name == "hubs" else None
    return default_look(table.name, texts, _names(table, texts), 0 if chosen is None else len(chosen))


def _names(table: ListTable, texts: Texts) -> dict[str, str]:
    return {column.name: label_of(texts, table.name, column) for column in table.columns}


def _styles(tables: Sequence[ListTable], as_of: str, texts: Texts) -> pd.DataFrame:
    kinds = [(table.name, "onramp", default_style(look_of(table, texts)), True) for table in tables]
    for field in (col.PRIORITY, col.NEED, col.TRAINING_GAP, col.OPPORTUNITY):
        kinds += [
            (table.name, field, priority_style(texts, field, CLASS_BREAKS, CLASS_COLORS, _names(table, texts)), False)
            for table in tables
            if table.name in ("communities", "tracts")
        ]
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [name for name, *_ in kinds],
            "f_geometry_column": "geom",
            "styleName": [style for _, style, *_ in kinds],
            "styleQML": [qml for *_, qml, _ in kinds],
            "styleSLD": "",
            "useAsDefault": [default for *_, default in kinds],
            "description": [texts(f"lists.captions.{name}") for name, *_ in kinds],
            "owner": "",
            "ui": None,
            "update_time": pd.Timestamp(as_of),
        }
    )


@contextmanager
def _clock_at(as_of: str) -> Iterator[None]:
    """Let GDAL write the date of the data as the time of change, and leave it to us to bring the file to disk."""
    options = {"OGR_CURRENT_DATE": f"{as_of}T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(options))
