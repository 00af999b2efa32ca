from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.geography.nearby_pairs import distance_m, near, near_pairs
from geodata.geography.sphere import great_circle_km
from tests.geodata.scatter import PLACES, scatter


@pytest.mark.parametrize("place", PLACES)
def test_pairs_are_all_within_the_distance(place: str) -> None:
    points = scatter(place, 150, 1)
    meters = 9_000.0 if place != "globe" else 900_000.0
    first, second = np.triu_indices(150, 1)
    km = great_circle_km(points.take(first), points.take(second))
    pairs = near_pairs(points.latitude, points.longitude, meters)
    chord = 2 * 6371.0088 * np.sin(km / 6371.0088 / 2)
    expected = np.column_stack([first, second])[1000 * chord <= meters]
    np.testing.assert_array_equal(pairs, expected)
    assert len(pairs) > 5
    assert (distance_m(points.latitude, points.longitude, pairs) <= meters).all()


def test_points_without_coordinates_are_near_nothing() -> None:
    latitude, longitude = np.array([41.0, np.nan, 41.0]), np.array([-71.0, -71.0, -71.0])
    assert near_pairs(latitude, longitude, 10.0).tolist() == [[0, 2]]
    assert np.isnan(distance_m(latitude, longitude, np.array([[0, 1]])))[0]
    assert near_pairs(latitude[:1], longitude[:1], 10.0).shape == (0, 2)


def test_places_near_a_table() -> None:
    points, to = scatter("date line", 300, 3), scatter("date line", 4, 4)
    places, targets = (pd.DataFrame({"latitude": p.latitude, "longitude": p.longitude}) for p in (points, to))
    least = np.min([great_circle_km(points, to.take(np.full(300, j))) for j in range(4)], axis=0)
    np.testing.assert_array_equal(near(places, targets, 40.0), least <= 40.0)
    assert 0 < near(places, targets, 40.0).sum() < 300
    assert not near(places, targets.iloc[:0], 40.0).any()
