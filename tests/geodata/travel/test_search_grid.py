from __future__ import annotations

import numpy as np
import pytest

from geodata.geography.sphere import unit_vectors
from geodata.travel.search_grid import bands_of
from tests.geodata.scatter import PLACES, scatter


@pytest.mark.parametrize("place", PLACES)
def test_bands_hold_every_point_once(place: str) -> None:
    points = scatter(place, 500, 1)
    bands = bands_of(points, 0.003)
    assert sorted(bands.order) == list(range(500))
    np.testing.assert_array_equal(np.column_stack([bands.x, bands.y, bands.z]), unit_vectors(points)[bands.order])
    assert bands.search.cell_start[-1] == 500


def test_no_search_grid_is_larger_than_its_bound() -> None:
    bands = bands_of(scatter("globe", 10, 2), 1e-5)
    assert len(bands.search.cell_start) < 5_000_000
