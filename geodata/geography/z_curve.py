"""An order of places in which neighbors stay close: for memory, and for cutting points into compact groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SPREAD = (
    (32, 0x1F00000000FFFF),
    (16, 0x1F0000FF0000FF),
    (8, 0x100F00F00F00F00F),
    (4, 0x10C30C30C30C30C3),
    (2, 0x1249249249249249),
)


def morton(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return positions along a Z-shaped curve (Morton 1966), which keeps neighbors close; EPSG:4326."""
    code = np.zeros(len(latitude), np.uint64)
    for degrees, most, shift in ((latitude, 90.0, 1), (longitude, 180.0, 0)):
        bits = ((degrees + most) / (2 * most) * (2**21 - 1)).astype(np.uint64)
        for step, mask in _SPREAD:
            bits = (bits | (bits << np.uint64(step))) & np.uint64(mask)
        code |= bits << np.uint64(shift)
    return code
