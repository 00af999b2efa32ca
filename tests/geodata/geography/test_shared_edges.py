import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from libpysal.weights import Rook
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geodata.errors import InputError
from geodata.geography.shared_edges import rook_edges


def pairs(edges):
    return list(zip(edges.i.tolist(), edges.j.tolist(), strict=True))


def pysal_pairs(shapes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        neighbors = Rook.from_dataframe(gpd.GeoDataFrame(geometry=list(shapes)), use_index=False).neighbors
    return sorted({(i, j) for i, others in neighbors.items() for j in others if i < j})


def jittered_grid(rows: int, columns: int, seed: int) -> list[Polygon]:
    """A coverage of crooked quadrilaterals with a middle vertex on every edge."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(2 * columns + 1) * 0.5, np.arange(2 * rows + 1) * 0.5)
    x, y = np.round(x + rng.uniform(-0.1, 0.1, x.shape), 6), np.round(y + rng.uniform(-0.1, 0.1, y.shape), 6)
    shapes = []
    for r in range(0, 2 * rows, 2):
        for c in range(0, 2 * columns, 2):
            ring = [
                (r, c),
                (r, c + 1),
                (r, c + 2),
                (r + 1, c + 2),
                (r + 2, c + 2),
                (r + 2, c + 1),
                (r + 2, c),
                (r + 1, c),
            ]
            shapes.append(Polygon([(x[k], y[k]) for k in ring]))
    return shapes


def test_three_squares_by_hand():
    # 0 and 1 share a side of one degree of latitude; 2 touches 1 in a corner only.
    found = rook_edges([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2)])
    assert pairs(found) == [(0, 1)]
    np.testing.assert_allclose(found.shared_length, 6371.0088 * np.pi / 180, rtol=1e-9)
    assert rook_edges([box(0, 0, 1, 1), box(1, 0, 2, 1)], geographic=False).shared_length.tolist() == [1.0]


def test_length_is_that_of_the_sphere_at_its_latitude():
    # A side along the parallel of 60° is half as long as on the equator.
    found = rook_edges([box(0, 59, 0.01, 60), box(0, 60, 0.01, 61)])
    np.testing.assert_allclose(found.shared_length, 6371.0088 * np.radians(0.01) / 2, rtol=1e-6)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 999), st.booleans())
def test_same_edges_as_libpysal_and_as_sorting(rows, columns, seed, compiled):
    shapes = jittered_grid(rows, columns, seed)
    found = rook_edges(shapes, compiled=compiled)
    assert pairs(found) == pysal_pairs(shapes)
    other = rook_edges(shapes, compiled=not compiled)
    np.testing.assert_allclose(found.shared_length, other.shared_length, rtol=1e-12)
    assert len(found) == rows * (columns - 1) + columns * (rows - 1)


@given(st.integers(0, 999))
def test_order_and_direction_change_nothing(seed):
    rng = np.random.default_rng(seed)
    shapes = np.array(jittered_grid(4, 4, seed), dtype=object)
    order = rng.permutation(16)
    turned = np.array([shapely.reverse(s) if rng.random() < 0.5 else s for s in shapes], dtype=object)
    before, after = rook_edges(shapes), rook_edges(turned[order])
    renamed = sorted((min(order[i], order[j]), max(order[i], order[j])) for i, j in pairs(after))
    assert renamed == pairs(before)


def test_lengths_agree_with_the_intersection():
    shapes = jittered_grid(3, 3, 7)
    found = rook_edges(shapes, geographic=False)
    lengths = [shapes[i].intersection(shapes[j]).length for i, j in pairs(found)]
    np.testing.assert_allclose(found.shared_length, lengths, rtol=1e-9)


def test_holes_parts_collections_and_empty_rows():
    hole = Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], holes=[[(1, 1), (2, 1), (2, 2), (1, 2)]])
    inside, away = box(1, 1, 2, 2), MultiPolygon([box(9, 9, 10, 10), box(3, 0, 4, 3)])
    clipped = GeometryCollection([box(9, 8, 10, 9), LineString([(0, 0), (3, 0)]), Point(1, 1)])
    shapes = np.array([hole, None, inside, away, Polygon(), clipped], dtype=object)
    assert pairs(rook_edges(shapes)) == [(0, 2), (0, 3), (3, 5)]
    assert pairs(rook_edges(shapes, compiled=False)) == [(0, 2), (0, 3), (3, 5)]


def test_noise_below_the_tolerance_is_no_gap():
    rng = np.random.default_rng(1)
    shapes = jittered_grid(5, 5, 3)

    def noisy(shape):
        corners = shapely.get_coordinates(shape)[:-1]
        return Polygon(corners + rng.uniform(-4e-7, 4e-7, corners.shape))

    assert pairs(rook_edges([noisy(s) for s in shapes])) == pairs(rook_edges(shapes))
    assert len(pysal_pairs([noisy(s) for s in shapes])) == 0  # exact matching loses them all


def test_an_edge_of_three_overlapping_polygons_joins_each_pair():
    shapes = [box(0, 0, 1, 1), box(1, 0, 2, 1), Polygon([(1, 0), (1, 1), (0.5, 0.5)])]
    assert pairs(rook_edges(shapes)) == [(0, 1), (0, 2), (1, 2)]
    assert pairs(rook_edges(shapes, compiled=False)) == [(0, 1), (0, 2), (1, 2)]


def test_nothing_to_join():
    assert len(rook_edges([])) == 0
    assert len(rook_edges([None, box(0, 0, 1, 1)])) == 0
    assert len(rook_edges([box(0, 0, 1, 1)], compiled=False)) == 0


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="row 1"):
        rook_edges([box(0, 0, 1, 1), Point(0, 0)])
    with pytest.raises(InputError, match="tolerance"):
        rook_edges([box(0, 0, 1, 1)], tolerance=0.0)
    with pytest.raises(InputError, match="too fine"):
        rook_edges([box(0, 0, 1e6, 1e6)], tolerance=1e-6)


@pytest.mark.realdata
def test_rhode_island_has_the_neighbors_libpysal_finds(realdata):
    tracts = gpd.read_file(f"zip://{realdata}/RI/cb_2020_44_tract_500k.zip")
    found = rook_edges(tracts.geometry.values)
    assert pairs(found) == pysal_pairs(tracts.geometry)
    assert len(found) > 500
