"""The order along the curve is that of the bits of both coordinates in turn."""

from __future__ import annotations

import numpy as np

from geodata.geography.z_curve import morton


def test_bits_of_latitude_and_longitude_alternate() -> None:
    rng = np.random.default_rng(1)
    latitude, longitude = rng.uniform(-90, 90, 200), rng.uniform(-180, 180, 200)
    rows = ((latitude + 90) / 180 * (2**21 - 1)).astype(int)
    columns = ((longitude + 180) / 360 * (2**21 - 1)).astype(int)
    slow = [
        sum((int(row) >> k & 1) << 2 * k + 1 | (int(column) >> k & 1) << 2 * k for k in range(21))
        for row, column in zip(rows, columns, strict=True)
    ]
    np.testing.assert_array_equal(np.argsort(morton(latitude, longitude)), np.argsort(slow))


def test_the_curve_begins_in_the_southwest_and_ends_in_the_northeast() -> None:
    latitude, longitude = np.array([90.0, -90.0, 0.0]), np.array([180.0, -180.0, 0.0])
    assert np.argsort(morton(latitude, longitude)).tolist() == [1, 2, 0]
