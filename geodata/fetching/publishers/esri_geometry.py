"""Geometry as feature services write it, turned into GeoJSON (RFC 7946), in the reference system it comes in.

GDAL's reader of whole pages is not used: it drops curves without a word
(docs/decisions/0017-esri-geometry-without-gdal.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shapely.geometry import Polygon

from geodata.fetching.client.exchange import JsonObject

Ring = Sequence[Sequence[float]]


def geojson_geometry(geometry: JsonObject | None) -> JsonObject | None:
    """Return a point, multipoint, line or polygon as GeoJSON; None for none or an empty one.

    Only the first two coordinates are kept. Raises ValueError for a geometry of another kind.
    """
    if not geometry:
        return None
    if "x" in geometry:
        x, y = geometry["x"], geometry.get("y")
        # An empty point is written with the text NaN.
        return None if not _is_number(x) or not _is_number(y) else {"type": "Point", "coordinates": [x, y]}
    if "points" in geometry:
        return _unless_empty("MultiPoint", [list(point[:2]) for point in geometry["points"]])
    if "paths" in geometry:
        return _unless_empty("MultiLineString", [_flat(path) for path in geometry["paths"]])
    if "rings" in geometry:
        return _unless_empty("MultiPolygon", _polygons(geometry["rings"]))
    raise ValueError(f"geometry with {', '.join(sorted(geometry))} is of no kind known here")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and value == value


def _flat(ring: Ring) -> list[list[float]]:
    return [list(point[:2]) for point in ring]


def _unless_empty(kind: str, coordinates: Sequence[object]) -> JsonObject | None:
    return {"type": kind, "coordinates": coordinates} if coordinates else None


def _signed_area(ring: Ring) -> float:
    """Return the area by the shoelace formula: negative for a clockwise ring."""
    pairs = pairwise(ring)
    return 0.5 * sum(first[0] * second[1] - second[0] * first[1] for first, second in pairs)


def _polygons(rings: Sequence[Ring]) -> list[list[list[list[float]]]]:
    """Return polygons: outer rings run clockwise, holes the other way, and a hole lies in the smallest outer ring
    that holds it. GeoJSON wants both the other way round. A hole in no ring is taken as an outer ring.
    """
    usable = [_flat(ring) for ring in rings if len(ring) >= 4]
    outer = [ring for ring in usable if _signed_area(ring) < 0]
    holes = [ring for ring in usable if _signed_area(ring) > 0]
    shapes = [Polygon(ring) for ring in outer]
    polygons = [[ring[::-1]] for ring in outer]
    for hole in holes:
        # The whole hole must lie inside: its middle may lie in an island within it.
        owners = [index for index, shape in enumerate(shapes) if shape.covers(Polygon(hole))]
        if owners:
            polygons[min(owners, key=lambda index: shapes[index].area)].append(hole[::-1])
        else:
            polygons.append([hole])
    return polygons
