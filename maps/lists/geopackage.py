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

from geodata.files import written_aside
from maps.lists.provenance import Provenance
from maps.lists.qgis_style import marker_style, priority_style, tier_style
from maps.lists.tables import ListTable, dictionary
from maps.lists.wording import help_of
from maps.texts import Texts

#: Layers in the order they are added, and so listed.
LAYERS = ("communities", "tracts", "sites", "providers", "job_centers", "hubs")
GEOMETRY_TYPES = {"polygon": "MultiPolygon", "point": "Point"}
# ColorBrewer YlGnBu, five classes (Brewer 2003): ordered in lightness, safe for color-blind eyes.
CLASS_COLORS = ("#FFFFCC", "#A1DAB4", "#41B6C4", "#2C7FB8", "#253494")
CLASS_BREAKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_LABELS = {
    "communities": 'to_string("rank") || \'. \' || "name"',
    "tracts": '"rank"',
    "sites": '"name"',
    "providers": '"name"',
    "job_centers": '"name"',
    "hubs": '"name"',
}


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
            told = provenances[table.name]
            about = " ".join(part for part in (told.notice, f"{told.as_of}.", told.vintages) if part)
            _add(aside, table.name, _frame(table), table.spec.geometry, told.title, about)
        columns = dictionary(tables, lambda name, column: help_of(texts, name, column))
        _add(aside, "dictionary", columns, "", texts("lists.titles.dictionary"), "")
        styles = _styles([table.name for table in ordered], as_of, texts)
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


def _styles(layers: Sequence[str], as_of: str, texts: Texts) -> pd.DataFrame:
    kinds = [(name, "onramp", _default_style(name, texts), True) for name in layers if name in LAYERS]
    for field in ("priority", "need", "training_gap", "opportunity"):
        kinds += [
            (name, field, priority_style(texts, field, CLASS_BREAKS, CLASS_COLORS), False)
            for name in ("communities", "tracts")
            if name in layers
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


def _default_style(name: str, texts: Texts) -> str:
    if name in ("communities", "tracts"):
        return tier_style(texts, _LABELS[name], outline_mm=0.6 if name == "communities" else 0.1)
    return marker_style(name, _LABELS[name])


@contextmanager
def _clock_at(as_of: str) -> Iterator[None]:
    """Let GDAL write the date of the data as the time of change, and leave it to us to bring the file to disk."""
    options = {"OGR_CURRENT_DATE": f"{as_of}T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(options))
