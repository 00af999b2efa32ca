"""Esri's geometry as GeoJSON: rings by their direction, holes in the right ring, empty ones as none."""

from __future__ import annotations

import pytest
from shapely.geometry import shape

from geodata.fetching.publishers.esri_geometry import geojson_geometry

SQUARE = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
ISLAND = [[2.5, 2.5], [2.5, 3.5], [3.5, 3.5], [3.5, 2.5], [2.5, 2.5]]
PIN = [[2.9, 2.9], [3.1, 2.9], [3.1, 3.1], [2.9, 3.1], [2.9, 2.9]]


def test_rings_become_polygons_with_their_holes_and_islands():
    polygon = shape(geojson_geometry({"rings": [SQUARE, HOLE, ISLAND, PIN]}))
    assert polygon.is_valid
    assert polygon.area == pytest.approx(100 - 4 + 1 - 0.04)
    assert [len(part.interiors) for part in polygon.geoms] == [1, 1]
    assert all(part.exterior.is_ccw for part in polygon.geoms)


def test_the_other_geometries():
    assert geojson_geometry({"x": 1.5, "y": 2, "z": 9}) == {"type": "Point", "coordinates": [1.5, 2]}
    assert geojson_geometry({"x": "NaN", "y": "NaN"}) is None
    assert geojson_geometry({"points": [[1, 2, 3]]}) == {"type": "MultiPoint", "coordinates": [[1, 2]]}
    assert geojson_geometry({"paths": [[[0, 0, 5], [1, 1, 5]]]})["coordinates"] == [[[0, 0], [1, 1]]]
    assert geojson_geometry({"rings": []}) is None
    assert geojson_geometry(None) is None
    assert geojson_geometry({"rings": [HOLE]})["coordinates"][0][0] == HOLE
    with pytest.raises(ValueError, match="curveRings is of no kind known here"):
        geojson_geometry({"curveRings": []})
