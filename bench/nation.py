"""A made-up nation to measure on: metropolitan areas of very unequal size, small towns, and open country.

Sizes are tuned so that 85,000 tracts and 10,000 sites have about as many pairs within 60 km as the United States
(10.6 million between census tract centres and a sample of charging sites). Fictional, and the same for one seed.
"""

from __future__ import annotations

import numpy as np

from geodata.travel.base import Points

METROS = 400


def places(n: int, seed: int) -> Points:
    """Return n points between 26° and 48° north and 123° and 70° west, a fifth of them rural."""
    shape = np.random.default_rng(7)
    latitude, longitude = shape.uniform(27, 47, METROS), shape.uniform(-122, -71, METROS)
    size = 1.0 / np.arange(1, METROS + 1)
    spread_km = 4.0 + 45.0 * np.sqrt(size)
    rng = np.random.default_rng(seed)
    rural = rng.random(n) < 0.2
    metro = rng.choice(METROS, n, p=size / size.sum())
    away = rng.standard_normal((n, 2)) * spread_km[metro, None] / 111.2
    north = np.where(rural, rng.uniform(26, 48, n), latitude[metro] + away[:, 0])
    east = longitude[metro] + away[:, 1] / np.cos(np.radians(latitude[metro]))
    return Points(np.clip(north, 24, 50), np.where(rural, rng.uniform(-123, -70, n), east), rural)


def people(n: int, seed: int) -> np.ndarray:
    """Return eligible adults of n tracts."""
    return np.round(np.random.default_rng(seed).gamma(2.0, 300.0, n))


def seats(n: int, seed: int) -> np.ndarray:
    """Return yearly seats of n providers."""
    return np.round(np.random.default_rng(seed).lognormal(3.0, 1.0, n)) + 1.0
