"""A QGIS project beside the GeoPackage: every layer in drawing order, colored and labeled, at the state's extent.

Holds no data: layers are read from the GeoPackage of the same folder, wherever the folder is. Opened, QGIS shows the
map without a click. Does not hold the looks (see `maps.lists.qgis_style`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS

from geodata.schemas.table import CRS as DEGREES
from geodata.storage.files import write_text
from maps.lists.geopackage import look_of
from maps.lists.list_tables import ListTable
from maps.lists.qgis_style import Look, rendered
from maps.texts import Texts

MAP_CRS = "EPSG:3857"
MARGIN = 0.03
#: From the top of the legend, which is drawn last, downward.
DRAWN = ("hubs", "job_centers", "providers", "sites", "communities", "tracts")


def write_project(tables: Sequence[ListTable], geopackage: Path, file: Path, title: str, texts: Texts) -> Path:
    """Write the project of the layers of `geopackage`, which lies beside `file`."""
    by_name = {table.name: table for table in tables}
    layers = [_layer(by_name[name], geopackage, texts) for name in DRAWN if name in by_name]
    extent = _extent(by_name["tracts"])
    systems = {"map_crs": CoordinateSystem.of(MAP_CRS), "degrees": CoordinateSystem.of(DEGREES)}
    text = rendered("qgis_project.xml.j2", title=title, layers=layers, extent=extent, **systems)
    return write_text(file, text)


@dataclass(frozen=True)
class CoordinateSystem:
    """A coordinate system by its authority's code and in full."""

    authority: str
    wkt: str

    @classmethod
    def of(cls, authority: str) -> CoordinateSystem:
        """Return the system of a code such as EPSG:4326."""
        return cls(authority, CRS(authority).to_wkt())


@dataclass(frozen=True)
class Layer:
    """A layer of the project: its id and title, where it is read from, its geometry and its look."""

    id: str
    title: str
    source: str
    geometry: str
    look: Look


def _layer(table: ListTable, geopackage: Path, texts: Texts) -> Layer:
    return Layer(
        # QGIS replaces an id of ten characters or fewer.
        id=f"onramp_{table.name}_layer",
        title=texts(f"lists.titles.{table.name}"),
        source=f"./{geopackage.name}|layername={table.name}",
        geometry=table.spec.geometry.capitalize(),
        look=look_of(table, texts),
    )


def _extent(tracts: ListTable) -> dict[str, float]:
    """Return the edges of the map (meters), a little beyond the tracts; none where no tract has a polygon."""
    if tracts.geometry is None or not tracts.geometry.notna().any():
        return {}
    west, south, east, north = tracts.geometry.to_crs(MAP_CRS).total_bounds
    aside, above = (east - west) * MARGIN, (north - south) * MARGIN
    return {"xmin": west - aside, "ymin": south - above, "xmax": east + aside, "ymax": north + above}
