"""Places on the globe as arrays of degrees, checked once. Does not hold distances (see `geodata.geography.sphere`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InputError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Points:
    """Places on the globe, EPSG:4326.

    `latitude` and `longitude` are float64[n] in degrees (longitudes beyond ±180 are wrapped); `rural` is
    bool[n] or None where the area type is not known (read as urban). InputError names the first bad row.
    """

    latitude: FloatArray
    longitude: FloatArray
    rural: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        latitude = np.ascontiguousarray(self.latitude, dtype=np.float64)
        longitude = np.ascontiguousarray(self.longitude, dtype=np.float64)
        if latitude.ndim != 1 or latitude.shape != longitude.shape:
            raise InputError("latitude and longitude differ in number", remedy="Give one pair per point.")
        _check_range(latitude, 90.0, "latitude")
        _check_range(longitude, 360.0, "longitude")
        beyond = np.abs(longitude) > 180.0
        if beyond.any():
            longitude = np.where(beyond, (longitude + 180.0) % 360.0 - 180.0, longitude)
        object.__setattr__(self, "latitude", latitude)
        object.__setattr__(self, "longitude", longitude)
        if self.rural is not None:
            rural = np.ascontiguousarray(self.rural, dtype=np.bool_)
            if rural.shape != latitude.shape:
                raise InputError("one area type per point is needed", field="rural")
            object.__setattr__(self, "rural", rural)

    def __len__(self) -> int:
        return len(self.latitude)

    @property
    def is_rural(self) -> NDArray[np.bool_]:
        """bool[n]: the area type, urban where it is not known."""
        return np.zeros(len(self), dtype=np.bool_) if self.rural is None else self.rural

    def take(self, rows: ArrayLike) -> Points:
        """Return the points at `rows` (indices or a mask), in that order."""
        rows = np.asarray(rows)
        rural = None if self.rural is None else self.rural[rows]
        return Points(self.latitude[rows], self.longitude[rows], rural)


def _check_range(degrees: FloatArray, most: float, field: str) -> None:
    bad = ~(np.abs(degrees) <= most)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(
            f"{degrees[row]} is not a {field} in degrees",
            row=row,
            field=field,
            remedy="Give EPSG:4326 degrees and leave out points without a place.",
        )
