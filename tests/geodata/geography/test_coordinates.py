"""Places in degrees are checked once."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.geography.coordinates import Points


def test_longitudes_beyond_180_are_wrapped() -> None:
    points = Points(np.zeros(4), np.array([-181.0, 180.0, 190.0, 360.0]))
    assert points.longitude.tolist() == [179.0, 180.0, -170.0, 0.0]


def test_rows_are_taken_in_the_order_asked_for_with_their_area_type() -> None:
    points = Points(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]), np.array([True, False, True]))
    taken = points.take([2, 1])
    assert (taken.latitude.tolist(), taken.longitude.tolist()) == ([3.0, 2.0], [6.0, 5.0])
    assert taken.is_rural.tolist() == [True, False]
    assert len(points.take(points.latitude > 5)) == 0


def test_an_unknown_area_type_is_read_as_urban() -> None:
    assert Points(np.zeros(2), np.zeros(2)).is_rural.tolist() == [False, False]


@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        ([0.0, 91.0], [0.0, 0.0], r"91\.0 is not a latitude"),
        ([0.0, np.nan], [0.0, 0.0], "nan is not a latitude"),
        ([0.0, 0.0], [0.0, -400.0], r"-400\.0 is not a longitude"),
        ([0.0], [0.0, 0.0], "differ in number"),
    ],
)
def test_what_is_no_place_is_refused(latitude: list[float], longitude: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Points(np.array(latitude), np.array(longitude))
    with pytest.raises(InputError, match="one area type per point"):
        Points(np.zeros(2), np.zeros(2), np.zeros(1, bool))
