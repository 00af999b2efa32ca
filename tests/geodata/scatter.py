"""Points at random where distances are delicate: a town, ±180°, both poles, the equator, everywhere."""

from __future__ import annotations

import numpy as np

from geodata.geography.coordinates import Points

PLACES = {
    "town": ((41.0, 42.0), (-72.0, -70.5)),
    "date line": ((51.0, 53.0), (178.5, 181.5)),
    "north pole": ((89.0, 90.0), (-180.0, 180.0)),
    "south pole": ((-90.0, -89.2), (-180.0, 180.0)),
    "equator": ((-0.7, 0.7), (-0.7, 0.7)),
    "globe": ((-90.0, 90.0), (-180.0, 180.0)),
}


def scatter(place: str, n: int, seed: int, rural_share: float = 0.4) -> Points:
    """Return n points of one of `PLACES`, some of them rural."""
    rng = np.random.default_rng(seed)
    (south, north), (west, east) = PLACES[place]
    return Points(rng.uniform(south, north, n), rng.uniform(west, east, n), rng.random(n) < rural_share)
