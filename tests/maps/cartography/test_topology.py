"""Shared arcs: nothing is lost but what a pixel cannot show, and no border is stored twice."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.schemas.state_result import StateResult
from maps.cartography.topology import encode, lines_encoded, moved_west, quantised, simplified, varints, zigzag


class Reader:
    """An independent decoder of the format, written from its description alone."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def next(self) -> int:
        value = shift = 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed(self) -> int:
        value = self.next()
        return (value >> 1) ^ -(value & 1)

    def shapes(self) -> tuple[list[list[list[tuple[int, int]]]], int]:
        n_arcs, n_shapes, n_rings, n_refs = (self.next() for _ in range(4))
        sizes = [self.next() for _ in range(n_arcs)]
        arcs, begin = [], (0, 0)
        for size in sizes:
            x, y = begin
            points = []
            for place in range(size):
                x, y = x + self.signed(), y + self.signed()
                if place == 0:
                    begin = (x, y)
                points.append((x, y))
            arcs.append(points)
        rings_of = [self.next() for _ in range(n_shapes)]
        refs_of = [self.next() for _ in range(n_rings)]
        refs, ref = [], 0
        for _ in range(n_refs):
            ref += self.signed()
            refs.append(ref)
        out, ring, used = [], 0, 0
        for count in rings_of:
            shape = []
            for _ in range(count):
                points = []
                for ref in refs[used : used + refs_of[ring]]:
                    arc = arcs[ref >> 1][:: -1 if ref & 1 else 1]
                    points += arc[1:] if points else arc
                used += refs_of[ring]
                ring += 1
                shape.append(points)
            out.append(shape)
        assert self.at == len(self.content)
        return out, n_arcs


def even_odd(rings: list[list[tuple[int, int]]]) -> shapely.Geometry:
    """The area a canvas fills by the even-odd rule."""
    area: shapely.Geometry = shapely.Polygon()
    for ring in rings:
        if len(ring) >= 4:
            area = shapely.symmetric_difference(area, shapely.make_valid(shapely.Polygon(ring)))
    return area


def back(shapes: np.ndarray, step: float) -> tuple[list[shapely.Geometry], int, Reader]:
    reader = Reader(encode(quantised(shapes, step), len(shapes)))
    rings, n_arcs = reader.shapes()
    return [even_odd(shape) for shape in rings], n_arcs, reader


def test_a_state_comes_back_to_within_a_step(synthetic: StateResult) -> None:
    shapes = np.asarray(synthetic.geo("tracts").geometry.values)
    step = 1e-4
    decoded, n_arcs, _ = back(shapes, step)
    for shape, again in zip(shapes, decoded, strict=True):
        grown = shapely.transform(again, lambda points: points * step)
        away = shapely.symmetric_difference(shape, grown)
        assert away.area <= shape.length * step
    # Each arc between two junctions is stored once, not once a side.
    assert n_arcs < 4 * len(shapes)


def test_holes_islands_and_neighbors_of_one_ring_survive() -> None:
    lake = shapely.box(2, 2, 4, 4)
    around = shapely.box(0, 0, 6, 6).difference(lake)
    islands = shapely.MultiPolygon([shapely.box(8, 0, 9, 1), shapely.box(8, 3, 9, 4)])
    shapes = np.array([around, lake, islands], dtype=object)
    decoded, n_arcs, _ = back(shapes, 1.0)
    assert [area.area for area in decoded] == [32, 4, 2]
    # The outer ring, the lake's (shared by both) and two islands.
    assert n_arcs == 4


def test_what_is_smaller_than_a_step_stays_as_a_mark() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(20.1, 20.1, 20.2, 20.2)], dtype=object)
    decoded, _, _ = back(shapes, 1.0)
    assert decoded[1].area == 1


def test_a_tract_without_a_polygon_keeps_its_place() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.MultiPolygon(), shapely.box(1, 0, 2, 1)], dtype=object)
    decoded, _, _ = back(shapes, 0.1)
    assert [area.is_empty for area in decoded] == [False, True, False]
    assert back(np.array([], dtype=object), 0.1)[0] == []


def test_simplifying_opens_no_gap_and_makes_no_overlap(synthetic: StateResult) -> None:
    shapes = np.asarray(synthetic.geo("tracts").geometry.values)
    coarse = simplified(shapes, 0.01)
    assert shapely.get_num_coordinates(coarse).sum() < shapely.get_num_coordinates(shapes).sum()
    assert shapely.coverage_is_valid(coarse)


def test_alaska_is_kept_in_one_piece() -> None:
    shapes = np.array([shapely.box(172, 51, 180, 53), shapely.box(-180, 51, -170, 60)], dtype=object)
    moved = moved_west(shapes)
    west, _, east, _ = shapely.total_bounds(moved)
    assert (west, east) == (-188, -170)


def test_lines_come_back() -> None:
    road = shapely.LineString([(0, 0), (3, 4), (3, 4.0001), (9, 1)])
    parts = shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])
    rings, _ = Reader(lines_encoded(np.array([road, parts], dtype=object), 1.0)).shapes()
    assert rings == [[[(0, 0), (3, 4), (9, 1)]], [[(0, 0), (1, 1)], [(5, 5), (6, 6)]]]
    assert Reader(lines_encoded(np.array([], dtype=object))).shapes() == ([], 0)


@given(st.lists(st.integers(-(2**33), 2**33), max_size=60))
def test_numbers_survive_their_coding(values: list[int]) -> None:
    reader = Reader(varints(zigzag(np.array(values, dtype=np.int64))))
    assert [reader.signed() for _ in values] == values
    assert reader.at == len(reader.content)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=25, unique=True))
def test_any_coverage_comes_back_exactly_on_its_grid(points: list[tuple[int, int]]) -> None:
    spots = shapely.multipoints(np.array(points, dtype=float))
    cells = shapely.get_parts(shapely.voronoi_polygons(spots))
    cells = shapely.set_precision(cells, 1.0)
    cells = np.array([cell for cell in cells if cell.area > 0 and cell.geom_type == "Polygon"], dtype=object)
    decoded, _, _ = back(cells, 1.0)
    assert [area.area for area in decoded] == pytest.approx([cell.area for cell in cells])
