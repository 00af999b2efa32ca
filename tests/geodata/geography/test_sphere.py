from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geodata.geography.coordinates import Points
from geodata.geography.sphere import (
    EARTH_RADIUS_KM,
    EARTH_RADIUS_M,
    angle,
    chord_limit,
    chord_of_km,
    great_circle_km,
    haversine_m,
    unit_vectors,
)
from tests.geodata.scatter import PLACES, scatter


@pytest.mark.parametrize("place", PLACES)
def test_distances_are_those_of_another_library_on_the_same_sphere(place: str) -> None:
    one, other = scatter(place, 200, 1), scatter(place, 200, 2)
    sphere = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
    _, _, meters = sphere.inv(one.longitude, one.latitude, other.longitude, other.latitude)
    np.testing.assert_allclose(1000.0 * great_circle_km(one, other), meters, rtol=1e-7, atol=1e-4)
    pairs = zip(one.latitude, one.longitude, other.latitude, other.longitude, strict=True)
    np.testing.assert_allclose([haversine_m(*pair) for pair in pairs], meters, rtol=1e-7, atol=1e-4)


def test_chords_angles_and_kilometers_are_inverse() -> None:
    radius = np.array([1e-6, 0.01, 1.0, 3.0])
    np.testing.assert_allclose(angle(chord_limit(radius)), radius, rtol=1e-12)
    for km in (0.1, 60.0, 5_000.0):
        assert chord_of_km(km) ** 2 == pytest.approx(float(chord_limit(km / EARTH_RADIUS_KM)), rel=1e-12)
    assert chord_of_km(1e9) == 2.0
    assert float(chord_limit(4.0)) == 4.0


def test_poles_and_antipodes() -> None:
    poles = unit_vectors(Points(np.array([90.0, -90.0]), np.array([12.0, -170.0])))
    np.testing.assert_allclose(poles, [[0, 0, 1], [0, 0, -1]], atol=1e-15)
    here, there = Points([41.0], [-71.0]), Points([-41.0], [109.0])
    assert great_circle_km(here, there)[0] == pytest.approx(np.pi * EARTH_RADIUS_KM, rel=1e-7)
